/**
 * What a run came to, in numbers.
 * @module
 */
import { type Policy, paramsFor } from '../limits/policy.js';
import type { JournalDecision } from '../state/journal.js';
import { type Call, refusing, standing, takenFrom, waited } from './call.js';
import { groupBy } from './group.js';
import type { Figures, Throughput } from './report.js';
import type { View } from './view.js';

export function figuresOf({ calls, timeline }: View, policies: ReadonlyMap<string, Policy>): Figures {
  const count = (fits: (call: Call) => boolean) => calls.filter(fits).length;
  const first = least(calls, ({ entry }) => entry.at);
  const last = most(calls, ({ entry }) => entry.sentAt);
  return {
    requests: calls.length,
    admitted: count(({ entry }) => entry.admitted),
    refused: count(({ outcome }) => outcome === 'refused'),
    succeeded: count(({ outcome }) => outcome === 'succeeded'),
    rejected: count(({ outcome }) => outcome === 'rejected'),
    failed: count(({ outcome }) => outcome === 'failed'),
    spanMs: calls.length === 0 ? 0 : Math.max(0, last - first),
    throughput: mostUsed(calls, policies),
    ...waits(timeline),
    longestRefusalStreak: longestStreak(calls),
  };
}

interface Taking {
  readonly call: Call;
  readonly decision: JournalDecision;
}

/** Of the limits that can run out with time, the one of which the largest share was used. */
function mostUsed(calls: readonly Call[], policies: ReadonlyMap<string, Policy>): Throughput | null {
  const takings = calls.flatMap((call) => takenFrom(call).map((decision): Taking => ({ call, decision })));
  let highest: Throughput | null = null;
  for (const [id, all] of groupBy(takings, ({ decision }) => decision.policy)) {
    const policy = policies.get(id);
    const used = policy && throughput(policy, all);
    if (used && (!highest || used.used / used.possible > highest.used / highest.possible)) highest = used;
  }
  return highest;
}

function throughput(policy: Policy, takings: readonly Taking[]): Throughput | undefined {
  let used = 0;
  let possible = 0;
  for (const all of groupBy(takings, ({ decision }) => decision.bucket).values()) {
    const from = least(all, ({ call }) => call.entry.at);
    const to = most(all, ({ call }) => call.entry.at);
    const limit = most(all, ({ decision }) => decision.limit);
    const capacity = policy.algorithm.capacity?.(paramsFor(policy, Math.round(limit * policy.scale)), from, to);
    if (capacity === undefined) return undefined;
    possible += capacity / policy.scale;
    used += all.reduce((sum, { call, decision }) => sum + (call.entry.admitted ? decision.charged : 0), 0);
  }
  return possible > 0
    ? { policy: policy.id, unit: policy.unit, used: tidy(used), possible: tidy(possible) }
    : undefined;
}

/** Sums of cents are not to show how a machine writes fractions. */
function tidy(amount: number): number {
  return Number(amount.toPrecision(12));
}

/** Only waits that came to an end: the caller asked the limit again that had refused it. Who was refused several times at once has waited once, for the newest. */
function waits(timeline: View['timeline']): { toldToWaitMs: number; waitedMs: number } {
  const waiting = new Map<string, Call>();
  let toldToWaitMs = 0;
  let waitedMs = 0;
  for (const { call, answered } of timeline) {
    const refused = refusing(call);
    if (answered) {
      if (refused && call.entry.retryAfter !== undefined) waiting.set(standing(call, refused.bucket), call);
      continue;
    }
    for (const { bucket } of takenFrom(call)) {
      const place = standing(call, bucket);
      const refusal = waiting.get(place);
      if (!refusal || waited(call, refusal) < 0) continue;
      waiting.delete(place);
      toldToWaitMs += refusal.entry.retryAfter! * 1_000;
      waitedMs += waited(call, refusal);
    }
  }
  return { toldToWaitMs: Math.round(toldToWaitMs), waitedMs };
}

/** Of any caller. */
function longestStreak(calls: readonly Call[]): number {
  let longest = 0;
  for (const all of groupBy(calls, ({ caller }) => caller).values()) {
    let streak = 0;
    for (const { outcome } of all) {
      streak = outcome === 'refused' ? streak + 1 : 0;
      longest = Math.max(longest, streak);
    }
  }
  return longest;
}

/** There may be more than a call takes arguments. */
function least<T>(all: readonly T[], by: (one: T) => number): number {
  return all.reduce((so, one) => Math.min(so, by(one)), Number.POSITIVE_INFINITY);
}

function most<T>(all: readonly T[], by: (one: T) => number): number {
  return all.reduce((so, one) => Math.max(so, by(one)), Number.NEGATIVE_INFINITY);
}
