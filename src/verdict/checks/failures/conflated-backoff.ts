/**
 * A client waits in the same way after a refusal, which tells when to come back, and after a failure of the server, after which waits should grow.
 * @module
 */
import { type Call, dueAt, reportedWait, waited } from '../../calls/call.js';
import { type WaitedForLimit, waitsForLimits } from '../../calls/limited.js';
import { chains } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { formatTime } from '../../words.js';

/** A wait of about twice the one before is the next of a growing series. */
const GROWS_FROM = 1.6;
const GROWS_TO = 2.6;
/** Extra time on top of what was told is taken for jitter up to here. */
const JITTER_MS = 2_000;
const JITTER = 0.25;
/** A wait shorter than this may be equal by chance, since waits after failures begin with a second or two. */
const MIN_COMPARABLE_MS = 5_000;

export const conflatedBackoff = defineCheck({
  title: 'Waited for a refusal as for a failure, or the other way round',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const waitedForLimit = waitsForLimits(view.calls);
    const all = chains(view);
    const both = all.filter((chain) =>
      ['refused', 'failed'].every((kind) => chain.some(({ outcome }) => outcome === kind)),
    );
    return { judged: both.length, incidents: all.flatMap((chain) => judge(chain, waitedForLimit)) };
  },
});

/** The first such wait among the attempts at one request. */
function judge(chain: readonly Call[], waitedForLimit: WaitedForLimit): Incident[] {
  /** The newest refusal's wait, as told, and the newest that followed a failure. */
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
    if (says !== undefined) return [{ call, relatedCalls: chain.slice(0, i + 1), says }];
  }
  return [];
}

/** The client was told when to come back, and waited as long as after one more failure. */
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

/** After a failure, which tells no wait, the client waited as long as an earlier refusal had told it. */
function describeRefusalLikeWait(
  wait: number,
  statedMs: number | undefined,
  backoff: number | undefined,
): string | undefined {
  if (statedMs === undefined || wait < MIN_COMPARABLE_MS || grows(wait, backoff)) return undefined;
  const alike = Math.abs(wait - statedMs) <= Math.max(50, 0.05 * statedMs);
  return alike ? `after a failure, it waited ${formatTime(wait)}, as it had been told for a refusal` : undefined;
}

function grows(wait: number, backoff: number | undefined): boolean {
  return backoff !== undefined && backoff > 0 && wait >= GROWS_FROM * backoff && wait <= GROWS_TO * backoff;
}
