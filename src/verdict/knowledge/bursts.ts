/**
 * Bursts: requests that one program sends without a pause. On a busy machine, the server needs time to receive a burst. A late request of a burst may have been
 * sent before the first responses, although it arrives long after them.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';

/**
 * A gap between two arrivals of at least this many real milliseconds ends a burst. The server delays refusals for as long, to see whether more requests arrive.
 */
const PAUSE_MS = 8;
/** A busy machine can interrupt a program within a burst. The gap must exceed `PAUSE_MS` by this many times the machine's lag. */
const LAG_FACTOR = 3;
/** The longest duration of a burst in real milliseconds. After that, the program has read the first response. */
const MAX_DURATION_MS = 1_000;
/** The maximum duration grows by this many times the machine's lag. */
const MAX_LAG_FACTOR = 10;

/** A request and the program that sent it. */
interface AttributedEntry {
  readonly entry: JournalEntry;
  readonly program: string;
}

/**
 * For each request, the start of its burst: the real epoch ms of the burst's first arrival.
 * @param all in any order
 */
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
