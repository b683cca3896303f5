/**
 * Reads something again when it may have changed, at a bounded rate.
 * @module
 */

/** How a poll is bounded. */
export interface PollOptions {
  /** Least milliseconds between the end of a read and the next one. */
  readonly least: number;
  /** The pause is at least this many times the time that the last read took: a reader of much data takes a bounded share of the server's time. */
  readonly share: number;
}

/** The pause after a read that took so long, in milliseconds. */
export function pauseAfter(tookMs: number, { least, share }: PollOptions): number {
  return Math.max(least, tookMs * share);
}

/** Calls a function at most as often as its options allow, and never twice at the same time. */
export class Poll {
  readonly #read: () => Promise<void>;
  readonly #options: PollOptions;
  #isWanted = false;
  #isReading = false;
  #timer: number | undefined;
  #notBefore = 0;

  /** @param read reads and handles its own errors */
  constructor(read: () => Promise<void>, options: PollOptions) {
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
    this.#notBefore = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.want();
  }

  /** Forgets a read that was asked for. */
  cancel(): void {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#isReading || this.#timer !== undefined || !this.#isWanted) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#run();
      },
      Math.max(0, this.#notBefore - performance.now()),
    ) as unknown as number;
  }

  async #run(): Promise<void> {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#isReading = true;
    const began = performance.now();
    await this.#read();
    const ended = performance.now();
    this.#notBefore = ended + pauseAfter(ended - began, this.#options);
    this.#isReading = false;
    this.#schedule();
  }
}
