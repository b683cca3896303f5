/**
 * While clients are judged, holds answers that tell a client to stop until no request has arrived for a moment.
 *
 * A client that sends several requests at once sends all of them before it reads the first answer. If a refusal left while the others were still on their way, they
 * would look as if they had been sent in spite of it. An answer that is held back cannot be known.
 * @module
 */
import { type RealTime, realTime } from './real-time.js';

/** An answer leaves once nothing has arrived for this long, in real milliseconds. */
export const QUIET_MS = 8;
/** It leaves after this long in any case; real milliseconds. */
export const LONGEST_HOLD_MS = 100;

interface Held {
  readonly since: number;
  readonly write: () => void;
}

export class AnswerHold {
  readonly #time: RealTime;
  #lastArrival = 0;
  #held: Held[] = [];
  #waiting = false;

  /** @param time real time when left out */
  constructor(time: RealTime = realTime) {
    this.#time = time;
  }

  /** Something arrived: a connection or a request. */
  arrived(): void {
    this.#lastArrival = this.#time.now();
  }

  /** Calls `write` once arrivals are quiet. Answers are written in the order in which they were held. */
  hold(write: () => void): void {
    this.#held.push({ since: this.#time.now(), write });
    if (!this.#waiting) this.#wait();
  }

  #wait(): void {
    this.#waiting = true;
    const now = this.#time.now();
    const quietAt = Math.max(this.#lastArrival, this.#held[0]!.since) + QUIET_MS;
    const due = Math.min(quietAt, this.#held[0]!.since + LONGEST_HOLD_MS);
    // Timers run before the event loop polls. What has arrived meanwhile is read in the poll phase, and counts.
    this.#time.later(() => this.#time.soon(() => this.#release()), Math.max(1, due - now));
  }

  #release(): void {
    this.#waiting = false;
    const now = this.#time.now();
    const quiet = now - this.#lastArrival >= QUIET_MS;
    const stays = quiet ? [] : this.#held.filter(({ since }) => now - since < LONGEST_HOLD_MS);
    const leaves = quiet ? this.#held : this.#held.filter(({ since }) => now - since >= LONGEST_HOLD_MS);
    this.#held = stays;
    if (stays.length > 0) this.#wait();
    for (const { write } of leaves) write();
  }
}
