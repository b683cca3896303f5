/** The checkers of concurrent histories, and what they say of three replicas. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerOf } from '../helpers/providers.js';
import { agree, runs } from '../properties/agree.js';
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
import { atRest, type Member, Members } from './members.js';

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
    expect(holding).toBeGreaterThan(300);
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

const NONE = { overAdmitted: 0, repeated: [], reordered: [], refusedEarly: [], skipped: 0 };

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
    expect(violations).toBeGreaterThan(300);
  });
});

/** What happens next: a client begins, time passes, or something fails. */
type Event =
  | { readonly kind: 'begin'; readonly client: number; readonly at: number; readonly input: LimitInput }
  | { readonly kind: 'turn'; readonly turns: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'lose'; readonly moment: 'before' | 'after' }
  | { readonly kind: 'pause' | 'resume' }
  | { readonly kind: 'remove'; readonly at: number };

const CLIENTS = 6;

function events(inputs: fc.Arbitrary<LimitInput>, maxLength: number): fc.Arbitrary<Event[]> {
  const at = fc.nat({ max: 2 });
  const kind = <const K extends Event['kind']>(one: K) => fc.constant(one);
  return fc.array(
    fc.oneof(
      {
        weight: 20,
        arbitrary: fc.record({ kind: kind('begin'), client: fc.nat({ max: CLIENTS - 1 }), at, input: inputs }),
      },
      { weight: 12, arbitrary: fc.record({ kind: kind('turn'), turns: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: kind('time'), ms: fc.constantFrom(1, 300, 1_000) }) },
      { weight: 2, arbitrary: fc.record({ kind: kind('lose'), moment: fc.constantFrom('before', 'after') }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('pause', 'resume') }) },
      { weight: 1, arbitrary: fc.record({ kind: kind('remove'), at }) },
    ) as fc.Arbitrary<Event>,
    { maxLength, size: 'max' },
  );
}

/** Concurrent clients of three replicas, each with one operation at a time. */
async function play(all: readonly Event[], quota: number): Promise<Limit[]> {
  const provider = providerOf('klinky', {
    set: [{ path: 'policies.account-hour.window.start', value: 'first-request' }],
  });
  const members = new Members({ providers: [provider], clock: { frozen: true } });
  const history: Limit[] = [];
  const busy = new Map<number, () => boolean>();
  let now = 0;
  const look = () => {
    for (const [client, isOver] of busy) if (isOver()) busy.delete(client);
  };
  const begin = (client: number, member: Member, input: LimitInput) => {
    now += 1;
    const began = now;
    const end = (result: LimitResult | undefined) => {
      now += 1;
      history.push({ input, result, began, ended: now });
    };
    if (input.does === 'take') {
      const headers = { 'x-api-key': 'klinky_live_aaaa' };
      const outcome = members.send(member, '', 'klinky', { method: 'GET', path: '/api/v1/public/links', headers });
      busy.set(client, () => {
        const { answer, failure } = outcome;
        if (!answer && failure === undefined) return false;
        outcome.leave();
        if (!answer) end(undefined);
        else end(answer.status === 429 ? 'refused' : Number(answer.headers['X-RateLimit-Remaining']));
        return true;
      });
      return;
    }
    const partition = { account: 'default' };
    const done =
      input.does === 'set'
        ? member.replica.operate('', 'setQuota', [{ policy: 'account-hour', partition, remaining: input.remaining }])
        : member.replica.operate('', 'clock.advance', [input.ms]);
    busy.set(client, () => false);
    done
      .then(
        () => 'done' as const,
        () => undefined,
      )
      .then((result) => {
        end(result);
        busy.delete(client);
      });
  };
  try {
    for (let i = 0; i < 3; i++) await members.join();
    await members.all[0]!.replica.operate('', 'setAccount', [
      'klinky',
      'default',
      { quotas: { 'account-hour': quota } },
    ]);
    for (const event of all) {
      if (event.kind === 'begin') {
        if (!busy.has(event.client)) begin(event.client, members.all[event.at]!, event.input);
      } else if (event.kind === 'turn') await atRest(event.turns);
      else if (event.kind === 'time') await members.time.advance(event.ms);
      else if (event.kind === 'lose') members.hub.failNext('unreachable', event.moment);
      else if (event.kind === 'pause') members.hub.pause();
      else if (event.kind === 'resume') members.hub.resume();
      else if (event.kind === 'remove') members.hub.remove(members.all[event.at]!.replica.member);
      look();
    }
    members.hub.resume();
    for (let i = 0; i < 6; i++) {
      await members.time.advance(1_000);
      await members.settle();
      look();
    }
    agree('clients without a result', busy.size, 0);
    return history;
  } finally {
    await members.close();
  }
}

describe('three replicas of which replies are lost, that pause and are removed', () => {
  it('never admit above a quota, and tell each remaining once, in the order of real time', async () => {
    const found = { admitted: 0, refused: 0, unknown: 0 };
    await fc.assert(
      fc.asyncProperty(events(fc.constant({ does: 'take' }), 200), async (all) => {
        const history = await play(all, 20);
        const takes = history.map(
          ({ began, ended, result }): Take => ({ began, ended, outcome: result as Take['outcome'] }),
        );
        agree('violations', checkTakes(takes, 20), NONE);
        for (const { outcome } of takes)
          found[outcome === undefined ? 'unknown' : outcome === 'refused' ? 'refused' : 'admitted'] += 1;
      }),
      runs(40),
    );
    expect(found.admitted).toBeGreaterThan(300);
    expect(found.refused).toBeGreaterThan(100);
    expect(found.unknown).toBeGreaterThan(20);
  });

  it('are linearizable also where quotas are set and the clock moves', async () => {
    const input = fc.oneof(
      { weight: 8, arbitrary: fc.constant<LimitInput>({ does: 'take' }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('set' as const), remaining: fc.nat({ max: 3 }) }) },
      {
        weight: 2,
        arbitrary: fc.record({ does: fc.constant('advance' as const), ms: fc.constantFrom(1, 1_800_000, 3_600_000) }),
      },
    );
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(events(input, 60), async (all) => {
        const history = await play(all, 3);
        operations += history.length;
        const checked = checkLinearizable(windowSpecification(3, 3_600_000), history);
        agree(`an order of ${JSON.stringify(history)}`, checked.holds, true);
      }),
      runs(80),
    );
    expect(operations).toBeGreaterThan(500);
  });
});
