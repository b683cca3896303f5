/**
 * Reads something again when it may have changed, at a bounded rate.
 * @module
 */

/** How a poll is bounded. */
export interface PollOptions {
  /** Least milliseconds between the end of a read and the next one. */
  readonly least: number;
  /**
   * The pause is at least this many times the time that a read takes: a reader of much data takes a bounded share of the server's time. Of the last two reads the
   * faster one counts, so that one slow read, such as the first one of a server, does not delay the next one.
   */
  readonly share: number;
  /** The longest pause, in milliseconds: a read may also have taken long because the machine is short of processors. Default: none. */
  readonly most?: number;
}

/** The pause after a read that took so long, in milliseconds. */
export function pauseAfter(tookMs: number, { least, share, most = Number.POSITIVE_INFINITY }: PollOptions): number {
  return Math.max(least, Math.min(tookMs * share, most));
}

/** Calls a function at most as often as its options allow, and never twice at the same time. */
export class Poll {
  readonly #read: () => Promise<void>;
  readonly #options: () => PollOptions;
  #isWanted = false;
  #isReading = false;
  #timer: number | undefined;
  /** When the last read ended, by the page's own clock. */
  #ended = Number.NEGATIVE_INFINITY;
  /** How long it took, and how long the faster one of the last two took, in milliseconds. */
  #lastTook = 0;
  #took = 0;

  /** @param read reads and handles its own errors @param options asked for whenever a read is wanted, since they may depend on the traffic */
  constructor(read: () => Promise<void>, options: () => PollOptions) {
    this.#read = read;
    this.#options = options;
  }

  /** Asks for a read: now, or as soon as the bound allows. */
  want(): void {
    this.#isWanted = true;
    this.#schedule();
  }

  /** Asks for a read without the pause: a person has changed something and wants to see it. */
  now(): void {
    this.#ended = Number.NEGATIVE_INFINITY;
    this.want();
  }

  /** Forgets a read that was asked for. */
  cancel(): void {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#isReading || !this.#isWanted) return;
    // The options may have changed since the timer was set.
    clearTimeout(this.#timer);
    const notBefore = this.#ended + pauseAfter(this.#took, this.#options());
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#run();
      },
      Math.max(0, notBefore - performance.now()),
    ) as unknown as number;
  }

  async #run(): Promise<void> {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#isReading = true;
    const began = performance.now();
    await this.#read();
    this.#ended = performance.now();
    const took = this.#ended - began;
    this.#took = Math.min(took, this.#lastTook);
    this.#lastTook = took;
    this.#isReading = false;
    this.#schedule();
  }
}
