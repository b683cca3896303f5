/**
 * Checks that the schema cannot express: names must exist, windows must suit their algorithm, and every rule must be reachable.
 * @module
 */
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject } from '../../openapi/document/json.js';
import { compilePattern } from '../../patterns/compile.js';
import { wholeText } from '../callers/credentials.js';
import type { ProfileIssue } from '../errors.js';
import type { Path } from '../names.js';
import type { PolicySpec, Profile } from '../schema/schema.js';
import { checkAdvice } from './advice.js';
import { checkAmounts } from './amounts.js';
import { checkCallers } from './callers.js';
import { createChecker, ERROR_ROOTS, type ProfileLocation } from './checker.js';
import { checkHeaders } from './headers.js';
import { checkLibrary, checkOperations } from './operations.js';
import { checkCircles, checkPolicy } from './policies.js';
import { checkTells } from './tells.js';
import { checkWebhooks } from './webhooks.js';

/** Checks a profile against its document. @returns errors and warnings */
export function checkProfile(profile: Profile, document: OpenApiDocument, location: ProfileLocation): ProfileIssue[] {
  const checker = createChecker(profile, document, location);
  const { issues, add, named, condition, template, checkHeaderName, regExp } = checker;
  visitSources(profile, (source, path) => named('source', source, path));
  for (const [id, spec] of Object.entries(profile.policies)) checkPolicy(checker, id, spec as PolicySpec);
  checkCircles(checker);
  checkAmounts(profile, add);
  checkHeaders(checker);
  for (const [name, error] of Object.entries(profile.errors)) {
    const { body, headers, when } = error;
    condition(when, ['errors', name, 'when']);
    template(body, ['errors', name, 'body'], ERROR_ROOTS);
    template(headers, ['errors', name, 'headers'], ERROR_ROOTS);
    for (const header of Object.keys(headers ?? {})) checkHeaderName(header, ['errors', name, 'headers', header]);
    checkTells(checker, name, error);
  }
  for (const [key, name] of Object.entries(profile.answers)) named('error', name, ['answers', key]);
  for (const [id, plan] of Object.entries(profile.plans)) {
    for (const policy of Object.keys(plan.quotas)) named('policy', policy, ['plans', id, 'quotas', policy]);
    for (const [policy, patch] of Object.entries(plan.policies ?? {})) {
      named('policy', policy, ['plans', id, 'policies', policy]);
      if (plan.quotas[policy] !== undefined && isObject(patch) && 'quota' in patch)
        add(
          'given-twice',
          ['plans', id, 'quotas', policy],
          `the quota of ${policy} is given here and in policies.${policy}.quota`,
          'leave one of them out',
        );
    }
    named('error', plan.denied, ['plans', id, 'denied']);
  }
  named('plan', profile.accounts.plan, ['accounts', 'plan']);
  for (const [i, fixture] of profile.fixtures.entries()) {
    named('credential', fixture.credential, ['fixtures', i, 'credential']);
    named('plan', fixture.plan, ['fixtures', i, 'plan']);
    named('error', fixture.error, ['fixtures', i, 'error']);
    regExp(fixture.pattern, ['fixtures', i, 'pattern'], fixture.pattern && wholeText(fixture.pattern));
    const { pattern } = profile.callers.credentials[fixture.credential] ?? {};
    if (pattern !== undefined && !compilePattern(pattern, false).matcher.test(fixture.key)) {
      add(
        'fixture-key',
        ['fixtures', i, 'key'],
        `"${fixture.key}" does not match the pattern of ${fixture.credential}, so no request can send it`,
        `write one that matches ${pattern}`,
      );
    }
  }
  checkCallers(checker);
  for (const [i, rule] of profile.validation.entries()) {
    named('error', rule.error, ['validation', i, 'error']);
    condition(rule.when, ['validation', i, 'when']);
  }
  for (const [i, guard] of profile.guards.entries()) {
    named('error', guard.error, ['guards', i, 'error']);
    condition(guard.when, ['guards', i, 'when']);
  }
  checkLibrary(checker);
  checkOperations(checker);
  checkWebhooks(checker);
  checkAdvice(checker);
  for (const [id, claim] of Object.entries(profile.claims)) {
    for (const variant of claim.variants) named('variant', variant, ['claims', id, 'variants']);
    // A variant may have removed the rule that the claim refers to.
    if (claim.rule !== undefined && !exists(profile, claim.rule) && !exists(location.base ?? profile, claim.rule)) {
      add(
        'unknown-rule',
        ['claims', id, 'rule'],
        `this profile has no "${claim.rule}"`,
        'name a rule such as policies.<id>, headers.<name>, errors.<name>',
      );
    }
  }
  return issues;
}

/** Visits the sources of all evidence. What several entries inherit is visited once, where it is written. */
function visitSources(profile: Profile, visit: (source: string, path: Path) => void): void {
  const inherited = new Set<unknown>(Object.values(profile.evidence));
  for (const [block, given] of Object.entries(profile.evidence))
    if (given?.source !== undefined) visit(given.source, ['evidence', block, 'source']);
  walkEvidence({ ...profile, evidence: undefined }, [], inherited, visit);
}

function walkEvidence(
  value: unknown,
  path: Path,
  inherited: ReadonlySet<unknown>,
  visit: (source: string, path: Path) => void,
): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const isEvidence = key === 'evidence' || (path[0] === 'claims' && path.length === 1);
    if (isEvidence && !inherited.has(inner) && typeof (inner as { source?: unknown } | null)?.source === 'string')
      visit((inner as { source: string }).source, [...at, 'source']);
    if (path.length < 6) walkEvidence(inner, at, inherited, visit);
  }
}

function exists(profile: unknown, rule: string): boolean {
  let at = profile;
  let rest = rule;
  // Keys may contain dots, so take the longest key that matches at each step.
  while (rest !== '') {
    if (at === null || typeof at !== 'object') return false;
    const key = Object.keys(at)
      .filter((one) => rest === one || rest.startsWith(`${one}.`))
      .sort((a, b) => b.length - a.length)[0];
    if (key === undefined) return false;
    at = (at as Record<string, unknown>)[key];
    rest = rest.slice(key.length + 1);
  }
  return true;
}
