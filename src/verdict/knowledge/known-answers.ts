/**
 * What the responses for one key (a limit, or a request) amount to for a program at the time of each request. Responses that the program certainly knows are
 * folded into one state once. Responses within the margin are evaluated again for each request.
 * @module
 */
import type { Call } from '../calls/call.js';
import { isSettled, knowledge, MARGIN_MS, settledFrom } from './knowledge.js';

/** The relevant response for a key. */
export interface KnownState {
  /** By the responses that the client certainly knew. */
  readonly certain: Call | undefined;
  /** By all responses that the client may have known. */
  readonly perhaps: Call | undefined;
}

/** Returns the relevant response after one more response: the new one, the previous one, or none. */
export type Fold = (state: Call | undefined, answer: Call, key: string) => Call | undefined;

/**
 * Whether the result of the fold for this response is the same for every state that the responses before it can lead to. Responses before a decisive one need
 * not be evaluated if the client knew the decisive one. Called once for each response, in the order in which they were sent.
 */
export type IsDecisive = (answer: Call, key: string) => boolean;

/** A response that the client may not know yet, with the facts that show quickly that it cannot be known for certain. */
interface RecentAnswer {
  readonly call: Call;
  readonly isDecisive: boolean;
  readonly connection: number;
  /** When it was sent; real epoch ms. */
  readonly leftAt: number;
  /** See `settledFrom`. */
  readonly settledFrom: number;
  /** Whether other facts than time and connection can make it known. */
  readonly isSpecial: boolean;
}

/** The responses for one key. */
interface KeyAnswers {
  /** The state by the responses that are certainly known. */
  settled: Call | undefined;
  /** Responses that may not be known yet, in the order in which they were sent. Those before `start` are settled. */
  recent: RecentAnswer[];
  start: number;
}

const NOTHING: KnownState = { certain: undefined, perhaps: undefined };
/** Settled responses are removed from the list once there are this many and they are half of it, so that removing costs constant time per response. */
const MIN_REMOVED = 32;

/** Tracks the known responses by key. */
export class KnownAnswers {
  readonly #places = new Map<string, KeyAnswers>();

  /**
   * @param fold combines responses for one key, in the order in which they were sent
   * @param isDecisive by default, every response is decisive: the fold must then ignore the state
   */
  constructor(
    readonly fold: Fold,
    readonly isDecisive: IsDecisive = () => true,
  ) {}

  /** Adds a response. Responses must be added in the order in which they were sent. */
  answered(key: string, call: Call): void {
    const known = this.#places.get(key) ?? { settled: undefined, recent: [], start: 0 };
    this.#places.set(key, known);
    const isDecisive = this.isDecisive(call, key);
    // In-process there is no connection, so the client knows the response at once.
    if (call.entry.peer === undefined) known.settled = this.fold(known.settled, call, key);
    else known.recent.push(recentAnswer(call, isDecisive));
  }

  /** Returns what the client of the call knew when it sent the call. Calls must be given in order of arrival. */
  at(key: string, call: Call): KnownState {
    const known = this.#places.get(key);
    if (!known) return NOTHING;
    this.#settle(known, call, key);
    const [certain, perhaps] = answersKnown(known, call);
    // The newest comes first.
    const fold = (state: Call | undefined, answer: Call) => this.fold(state, answer, key);
    return {
      certain: certain.reduceRight<Call | undefined>(fold, known.settled),
      perhaps: perhaps.reduceRight<Call | undefined>(fold, known.settled),
    };
  }

  /** Folds the responses on which the client has certainly acted into the settled state. */
  #settle(known: KeyAnswers, call: Call, key: string): void {
    const { recent } = known;
    for (; known.start < recent.length && isSettled(call, recent[known.start]!.call); known.start++)
      known.settled = this.fold(known.settled, recent[known.start]!.call, key);
    if (known.start < MIN_REMOVED || known.start * 2 < recent.length) return;
    recent.splice(0, known.start);
    known.start = 0;
  }
}

/**
 * The responses that the client of the call certainly knew, and those that it perhaps knew, back to the newest decisive one of each. The newest comes first.
 * Thousands of responses can be recent if a client is always busy, so most are passed over without being evaluated.
 */
function answersKnown({ recent, start }: KeyAnswers, call: Call): [certain: readonly Call[], perhaps: readonly Call[]] {
  const certain: Call[] = [];
  const perhaps: Call[] = [];
  let isPerhapsComplete = false;
  const mayBeCertain = createMayBeCertain(call);
  for (let i = recent.length - 1; i >= start; i--) {
    const answer = recent[i]!;
    if (isPerhapsComplete && !mayBeCertain(answer)) continue;
    const how = knowledge(call, answer.call);
    if (how === 'no') continue;
    if (!isPerhapsComplete) perhaps.push(answer.call);
    isPerhapsComplete ||= answer.isDecisive;
    if (how !== 'yes') continue;
    certain.push(answer.call);
    if (answer.isDecisive) break;
  }
  return [certain, perhaps];
}

function recentAnswer(call: Call, isDecisive: boolean): RecentAnswer {
  const { peer, answeredAt } = call.entry;
  const leftAt = call.entry.leftAt!;
  return {
    call,
    isDecisive,
    connection: peer!.connection,
    leftAt,
    settledFrom: settledFrom(call, leftAt),
    isSpecial: call.sequential || answeredAt === null,
  };
}

/** Returns a test that is false only for responses that `knowledge` does not report as certainly known. */
function createMayBeCertain({ entry: { beganAt, arrived, peer }, followsAnswerAt = 0 }: Call) {
  if (!peer) return () => true;
  const { connection: ownConnection } = peer;
  const arrivedAt = Math.max(beganAt, arrived?.earliestAt ?? 0);
  return ({ connection, leftAt, settledFrom, isSpecial }: RecentAnswer) =>
    isSpecial || connection === ownConnection || settledFrom <= arrivedAt || leftAt + MARGIN_MS <= followsAnswerAt;
}
