/**
 * Explains the decision of one policy on one request, in English.
 * @module
 */
import type { Holder } from '../../limits/algorithms/algorithm.js';
import { formatDuration } from '../../limits/duration.js';
import { bucketSize, holderOf, type Policy, paramsFor } from '../../limits/policy.js';
import { amountInWords, anyInWords, listInWords } from '../../limits/words.js';
import type { Provider } from '../../profile/compiled/provider.js';
import type { JournalDecision, JournalEntry } from '../../state/journal/entry.js';

/** The role of a policy in the handling of a request. `not-asked`: an earlier answer made it irrelevant. */
export type Part = 'admitted' | 'refused' | 'not-asked' | 'not-applicable';

/** A decision with the facts that its explanation uses. */
interface Case {
  readonly entry: JournalEntry;
  readonly decision: JournalDecision;
  readonly policy: Policy;
  readonly provider: Provider;
}

/** Explains the decision of one policy. */
export function explainDecision(one: Case): { part: Part; text: string } {
  const { entry, decision } = one;
  const ender = endedBy(one);
  if (ender !== undefined) {
    const text = `It was not evaluated: a refusal by ${ender} ends the evaluation.`;
    return { part: 'not-asked', text: `${text} ${chargeOfRefusal(one)}` };
  }
  if (!decision.allowed) return { part: 'refused', text: `It refused: ${whyRefused(one)} ${chargeOfRefusal(one)}` };
  return { part: 'admitted', text: entry.admitted ? admission(one) : `${room(one)} ${chargeOfRefusal(one)}` };
}

/** Explains a refusal in one or two sentences. */
export function whyRefused({ entry, decision, policy }: Case): string {
  const { cost, limit, retryAt, resetAt } = decision;
  const size = sizeOf(policy, limit);
  const all = amountInWords(size, policy.unit);
  const isShort = policy.needs !== undefined && before(decision) + cost <= size;
  const requested = `the request asks for ${cost}${isShort ? ', which needs more units to be free' : ''}`;
  if (limit === 0 && policy.absent === 'refuse')
    return `it lacks a fact that this policy counts by (${listInWords(policy.partitionBy, 'or')}), so it will never be admitted.`;
  if (cost > size) return `${requested}, more than the whole quota of ${all}, so it will never be admitted.`;
  const standing = `${before(decision)} of ${all} were used${byPartition(decision)}, and ${requested}.`;
  if (retryAt === null && policy.kind === 'counter')
    return `${standing} However much is left, it will never be admitted: ${neverAdmitted(policy)}.`;
  if (retryAt === null) return `${standing} When there will be room is not known: another one must end first.`;
  const reset = resetAt === null || resetAt === retryAt ? '' : ` It resets ${when(resetAt, entry)}.`;
  return `${standing} There is room for it ${when(retryAt, entry)}.${reset}`;
}

/** Why a policy refuses a request that would fit into its quota. */
function neverAdmitted({ mostPerRequest }: Policy): string {
  return mostPerRequest === undefined
    ? 'what is used does not come back with time'
    : 'it asks for more than one request may take';
}

/** The units that fit into a bucket with this limit, in the profile's units; 0 if the limit is 0. */
function sizeOf(policy: Policy, limit: number): number {
  return limit === 0 ? 0 : bucketSize(policy, paramsFor(policy, Math.round(limit * policy.scale))) / policy.scale;
}

/** The earlier policy whose final refusal ended the evaluation, if there is one. */
function endedBy({ entry: { decisions }, decision, provider }: Case): string | undefined {
  const above = decisions.slice(0, decisions.indexOf(decision));
  return above.find(({ policy, allowed }) => !allowed && provider.policy.get(policy)?.refusal.final)?.policy;
}

function room({ decision, policy }: Case): string {
  const all = amountInWords(sizeOf(policy, decision.limit), policy.unit);
  return `It had room: ${before(decision)} of ${all} were used${byPartition(decision)}, and the request asks for ${decision.cost}.`;
}

function chargeOfRefusal({ entry, decision: { charged }, policy: { id, unit }, provider }: Case): string {
  if (charged === 0) return 'The refused request was charged nothing here.';
  const chargers = entry.decisions
    .filter(({ policy, allowed }) => !allowed && provider.policy.get(policy)?.refusal.charges.includes(id))
    .map(({ policy }) => policy);
  const why = chargers.includes(id) ? 'its own refusals count' : `a refusal by ${listInWords(chargers, 'and')} counts`;
  return `The refused request was charged ${amountInWords(charged, unit)} here all the same, since ${why}.`;
}

function admission(one: Case): string {
  const { entry, decision, policy } = one;
  const { cost, limit, remaining, resetAt, delayMs } = decision;
  const took = cost === 0 ? 'it took none, which is never refused' : `it took ${taken(decision)}`;
  const all = amountInWords(sizeOf(policy, limit), policy.unit);
  const sentences = [
    `It admitted the request: ${before(decision)} of ${all} were used${byPartition(decision)}, ${took}, and ${remaining} were left.`,
    ...settlement(one),
  ];
  const holder = holderOf(policy);
  if (holder !== undefined && cost > 0) sentences.push(leaseInWords(holder, entry));
  if (delayMs !== undefined) sentences.push(`It delayed the request by ${formatDuration(delayMs)}, until its turn.`);
  if (resetAt !== null) sentences.push(`It resets ${when(resetAt, entry)}.`);
  if (entry.warnings.includes(policy.id) && policy.warnAbove !== undefined)
    sentences.push(`With it more than ${Math.round(policy.warnAbove * 100)} % were used, and a warning was sent.`);
  return sentences.join(' ');
}

function leaseInWords(holder: Holder, { streamed }: JournalEntry): string {
  if (holder === 'job')
    return 'Its units are held by the jobs that it created until they end; if it created none, they were released at once.';
  return streamed?.endedAt === null
    ? 'Its units are held until the stream ends.'
    : 'Its units were released once its response had been sent.';
}

/** How the charge was corrected at settlement. */
function settlement({ entry, decision: { charged, refunded }, policy: { id, unit }, provider }: Case): string[] {
  if (refunded === 0) return [];
  if (refunded < 0)
    return [`The response reported that it took ${rounded(-refunded)} more: ${amountInWords(charged, unit)} in all.`];
  const { free } = provider.profile.policies[id]!;
  const matching = free.filter(({ status, error }) => matchesOutcome(entry, status, error));
  const why =
    charged === 0 && matching.length > 0
      ? `an outcome is free where ${anyInWords(matching)}`
      : `the response reported that it took ${amountInWords(charged, unit)}`;
  return [`${amountInWords(refunded, unit)} ${refunded === 1 ? 'was' : 'were'} given back, since ${why}.`];
}

/** Whether the statuses and errors of a condition match the outcome. The journal has no facts for its other parts. */
function matchesOutcome(
  { status, error }: JournalEntry,
  statuses: readonly (number | string)[] | undefined,
  errors: readonly string[] | undefined,
): boolean {
  const isStatus = (one: number | string) =>
    typeof one === 'number' ? one === status : Number(one[0]) === Math.floor(status / 100);
  return (statuses?.some(isStatus) ?? true) && (errors?.includes(error ?? '') ?? true);
}

/** ` by key klinky_live_…bbbb`. */
function byPartition({ partition }: JournalDecision): string {
  const facts = Object.entries(partition).map(([name, value]) => `${name} ${value}`);
  return facts.length === 0 ? '' : ` by ${listInWords(facts, 'and')}`;
}

/** The units charged at admission. */
function taken({ charged, refunded }: JournalDecision): number {
  return rounded(charged + refunded);
}

/** The units in use before the request. */
function before(decision: JournalDecision): number {
  return rounded(decision.used - taken(decision));
}

/** Removes the rounding errors of sums of decimal fractions. */
function rounded(amount: number): number {
  return Number(amount.toPrecision(12));
}

/** `at 2026-05-12T08:01:00.000Z (42 s after it came)`. */
function when(instant: number, { at }: JournalEntry): string {
  const after = instant > at ? ` (${formatDuration(instant - at)} after it came)` : '';
  return `at ${new Date(instant).toISOString()}${after}`;
}
