/**
 * The figures of a run. They are added up in pieces, so a run can be longer than the journal.
 * @module
 */
import { type CounterPolicy, type Policy, paramsFor, withWindow } from '../../limits/policy.js';
import { WINDOW_FACT } from '../../limits/varying-window.js';
import { answeredAt, bucketKey, type Call, chargedDecisions, refusing, reportedUntil, waited } from '../calls/call.js';
import { type Completion, completions } from '../calls/completion.js';
import type { View } from '../calls/view.js';
import { Intervals } from '../intervals.js';
import type { CompletionTime, Figures, Throughput } from './report.js';
import type { IsCounted } from './tally.js';

/** The charges to one bucket. */
interface BucketUsage {
  /** The name of its window, where the policy's windows vary. */
  readonly window: string | undefined;
  /** Arrival of the first and of the last call; epoch ms by the sandbox's clock. */
  from: number;
  to: number;
  /** The highest limit of the bucket during the run. */
  limit: number;
  /** Charged units of admitted calls. */
  used: number;
}

/** Sums from which the figures of one provider are computed. */
export class FigureSums {
  #policies: ReadonlyMap<string, Policy> = new Map();
  readonly #counts = { requests: 0, admitted: 0, refused: 0, succeeded: 0, rejected: 0, failed: 0 };
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** By policy, then by bucket. */
  readonly #taken = new Map<string, Map<string, BucketUsage>>();
  #statedWaits = new Intervals();
  #actualWaits = new Intervals();
  /** The current number of consecutive refusals, by caller. */
  readonly #streaks = new Map<string, number>();
  #longestStreak = 0;
  /** The episode with the most time above its minimum. */
  #slowest: Completion | undefined;

  /** Adds the calls that `isCounted` selects. */
  add(view: View, isCounted: IsCounted): void {
    const { calls, timeline, policies } = view;
    this.#policies = policies;
    for (const call of calls) if (isCounted(call)) this.#count(call);
    this.#addWaits(timeline, isCounted);
    for (const completion of completions(view))
      if (isCounted(completion.last) && excessMs(completion) > excessMs(this.#slowest)) this.#slowest = completion;
  }

  /** Computes the figures from the sums. */
  result(): Figures {
    return {
      ...this.#counts,
      spanMs: this.#counts.requests === 0 ? 0 : Math.max(0, this.#last - this.#first),
      throughput: this.#throughput(),
      completion: this.#slowest ? completionTime(this.#slowest) : null,
      toldToWaitMs: Math.round(this.#statedWaits.length),
      waitedMs: Math.round(this.#actualWaits.length),
      longestRefusalStreak: this.#longestStreak,
    };
  }

  /** Returns an independent copy. */
  copy(): FigureSums {
    const copy = new FigureSums();
    copy.#policies = this.#policies;
    Object.assign(copy.#counts, this.#counts);
    copy.#first = this.#first;
    copy.#last = this.#last;
    for (const [policy, buckets] of this.#taken)
      copy.#taken.set(policy, new Map([...buckets].map(([bucket, usage]) => [bucket, { ...usage }])));
    copy.#statedWaits = this.#statedWaits.copy();
    copy.#actualWaits = this.#actualWaits.copy();
    for (const [caller, streak] of this.#streaks) copy.#streaks.set(caller, streak);
    copy.#longestStreak = this.#longestStreak;
    copy.#slowest = this.#slowest;
    return copy;
  }

  #count(call: Call): void {
    const { entry, outcome, caller } = call;
    this.#counts.requests += 1;
    this.#counts[outcome] += 1;
    if (outcome !== 'refused') this.#counts.admitted += 1;
    this.#first = Math.min(this.#first, entry.at);
    this.#last = Math.max(this.#last, entry.sentAt);
    const streak = outcome === 'refused' ? (this.#streaks.get(caller) ?? 0) + 1 : 0;
    this.#streaks.set(caller, streak);
    this.#longestStreak = Math.max(this.#longestStreak, streak);
    for (const { policy, bucket, limit, charged, partition } of chargedDecisions(call)) {
      const buckets = this.#taken.get(policy) ?? new Map<string, BucketUsage>();
      this.#taken.set(policy, buckets);
      const used = entry.admitted ? charged : 0;
      const usage = buckets.get(bucket);
      if (!usage) buckets.set(bucket, { window: partition[WINDOW_FACT], from: entry.at, to: entry.at, limit, used });
      else {
        usage.from = Math.min(usage.from, entry.at);
        usage.to = Math.max(usage.to, entry.at);
        usage.limit = Math.max(usage.limit, limit);
        usage.used += used;
      }
    }
  }

  /** Adds waits that have ended, that is, waits after which the program used the refusing limit again. */
  #addWaits(timeline: View['timeline'], isCounted: IsCounted): void {
    const pendingRefusals = new Map<string, Call>();
    for (const { call, answered } of timeline) {
      if (answered) {
        if (call.outcome !== 'refused' || reportedUntil(call) === undefined) continue;
        const refused = refusing(call);
        // A 429 without a policy, such as that of a fixture, makes only the same request wait.
        pendingRefusals.set(refused ? bucketKey(call, refused.bucket) : call.requestKey, call);
        continue;
      }
      for (const key of [call.requestKey, ...chargedDecisions(call).map(({ bucket }) => bucketKey(call, bucket))]) {
        const refusal = pendingRefusals.get(key);
        if (!refusal || waited(call, refusal) < 0) continue;
        pendingRefusals.delete(key);
        if (!isCounted(call)) continue;
        this.#statedWaits.add(refusal.entry.sentAt, reportedUntil(refusal)!);
        this.#actualWaits.add(answeredAt(refusal), call.entry.at);
      }
    }
  }

  /** The throughput of the limit with the largest used share. Considers only limits that refill with time. */
  #throughput(): Throughput | null {
    let highest: Throughput | null = null;
    for (const [id, buckets] of this.#taken) {
      const policy = this.#policies.get(id);
      const used = policy?.kind === 'counter' && throughput(policy, [...buckets.values()]);
      if (used && (!highest || used.used / used.possible > highest.used / highest.possible)) highest = used;
    }
    return highest;
  }
}

/** Milliseconds above the minimum time; -1 without a completion. */
function excessMs(completion: Completion | undefined): number {
  return completion ? completion.tookMs - completion.bestMs : -1;
}

function completionTime({ policy, tookMs, bestMs }: Completion): CompletionTime {
  return { policy: policy.id, tookMs: Math.round(tookMs), bestMs: Math.round(bestMs) };
}

function throughput(policy: CounterPolicy, buckets: readonly BucketUsage[]): Throughput | undefined {
  let used = 0;
  let possible = 0;
  for (const usage of buckets) {
    const params = paramsFor(withWindow(policy, usage.window), Math.round(usage.limit * policy.scale));
    const capacity = policy.algorithm.capacity(params, usage.from, usage.to);
    possible += capacity / policy.scale;
    used += usage.used;
  }
  return possible > 0
    ? { policy: policy.id, unit: policy.unit, used: roundFraction(used), possible: roundFraction(possible) }
    : undefined;
}

/** Removes the rounding errors of binary fractions, which occur in sums of money. */
function roundFraction(amount: number): number {
  return Number(amount.toPrecision(12));
}
