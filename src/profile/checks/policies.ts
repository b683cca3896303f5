/**
 * Checks policies: windows must suit the algorithm, facts must exist, and every policy must be reachable.
 * @module
 */
import { type AlgorithmName, algorithm as algorithmNamed } from '../../limits/algorithms/index.js';
import { mayBeAbsent, OUTCOME_ROOTS } from '../../limits/facts.js';
import { alternatives } from '../../limits/partitions.js';
import type { CostRule } from '../../limits/rules/cost.js';
import { globPattern } from '../../limits/rules/globs.js';
import { type Condition, conditionsIn } from '../../limits/rules/matching.js';
import { compileQuantity, type Quantity } from '../../limits/rules/quantity.js';
import { isFormulaLength, WINDOW_FACT } from '../../limits/varying-window.js';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { compileWindow } from '../compiled/windows.js';
import { suggest } from '../errors.js';
import type { Path } from '../names.js';
import type { PolicySpec, Profile } from '../schema/schema.js';
import { baseName } from '../versions.js';
import type { Checker } from './checker.js';
import { checkIneffective } from './ineffective.js';
import { checkRefusalErrors } from './refusals.js';

/** Checks one policy. */
export function checkPolicy(checker: Checker, id: string, spec: PolicySpec): void {
  const { profile, document, names, add, named, condition, quantity, factPath } = checker;
  const path = ['policies', id];
  const algorithm = algorithmNamed(spec.algorithm as AlgorithmName);
  if (algorithm.kind === 'lease' || algorithm.windows.length === 0) {
    if (spec.window) add('window', [...path, 'window'], `${spec.algorithm} has no window`, 'remove it');
  } else if (!spec.window) {
    add(
      'missing-key',
      [...path, 'window'],
      `is missing (${spec.algorithm} needs one)`,
      'add it: { length: 60s, start: utc }',
    );
  } else {
    const window = compileWindow(spec.window, 1);
    const { length, start } = spec.window;
    if (isFormulaLength(length)) {
      checkQuantity(length, [...path, 'window', 'length']);
      checkFormulaLength(checker, spec, length, String(start), path);
    }
    if (!window)
      add(
        'window',
        [...path, 'window', 'length'],
        `a calendar in ${spec.window.start} has no such unit`,
        'use hour, day, week or month, or start: utc',
      );
    else if (!algorithm.windows.includes(window.kind)) {
      add(
        'window',
        [...path, 'window', 'start'],
        `${spec.algorithm} cannot count by such a window`,
        `use ${algorithm.windows.map(windowStart).join(' or ')}`,
      );
    }
  }
  for (const [i, fact] of spec.partitionBy.entries()) {
    const at = [...path, 'partitionBy', i];
    const plain = [...names.fact, ...REQUEST_FACTS];
    for (const one of alternatives(fact))
      if (one.includes('.')) factPath(one, at);
      else if (!plain.includes(one)) add('unknown-fact', at, `there is no fact "${one}"`, suggest(one, plain));
  }
  for (const fact of Object.keys(spec.groups ?? {}))
    if (!spec.partitionBy.includes(fact))
      add(
        'unknown-fact',
        [...path, 'groups', fact],
        `this policy is not counted by ${fact}`,
        `use a fact of its partitionBy, or add ${fact} there`,
      );
  const missable = spec.partitionBy.findIndex((fact) =>
    // A fact of the caller is chosen on purpose, in its short form (`key`) too.
    alternatives(fact).every((one) => one.includes('.') && !one.startsWith('caller.') && mayBeAbsent(one.split('.'))),
  );
  if (missable >= 0 && spec.absent === undefined)
    add(
      'absent-fact',
      [...path, 'partitionBy', missable],
      `a request without ${spec.partitionBy[missable]} is not limited by this policy`,
      'write absent: skip if that is meant; else absent: shared (one bucket for all of them) or absent: refuse',
      'warning',
    );
  for (const key of ['quota', 'needs', 'mostPerRequest'] as const) checkQuantity(spec[key], [...path, key]);
  for (const key of algorithm.amounts)
    checkQuantity((spec as Readonly<Record<string, unknown>>)[key] as Quantity | undefined, [...path, key]);
  checkRefusalErrors(checker, spec.refusal.error, [...path, 'refusal', 'error']);
  named('error', spec.refusal.impossible, [...path, 'refusal', 'impossible']);
  if (typeof spec.refusal.charges !== 'string')
    for (const other of spec.refusal.charges) named('policy', other, [...path, 'refusal', 'charges']);
  for (const [i, free] of spec.free.entries()) condition(free, [...path, 'free', i], 'response');
  checkCost(spec.cost ?? [], [...path, 'cost'], []);
  checkCost(spec.actualCost ?? [], [...path, 'actualCost'], OUTCOME_ROOTS);
  for (const [i, one] of (spec.applies ?? []).entries()) condition(one, [...path, 'applies', i]);
  checkIneffective(checker, id, spec);
  const operations = (spec.applies ?? [])
    .flatMap((one) => [...conditionsIn(one)])
    .flatMap(({ operation }) => operation ?? []);
  const hasUnknownOperation = operations.some((id) => !names.operation.includes(id));
  if (spec.applies && !hasUnknownOperation && !spec.applies.some((one) => reachable(one, document, profile))) {
    add(
      'unreachable-policy',
      [...path, 'applies'],
      'no operation of the document ever meets this policy',
      'widen the condition, or remove the policy',
    );
  }

  function checkCost(rules: readonly CostRule[], at: Path, more: readonly string[]): void {
    for (const [i, rule] of rules.entries()) {
      condition(rule.when, [...at, i, 'when'], more.length > 0 ? 'response' : 'request');
      const roots = rule.each === undefined ? more : [...more, 'item'];
      for (const key of ['units', 'times', 'price'] as const) quantity(rule[key], [...at, i, key], roots);
      for (const key of ['count', 'each'] as const)
        if (rule[key] !== undefined) factPath(rule[key], [...at, i, key], key === 'each' ? more : roots);
      for (const key of ['query', 'variables', 'operationName', 'data'] as const)
        if (rule.graphql?.[key] !== undefined) factPath(rule.graphql[key], [...at, i, 'graphql', key], roots);
    }
  }

  function checkQuantity(given: Quantity | undefined, at: Path): void {
    if (given === undefined) return;
    quantity(given, at);
    const { sure, paths } = compileQuantity(given);
    if (typeof given === 'string' && !sure && paths.length === 0)
      add('bad-value', at, `"${given}" has no value, such as a division by 0`, 'write a formula that has one');
    else if (!sure)
      add(
        'unsure-number',
        at,
        'has no value for a request that lacks one of its facts, and then this is not limited',
        'add what counts then: ?? and a number',
        'warning',
      );
  }
}

/** Reports policies whose numbers depend on each other in a circle. The versions of a policy are one: `policies.<id>` reads the one that applies. */
export function checkCircles({ profile, add }: Checker): void {
  const reads = new Map<string, string[]>();
  for (const [id, spec] of Object.entries(profile.policies))
    reads.set(baseName(id), [...(reads.get(baseName(id)) ?? []), ...policiesIn(spec as PolicySpec)]);
  for (const id of reads.keys()) {
    const seen = new Set<string>();
    const open = [...(reads.get(id) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(reads.get(next) ?? []));
    }
    if (seen.has(id))
      add(
        'circular-policy',
        ['policies', id],
        'its numbers depend on its own state',
        'let one of the policies in the circle have numbers that do not read policies.*',
      );
  }
}

/** The policies whose state decides how another counts a request. */
function policiesIn(spec: PolicySpec): string[] {
  const { quota, window, cost, needs, mostPerRequest, applies } = spec;
  const own = algorithmNamed(spec.algorithm as AlgorithmName).amounts.map(
    (key) => (spec as Readonly<Record<string, unknown>>)[key],
  );
  const rules = JSON.stringify([quota, window?.length, cost, needs, mostPerRequest, applies, ...own]);
  return [...rules.matchAll(/\bpolicies\.([a-z][a-z0-9-]*)\./g)].map((match) => match[1]!);
}

/** Facts that every request has. */
const REQUEST_FACTS = ['ip', 'operation', 'method', 'path'];

/** Whether any operation (or, for a path, any path that needs a caller) can meet the condition. */
function reachable(condition: Condition, document: OpenApiDocument, profile: Profile): boolean {
  const { operation, method, path, tag, any, all } = condition;
  if (all && !all.every((one) => reachable(one, document, profile))) return false;
  if (any && !any.some((one) => reachable(one, document, profile))) return false;
  const patterns = path?.map(globPattern);
  const operations = document.operations.some(
    (one) =>
      (!operation || operation.includes(one.id)) &&
      (!method || method.includes(one.method)) &&
      (!tag || one.tags.some((name) => tag.includes(name))) &&
      (!patterns || patterns.some((pattern) => pattern.test(one.path))),
  );
  const wild =
    !operation && !tag && (path ?? []).some((glob) => profile.callers.under.some((prefix) => glob.startsWith(prefix)));
  return operations || wild;
}

function windowStart(kind: string): string {
  return kind === 'first-request' ? 'start: first-request' : kind === 'aligned' ? 'start: utc' : 'start: <time zone>';
}

/** A length that depends on facts needs windows that can have any length, and its name in the partition. */
function checkFormulaLength({ add }: Checker, spec: PolicySpec, length: string, start: string, path: Path): void {
  if (start !== 'first-request' && start !== 'utc')
    add(
      'window',
      [...path, 'window', 'start'],
      `a calendar has no windows of "${length}" seconds`,
      'write first-request or utc, or a table of lengths',
    );
  const i = spec.partitionBy.indexOf(WINDOW_FACT);
  if (i >= 0)
    add(
      'window',
      [...path, 'partitionBy', i],
      `"${WINDOW_FACT}" is the length of the window here, which the policy is counted by anyway`,
      'rename the fact of the credential',
    );
}
