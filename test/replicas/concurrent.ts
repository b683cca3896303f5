/**
 * Concurrent clients of three replicas of which replies are lost, that pause and are removed.
 * @module
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { providerOf } from '../helpers/providers.js';
import { agree, runs, scaled } from '../properties/agree.js';
import {
  checkLinearizable,
  checkTakes,
  type LimitInput,
  type LimitResult,
  type Operation,
  type Take,
  windowSpecification,
} from './linearizability.js';
import { type Member, Members } from './members.js';
import { atRest, type OpenStore } from './store.js';

type Limit = Operation<LimitInput, LimitResult>;

/** What `checkTakes` finds where nothing is wrong. */
export const NONE = { overAdmitted: 0, repeated: [], reordered: [], refusedEarly: [], skipped: 0 };

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
async function play(all: readonly Event[], quota: number, openStore: OpenStore | undefined): Promise<Limit[]> {
  const provider = providerOf('klinky', {
    set: [{ path: 'policies.account-hour.window.start', value: 'first-request' }],
  });
  const members = new Members({ providers: [provider], clock: { frozen: true }, openStore });
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
      else if (event.kind === 'lose') members.store.failNext('unreachable', event.moment);
      else if (event.kind === 'pause') members.store.pause();
      else if (event.kind === 'resume') members.store.resume();
      else if (event.kind === 'remove') await members.store.remove(members.all[event.at]!.replica.member);
      look();
    }
    members.store.resume();
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

/** How often a check may try as many histories again, to see enough. */
const MAX_ROUNDS = 8;

/**
 * Tries histories, and others if too little came of them. Over a real server the timing of its replies decides how far calls get between two events, so the same histories do not always come to the same.
 *
 * @param usual how many histories are tried each time
 * @param property what must hold for each history
 * @param missing what was seen too seldom so far; none of it may be left in the end
 */
async function tryUntilCovered<T>(
  usual: number,
  property: fc.IAsyncProperty<T>,
  missing: () => readonly string[],
): Promise<void> {
  const first = runs(usual);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await fc.assert(property, { ...first, seed: first.seed + round });
    if (missing().length === 0) return;
  }
  expect(missing(), 'seen too seldom').toEqual([]);
}

/** Checks that no quota is exceeded, and that each remaining is told once, in the order of real time. @param usual how many histories are tried */
export async function checkQuotas(usual: number, openStore?: OpenStore): Promise<void> {
  const found = { admitted: 0, refused: 0, unknown: 0 };
  const wanted = { admitted: 4 * scaled(usual), refused: scaled(usual), unknown: scaled(usual) / 2 };
  const outcomes = Object.keys(wanted) as (keyof typeof wanted)[];
  // Few of a client's requests come to an answer over a real server. A small quota is used up by them as well.
  const quotas = fc.constantFrom(6, 20);
  await tryUntilCovered(
    usual,
    fc.asyncProperty(quotas, events(fc.constant({ does: 'take' }), 200), async (quota, all) => {
      const history = await play(all, quota, openStore);
      const takes = history.map(
        ({ began, ended, result }): Take => ({ began, ended, outcome: result as Take['outcome'] }),
      );
      agree('violations', checkTakes(takes, quota), NONE);
      for (const { outcome } of takes)
        found[outcome === undefined ? 'unknown' : outcome === 'refused' ? 'refused' : 'admitted'] += 1;
    }),
    () => outcomes.filter((outcome) => found[outcome] <= wanted[outcome]),
  );
}

/** Checks that histories are linearizable also where quotas are set and the clock moves. @param usual how many histories are tried */
export async function checkOrder(usual: number, openStore?: OpenStore): Promise<void> {
  const input = fc.oneof(
    { weight: 8, arbitrary: fc.constant<LimitInput>({ does: 'take' }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('set' as const), remaining: fc.nat({ max: 3 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ does: fc.constant('advance' as const), ms: fc.constantFrom(1, 1_800_000, 3_600_000) }),
    },
  );
  let operations = 0;
  await tryUntilCovered(
    usual,
    fc.asyncProperty(events(input, 60), async (all) => {
      const history = await play(all, 3, openStore);
      operations += history.length;
      const checked = checkLinearizable(windowSpecification(3, 3_600_000), history);
      agree(`an order of ${JSON.stringify(history)}`, checked.holds, true);
    }),
    () => (operations > 6 * scaled(usual) ? [] : ['operations']),
  );
}
