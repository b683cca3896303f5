/**
 * While clients are judged, holds refusals until no request has arrived for a few milliseconds.
 *
 * A client that sends several requests at once sends all of them before it reads the first answer. If a refusal were sent while the others were still in
 * transit,
 * they would look as if the client had sent them despite the refusal. A client cannot know an answer that is held back.
 * @module
 */
import { type RealTime, realTime } from './real-time.js';
import { DRAINED_TICKS } from './sleep-watch.js';

/** Arrivals must be quiet for this long before a held answer is sent, in real milliseconds. */
export const QUIET_MS = 8;
/** Longest time that an answer is held, in real milliseconds. */
export const MAX_HOLD_MS = 100;

/** Shortest delay before the next check whether a client is still running, in real milliseconds. */
const RECHECK_MS = 2;

interface Held {
  readonly since: number;
  /** Process id of the client, where it is known. */
  readonly client: number | undefined;
  readonly write: () => void;
}

/** Holds answers back until arrivals are quiet. */
export class AnswerHold {
  readonly #time: RealTime;
  readonly #isRunning: (client: number) => boolean;
  #lastArrival = 0;
  #held: Held[] = [];
  #scheduled = false;

  /**
   * @param time time source; default: real time
   * @param isRunning whether a client's process is running at this moment; default: never
   */
  constructor(time: RealTime = realTime, isRunning: (client: number) => boolean = () => false) {
    this.#time = time;
    this.#isRunning = isRunning;
  }

  /** Records the arrival of a connection or a request. */
  arrived(): void {
    this.#lastArrival = this.#time.now();
  }

  /**
   * Calls `write` once arrivals are quiet and no client with a held answer is running. Answers are written in the order in which they were held.
   *
   * @param client process id of the client, where it is known
   */
  hold(write: () => void, client?: number): void {
    this.#held.push({ since: this.#time.now(), client, write });
    if (!this.#scheduled) this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    const now = this.#time.now();
    const quietAt = Math.max(this.#lastArrival, this.#held[0]!.since) + QUIET_MS;
    const due = Math.min(quietAt, this.#held[0]!.since + MAX_HOLD_MS);
    // Timers run before the event loop polls. Input that arrived in the meantime is read in the poll phase and must count, so check after it.
    this.#time.later(() => this.#time.soon(() => this.#release()), Math.max(RECHECK_MS, due - now));
  }

  /**
   * Sends the answers that are due, or schedules the next check.
   *
   * @param seen the last arrival at the time when no client was running
   * @param ticks ticks of the event loop without an arrival since then
   */
  #release(seen?: number, ticks = 0): void {
    const now = this.#time.now();
    const last = this.#lastArrival;
    const quiet = now - last >= QUIET_MS && !this.#isSending();
    const drained = last === seen ? ticks : 0;
    if (quiet && drained < DRAINED_TICKS) {
      // Input that a client sent just before it went to sleep is read in the next ticks.
      this.#time.soon(() => this.#release(last, drained + 1));
      return;
    }
    this.#scheduled = false;
    const retained = quiet ? [] : this.#held.filter(({ since }) => now - since < MAX_HOLD_MS);
    const released = quiet ? this.#held : this.#held.filter(({ since }) => now - since >= MAX_HOLD_MS);
    this.#held = retained;
    if (retained.length > 0) this.#schedule();
    for (const { write } of released) write();
  }

  /** Whether a client may still be sending requests that it decided to send earlier: opening many connections takes a program longer than the quiet period. */
  #isSending(): boolean {
    const clients = new Set(this.#held.map(({ client }) => client));
    return [...clients].some((client) => client !== undefined && this.#isRunning(client));
  }
}
