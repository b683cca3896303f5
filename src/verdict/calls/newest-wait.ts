/**
 * The wait that a program has to observe for a bucket, by the responses that it knows.
 * @module
 */
import type { Fold, IsDecisive } from '../knowledge/known-answers.js';
import { bucketKey, type Call, dueAt, refusing } from './call.js';

/**
 * The refusal that the program has to wait for after one more response. If a request of at least the same cost has been admitted, the program no longer has to
 * wait.
 */
export const newestWait: Fold = (state, answer, key) => {
  if (state && state.number > answer.number) return state;
  if (statesWait(answer, key)) return answer;
  const wanted = state && refusing(state);
  if (!wanted || !answer.entry.admitted) return state;
  const taken = answer.entry.decisions.find(({ bucket }) => bucket === wanted.bucket);
  return taken && taken.cost >= wanted.cost ? undefined : state;
};

/**
 * Finds the responses after which `newestWait` returns the same result for every state: a refusal that is newer than all before it, and an admission that ends
 * the wait of each of them.
 */
export function createIsDecisive(): IsDecisive {
  const refusals = new Map<string, { newest: number; cost: number }>();
  return (answer, key) => {
    const before = refusals.get(key);
    const isNewer = !before || answer.number > before.newest;
    if (statesWait(answer, key)) {
      const cost = Math.max(before?.cost ?? 0, refusing(answer)!.cost);
      refusals.set(key, { newest: isNewer ? answer.number : before.newest, cost });
      return isNewer;
    }
    if (!before) return true;
    if (!answer.entry.admitted || !isNewer) return false;
    const taken = answer.entry.decisions.find(({ bucket }) => bucketKey(answer, bucket) === key);
    return taken !== undefined && taken.cost >= before.cost;
  };
}

/** Whether the response is a refusal by the bucket that states a wait. */
function statesWait(answer: Call, key: string): boolean {
  const refused = refusing(answer);
  return refused !== undefined && bucketKey(answer, refused.bucket) === key && dueAt(answer) !== undefined;
}
