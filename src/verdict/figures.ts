/**
 * What a run came to, in numbers.
 * @module
 */
import { type Policy, paramsFor } from '../limits/policy.js';
import type { JournalDecision } from '../state/journal.js';
import { groupBy, listIn } from './group.js';
import type { Figures, Throughput } from './report.js';
import { type Call, known, refusing, takenFrom, waited } from './view.js';

export function figuresOf(calls: readonly Call[], policies: ReadonlyMap<string, Policy>): Figures {
  const count = (fits: (call: Call) => boolean) => calls.filter(fits).length;
  const first = Math.min(...calls.map(({ entry }) => entry.at));
  const last = Math.max(...calls.map(({ entry }) => entry.sentAt));
  return {
    requests: calls.length,
    admitted: count(({ entry }) => entry.admitted),
    refused: count(({ outcome }) => outcome === 'refused'),
    succeeded: count(({ outcome }) => outcome === 'succeeded'),
    failed: count(({ outcome }) => outcome === 'failed'),
    spanMs: calls.length === 0 ? 0 : Math.max(0, last - first),
    throughput: mostUsed(calls, policies),
    ...waits(calls),
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
  let most: Throughput | null = null;
  for (const [id, all] of groupBy(takings, ({ decision }) => decision.policy)) {
    const policy = policies.get(id);
    const used = policy && throughput(policy, all);
    if (used && (!most || used.used / used.possible > most.used / most.possible)) most = used;
  }
  return most;
}

function throughput(policy: Policy, takings: readonly Taking[]): Throughput | undefined {
  let used = 0;
  let possible = 0;
  for (const all of groupBy(takings, ({ decision }) => decision.bucket).values()) {
    const from = Math.min(...all.map(({ call }) => call.entry.at));
    const to = Math.max(...all.map(({ call }) => call.entry.at));
    const limit = Math.max(...all.map(({ decision }) => decision.limit));
    const most = policy.algorithm.capacity?.(paramsFor(policy, Math.round(limit * policy.scale)), from, to);
    if (most === undefined) return undefined;
    possible += most / policy.scale;
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

/** Only waits that came to an end: the caller asked the limit again that had refused it. */
function waits(calls: readonly Call[]): { toldToWaitMs: number; waitedMs: number } {
  const refusals = new Map<string, Call[]>();
  const ended = new Set<Call>();
  let toldToWaitMs = 0;
  let waitedMs = 0;
  for (const call of calls) {
    for (const { bucket } of takenFrom(call)) {
      const [newest] = known(call, refusals.get(`${bucket} ${call.caller}`) ?? []);
      if (!newest || ended.has(newest) || waited(call, newest) < 0) continue;
      ended.add(newest);
      toldToWaitMs += newest.entry.retryAfter! * 1_000;
      waitedMs += waited(call, newest);
    }
    const refused = refusing(call);
    if (!refused || call.entry.retryAfter === undefined) continue;
    listIn(refusals, `${refused.bucket} ${call.caller}`).push(call);
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
