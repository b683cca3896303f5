/**
 * Checks histories of concurrent operations on one limit: whether there is an order of all operations that fits their results, and in which each operation comes
 * after those that had ended before it began (Herlihy and Wing, "Linearizability").
 *
 * `checkLinearizable` searches for such an order, with the memory of states that Lowe adds to the algorithm of Wing and Gong ("Testing for linearizability", 2017). It takes any
 * object that `Specification` describes. `checkTakes` is for long histories of one bucket with a clock that stands still: each admission tells a remaining of its own there,
 * which gives the order away, so it needs no search.
 * @module
 */

/** An operation of a history. */
export interface Operation<Input, Result> {
  readonly input: Input;
  /** `undefined`: unknown, since the reply was lost. The operation may have had its effect, at any time after `began`, or never. */
  readonly result: Result | undefined;
  /** When the client began, and when it had the result, by one clock. */
  readonly began: number;
  readonly ended: number;
}

/** An object as if it were used by one client at a time. */
export interface Specification<State, Input, Result> {
  readonly initial: State;
  /** The state after an operation, and its result. */
  apply(state: State, input: Input): { readonly state: State; readonly result: Result };
  /** Whether a result that came is the one that must come. */
  same(one: Result, other: Result): boolean;
  /** Equal for equal states. */
  key(state: State): string;
}

/** Whether a history is linearizable. */
export type Linearizability<Input, Result> =
  | { readonly holds: true; readonly order: readonly Operation<Input, Result>[] }
  /** `longest`: the longest beginning of an order that fits. */
  | { readonly holds: false; readonly longest: readonly Operation<Input, Result>[] };

/** Searches for an order that fits. The time is exponential in the number of operations that overlap. */
export function checkLinearizable<State, Input, Result>(
  { initial, apply, same, key }: Specification<State, Input, Result>,
  history: readonly Operation<Input, Result>[],
): Linearizability<Input, Result> {
  const operations = [...history].sort((a, b) => a.began - b.began);
  const known = operations.filter(({ result }) => result !== undefined).length;
  const done = new Array<boolean>(operations.length).fill(false);
  const seen = new Set<string>();
  const order: number[] = [];
  const states: State[] = [initial];
  let longest: number[] = [];
  let placed = 0;

  /** The operations that may come next: none of the others had ended before they began. */
  const candidates = () => {
    let end = Number.POSITIVE_INFINITY;
    operations.forEach(({ result, ended }, i) => {
      if (!done[i] && result !== undefined) end = Math.min(end, ended);
    });
    return operations.flatMap(({ began }, i) => (done[i] || began > end ? [] : [i]));
  };
  const stack: { readonly next: number[] }[] = [{ next: candidates() }];
  while (stack.length > 0) {
    if (placed === known) return { holds: true, order: order.map((i) => operations[i]!) };
    const i = stack.at(-1)!.next.shift();
    if (i === undefined) {
      stack.pop();
      const last = order.pop();
      if (last === undefined) break;
      states.pop();
      done[last] = false;
      if (operations[last]!.result !== undefined) placed -= 1;
      continue;
    }
    const { input, result } = operations[i]!;
    const next = apply(states.at(-1)!, input);
    if (result !== undefined && !same(result, next.result)) continue;
    done[i] = true;
    const state = `${done.map((one) => (one ? 1 : 0)).join('')} ${key(next.state)}`;
    if (seen.has(state)) {
      done[i] = false;
      continue;
    }
    seen.add(state);
    order.push(i);
    states.push(next.state);
    if (result !== undefined) placed += 1;
    if (order.length > longest.length) longest = [...order];
    stack.push({ next: candidates() });
  }
  return { holds: false, longest: longest.map((i) => operations[i]!) };
}

/** What is done to a window or a token bucket. */
export type LimitInput =
  | { readonly does: 'take' }
  /** Sets how much is left. */
  | { readonly does: 'set'; readonly remaining: number }
  | { readonly does: 'advance'; readonly ms: number };

/** What came of it: how much is left after an admission, `refused`, or `done` for all but `take`. */
export type LimitResult = number | 'refused' | 'done';

/** State of a fixed window: its end, and what is left in it. */
interface Window {
  readonly now: number;
  readonly endsAt: number;
  readonly left: number;
}

/** A window that begins with the first admission. A refusal charges nothing. @param lengthMs its length */
export function windowSpecification(quota: number, lengthMs: number): Specification<Window, LimitInput, LimitResult> {
  const live = (one: Window): Window => (one.now >= one.endsAt ? { ...one, left: quota } : one);
  return {
    initial: { now: 0, endsAt: 0, left: quota },
    apply(before, input) {
      if (input.does === 'advance') return { state: { ...before, now: before.now + input.ms }, result: 'done' };
      const state = live(before);
      const endsAt = state.now >= state.endsAt ? state.now + lengthMs : state.endsAt;
      if (input.does === 'set') return { state: { ...state, endsAt, left: input.remaining }, result: 'done' };
      if (state.left <= 0) return { state: before, result: 'refused' };
      const left = state.left - 1;
      return { state: { ...state, endsAt, left }, result: left };
    },
    same: (one, other) => one === other,
    key: ({ now, endsAt, left }) => `${now} ${endsAt} ${left}`,
  };
}

/** A token bucket that gains one unit each `perUnitMs`, and is full at the start. */
export function tokenBucketSpecification(
  quota: number,
  perUnitMs: number,
): Specification<{ readonly now: number; readonly emptyMs: number }, LimitInput, LimitResult> {
  return {
    initial: { now: 0, emptyMs: 0 },
    apply({ now, emptyMs }, input) {
      // `emptyMs`: how long it takes until the bucket is full.
      if (input.does === 'advance')
        return { state: { now: now + input.ms, emptyMs: Math.max(0, emptyMs - input.ms) }, result: 'done' };
      if (input.does === 'set')
        return { state: { now, emptyMs: (quota - input.remaining) * perUnitMs }, result: 'done' };
      const after = emptyMs + perUnitMs;
      if (after > quota * perUnitMs) return { state: { now, emptyMs }, result: 'refused' };
      return { state: { now, emptyMs: after }, result: Math.floor(quota - after / perUnitMs) };
    },
    same: (one, other) => one === other,
    key: ({ now, emptyMs }) => `${now} ${emptyMs}`,
  };
}

/** A request to a bucket: `remaining` after an admission, `refused`, or `undefined` if its answer is not known. */
export interface Take {
  readonly began: number;
  readonly ended: number;
  readonly outcome: number | 'refused' | undefined;
}

/** What a history of requests to one bucket shows. */
export interface TakeViolations {
  /** Admissions above the quota. Answers that are not known count as none. */
  readonly overAdmitted: number;
  /** Values of remaining that more than one answer told, or that the bucket cannot have had. */
  readonly repeated: readonly number[];
  /** Pairs whose order by remaining is not that of real time: the second had ended before the first began. */
  readonly reordered: readonly (readonly [Take, Take])[];
  /** Refusals that had ended before an admission began. */
  readonly refusedEarly: readonly Take[];
  /** How many values of remaining no answer told, beyond those of the answers that are not known. */
  readonly skipped: number;
}

/**
 * Checks requests to one bucket that is full at the start, while its clock stands still: nothing comes back, so remaining falls by one with each admission. Takes
 * n log n time, so a load generator can use it.
 */
export function checkTakes(takes: Iterable<Take>, quota: number): TakeViolations {
  const all = [...takes];
  const admitted = all.filter(({ outcome }) => typeof outcome === 'number') as (Take & { outcome: number })[];
  const unknown = all.filter(({ outcome }) => outcome === undefined).length;
  // The order in which they must have been admitted.
  admitted.sort((a, b) => b.outcome - a.outcome);
  const repeated = admitted
    .filter(({ outcome }, i) => outcome === admitted[i - 1]?.outcome || outcome < 0 || outcome >= quota)
    .map(({ outcome }) => outcome);
  // Each must have ended after all before it had begun.
  const reordered: (readonly [Take, Take])[] = [];
  let latest: Take | undefined;
  for (const take of admitted) {
    if (latest && take.ended < latest.began) reordered.push([latest, take]);
    if (!latest || take.began > latest.began) latest = take;
  }
  const refusedEarly = all.filter(
    ({ outcome, ended }) => outcome === 'refused' && latest !== undefined && ended < latest.began,
  );
  const told = new Set(admitted.map(({ outcome }) => outcome)).size;
  // Below the lowest value that was told, nothing need have been admitted, unless somebody was refused.
  const isUsedUp = all.some(({ outcome }) => outcome === 'refused');
  const least = isUsedUp ? 0 : (admitted.at(-1)?.outcome ?? quota);
  const missing = quota - least - told;
  return {
    overAdmitted: Math.max(0, admitted.length - quota),
    repeated,
    reordered,
    refusedEarly,
    skipped: Math.max(0, missing - unknown),
  };
}
