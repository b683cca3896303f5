/** The log in memory, and the faults that it plays for other tests. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryLogHub } from '../../../src/replicas/log/memory-hub.js';
import { MemoryLog } from '../../../src/replicas/log/memory-log.js';
import { describeContract, failure, IDENTITY, loaded, state } from './contract.js';
import { checkReplicas, Replica, runAll } from './replica.js';

describeContract('the log in memory', () => {
  let now = 1_000;
  const hub = new MemoryLogHub({ now: () => now, recoverMs: 50, silenceMs: 300, maxRead: 25 });
  return {
    open: () => new MemoryLog(hub),
    loseReply: async (call) => {
      hub.failNext('unreachable', 'after');
      expect(await failure(call())).toBe('unreachable');
    },
    tick: async () => {
      now += 60;
    },
    restart: async () => hub.restart(),
    flush: async () => hub.flush(),
  };
});

async function pair(now = () => 1_000) {
  const hub = new MemoryLogHub({ now, recoverMs: 50 });
  const [a, b] = [new MemoryLog(hub), new MemoryLog(hub)];
  await a.join(IDENTITY);
  await b.join(IDENTITY);
  return { hub, a, b };
}

test('time does not fall when the clock does', async () => {
  let now = 1_000.25;
  const { a, b } = await pair(() => now);
  expect((await a.append('one', 0)).at).toBe(1_000.25);
  now = 500;
  expect((await b.append('', 0)).at).toBe(1_000.25);
  expect((await b.append('two', 1)).at).toBe(1_000.25);
  now = 2_000;
  expect((await b.append('', 2)).at).toBe(2_000);
});

test('a restart can lose the newest batches', async () => {
  const { hub, a, b } = await pair();
  for (let i = 1; i <= 3; i++) await a.append(`${i}`, i - 1);
  await b.append('', 0);
  hub.restart(2);
  expect(hub.batches.map(({ payload }) => payload)).toEqual(['1']);
  expect(await failure(a.append('4', 3))).toBe('restarted');
  expect(await Promise.all([a.recover(3, state('a')), b.recover(1, state('b'))])).toEqual([3, 3]);
  expect(await loaded(b)).toBe('3: a');
  expect(await a.append('4', 3)).toMatchObject({ seq: 4 });
});

test('calls wait while it is paused, and fail while it cannot be reached', async () => {
  const { hub, a } = await pair();
  hub.pause();
  const appended = a.append('one', 0);
  expect(hub.batches).toEqual([]);
  hub.resume();
  expect(await appended).toMatchObject({ seq: 1 });
  hub.isUnreachable = true;
  expect(await failure(a.append('two', 1))).toBe('unreachable');
  expect(hub.batches).toHaveLength(1);
  hub.isUnreachable = false;
  hub.failNext('removed');
  expect(await failure(a.append('two', 1))).toBe('removed');
  expect(await a.append('two', 1)).toMatchObject({ seq: 2 });
});

test('a member can be removed', async () => {
  const { hub, a, b } = await pair();
  hub.remove(1);
  expect(await failure(a.append('one', 0))).toBe('removed');
  expect(await b.append('', 0)).toMatchObject({ others: [{ member: 1, payload: null }] });
});

test('members that append while it fails in every way have every batch once, in one order', async () => {
  const fault = fc.oneof(
    fc.record({ kind: fc.constantFrom('before', 'after', 'flush', 'remove') }),
    fc.record({ kind: fc.constant('restart'), lost: fc.nat(4) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fault), { maxLength: 12 }), async (faults) => {
      let now = 1_000;
      const hub = new MemoryLogHub({ now: () => now++, silenceMs: 1e9, recoverMs: 5_000 });
      const replicas: Replica[] = [];
      for (const name of ['a', 'b', 'c']) replicas.push(await Replica.join(name, new MemoryLog(hub)));
      const waiting = [...faults];
      let turns = 0;
      const play = () => {
        if (waiting.length === 0 || ++turns < waiting[0]![0]) return;
        turns = 0;
        const [, next] = waiting.shift()!;
        if (next.kind === 'flush') hub.flush();
        else if (next.kind === 'remove') hub.remove(replicas[turns % 3]!.member);
        else if (next.kind === 'restart') hub.restart('lost' in next ? next.lost : 0);
        else hub.failNext('unreachable', next.kind as 'before' | 'after');
      };
      await runAll(replicas, 8, () => waiting.length === 0, play);
      checkReplicas(replicas, 8);
    }),
    { numRuns: 200 },
  );
});
