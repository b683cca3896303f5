/**
 * Detects keys that a program uses in turns: in rotation, or the next key as soon as the current one is used up.
 * @module
 */
import { type Call, waited } from '../../calls/call.js';
import { groupBy } from '../../group.js';
import { knows } from '../../knowledge/knowledge.js';
import { isProgramKnown } from '../../knowledge/programs.js';

/** A window in which the keys of an account took turns. */
export interface KeyRotation {
  /** The keys as reports display them. */
  readonly keys: readonly string[];
  /** The charged calls of the window, in order of arrival. */
  readonly calls: readonly Call[];
  /** Units that all keys took together. */
  readonly taken: number;
  /** The highest limit of a single key, in units. */
  readonly limit: number;
}

/** What one call took from the policy. */
interface Charge {
  readonly call: Call;
  readonly units: number;
  readonly limit: number;
  readonly remaining: number;
}

/** A key that is used within this time after another was used up succeeds it. Milliseconds. */
const SUCCESSION_MS = 1_000;
/** The share of calls after the first round that must use the next key of the round. */
const MIN_TURN_SHARE = 0.9;

/** Returns the windows in which the keys of one account took turns and together took more than one key may. */
export function findKeyRotations(calls: readonly Call[], policy: string): KeyRotation[] {
  const accounts = groupBy(
    withoutOneKeyPrograms(calls.filter(({ account }) => account !== '')).filter(({ entry }) => entry.admitted),
    ({ account }) => account,
  );
  const windows = [...accounts.values()].flatMap((all) => windowsOf(all, policy));
  const first = firstOfEach(calls);
  return windows.flatMap((all) => {
    const charges = shared(all).flatMap((call): Charge[] => {
      const decision = decisionOf(call, policy);
      if (!decision || decision.charged === 0) return [];
      const { charged: units, limit, remaining } = decision;
      return [{ call, units, limit, remaining }];
    });
    const keys = new Map(charges.map(({ call: { caller, callerName } }) => [caller, callerName]));
    const taken = charges.reduce((sum, { units }) => sum + units, 0);
    const limit = charges.reduce((most, charge) => Math.max(most, charge.limit), 0);
    if (keys.size < 2 || taken <= limit) return [];
    if (!inRotation(charges, keys.size) && !inSuccession(charges, first) && !inMix(charges, limit)) return [];
    return [{ keys: [...keys.values()], calls: charges.map(({ call }) => call), taken, limit }];
  });
}

/** Omits the calls of programs that use one key each. Several of them may take turns by chance. */
function withoutOneKeyPrograms(calls: readonly Call[]): readonly Call[] {
  const programs = groupBy(calls, ({ account, program }) => `${account} ${program}`);
  const others = new Set(
    [...programs.values()].filter((all) => all.every(({ caller }) => caller === all[0]!.caller)).flat(),
  );
  return calls.filter((call) => !others.has(call));
}

/**
 * Splits an account's calls into windows. A window begins with a call and ends when that call's key has its quota again. In that time no key can take more than
 * its limit, whenever the windows of the other keys began.
 */
function windowsOf(calls: readonly Call[], policy: string): Call[][] {
  const windows: Call[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const call of calls) {
    const decision = decisionOf(call, policy);
    if (!decision) continue;
    if (call.entry.at >= end) {
      windows.push([]);
      end = decision.resetAt ?? Number.POSITIVE_INFINITY;
    }
    windows.at(-1)!.push(call);
  }
  return windows;
}

/** The share of calls at which a program that chooses among keys changes the key. */
const MIN_SWITCH_SHARE = 0.25;

/**
 * Whether one program uses several keys for the same operations, changes the key every few calls, and takes more than one key may. It must be certain that it
 * is one program: by its process, by its `X-Mock429-Client` header field, or by the connection.
 */
function inMix(charges: readonly Charge[], limit: number): boolean {
  const bySender = groupBy(charges, ({ call: { entry, program } }) =>
    isProgramKnown(entry) ? program : `connection ${entry.peer?.connection}`,
  );
  return [...bySender].some(([, own]) => {
    if (!own[0]!.call.entry.peer && own[0]!.call.entry.client === undefined) return false;
    const switches = own.filter(({ call }, i) => i > 0 && call.caller !== own[i - 1]!.call.caller);
    const operations = groupBy(own, ({ call }) => call.entry.operation ?? '');
    const common = [...operations.values()].some((all) => new Set(all.map(({ call }) => call.caller)).size > 1);
    return (
      common &&
      switches.length >= MIN_SWITCH_SHARE * own.length &&
      own.reduce((sum, { units }) => sum + units, 0) > limit
    );
  });
}

/** The first call of each caller. */
function firstOfEach(calls: readonly Call[]): ReadonlySet<Call> {
  const first = new Map<string, Call>();
  for (const call of calls) if (!first.has(call.caller)) first.set(call.caller, call);
  return new Set(first.values());
}

/** Omits requests that only one key makes, and makes repeatedly. A program with its own key may do that. */
function shared(calls: readonly Call[]): readonly Call[] {
  const tasks = groupBy(calls, taskOf);
  const own = new Set(
    [...tasks.values()].filter((all) => all.length > 1 && all.every(({ caller }) => caller === all[0]!.caller)).flat(),
  );
  return calls.filter((call) => !own.has(call));
}

/** Whether the keys rotate: a, b, c, a, b, c … */
function inRotation(charges: readonly Charge[], keys: number): boolean {
  const following = charges.slice(keys);
  const inRotationOrder = following.filter(({ call }, i) => call.caller === charges[i]!.call.caller);
  // A single key would match any round length, so all keys of a round must differ.
  const round = new Set(charges.slice(0, keys).map(({ call }) => call.caller));
  return round.size === keys && following.length > 0 && inRotationOrder.length >= MIN_TURN_SHARE * following.length;
}

/** Whether one key succeeds another: a, a, a until no quota is left, then at once b, which has not been used before and continues where a stopped. */
function inSuccession(charges: readonly Charge[], first: ReadonlySet<Call>): boolean {
  return charges.some(({ call }, i) => {
    const before = charges[i - 1];
    if (!first.has(call) || !before || before.remaining > 0 || !knows(call, before.call)) return false;
    const gap = waited(call, before.call);
    return gap >= 0 && gap < SUCCESSION_MS && !repeatsTask(charges, before.call.caller, call.caller);
  });
}

/** Whether the second key sends a request that the first key had sent once. In that case it may belong to another program of the same kind. */
function repeatsTask(charges: readonly Charge[], first: string, second: string): boolean {
  const tasksOf = (key: string) =>
    groupBy(
      charges.filter(({ call }) => call.caller === key),
      ({ call }) => taskOf(call),
    );
  const former = tasksOf(first);
  return [...tasksOf(second).keys()].some((task) => former.get(task)?.length === 1);
}

function taskOf({ entry: { method, path, bodyHash } }: Call): string {
  return JSON.stringify([method, path, bodyHash]);
}

function decisionOf({ entry }: Call, policy: string) {
  return entry.decisions.find((decision) => decision.policy === policy);
}
