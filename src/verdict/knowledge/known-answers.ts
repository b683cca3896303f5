/**
 * What the responses for one key (a limit, or a request) amount to for a program at the time of each request. Responses that the program certainly knows are
 * folded into one state once. Responses within the margin are evaluated again for each request.
 * @module
 */
import type { Call } from '../calls/call.js';
import { isSettled, knowledge } from './knowledge.js';

/** The relevant response for a key. */
export interface KnownState {
  /** By the responses that the client certainly knew. */
  readonly certain: Call | undefined;
  /** By all responses that the client may have known. */
  readonly perhaps: Call | undefined;
}

/** Returns the relevant response after one more response: the new one, the previous one, or none. */
export type Fold = (state: Call | undefined, answer: Call, key: string) => Call | undefined;

/** The responses for one key. */
interface KeyAnswers {
  /** The state by the responses that are certainly known. */
  settled: Call | undefined;
  /** Responses that may not be known yet, in the order in which they were sent. */
  recent: Call[];
}

const NOTHING: KnownState = { certain: undefined, perhaps: undefined };

/** Tracks the known responses by key. */
export class KnownAnswers {
  readonly #places = new Map<string, KeyAnswers>();

  /** @param fold combines responses for one key, in the order in which they were sent */
  constructor(readonly fold: Fold) {}

  /** Adds a response. Responses must be added in the order in which they were sent. */
  answered(key: string, call: Call): void {
    const known = this.#places.get(key) ?? { settled: undefined, recent: [] };
    this.#places.set(key, known);
    // In-process there is no connection, so the client knows the response at once.
    if (call.entry.peer === undefined) known.settled = this.fold(known.settled, call, key);
    else known.recent.push(call);
  }

  /** Returns what the client of the call knew when it sent the call. Calls must be given in order of arrival. */
  at(key: string, call: Call): KnownState {
    const known = this.#places.get(key);
    if (!known) return NOTHING;
    while (known.recent.length > 0 && isSettled(call, known.recent[0]!))
      known.settled = this.fold(known.settled, known.recent.shift()!, key);
    let certain = known.settled;
    let perhaps = known.settled;
    for (const answer of known.recent) {
      const how = knowledge(call, answer);
      if (how === 'no') continue;
      perhaps = this.fold(perhaps, answer, key);
      if (how === 'yes') certain = this.fold(certain, answer, key);
    }
    return { certain, perhaps };
  }
}
