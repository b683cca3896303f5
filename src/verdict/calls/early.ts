/**
 * Calls that arrived before the time at which a refusal told their program to come back. The checks `retry-too-early`, `hammering` and `uncoordinated` use
 * them.
 *
 * A call is early if its program knew of a refusal by a limit that also charges the call, and the call arrived before the time that the refusal stated. Early
 * calls are violations, with one exception: if the program's refused calls wait as stated and only its other calls continue, the program is uncoordinated.
 *
 * A call may have been sent before its client read the refusal. Such a call counts as a violation only if it belongs to a chain: three refusals in which the
 * second and the third call arrived after the previous refusal was sent. A loop without waits produces chains. Requests that are sent at the same time do not,
 * because none of them retries another. Or it belongs to a wave: the program repeated requests that were refused, and none of those that were admitted.
 * @module
 */

import { memoiseWeakly } from '../../runtime/memoise.js';
import { knowledge } from '../knowledge/knowledge.js';
import { KnownAnswers } from '../knowledge/known-answers.js';
import { runAll } from '../steps.js';
import { bucketKey, type Call, chargedDecisions, dueAt, isBefore, refusing, waited, waitedAsStated } from './call.js';
import { createIsDecisive, newestWait } from './newest-wait.js';
import type { View } from './view.js';
import { wavesOf } from './waves.js';

/** A call that arrived too early, and how certain that is. */
export interface EarlyCall {
  readonly call: Call;
  /** The refusal whose wait the call ignored. */
  readonly refusal: Call;
  /**
   * `own`: the call retries a refused call. `other`: the call is another request, and the refused call is not retried in time either. `uncoordinated`: the call
   * is another request, and the refused call waits as stated. `undecided`: the client may have sent the call before it knew the refusal.
   */
  readonly kind: 'own' | 'other' | 'uncoordinated' | 'undecided';
}

/** The number of refusals in a chain. */
const MIN_CHAIN_LENGTH = 3;
/** If a refusal states no wait, a request within this many milliseconds continues its chain. */
const MAX_GAP_MS = 1_000;

/** This many events of the timeline are one step. */
const STEP = 500;

/** The search for the early calls of a view, and its result once it is over. */
interface Search {
  readonly steps: Generator<void, readonly EarlyCall[]>;
  found: readonly EarlyCall[] | undefined;
}

const searchOf = memoiseWeakly((view: View): Search => ({ steps: findEarlyCalls(view), found: undefined }));

/** The early calls in order of arrival, cached for each view. */
export function earlyCalls(view: View): readonly EarlyCall[] {
  const search = searchOf(view);
  search.found ??= runAll(search.steps);
  return search.found;
}

/** Finds in steps what `earlyCalls` then returns. */
export function* prepareEarlyCalls(view: View): Generator<void, void> {
  const search = searchOf(view);
  if (!search.found) search.found = yield* search.steps;
}

/** A call that may be early, and whether its client certainly knew the refusal. */
interface Candidate {
  readonly call: Call;
  readonly refusal: Call;
  readonly certain: boolean;
}

function* findEarlyCalls({ timeline }: View): Generator<void, readonly EarlyCall[]> {
  const answers = new KnownAnswers(newestWait, createIsDecisive());
  const candidates: Candidate[] = [];
  const chains = new Chains();
  for (const [i, { call, answered }] of timeline.entries()) {
    if (i % STEP === STEP - 1) yield;
    if (answered) {
      for (const { bucket } of chargedDecisions(call)) answers.answered(bucketKey(call, bucket), call);
      continue;
    }
    const candidate = candidateOf(call, answers);
    if (candidate) candidates.push(candidate);
    chains.add(call, candidate?.refusal);
  }
  yield;
  const isChain = chains.close();
  const kinds = new Map(candidates.map(({ call, refusal }) => [call, kindOf(call, refusal)]));
  yield;
  const waves = wavesOf(timeline, new Set([...kinds].filter(([, kind]) => kind === 'own').map(([call]) => call)));
  return candidates.flatMap(({ call, refusal, certain }): EarlyCall[] => {
    const kind = kinds.get(call)!;
    // Requests that may have crossed a refusal are no violation if the refused calls wait as stated.
    if (kind === 'uncoordinated') return certain ? [{ call, refusal, kind }] : [];
    return [{ call, refusal, kind: certain || isChain(call) || waves.has(call) ? kind : 'undecided' }];
  });
}

/** Finds the refusal that the call should have waited for: a refusal by a limit that charges the call, or the refusal that the call retries. */
function candidateOf(call: Call, answers: KnownAnswers): Candidate | undefined {
  let perhaps: Candidate | undefined;
  for (const { bucket, cost } of chargedDecisions(call)) {
    const known = answers.at(bucketKey(call, bucket), call);
    // A newer response may have changed the wait, and the client may have read it.
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
  // A refusal without a policy (the provider's own 429 or 503) can also state a wait. It applies to retries of the same request only.
  const { repeats } = call;
  if (!repeats || !isEarly(call, repeats)) return undefined;
  const how = knowledge(call, repeats);
  return how === 'no' ? undefined : { call, refusal: repeats, certain: how === 'yes' };
}

/**
 * Whether the wait of the refusal applies to the call. A wait for many units does not apply to a cheaper call. A limit without a reset time gets room when
 * requests or jobs end. The program may have seen one end, so an admitted call is not early there.
 */
function appliesTo(call: Call, refusal: Call, cost: number): boolean {
  const { cost: wanted, resetAt } = refusing(refusal)!;
  return cost >= wanted && (resetAt !== null || !call.entry.admitted);
}

function isEarly(call: Call, refusal: Call): boolean {
  const due = dueAt(refusal);
  if (due === undefined || waited(call, refusal) < 0 || waitedAsStated(call, refusal)) return false;
  const { admitted, at } = call.entry;
  const { resetAt, retryAt } = refusing(refusal) ?? {};
  // A lease became free sooner than stated: a client ended the job that held it, and may know that.
  if (admitted && resetAt === null && retryAt != null && at < retryAt) return false;
  return isBefore(call, due);
}

function kindOf(call: Call, refusal: Call): 'own' | 'other' | 'uncoordinated' {
  const { repeats } = call;
  if (repeats === refusal || (repeats && isEarly(call, repeats))) return 'own';
  // The call itself waited as stated, or is a first attempt. The refused call decides.
  return waitsAsReported(refusal) ? 'uncoordinated' : 'other';
}

/** Whether the refused call is retried no earlier than stated. If it is not retried, it counts as waiting if it had itself waited for an earlier refusal. */
function waitsAsReported(refusal: Call): boolean {
  const { repeatedBy, repeats } = refusal;
  if (repeatedBy) return !isEarly(repeatedBy, refusal);
  return repeats?.outcome === 'refused' && dueAt(repeats) !== undefined && !isEarly(refusal, repeats);
}

/** Computes the length of the longest chain that each refusal belongs to. */
class Chains {
  readonly #links: { call: Call; before: Call }[] = [];
  readonly #length = new Map<Call, number>();

  /**
   * Adds a call to the chain of the refusal before it.
   * @param before the refusal that the call ignored
   */
  add(call: Call, before: Call | undefined): void {
    if (!before || call.outcome !== 'refused' || !isContinuation(call, before) || !isLink(call, before)) return;
    this.#links.push({ call, before });
    this.#length.set(call, (this.#length.get(before) ?? 1) + 1);
  }

  /**
   * Completes the chains.
   * @returns a function that tells whether a call belongs to a chain
   */
  close(): (call: Call) => boolean {
    const longest = new Map(this.#length);
    for (const { call, before } of this.#links.reverse())
      longest.set(before, Math.max(longest.get(before) ?? 1, longest.get(call)!));
    return (call) => (longest.get(call) ?? 1) >= MIN_CHAIN_LENGTH;
  }
}

/**
 * Whether the call and the refusal form a link of a chain. They do if the call retries exactly the refused request, which other calls of a burst do not. If the
 * server could not observe whether the client had read the refusal, they also do if the call's burst began after the refusal was sent.
 */
function isLink(call: Call, refusal: Call): boolean {
  if (call.repeats === refusal && call.oneAtATime) return true;
  const { leftAt, readAt } = refusal.entry;
  return readAt === undefined && call.burstBeganAt > leftAt!;
}

/** Whether the call came before the stated time. If the refusal stated none, whether the call came within `pauseMs` milliseconds. */
export function isContinuation(call: Call, refusal: Call, pauseMs = MAX_GAP_MS): boolean {
  const gap = waited(call, refusal);
  return gap >= 0 && (dueAt(refusal) === undefined ? gap < pauseMs : !waitedAsStated(call, refusal));
}
