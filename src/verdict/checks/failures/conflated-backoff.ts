/**
 * A client waits in the same way after a refusal, which states a wait, and after a server failure, after which waits should grow.
 * @module
 */
import { type Call, dueAt, reportedWait, waited } from '../../calls/call.js';
import { type WaitedForLimit, waitsForLimits } from '../../calls/limited.js';
import { callsInRhythm } from '../../calls/rhythm.js';
import { chains } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { formatTime } from '../../words.js';

/** A wait of about twice the previous one continues a growing series. */
const GROWS_FROM = 1.6;
const GROWS_TO = 2.6;
/** Time beyond the stated wait counts as jitter up to the larger of `JITTER_MS` and `JITTER` times the stated wait. */
const JITTER_MS = 2_000;
const JITTER = 0.25;
/** Shorter waits may be equal by chance, because waits after failures begin with a second or two. */
const MIN_COMPARABLE_MS = 5_000;

/** The check `conflated-backoff`. */
export const conflatedBackoff = defineCheck({
  title: 'Waited in the same way after refusals and after failures',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const waitedForLimit = waitsForLimits(view.calls);
    const inRhythm = callsInRhythm(view);
    const all = chains(view);
    const both = all.filter((chain) =>
      ['refused', 'failed'].every((kind) => chain.some(({ outcome }) => outcome === kind)),
    );
    return { judged: both.length, incidents: all.flatMap((chain) => judge(chain, waitedForLimit, inRhythm)) };
  },
});

/** Returns the first such wait among the attempts of one request. */
function judge(chain: readonly Call[], waitedForLimit: WaitedForLimit, inRhythm: ReadonlySet<Call>): Incident[] {
  /** The wait that the newest refusal stated, and the newest wait after a failure; milliseconds. */
  let statedMs: number | undefined;
  let backoff: number | undefined;
  for (const [i, call] of chain.entries()) {
    const before = chain[i - 1];
    if (!before) continue;
    const wait = waited(call, before);
    const isReported = dueAt(before) !== undefined;
    let says: string | undefined;
    if (before.outcome === 'refused') {
      statedMs = isReported ? reportedWait(before) : undefined;
      // Only a call right after a failure shows the next wait of the series.
      if (chain[i - 2]?.outcome === 'failed') says = describeFailureLikeWait(wait, statedMs, backoff);
    } else if (before.outcome === 'failed' && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at)) {
      if (!isReported) says = describeRefusalLikeWait(wait, statedMs, backoff);
      backoff = wait;
    }
    // A cron job comes at its own times.
    if (says !== undefined && !inRhythm.has(call)) return [{ call, relatedCalls: chain.slice(0, i + 1), says }];
  }
  return [];
}

/** The client knew the stated wait, but waited as long as after one more failure. */
function describeFailureLikeWait(
  wait: number,
  statedMs: number | undefined,
  backoff: number | undefined,
): string | undefined {
  if (statedMs === undefined || !grows(wait, backoff)) return undefined;
  const asReported = wait >= statedMs && wait - statedMs <= Math.max(JITTER_MS, JITTER * statedMs);
  if (asReported) return undefined;
  return `told to wait ${formatTime(statedMs)}, it waited ${formatTime(wait)}, about twice the ${formatTime(backoff!)} that it had waited after a failure`;
}

/** After a failure, which states no wait, the client waited as long as an earlier refusal had stated. */
function describeRefusalLikeWait(
  wait: number,
  statedMs: number | undefined,
  backoff: number | undefined,
): string | undefined {
  if (statedMs === undefined || wait < MIN_COMPARABLE_MS || grows(wait, backoff)) return undefined;
  const alike = Math.abs(wait - statedMs) <= Math.max(50, 0.05 * statedMs);
  return alike
    ? `after a failure, it waited ${formatTime(wait)}, the wait that an earlier refusal had stated`
    : undefined;
}

function grows(wait: number, backoff: number | undefined): boolean {
  return backoff !== undefined && backoff > 0 && wait >= GROWS_FROM * backoff && wait <= GROWS_TO * backoff;
}
