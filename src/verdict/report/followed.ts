/**
 * The open calls of one check in a run that is longer than the journal.
 * @module
 */
import type { Call } from '../calls/call.js';
import type { Follow, Incident, Moment } from '../check.js';

/** The maximum number of open calls. Beyond that, a call that is an incident already is tallied at once, and any other is not followed. */
const MAX_OPEN = 1_000;

/** Calls that no later call has settled. */
export class FollowedCalls {
  readonly #follow: Follow<unknown>;
  readonly #options: unknown;
  /** For each open call, what it waits for. */
  readonly #open = new Map<Call, readonly string[]>();
  readonly #byName = new Map<string, Set<Call>>();

  constructor(follow: Follow<unknown>, options: unknown) {
    this.#follow = follow;
    this.#options = options;
  }

  /**
   * Drops the calls that one of these settles. A call that came before an open one does not settle it.
   * @param calls in order of arrival
   */
  settle(calls: readonly Call[]): void {
    if (this.#open.size === 0) return;
    const seen = new Set<string>();
    // Of the calls that settle a name, the newest one settles the most.
    for (const call of [...calls].reverse())
      for (const name of this.#follow.settles(call)) {
        if (seen.has(name)) continue;
        seen.add(name);
        for (const open of this.#byName.get(name) ?? []) if (open.number < call.number) this.#drop(open);
      }
  }

  /** Follows calls as well. */
  add(calls: Iterable<Call>, moment: Moment): void {
    for (const call of calls) {
      if (this.#open.size >= MAX_OPEN) return;
      const isIncident = this.#follow.incident(call, moment, this.#options) !== undefined;
      this.#hold(call, this.#follow.awaits(call, isIncident));
    }
  }

  /** Whether a call is open and followed. */
  has(call: Call): boolean {
    return this.#open.has(call);
  }

  /** The incidents of the calls that are open. */
  incidents(moment: Moment): Incident[] {
    return [...this.#open.keys()].flatMap((call) => this.#follow.incident(call, moment, this.#options) ?? []);
  }

  /** Returns an independent copy. */
  copy(): FollowedCalls {
    const copy = new FollowedCalls(this.#follow, this.#options);
    for (const [call, names] of this.#open) copy.#hold(call, names);
    return copy;
  }

  #hold(call: Call, names: readonly string[]): void {
    this.#open.set(call, names);
    for (const name of names) {
      const all = this.#byName.get(name) ?? new Set();
      this.#byName.set(name, all.add(call));
    }
  }

  #drop(call: Call): void {
    for (const name of this.#open.get(call) ?? []) {
      const all = this.#byName.get(name);
      all?.delete(call);
      if (all?.size === 0) this.#byName.delete(name);
    }
    this.#open.delete(call);
  }
}
