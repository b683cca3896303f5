/**
 * One way of waiting for two things: a refusal, which says when to come back, and a failure of the server's, after which waits should grow.
 * @module
 */
import { type Call, dueAt, toldWait, waited } from '../call.js';
import { defineCheck, type Incident } from '../check.js';
import { type WaitedForLimit, waitsForLimits } from '../limited.js';
import { chains } from '../view.js';
import { time } from '../words.js';

/** A wait that is twice the one before, or about that, is the next of a growing series. */
const GROWS_FROM = 1.6;
const GROWS_TO = 2.6;
/** Random extra time on top of what was told is welcome up to here. */
const JITTER_MS = 2_000;
const JITTER = 0.25;
/** A shorter wait may be the same by chance: waits after failures begin with a second or two. */
const TELLING_MS = 5_000;

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
  let told: number | undefined;
  let backoff: number | undefined;
  for (const [i, call] of chain.entries()) {
    const before = chain[i - 1];
    if (!before) continue;
    const wait = waited(call, before);
    const isTold = dueAt(before) !== undefined;
    let says: string | undefined;
    if (before.outcome === 'refused') {
      told = isTold ? toldWait(before) : undefined;
      // Only what follows a failure at once is the next turn of its waits.
      if (chain[i - 2]?.outcome === 'failed') says = likeAFailure(wait, told, backoff);
    } else if (before.outcome === 'failed' && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at)) {
      if (!isTold) says = likeARefusal(wait, told, backoff);
      backoff = wait;
    }
    if (says !== undefined) return [{ call, with: chain.slice(0, i + 1), says }];
  }
  return [];
}

/** Told when to come back, it waited for the next turn of its growing waits. */
function likeAFailure(wait: number, told: number | undefined, backoff: number | undefined): string | undefined {
  if (told === undefined || !grows(wait, backoff)) return undefined;
  const asTold = wait >= told && wait - told <= Math.max(JITTER_MS, JITTER * told);
  if (asTold) return undefined;
  return `told to wait ${time(told)}, it waited ${time(wait)}, about twice the ${time(backoff!)} that it had waited after a failure`;
}

/** After a failure, which says nothing of the kind, it waited for as long as an earlier refusal had told. */
function likeARefusal(wait: number, told: number | undefined, backoff: number | undefined): string | undefined {
  if (told === undefined || wait < TELLING_MS || grows(wait, backoff)) return undefined;
  const alike = Math.abs(wait - told) <= Math.max(50, 0.05 * told);
  return alike ? `after a failure, it waited ${time(wait)}, as it had been told for a refusal` : undefined;
}

function grows(wait: number, backoff: number | undefined): boolean {
  return backoff !== undefined && backoff > 0 && wait >= GROWS_FROM * backoff && wait <= GROWS_TO * backoff;
}
