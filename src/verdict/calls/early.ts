/**
 * The calls that came earlier than their program had been told to come back. The checks retry-too-early, hammering and uncoordinated use them.
 *
 * A call is early when its program knew of a refusal by a limit that the call takes from, and the call came before the instant that the refusal told. This is an
 * offence, unless each refused call of the program itself waits as it was told and only other calls go on: such a program is uncoordinated.
 *
 * Where a call may have crossed the refusal on its way, only a chain decides: three refusals, of which the second and the third were met by calls that arrived after
 * the refusal before had left. A loop without waits makes such chains. Requests that are sent at the same time do not: none of them repeats another.
 * @module
 */

import { knowledge } from '../knowledge/knowledge.js';
import { type Fold, KnownAnswers } from '../knowledge/known-answers.js';
import { bucketKey, type Call, chargedDecisions, dueAt, isBefore, refusing, waited } from './call.js';
import type { View } from './view.js';

export interface EarlyCall {
  readonly call: Call;
  /** The refusal that it should have waited for. */
  readonly refusal: Call;
  /**
   * `own`: it repeats a call that was refused. `other`: it is another request, and the refused call does not wait as it was told either. `uncoordinated`: it is
   * another request, and the refused call waits as it was told. `undecided`: it may have been sent before the refusal was known.
   */
  readonly kind: 'own' | 'other' | 'uncoordinated' | 'undecided';
}

/** How many refusals make a chain. */
const MIN_CHAIN_LENGTH = 3;
/** Where a refusal tells no wait, a request within this many milliseconds of it continues its chain. */
const MAX_GAP_MS = 1_000;

const cache = new WeakMap<View, readonly EarlyCall[]>();

/** In the order of arrival; computed once for each view. */
export function earlyCalls(view: View): readonly EarlyCall[] {
  let known = cache.get(view);
  if (!known) {
    known = find(view);
    cache.set(view, known);
  }
  return known;
}

interface Candidate {
  readonly call: Call;
  readonly refusal: Call;
  readonly certain: boolean;
}

function find({ timeline }: View): readonly EarlyCall[] {
  const answers = new KnownAnswers(newestWait);
  const candidates: Candidate[] = [];
  const chains = new Chains();
  for (const { call, answered } of timeline) {
    if (answered) {
      for (const { bucket } of chargedDecisions(call)) answers.answered(bucketKey(call, bucket), call);
      continue;
    }
    const candidate = candidateOf(call, answers);
    if (candidate) candidates.push(candidate);
    chains.add(call, candidate?.refusal);
  }
  const isChain = chains.close();
  return candidates.flatMap(({ call, refusal, certain }): EarlyCall[] => {
    const kind = kindOf(call, refusal);
    // Requests that may have crossed a refusal, and then wait as they were told, are no offence.
    if (kind === 'uncoordinated') return certain ? [{ call, refusal, kind }] : [];
    return [{ call, refusal, kind: certain || isChain(call) ? kind : 'undecided' }];
  });
}

/** The refusal that its program still has to wait for, after one more answer. Once a request of at least the same cost was admitted, there is no reason to wait any more. */
const newestWait: Fold = (state, answer, key) => {
  if (state && state.number > answer.number) return state;
  const refused = refusing(answer);
  if (refused && bucketKey(answer, refused.bucket) === key && dueAt(answer) !== undefined) return answer;
  const wanted = state && refusing(state);
  if (!wanted || !answer.entry.admitted) return state;
  const taken = answer.entry.decisions.find(({ bucket }) => bucket === wanted.bucket);
  return taken && taken.cost >= wanted.cost ? undefined : state;
};

/** The refusal that the call should have waited for: by a limit that it meets, or the one that it repeats. */
function candidateOf(call: Call, answers: KnownAnswers): Candidate | undefined {
  let perhaps: Candidate | undefined;
  for (const { bucket, cost } of chargedDecisions(call)) {
    const known = answers.at(bucketKey(call, bucket), call);
    // A newer answer that the client may have read can have changed what it had to wait for.
    const certain = known.certain === known.perhaps ? known.certain : undefined;
    if (certain && appliesTo(call, certain, cost) && isEarly(call, certain))
      return { call, refusal: certain, certain: true };
    if (known.perhaps && appliesTo(call, known.perhaps, cost) && isEarly(call, known.perhaps))
      perhaps ??= {
        call,
        refusal: known.perhaps,
        certain: known.certain !== undefined && isEarly(call, known.certain),
      };
  }
  if (perhaps) return perhaps;
  // A refusal without a policy (a 429 or 503 of the provider's own) may tell a wait as well. It counts for the same request only.
  const { repeats } = call;
  if (!repeats || !isEarly(call, repeats)) return undefined;
  const how = knowledge(call, repeats);
  return how === 'no' ? undefined : { call, refusal: repeats, certain: how === 'yes' };
}

/**
 * Whether the wait that the refusal told applies to the call. A wait for many units need not apply to fewer. Where room comes from requests or jobs that end, the program
 * may have seen one end: there a call that was admitted is not early.
 */
function appliesTo(call: Call, refusal: Call, cost: number): boolean {
  const { cost: wanted, resetAt } = refusing(refusal)!;
  return cost >= wanted && (resetAt !== null || !call.entry.admitted);
}

function isEarly(call: Call, refusal: Call): boolean {
  const due = dueAt(refusal);
  if (due === undefined || waited(call, refusal) < 0) return false;
  const { admitted, at } = call.entry;
  const { resetAt, retryAt } = refusing(refusal) ?? {};
  // A place became free sooner than was told: somebody ended the job that held it, and may know.
  if (admitted && resetAt === null && retryAt != null && at < retryAt) return false;
  return isBefore(call, due);
}

function kindOf(call: Call, refusal: Call): 'own' | 'other' | 'uncoordinated' {
  const { repeats } = call;
  if (repeats === refusal || (repeats && isEarly(call, repeats))) return 'own';
  // The call itself waited as it was told, or is a first try. So the refused call decides.
  return waitsAsReported(refusal) ? 'uncoordinated' : 'other';
}

/** Whether the refused call is repeated, no sooner than it was told. One that is not repeated counts where it had itself waited as an earlier refusal told. */
function waitsAsReported(refusal: Call): boolean {
  const { repeatedBy, repeats } = refusal;
  if (repeatedBy) return !isEarly(repeatedBy, refusal);
  return repeats?.outcome === 'refused' && dueAt(repeats) !== undefined && !isEarly(refusal, repeats);
}

/** For each refusal, the length of the longest chain that it belongs to. */
class Chains {
  readonly #links: { call: Call; before: Call }[] = [];
  readonly #length = new Map<Call, number>();

  /** @param before the refusal that the call was sent in spite of */
  add(call: Call, before: Call | undefined): void {
    if (!before || call.outcome !== 'refused' || !isContinuation(call, before) || !isLink(call, before)) return;
    this.#links.push({ call, before });
    this.#length.set(call, (this.#length.get(before) ?? 1) + 1);
  }

  /** @returns whether the call is part of a chain */
  close(): (call: Call) => boolean {
    const longest = new Map(this.#length);
    for (const { call, before } of this.#links.reverse())
      longest.set(before, Math.max(longest.get(before) ?? 1, longest.get(call)!));
    return (call) => (longest.get(call) ?? 1) >= MIN_CHAIN_LENGTH;
  }
}

/**
 * Whether the call repeats the very request that was refused, which the rest of a burst does not; or, where nobody looked whether the client had read the refusal,
 * whether it was sent after a pause.
 */
function isLink(call: Call, refusal: Call): boolean {
  if (call.repeats === refusal && call.oneAtATime) return true;
  const { leftAt, readAt } = refusal.entry;
  return readAt === undefined && call.burstBeganAt > leftAt!;
}

/** Whether the call came before the refusal told it to; where it told nothing, whether the call came within the pause. */
export function isContinuation(call: Call, refusal: Call, pauseMs = MAX_GAP_MS): boolean {
  const due = dueAt(refusal);
  const gap = waited(call, refusal);
  return gap >= 0 && (due === undefined ? gap < pauseMs : call.entry.at < due);
}
