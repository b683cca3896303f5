/**
 * Explains a whole profile in English: its policies in the order of evaluation, what counts and what is free, what a refusal charges, headers, plans, advice
 * and variants, each with its evidence.
 * @module
 */

import { type AlgorithmName, algorithm } from '../../limits/algorithms/index.js';
import { formatDuration } from '../../limits/duration.js';
import { holderOf, type Policy, policyInWords } from '../../limits/policy.js';
import type { CostRule } from '../../limits/rules/cost.js';
import { type Quantity, quantityInWords } from '../../limits/rules/quantity.js';
import { amountInWords, costInWords, listInWords, whereInWords } from '../../limits/words.js';
import type { Provider } from '../compiled/provider.js';
import type { PolicySpec, Profile } from '../schema/schema.js';
import { VERSION_SIGN } from '../versions.js';
import { explainAdvice } from './advice.js';
import { explainCallers } from './callers.js';
import { type Evidence, evidenceInWords, sourceOf } from './evidence.js';

type HeaderSpec = Profile['headers'][string];
type HeaderRuleSpec = Extract<HeaderSpec, { readonly on: unknown }>;

/** Explains a provider as it is served, with its variants and settings, for accounts on the default plan. @returns lines of text */
export function explainProfile(provider: Provider): string[] {
  const { profile, policies, compress, alone } = provider;
  const faster = compress === 1 ? [] : [`Every duration is divided by ${compress}.`];
  const unlimited = alone ? [`This is ${alone.name} without a profile: nothing is limited.`] : [];
  return [
    `${profile.title} (${profile.id}), ${profile.baseUrl}`,
    `Accounts are on the plan ${profile.accounts.plan} by default. ${evidence(profile.accounts.evidence, profile)}`,
    ...unlimited,
    ...faster,
    ...section('Callers'),
    ...orNone(explainCallers(profile)),
    ...section('Policies, in the order in which they are checked'),
    ...orNone(
      policies.flatMap((policy, i) => [
        ...explainPolicy(policy, i + 1, provider),
        ...(i < policies.length - 1 ? [''] : []),
      ]),
    ),
    ...section('Headers'),
    ...orNone(Object.entries(profile.headers).flatMap(([name, header]) => explainHeader(name, header, profile))),
    ...section('Plans'),
    ...Object.entries(profile.plans).flatMap(([name, plan]) => explainPlan(name, plan, provider)),
    ...section('Advice: what clients are judged by'),
    ...orNone(explainAdvice(profile)),
    ...section('Variants: other readings of the documents'),
    ...orNone(Object.entries(profile.variants).flatMap(([name, variant]) => explainVariant(name, variant, provider))),
  ];
}

function explainPolicy(policy: Policy, number: number, provider: Provider): string[] {
  const { profile, errors } = provider;
  const spec = profile.policies[policy.id] as PolicySpec;
  const { id, unit, refusal } = policy;
  const rule =
    policyInWords(policy, profile.plans[profile.accounts.plan]?.quotas[id]) ??
    'No limit, unless a plan or an account sets one';
  const own =
    refusal.impossible === undefined || refusal.impossible === refusal.error
      ? ''
      : `, and with ${answer(refusal.impossible)} where it asks for more than the quota`;
  function answer(error: string): string {
    return `${errors.get(error)!.status} (${error})`;
  }
  const lines = [
    `Rule: ${rule}; ${unit.replaceAll('-', ' ')} are counted ${each(policy)}.`,
    `Applies to: every request${whereInWords(spec.applies)}${policy.phase === 'arrival' ? ', before the credential is checked' : ', after the credential has been checked'}.`,
    `A request takes: ${costInWords((spec.cost ?? []) as readonly CostRule[], unit)}.${actually(spec)}`,
    ...varying(spec),
    ends(policy, spec),
    `A refusal: is answered with ${answers(policy, spec, answer)}${own}; ${charges(policy)}; ${tellsRetryAfter(profile, refusal.error) ? comeBack(policy) : 'it has no Retry-After'}.`,
  ];
  if (refusal.final) lines.push('After a refusal here, the policies below are neither checked nor charged.');
  if (policy.warnAbove !== undefined)
    lines.push(
      `A warning is recorded once per window when more than ${Math.round(policy.warnAbove * 100)} % are used.`,
    );
  return [`${number}. ${id}`, ...[...lines, evidence(spec.evidence, profile)].map(indented)];
}

/** Whether a refusal with this error has the header `Retry-After`. */
function tellsRetryAfter({ headers, errors }: Profile, error: string): boolean {
  const names = [...Object.keys(headers), ...Object.keys(errors[error]?.headers ?? {})];
  return names.some((name) => name.toLowerCase() === 'retry-after');
}

/** The errors that answer refusals, in words: `403 (forbidden) where …, else 429 (limited)`. */
function answers({ refusal }: Policy, spec: PolicySpec, answer: (error: string) => string): string {
  const given = spec.refusal.error;
  if (typeof given === 'string') return answer(refusal.error);
  return given
    .map(({ when, share, error }) => {
      const part = share === undefined ? '' : ` for ${Math.round(share * 100)} % of them`;
      return `${answer(error)}${part}${whereInWords(when && [when])}`;
    })
    .join(', else ');
}

function each({ partitionBy, groups = {} }: Policy): string {
  if (partitionBy.length === 0) return 'for all together';
  const together = Object.entries(groups).map(
    ([fact, names]) => `${listInWords([...new Set(Object.values(names))], 'and')} of ${fact} are groups of values`,
  );
  const said = together.length === 0 ? '' : ` (${together.join('; ')})`;
  return `for each ${listInWords(partitionBy, 'and')}${said}`;
}

/** Until when a charge counts, or for which outcomes it is refunded. */
function ends(policy: Policy, { free }: PolicySpec): string {
  const holder = holderOf(policy);
  if (holder === undefined) return `Free: ${free.length === 0 ? 'no outcome' : `what ends${whereInWords(free)}`}.`;
  return `Held: until ${holder === 'job' ? 'the jobs that the request made have ended' : 'its response has been sent'}.`;
}

/** The other numbers that depend on facts, and what happens to a request that lacks a fact. */
function varying(spec: PolicySpec): string[] {
  const { needs, mostPerRequest, absent, partitionBy } = spec;
  const lines = algorithm(spec.algorithm as AlgorithmName).amounts.flatMap((key) => {
    const value = (spec as Readonly<Record<string, unknown>>)[key] as Quantity | undefined;
    return value === undefined || typeof value === 'number'
      ? []
      : [`${key[0]!.toUpperCase()}${key.slice(1)}: ${quantityInWords(value)}.`];
  });
  if (needs !== undefined) lines.push(`Needs: ${quantityInWords(needs)} free, though a request may take less.`);
  if (mostPerRequest !== undefined) lines.push(`At most ${quantityInWords(mostPerRequest)} per request.`);
  if (absent !== undefined) {
    const what = { skip: 'is not limited', shared: 'shares a bucket with others', refuse: 'is refused' }[absent];
    lines.push(`A request without ${listInWords(partitionBy, 'or')} ${what}.`);
  }
  return lines;
}

function actually({ actualCost, unit }: PolicySpec): string {
  if (!actualCost) return '';
  return ` Once the response is known, that is corrected to: ${costInWords(actualCost as readonly CostRule[], unit)}.`;
}

function charges({ id, refusal }: Policy): string {
  const charged = refusal.charges.map((one) => (one === id ? 'this policy' : one));
  return charged.length === 0 ? 'it charges nothing' : `it is charged to ${listInWords(charged, 'and')}`;
}

function comeBack({ refusal: { retryAfterSec } }: Policy): string {
  if (retryAfterSec === 'truthful') return 'Retry-After is the time until a request is admitted';
  if (retryAfterSec === 'reset') return 'Retry-After is the time until the reset';
  return `Retry-After is always ${formatDuration(retryAfterSec * 1_000)}`;
}

function explainHeader(name: string, header: HeaderSpec, profile: Profile): string[] {
  const rules = [header].flat();
  return rules.flatMap((rule, i) => [
    `${name}${rules.length === 1 ? '' : `, rule ${i + 1}`}: ${headerRuleInWords(rule)}.`,
    indented(evidence(rule.evidence, profile)),
  ]);
}

function headerRuleInWords(rule: HeaderRuleSpec): string {
  const { on, when, below, above, tells } = rule;
  const where = { 'every-response': 'every response', refusal: 'refusals', success: 'successes' }[on];
  const shares = [
    ...(below === undefined ? [] : [`less than ${percent(below)}`]),
    ...(above === undefined ? [] : [`more than ${percent(above)}`]),
  ];
  const gate = shares.length === 0 ? '' : `, when ${listInWords(shares, 'and')} is left`;
  const told = tells === undefined ? '' : `; it tells when to come back, in ${tells}`;
  return `${content(rule)}; on ${where}${whereInWords(when && [when])}${gate}${told}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The content of a header, in words. */
function content({ text, value, policy, format, revision }: HeaderRuleSpec): string {
  if (text !== undefined) return `the text ${text}`;
  const policies = [policy ?? []].flat();
  if (value === 'ratelimit' || value === 'ratelimit-policy')
    return `the field of draft-ietf-httpapi-ratelimit-headers-${revision ?? 11} about ${listInWords(policies, 'and')}`;
  const of =
    policies.length > 1 ? `whichever of ${listInWords(policies, 'and')} has the smallest share left` : policies[0];
  const written = format === undefined ? '' : `, as ${format}`;
  if (value === 'retry-after') return `when to come back${written}`;
  return `${value?.replaceAll('-', ' ')} of ${of}${written}`;
}

function explainPlan(name: string, plan: Profile['plans'][string], { profile, policy, errors }: Provider): string[] {
  const quotas = Object.entries(plan.quotas).map(
    ([id, quota]) => `${id} ${amountInWords(quota, policy.get(id)!.unit)}`,
  );
  const title = plan.title === undefined ? '' : ` (${plan.title})`;
  const changed = Object.keys(plan.policies ?? {}).map((id) => {
    const version = `${id}${VERSION_SIGN}${name}`;
    return policy.has(version) ? `${version} in place of ${id}` : `numbers of its own in ${id}`;
  });
  const limits = [...quotas, ...changed].join(', ') || "the policies' own quotas";
  const denied =
    plan.denied === undefined ? '' : `; every request is answered ${errors.get(plan.denied)!.status} (${plan.denied})`;
  return [`${name}${title}: ${limits}${denied}.`, indented(evidence(plan.evidence, profile))];
}

function explainVariant(name: string, variant: Profile['variants'][string], { profile, variants }: Provider): string[] {
  const served = variants.includes(name) ? ' (served)' : '';
  return [`${name}${served}: ${sentence(variant.says)}`, indented(evidence(variant.evidence, profile))];
}

function evidence(given: Evidence, profile: Profile): string {
  return evidenceInWords(given, sourceOf(given, profile));
}

function section(title: string): string[] {
  return ['', `${title}:`, ''];
}

function orNone(lines: string[]): string[] {
  return lines.length === 0 ? ['There are none.'] : lines;
}

function indented(line: string): string {
  return `   ${line}`;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
