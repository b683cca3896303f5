/**
 * Keys that are used by turns: one after another, again and again, or the next at once when one is used up.
 * @module
 */
import { type Call, knows, waited } from '../call.js';
import { groupBy } from '../group.js';

export interface Turns {
  /** For people. */
  readonly keys: readonly string[];
  readonly calls: readonly Call[];
  /** Units, of all the keys together and of one at most. */
  readonly taken: number;
  readonly limit: number;
}

interface Taking {
  readonly call: Call;
  readonly units: number;
  readonly limit: number;
  readonly remaining: number;
}

/** So soon after one key was used up the next is taken for it. */
const AT_ONCE_MS = 1_000;
/** Of those that follow another, so many do so in turn. */
const IN_TURN = 0.9;

/** The windows in which the keys of one account took more by turns than one of them may. */
export function takenByTurns(calls: readonly Call[], policy: string): Turns[] {
  const windows = groupBy(
    calls.filter(({ account, entry }) => account !== '' && entry.admitted),
    (call) => `${decisionOf(call, policy)?.resetAt} ${call.account}`,
  );
  return [...windows.values()].flatMap((all) => {
    const takings = shared(all).flatMap((call): Taking[] => {
      const decision = decisionOf(call, policy);
      if (!decision || decision.charged === 0) return [];
      const { charged: units, limit, remaining } = decision;
      return [{ call, units, limit, remaining }];
    });
    const keys = new Map(takings.map(({ call: { caller, who } }) => [caller, who]));
    const taken = takings.reduce((sum, { units }) => sum + units, 0);
    const limit = takings.reduce((most, one) => Math.max(most, one.limit), 0);
    if (keys.size < 2 || taken <= limit || !(inRotation(takings, keys.size) || inSuccession(takings))) return [];
    return [{ keys: [...keys.values()], calls: takings.map(({ call }) => call), taken, limit }];
  });
}

/** Without what one key asks again and again and no other does: a program that looks after its own has that key for itself. */
function shared(calls: readonly Call[]): readonly Call[] {
  const tasks = groupBy(calls, ({ entry: { method, path, bodyHash } }) => JSON.stringify([method, path, bodyHash]));
  const own = new Set(
    [...tasks.values()].filter((all) => all.length > 1 && all.every(({ caller }) => caller === all[0]!.caller)).flat(),
  );
  return calls.filter((call) => !own.has(call));
}

/** a, b, c, a, b, c … */
function inRotation(takings: readonly Taking[], keys: number): boolean {
  const following = takings.slice(keys);
  const inTurn = following.filter(({ call }, i) => call.caller === takings[i]!.call.caller);
  // The same key again and again comes back after so many calls as well: within a round all are different.
  const round = new Set(takings.slice(0, keys).map(({ call }) => call.caller));
  return round.size === keys && following.length > 0 && inTurn.length >= IN_TURN * following.length;
}

/** a, a, a, none left, b at once. */
function inSuccession(takings: readonly Taking[]): boolean {
  const seen = new Set<string>();
  return takings.some(({ call }, i) => {
    const isNew = !seen.has(call.caller);
    seen.add(call.caller);
    const before = takings[i - 1];
    if (!isNew || !before || before.remaining > 0 || !knows(call, before.call)) return false;
    const gap = waited(call, before.call);
    return gap >= 0 && gap < AT_ONCE_MS;
  });
}

function decisionOf({ entry }: Call, policy: string) {
  return entry.decisions.find((one) => one.policy === policy);
}
