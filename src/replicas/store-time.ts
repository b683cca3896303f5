/**
 * Converts this machine's time to the store's. What a replica measures itself, such as the arrival of a request, is told to the others in the store's time.
 * @module
 */

/** How fast a measured offset loses precision, in ms per ms: clocks drift. */
const DRIFT = 1e-4;

/** The difference between two clocks, measured by round trips. */
export class StoreTime {
  #offset = 0;
  /** Half of the round trip by which the offset was measured: its error is at most that. */
  #error = Number.POSITIVE_INFINITY;
  #measuredAt = 0;

  /**
   * Takes a measurement into account. The best one counts, until it is too old.
   *
   * @param sent this machine's time before the round trip, in epoch ms
   * @param received this machine's time after it
   * @param at the store's time in between
   */
  measured(sent: number, received: number, at: number): void {
    const error = (received - sent) / 2;
    if (error > this.error(received)) return;
    this.#error = error;
    this.#offset = at - (sent + received) / 2;
    this.#measuredAt = received;
  }

  /** The largest difference between a converted time and the store's, in ms. @param now this machine's time */
  error(now: number): number {
    return this.#error + (now - this.#measuredAt) * DRIFT;
  }

  /** The store's time at an instant of this machine. */
  of(local: number): number {
    return local + this.#offset;
  }
}
