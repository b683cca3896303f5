/**
 * What the answers of one place (a limit, or a request) add up to for its program, at any moment. Answers that a program has certainly received are folded into
 * one state as they leave the margin; those within the margin are looked at for each request anew.
 * @module
 */
import type { Call } from './call.js';
import { isSettled, knowledge } from './knowledge.js';

/** What a request's client knew of a place: for certain, and at most. */
export interface KnownState {
  readonly certain: Call | undefined;
  readonly perhaps: Call | undefined;
}

/** The answer that counts after one more: the new one, the former one, or none. */
export type Fold = (state: Call | undefined, answer: Call, place: string) => Call | undefined;

interface Place {
  settled: Call | undefined;
  /** Answers that left within the margin, in the order in which they left. */
  recent: Call[];
}

const NOTHING: KnownState = { certain: undefined, perhaps: undefined };

export class KnownAnswers {
  readonly #places = new Map<string, Place>();

  /** @param fold of answers at the same place, in the order in which they left */
  constructor(readonly fold: Fold) {}

  /** An answer has left. Answers are given in the order in which they left. */
  answered(place: string, call: Call): void {
    const known = this.#places.get(place) ?? { settled: undefined, recent: [] };
    this.#places.set(place, known);
    // In the same process nothing lies between an answer and its client.
    if (call.entry.peer === undefined) known.settled = this.fold(known.settled, call, place);
    else known.recent.push(call);
  }

  /** What the client of the call knew when it sent it. Calls are given in the order of arrival. */
  at(place: string, call: Call): KnownState {
    const known = this.#places.get(place);
    if (!known) return NOTHING;
    while (known.recent.length > 0 && isSettled(call, known.recent[0]!))
      known.settled = this.fold(known.settled, known.recent.shift()!, place);
    let certain = known.settled;
    let perhaps = known.settled;
    for (const answer of known.recent) {
      const how = knowledge(call, answer);
      if (how === 'no') continue;
      perhaps = this.fold(perhaps, answer, place);
      if (how === 'yes') certain = this.fold(certain, answer, place);
    }
    return { certain, perhaps };
  }
}
