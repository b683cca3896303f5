/**
 * Bursts: requests that one program sends without a pause. Under load a burst takes long to arrive, so a request late in a burst may have been sent before the
 * answers to the first ones had left, although it arrives long after.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';

/** A gap between two arrivals that ends a burst, in real milliseconds: as long as the server holds refusals to see whether more requests arrive. */
const PAUSE_MS = 8;
/** On a busy machine a program is held up in the middle of a burst: a gap must be so many times its lag longer. */
const LAG_FACTOR = 3;
/** A burst that goes on for longer is no longer what a program had sent before it read the first answer. */
const MAX_DURATION_MS = 1_000;
/** So many times the lag a burst may take besides. */
const MAX_LAG_FACTOR = 10;

/** A request, and the program that sent it. */
interface AttributedEntry {
  readonly entry: JournalEntry;
  readonly program: string;
}

/** When the burst began that each request is part of: the machine's epoch ms of its first arrival. @param all in any order */
export function burstsOf(all: readonly AttributedEntry[]): ReadonlyMap<JournalEntry, number> {
  const bursts = new Map<string, { began: number; last: number }>();
  const began = new Map<JournalEntry, number>();
  for (const { entry, program } of [...all].sort((a, b) => a.entry.beganAt - b.entry.beganAt)) {
    const { beganAt: at, arrived } = entry;
    const lag = arrived?.lagMs ?? 0;
    const burst = bursts.get(program);
    const isSameBurst =
      burst !== undefined &&
      at - burst.last < PAUSE_MS + LAG_FACTOR * lag &&
      at - burst.began < MAX_DURATION_MS + MAX_LAG_FACTOR * lag;
    const own = isSameBurst ? burst : { began: at, last: at };
    own.last = at;
    bursts.set(program, own);
    began.set(entry, own.began);
  }
  return began;
}
