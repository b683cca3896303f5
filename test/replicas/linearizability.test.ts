/** The checkers of concurrent histories, and what they say of three replicas. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agree, runs, scaled } from '../properties/agree.js';
import { checkOrder, checkQuotas, NONE } from './concurrent.js';
import {
  checkLinearizable,
  checkTakes,
  type LimitInput,
  type LimitResult,
  type Operation,
  type Specification,
  type Take,
  tokenBucketSpecification,
  windowSpecification,
} from './linearizability.js';

type Limit = Operation<LimitInput, LimitResult>;

const MINUTE = 60_000;

const take = (began: number, ended: number, result: LimitResult | undefined): Limit => ({
  input: { does: 'take' },
  ...{ began, ended, result },
});
const does = (input: LimitInput, began: number, ended: number): Limit => ({ input, began, ended, result: 'done' });

describe('the search for an order', () => {
  const holds = (...history: Limit[]) => checkLinearizable(windowSpecification(2, MINUTE), history).holds;

  it('takes operations one after the other as they came', () => {
    expect(holds()).toBe(true);
    expect(holds(take(0, 1, 1), take(2, 3, 0), take(4, 5, 'refused'))).toBe(true);
    expect(holds(take(0, 1, 0), take(2, 3, 1))).toBe(false);
    expect(holds(take(0, 1, 1), take(2, 3, 1))).toBe(false);
    expect(holds(take(0, 1, 'refused'))).toBe(false);
    expect(holds(take(0, 1, 1), take(2, 3, 0), take(4, 5, 0))).toBe(false);
  });

  it('orders operations that overlap as their results need it', () => {
    expect(holds(take(0, 9, 0), take(2, 3, 1))).toBe(true);
    expect(holds(take(0, 9, 'refused'), take(1, 8, 0), take(2, 3, 1))).toBe(true);
    expect(holds(take(0, 3, 'refused'), take(1, 8, 0), take(4, 9, 1))).toBe(false);
  });

  it('lets an operation without a result have its effect late, or never', () => {
    expect(holds(take(0, 1, undefined), take(2, 3, 1), take(4, 5, 0))).toBe(true);
    expect(holds(take(0, 1, undefined), take(2, 3, 1), take(4, 5, 'refused'))).toBe(true);
    expect(holds(take(2, 3, 0), take(4, 5, undefined))).toBe(false);
  });

  it('knows what else changes a window', () => {
    const first = take(0, 1, 1);
    expect(holds(first, does({ does: 'set', remaining: 5 }, 2, 3), take(4, 5, 4))).toBe(true);
    expect(holds(first, does({ does: 'advance', ms: MINUTE }, 2, 3), take(4, 5, 1))).toBe(true);
    expect(holds(first, does({ does: 'advance', ms: MINUTE - 1 }, 2, 3), take(4, 5, 1))).toBe(false);
    expect(holds(first, does({ does: 'advance', ms: MINUTE }, 2, 9), take(4, 5, 0), take(10, 11, 1))).toBe(true);
  });

  it('knows a token bucket', () => {
    const bucket = tokenBucketSpecification(2, 1_000);
    const check = (...history: Limit[]) => checkLinearizable(bucket, history).holds;
    expect(check(take(0, 1, 1), take(2, 3, 0), take(4, 5, 'refused'))).toBe(true);
    expect(check(take(0, 1, 1), take(2, 3, 0), does({ does: 'advance', ms: 1_000 }, 4, 5), take(6, 7, 0))).toBe(true);
    expect(check(take(0, 1, 1), take(2, 3, 0), does({ does: 'advance', ms: 999 }, 4, 5), take(6, 7, 0))).toBe(false);
  });

  const results = fc.constantFrom<LimitResult | undefined>(0, 1, 2, 'refused', undefined);
  const input = fc.oneof(
    { weight: 5, arbitrary: fc.constant<LimitInput>({ does: 'take' }) },
    { weight: 1, arbitrary: fc.constant<LimitInput>({ does: 'set', remaining: 2 }) },
    { weight: 1, arbitrary: fc.constant<LimitInput>({ does: 'advance', ms: MINUTE }) },
  );
  const small = fc.array(
    fc.record({ input, result: results, began: fc.nat({ max: 12 }), takes: fc.nat({ max: 6 }) }).map(
      ({ input, result, began, takes }): Limit => ({
        ...{ input, began, ended: began + takes },
        result: input.does === 'take' || result === undefined ? result : 'done',
      }),
    ),
    { maxLength: 5 },
  );

  it('finds what trying all orders finds', () => {
    let holding = 0;
    fc.assert(
      fc.property(small, (history) => {
        const specification = windowSpecification(3, MINUTE);
        const expected = tryAll(specification, history);
        if (expected) holding += 1;
        agree(JSON.stringify(history), checkLinearizable(specification, history).holds, expected);
      }),
      runs(3_000),
    );
    expect(holding).toBeGreaterThan(scaled(300));
  });
});

/** Whether some order of some of the operations fits, by trying all. */
function tryAll<State>(
  specification: Specification<State, LimitInput, LimitResult>,
  history: readonly Limit[],
  state: State = specification.initial,
): boolean {
  if (history.every(({ result }) => result === undefined)) return true;
  return history.some((one, i) => {
    const others = history.filter((_, j) => j !== i);
    if (others.some(({ result, ended }) => result !== undefined && ended < one.began)) return false;
    const next = specification.apply(state, one.input);
    if (one.result !== undefined && !specification.same(one.result, next.result)) return false;
    return tryAll(specification, others, next.state);
  });
}

describe('the check of requests to one bucket', () => {
  const of = (...takes: [began: number, ended: number, outcome: Take['outcome']][]) =>
    takes.map(([began, ended, outcome]): Take => ({ began, ended, outcome }));

  it('finds nothing where nothing is wrong', () => {
    expect(checkTakes(of([0, 1, 2], [2, 9, 0], [3, 5, 1], [6, 8, 'refused']), 3)).toEqual(NONE);
    expect(checkTakes(of([0, 1, 2], [2, 3, undefined], [4, 5, 0]), 3)).toEqual(NONE);
    expect(checkTakes([], 3)).toEqual(NONE);
  });

  it('finds each violation', () => {
    expect(checkTakes(of([0, 1, 1], [0, 1, 0], [0, 1, 0]), 2)).toMatchObject({ overAdmitted: 1, repeated: [0] });
    expect(checkTakes(of([0, 1, -1], [0, 1, 2]), 2)).toMatchObject({ repeated: [2, -1] });
    expect(checkTakes(of([0, 1, 0], [2, 3, 1]), 2).reordered).toHaveLength(1);
    expect(checkTakes(of([0, 1, 'refused'], [2, 3, 1], [4, 5, 0]), 2).refusedEarly).toHaveLength(1);
    expect(checkTakes(of([0, 1, 2], [2, 3, 0]), 3).skipped).toBe(1);
    expect(checkTakes(of([0, 1, 'refused'], [0, 1, 1]), 2).skipped).toBe(1);
  });

  it('agrees with the search', () => {
    let violations = 0;
    const request = fc.record({
      began: fc.nat({ max: 12 }),
      takes: fc.nat({ max: 8 }),
      outcome: fc.constantFrom<number | 'refused'>(0, 1, 2, 'refused'),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), (some) => {
        const takes = some.map(({ began, takes, outcome }) => ({ began, ended: began + takes, outcome }));
        const found = checkTakes(takes, 3);
        const isClean = JSON.stringify(found) === JSON.stringify(NONE);
        if (!isClean) violations += 1;
        const history = takes.map(({ began, ended, outcome }) => take(began, ended, outcome));
        agree(JSON.stringify(takes), isClean, checkLinearizable(windowSpecification(3, MINUTE), history).holds);
      }),
      runs(3_000),
    );
    expect(violations).toBeGreaterThan(scaled(300));
  });
});

describe('three replicas of which replies are lost, that pause and are removed', () => {
  it('never admit above a quota, and tell each remaining once, in the order of real time', async () => {
    await checkQuotas(40);
  });

  it('are linearizable also where quotas are set and the clock moves', async () => {
    await checkOrder(80);
  });
});
