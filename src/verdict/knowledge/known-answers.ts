/**
 * The state that the answers of one place (a limit, or a request) add up to for its program, at the moment of each request. Answers that the program certainly knows are
 * folded into one state once. Answers within the margin are evaluated anew for each request.
 * @module
 */
import type { Call } from '../calls/call.js';
import { isSettled, knowledge } from './knowledge.js';

/** The answer that counts at a place: by what the client certainly knew, and by all that it may have known. */
export interface KnownState {
  readonly certain: Call | undefined;
  readonly perhaps: Call | undefined;
}

/** Which answer counts after one more: the new one, the former one, or none. */
export type Fold = (state: Call | undefined, answer: Call, key: string) => Call | undefined;

interface KeyAnswers {
  settled: Call | undefined;
  /** Answers that may not be known yet, in the order in which they left. */
  recent: Call[];
}

const NOTHING: KnownState = { certain: undefined, perhaps: undefined };

export class KnownAnswers {
  readonly #places = new Map<string, KeyAnswers>();

  /** @param fold of answers at the same place, in the order in which they left */
  constructor(readonly fold: Fold) {}

  /** An answer has left. Must be called in the order in which answers left. */
  answered(key: string, call: Call): void {
    const known = this.#places.get(key) ?? { settled: undefined, recent: [] };
    this.#places.set(key, known);
    // In the same process nothing lies between an answer and its client.
    if (call.entry.peer === undefined) known.settled = this.fold(known.settled, call, key);
    else known.recent.push(call);
  }

  /** What the client of the call knew when it sent it. Must be called in the order of arrival. */
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
