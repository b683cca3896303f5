/**
 * While clients are judged, holds answers that tell a client to stop until no request has arrived for a moment.
 *
 * A client that sends several requests at once sends all of them before it reads the first answer. If a refusal left while the others were still on their way, they
 * would look as if they had been sent in spite of it. An answer that is held back cannot be known.
 * @module
 */
import { type RealTime, realTime } from './real-time.js';
import { DRAINED_TICKS } from './sleep-watch.js';

/** An answer leaves once nothing has arrived for this long, in real milliseconds. */
export const QUIET_MS = 8;
/** It leaves after this long in any case; real milliseconds. */
export const MAX_HOLD_MS = 100;

/** After so long it is looked again whether a client still does something. */
const AGAIN_MS = 2;

interface Held {
  readonly since: number;
  /** Id of its client's process, where that is known. */
  readonly client: number | undefined;
  readonly write: () => void;
}

export class AnswerHold {
  readonly #time: RealTime;
  readonly #isRunning: (client: number) => boolean;
  #lastArrival = 0;
  #held: Held[] = [];
  #waiting = false;

  /**
   * @param time real time when left out
   * @param isRunning whether a client's process does something at this moment; nobody knows when left out
   */
  constructor(time: RealTime = realTime, isRunning: (client: number) => boolean = () => false) {
    this.#time = time;
    this.#isRunning = isRunning;
  }

  /** Something arrived: a connection or a request. */
  arrived(): void {
    this.#lastArrival = this.#time.now();
  }

  /**
   * Calls `write` once arrivals are quiet and no client whose answer is held does anything. Answers are written in the order in which they were held.
   *
   * @param client id of its process, where that is known
   */
  hold(write: () => void, client?: number): void {
    this.#held.push({ since: this.#time.now(), client, write });
    if (!this.#waiting) this.#wait();
  }

  #wait(): void {
    this.#waiting = true;
    const now = this.#time.now();
    const quietAt = Math.max(this.#lastArrival, this.#held[0]!.since) + QUIET_MS;
    const due = Math.min(quietAt, this.#held[0]!.since + MAX_HOLD_MS);
    // Timers run before the event loop polls. What has arrived meanwhile is read in the poll phase, and counts.
    this.#time.later(() => this.#time.soon(() => this.#release()), Math.max(AGAIN_MS, due - now));
  }

  /**
   * @param seen the last arrival when no client was running
   * @param turns of the event loop without an arrival since then
   */
  #release(seen?: number, turns = 0): void {
    const now = this.#time.now();
    const last = this.#lastArrival;
    const quiet = now - last >= QUIET_MS && !this.#isSending();
    const drained = last === seen ? turns : 0;
    if (quiet && drained < DRAINED_TICKS) {
      // What a client sent just before it went to sleep is read in the next turns.
      this.#time.soon(() => this.#release(last, drained + 1));
      return;
    }
    this.#waiting = false;
    const stays = quiet ? [] : this.#held.filter(({ since }) => now - since < MAX_HOLD_MS);
    const leaves = quiet ? this.#held : this.#held.filter(({ since }) => now - since >= MAX_HOLD_MS);
    this.#held = stays;
    if (stays.length > 0) this.#wait();
    for (const { write } of leaves) write();
  }

  /** Whether a client may still be about to send what it had decided to send before: opening many connections takes a program longer than the quiet lasts. */
  #isSending(): boolean {
    const clients = new Set(this.#held.map(({ client }) => client));
    return [...clients].some((client) => client !== undefined && this.#isRunning(client));
  }
}
