/**
 * How many requests arrive, as the ticks tell.
 * @module
 */

/** From this many requests a second on, the page reads less: the machine is the server's. */
const HEAVY_RATE = 200;

/** The time over which the rate is computed, in milliseconds. */
const RATE_MS = 2_000;

/** What a tick tells has happened in the time since the last one, which is at least and at most so long, in milliseconds. */
const TICK_MS = { least: 250, most: 500 } as const;

/** The rate of the requests. All instants are those of the page's own clock, in milliseconds. */
export class Traffic {
  #samples: { readonly at: number; readonly requests: number }[] = [];
  #rate = 0;
  /** Requests a second in the last interval between two ticks: heavy traffic shows in it at once. */
  #newestRate = 0;
  /** When the traffic began, after a pause. */
  since = 0;

  /** Whether so many requests arrive that the page must leave the machine to the server. */
  get isHeavy(): boolean {
    return Math.max(this.#rate, this.#newestRate) >= HEAVY_RATE;
  }

  /** Takes the total of a tick. @param isFirst whether earlier totals may be those of another server @returns requests a second */
  add(at: number, requests: number, isFirst: boolean): number {
    const known = isFirst ? [] : this.#samples;
    const last = known.at(-1);
    const recent = known.filter((sample) => at - sample.at < RATE_MS);
    if (recent.length === 0) {
      this.since = at;
      // A pause was longer than the time over which the rate is computed. What is new came at its end.
      if (last !== undefined) recent.push({ at: at - RATE_MS, requests: last.requests });
    }
    this.#samples = [...recent, { at, requests }];
    const [first] = recent;
    this.#rate = first === undefined ? 0 : Math.max(0, ((requests - first.requests) * 1_000) / (at - first.at));
    const interval = Math.min(Math.max(at - (last?.at ?? at), TICK_MS.least), TICK_MS.most);
    this.#newestRate = last === undefined ? 0 : ((requests - last.requests) * 1_000) / interval;
    return this.#rate;
  }

  /** Whether no tick has come for as long as the rate is computed over; it is 0 then. */
  hasEnded(at: number): boolean {
    if (at - (this.#samples.at(-1)?.at ?? 0) <= RATE_MS) return false;
    this.#rate = 0;
    this.#newestRate = 0;
    return true;
  }
}
