/**
 * One way of waiting for two things: a refusal, which says when to come back, and a failure of the server's, after which waits should grow.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { type Call, chains, waited } from '../view.js';
import { time, times } from '../words.js';

interface Conflated extends Incident {
  readonly says: string;
}

/** A wait that is twice the one before, or about that, is the next of a growing series. */
const GROWS_FROM = 1.6;
const GROWS_TO = 2.6;
/** Random extra time on top of what was told is welcome up to here. */
const JITTER_MS = 1_000;
const JITTER = 0.1;
/** A shorter wait may be the same by chance. */
const TELLING_MS = 2_000;

export const conflatedBackoff = defineCheck({
  title: 'Waited for a refusal as for a failure, or the other way round',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const incidents = chains(view).flatMap((chain) => judge(chain));
    return perCaller(incidents, ({ call, says }, all) => `${says}, on ${call.who}${times(all)}`);
  },
});

function judge(chain: readonly Call[]): Conflated[] {
  for (let i = 1; i < chain.length; i++) {
    const before = chain[i - 1]!;
    const call = chain[i]!;
    const wait = waited(call, before);
    const earlier = chain.slice(0, i - 1);
    const says =
      before.outcome === 'refused'
        ? likeAFailure(before, wait, earlier, chain)
        : before.outcome === 'failed'
          ? likeARefusal(before, wait, earlier)
          : undefined;
    if (says !== undefined) return [{ call, with: chain.slice(0, i + 1), says }];
  }
  return [];
}

/** Told when to come back, it waited for the next turn of its growing waits. */
function likeAFailure(refused: Call, wait: number, earlier: readonly Call[], chain: readonly Call[]) {
  const told = refused.entry.retryAfter;
  const last = earlier.at(-1);
  if (told === undefined || last?.outcome !== 'failed') return undefined;
  const lastWait = waited(chain[earlier.length]!, last);
  const off = wait - told * 1_000;
  const asTold = off >= 0 && off <= Math.max(JITTER_MS, JITTER * told * 1_000);
  const grows = lastWait > 0 && wait >= GROWS_FROM * lastWait && wait <= GROWS_TO * lastWait;
  if (asTold || !grows) return undefined;
  return `told to wait ${time(told * 1_000)} it waited ${time(wait)}, twice the ${time(lastWait)} that it had waited after a failure`;
}

/** After a failure, which says nothing of the kind, it waited for as long as an earlier refusal had told. */
function likeARefusal(failed: Call, wait: number, earlier: readonly Call[]) {
  if (failed.entry.retryAfter !== undefined) return undefined;
  const told = earlier.filter(({ outcome }) => outcome === 'refused').at(-1)?.entry.retryAfter;
  if (told === undefined || wait < TELLING_MS) return undefined;
  if (Math.abs(wait - told * 1_000) > Math.max(50, 0.05 * told * 1_000)) return undefined;
  return `after a failure it waited ${time(wait)}, as it had been told for a refusal`;
}
