/**
 * How long a client took to complete work that a limit had delayed, compared with the shortest time that the limit allows.
 *
 * An episode begins when a bucket refuses a call. It ends with the last admission of a call that the bucket refused. Overlapping episodes are merged.
 *
 * The shortest time comes from the policy's own algorithm. The algorithm gets all calls that the bucket admitted in the episode, in the same order, each at the
 * earliest instant at which it has room. Its state at the first refusal is computed from the charges in the journal. If these do not add up to the usage that
 * the refusal recorded (because a test seeded the quota, or the journal lost its beginning), the state is seeded from the refusal.
 * @module
 */
import { chargeAnyway } from '../../limits/algorithms/algorithm.js';
import { type CounterPolicy, paramsFor, withWindow } from '../../limits/policy.js';
import { WINDOW_FACT } from '../../limits/varying-window.js';
import { nominalLength } from '../../limits/windows.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { JournalDecision } from '../../state/journal/entry.js';
import { listIn } from '../group.js';
import { firstIndex } from '../search.js';
import { type Call, chargedDecisions, isInadmissible, refusing } from './call.js';
import type { View } from './view.js';

/** An episode in which a limit delayed work that was completed later. */
export interface Completion {
  readonly policy: CounterPolicy;
  /** The first refusal. */
  readonly first: Call;
  /** The last admission of a call that had been refused. */
  readonly last: Call;
  /** Time from `first` to `last`, by the sandbox's clock. */
  readonly tookMs: number;
  /** The shortest time in which the limit admits the same calls; at most `tookMs`. */
  readonly bestMs: number;
  /** The number of calls that were refused first and admitted later. */
  readonly delayed: number;
  /** The calls that the bucket admitted after the first refusal, in order of arrival. */
  readonly admitted: readonly Call[];
  /** The number of windows that these calls fill at the limit's own rate. */
  readonly windows: number;
}

/** The charges to one bucket. */
interface Usage {
  readonly policy: CounterPolicy;
  readonly admitted: Call[];
  /** Charged units of each admitted call, in the algorithm's integer units. */
  readonly units: number[];
  /** The algorithm's state after the last charge. */
  state: unknown;
}

/** The calls from the first refusal by a bucket to the last admission. */
interface Span {
  readonly first: Call;
  last: Call;
  delayed: number;
}

/** The first refusal of a call by a bucket. It stays pending until a retry of the call is admitted. */
interface FirstRefusal {
  readonly bucket: string;
  readonly first: Call;
}

const NOTHING: readonly FirstRefusal[] = [];

/** The episodes of all buckets that refill with time, cached for each view. */
export const completions: (view: View) => readonly Completion[] = memoiseWeakly(findCompletions);

function findCompletions({ calls, policies }: View): readonly Completion[] {
  const usages = new Map<string, Usage>();
  /** For each refused call, the state of the refusing bucket after the refusal. */
  const states = new Map<Call, unknown>();
  const spans = new Map<string, Span[]>();
  const pendingRefusals = new Map<Call, readonly FirstRefusal[]>();
  for (const call of calls) {
    for (const decision of chargedDecisions(call)) recordCharge(usages, policies, call, decision);
    const refused = refusing(call);
    const usage = refused && usages.get(refused.bucket);
    if (usage) states.set(call, usage.state);
    const delayed = (call.repeats && pendingRefusals.get(call.repeats)) ?? NOTHING;
    if (call.entry.admitted) {
      for (const { bucket, first } of delayed) listIn(spans, bucket).push({ first, last: call, delayed: 1 });
    } else if (usage && !isInadmissible(call) && !delayed.some(({ bucket }) => bucket === refused.bucket)) {
      pendingRefusals.set(call, [...delayed, { bucket: refused.bucket, first: call }]);
    } else pendingRefusals.set(call, delayed);
  }
  return [...spans].flatMap(([bucket, all]) =>
    mergeOverlapping(all).flatMap((span) => completionOf(span, usages.get(bucket)!, states.get(span.first)) ?? []),
  );
}

function recordCharge(
  usages: Map<string, Usage>,
  policies: View['policies'],
  call: Call,
  { policy: id, bucket, limit, charged, partition }: JournalDecision,
): void {
  const policy = policies.get(id);
  // A lease does not refill with time, so it has no shortest time.
  if (policy?.kind !== 'counter') return;
  const usage = usages.get(bucket) ?? {
    policy: withWindow(policy, partition[WINDOW_FACT]),
    admitted: [],
    units: [],
    state: undefined,
  };
  usages.set(bucket, usage);
  if (charged <= 0) return;
  const { at, admitted } = call.entry;
  const units = Math.round(charged * policy.scale);
  usage.state = chargeAnyway(policy.algorithm, quotaOf(usage.policy, limit), usage.state, units, at, { horizon: at });
  if (!admitted) return;
  usage.admitted.push(call);
  usage.units.push(units);
}

function quotaOf(policy: CounterPolicy, limit: number) {
  return paramsFor(policy, Math.round(limit * policy.scale));
}

/** Merges overlapping spans. */
function mergeOverlapping(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.first.number - b.first.number)) {
    const before = all.at(-1);
    if (!before || span.first.number > before.last.number) all.push({ ...span });
    else {
      before.delayed += span.delayed;
      if (span.last.number > before.last.number) before.last = span.last;
    }
  }
  return all;
}

function completionOf({ first, last, delayed }: Span, usage: Usage, state: unknown): Completion | undefined {
  const tookMs = last.entry.at - first.entry.at;
  if (tookMs < 0) return undefined;
  const { policy } = usage;
  const [from, to] = [indexAfter(usage.admitted, first.number), indexAfter(usage.admitted, last.number)];
  const units = usage.units.slice(from, to);
  const bestMs = leastTime(policy, first, state, units);
  if (bestMs === undefined) return undefined;
  const { quota } = quotaOf(policy, refusing(first)!.limit);
  const windows = units.reduce((sum, n) => sum + n, 0) / quota;
  const admitted = usage.admitted.slice(from, to);
  return { policy, first, last, tookMs, bestMs: Math.min(bestMs, tookMs), delayed, admitted, windows };
}

/** The index of the first call with a higher number. */
function indexAfter(calls: readonly Call[], number: number): number {
  return firstIndex(calls, (call) => call.number > number);
}

/** Milliseconds from the refusal to the last of these charges if each is made as early as the limit admits it. `undefined` if the algorithm cannot tell. */
function leastTime(
  policy: CounterPolicy,
  refusal: Call,
  known: unknown,
  charges: readonly number[],
): number | undefined {
  const { algorithm } = policy;
  const decision = refusing(refusal)!;
  const params = quotaOf(policy, decision.limit);
  const from = refusal.entry.at;
  let state = matchesRefusal(policy, known, decision, from) ? known : stateFromRefusal(policy, decision, from);
  let now = from;
  for (const units of charges) {
    const { retryAt } = algorithm.decide(params, state, units, now);
    if (retryAt === null || !Number.isFinite(retryAt)) return undefined;
    now = Math.max(now, retryAt);
    state = chargeAnyway(algorithm, params, state, units, now, { horizon: now });
  }
  return now - from;
}

/** Whether the state computed from the journal equals the usage and the reset time that the refusal recorded. */
function matchesRefusal(policy: CounterPolicy, state: unknown, decision: JournalDecision, now: number): boolean {
  const { used, resetAt } = policy.algorithm.decide(quotaOf(policy, decision.limit), state, 0, now);
  return used === Math.round(decision.used * policy.scale) && resetAt === decision.resetAt;
}

/** Seeds a state with the usage that the refusal recorded. For windows that open at the first request, the state also has the recorded reset time. */
function stateFromRefusal(policy: CounterPolicy, { limit, used, resetAt }: JournalDecision, now: number): unknown {
  const { algorithm, window, scale } = policy;
  const isOpened = algorithm.opensWindow && window.kind === 'first-request' && resetAt !== null;
  const start = isOpened ? resetAt - nominalLength(window) : undefined;
  return algorithm.seed(quotaOf(policy, limit), undefined, Math.round(used * scale), now, { horizon: now, start });
}
