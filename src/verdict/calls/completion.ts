/**
 * How long it took to complete work that a limit had delayed, compared with the least time that the limit allows.
 *
 * An episode begins with a refusal by a bucket and ends with the last admission of a call that the bucket had refused. Episodes that overlap are one.
 *
 * The least time comes from the policy's own algorithm: it is given every call that the bucket admitted in the episode, in the same order, each at the earliest instant
 * at which the algorithm has room for it. The algorithm's state at the refusal is computed from the charges in the journal. Where these do not add up to what the
 * refusal says was used (a test has set the quota, or the journal has lost its beginning), the state is made from what the refusal says.
 * @module
 */
import { chargeAnyway } from '../../limits/algorithms/algorithm.js';
import { type CounterPolicy, paramsFor } from '../../limits/policy.js';
import { nominalLength } from '../../limits/windows.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { JournalDecision } from '../../state/journal/entry.js';
import { listIn } from '../group.js';
import { type Call, isInadmissible, refusing, takenFrom } from './call.js';
import type { View } from './view.js';

/** An episode in which a limit held up work that was then done, and the least time for it. */
export interface Completion {
  readonly policy: CounterPolicy;
  /** The first refusal. */
  readonly first: Call;
  /** The last admission of a call that had been refused. */
  readonly last: Call;
  readonly tookMs: number;
  /** The least time in which the limit lets through as much; no more than `tookMs`. */
  readonly bestMs: number;
  /** How many calls had been refused and were admitted in the end. */
  readonly held: number;
  /** The calls that the bucket admitted after the first refusal, in the order of arrival. */
  readonly admitted: readonly Call[];
  /** How many windows an even pace at the limit's own rate needs for them. */
  readonly windows: number;
}

/** What was taken from one bucket. */
interface Usage {
  readonly policy: CounterPolicy;
  readonly admitted: Call[];
  /** Units of each of them, and the quota then, as the algorithm counts. */
  readonly units: number[];
  state: unknown;
}

/** Calls from the first refusal by a bucket to the last admission. */
interface Span {
  readonly first: Call;
  last: Call;
  held: number;
}

/** The first refusal of a call by a bucket, while the call has not been admitted yet. */
interface Hold {
  readonly bucket: string;
  readonly first: Call;
}

const NOTHING: readonly Hold[] = [];

/** The episodes of all buckets that refill with time; computed once for each view. */
export const completions: (view: View) => readonly Completion[] = memoiseWeakly(find);

function find({ calls, policies }: View): readonly Completion[] {
  const usages = new Map<string, Usage>();
  /** State of the bucket that refused a call, after that. */
  const states = new Map<Call, unknown>();
  const spans = new Map<string, Span[]>();
  const holds = new Map<Call, readonly Hold[]>();
  for (const call of calls) {
    for (const decision of takenFrom(call)) take(usages, policies, call, decision);
    const refused = refusing(call);
    const usage = refused && usages.get(refused.bucket);
    if (usage) states.set(call, usage.state);
    const held = (call.repeats && holds.get(call.repeats)) ?? NOTHING;
    if (call.entry.admitted) {
      for (const { bucket, first } of held) listIn(spans, bucket).push({ first, last: call, held: 1 });
    } else if (usage && !isInadmissible(call) && !held.some(({ bucket }) => bucket === refused.bucket)) {
      holds.set(call, [...held, { bucket: refused.bucket, first: call }]);
    } else holds.set(call, held);
  }
  return [...spans].flatMap(([bucket, all]) =>
    merged(all).flatMap((span) => completionOf(span, usages.get(bucket)!, states.get(span.first)) ?? []),
  );
}

function take(
  usages: Map<string, Usage>,
  policies: View['policies'],
  call: Call,
  { policy: id, bucket, limit, charged }: JournalDecision,
): void {
  const policy = policies.get(id);
  // Where nothing refills with time, there is no least time.
  if (policy?.kind !== 'counter') return;
  const usage = usages.get(bucket) ?? { policy, admitted: [], units: [], state: undefined };
  usages.set(bucket, usage);
  if (charged <= 0) return;
  const { at, admitted } = call.entry;
  const units = Math.round(charged * policy.scale);
  usage.state = chargeAnyway(policy.algorithm, quotaOf(policy, limit), usage.state, units, at, { horizon: at });
  if (!admitted) return;
  usage.admitted.push(call);
  usage.units.push(units);
}

function quotaOf(policy: CounterPolicy, limit: number) {
  return paramsFor(policy, Math.round(limit * policy.scale));
}

/** Joins spans that overlap. */
function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.first.number - b.first.number)) {
    const before = all.at(-1);
    if (!before || span.first.number > before.last.number) all.push({ ...span });
    else {
      before.held += span.held;
      if (span.last.number > before.last.number) before.last = span.last;
    }
  }
  return all;
}

function completionOf({ first, last, held }: Span, usage: Usage, state: unknown): Completion | undefined {
  const tookMs = last.entry.at - first.entry.at;
  if (tookMs < 0) return undefined;
  const { policy } = usage;
  const [from, to] = [after(usage.admitted, first.number), after(usage.admitted, last.number)];
  const units = usage.units.slice(from, to);
  const bestMs = leastTime(policy, first, state, units);
  if (bestMs === undefined) return undefined;
  const { quota } = quotaOf(policy, refusing(first)!.limit);
  const windows = units.reduce((sum, one) => sum + one, 0) / quota;
  const admitted = usage.admitted.slice(from, to);
  return { policy, first, last, tookMs, bestMs: Math.min(bestMs, tookMs), held, admitted, windows };
}

/** Where in a list by number the calls after that number begin. */
function after(calls: readonly Call[], number: number): number {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calls[middle]!.number > number) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Milliseconds from the refusal until the last of these takings, each as early as the limit admits it; `undefined` where the algorithm cannot tell. */
function leastTime(
  policy: CounterPolicy,
  refusal: Call,
  known: unknown,
  takings: readonly number[],
): number | undefined {
  const { algorithm } = policy;
  const decision = refusing(refusal)!;
  const params = quotaOf(policy, decision.limit);
  const from = refusal.entry.at;
  let state = isExplained(policy, known, decision, from) ? known : asFound(policy, decision, from);
  let now = from;
  for (const units of takings) {
    const { retryAt } = algorithm.decide(params, state, units, now);
    if (retryAt === null || !Number.isFinite(retryAt)) return undefined;
    now = Math.max(now, retryAt);
    state = chargeAnyway(algorithm, params, state, units, now, { horizon: now });
  }
  return now - from;
}

/** Whether the charges in the journal add up to what the refusal found. */
function isExplained(policy: CounterPolicy, state: unknown, decision: JournalDecision, now: number): boolean {
  const { used, resetAt } = policy.algorithm.decide(quotaOf(policy, decision.limit), state, 0, now);
  return used === Math.round(decision.used * policy.scale) && resetAt === decision.resetAt;
}

/** A state in which as much is used as the refusal says; where the window opens at its first request, it also has the same reset. */
function asFound(policy: CounterPolicy, { limit, used, resetAt }: JournalDecision, now: number): unknown {
  const { algorithm, window, scale } = policy;
  const isOpened = algorithm.opensWindow && window.kind === 'first-request' && resetAt !== null;
  const start = isOpened ? resetAt - nominalLength(window) : undefined;
  return algorithm.seed(quotaOf(policy, limit), undefined, Math.round(used * scale), now, { horizon: now, start });
}
