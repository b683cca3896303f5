/**
 * What every shared log does, whatever it is made of.
 * @module
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LogError, type LogFailure, type SharedLog } from '../../../src/replicas/shared-log.js';

/** A log to be tested, with the faults that the contract speaks of. */
export interface Harness {
  /** Another member's view. `isImpatient`: it does not wait long for replies; `isQuiet`: members are removed soon; `maxRead`: limit of a read */
  open(options?: { isImpatient?: boolean; isQuiet?: boolean; maxRead?: number }): SharedLog;
  /** Runs a call whose reply is lost, though it takes effect. */
  loseReply(call: () => Promise<unknown>): Promise<void>;
  /** Lets some time pass. */
  tick(): Promise<void>;
  /** Restarts the server, which keeps its data. */
  restart(): Promise<void>;
  /** Deletes all data. */
  flush(): Promise<void>;
}

/** What the members of these logs have in common. */
export const IDENTITY = { version: '1.0.0', configuration: 'abc' };

/** A state, as the parts of a checkpoint. */
export const state = (text: string) => () => [Buffer.from(text)];

/** Repeats a call until the store can be reached. */
export async function surely<T>(call: () => Promise<T>): Promise<T> {
  const outcome = await vi.waitFor(
    () =>
      call().then(
        (value) => ({ value }),
        (error) => {
          if (error instanceof LogError && error.failure === 'unreachable') throw error;
          return { error };
        },
      ),
    { timeout: 60_000, interval: 10 },
  );
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error('the condition does not hold yet');
    },
    { timeout: 60_000, interval: 20 },
  );
}

/** How a call fails. */
export async function failure(call: Promise<unknown>): Promise<LogFailure | 'none'> {
  return call.then(
    () => 'none',
    (error) => {
      if (error instanceof LogError) return error.failure;
      throw error;
    },
  );
}

/** The newest checkpoint as `seq: text`. */
export async function loaded(log: SharedLog): Promise<string> {
  const { seq, parts } = await surely(() => log.checkpoint());
  let text = '';
  for await (const part of parts) text += Buffer.from(part).toString();
  return `${seq}: ${text}`;
}

/** The payloads after a position, of all that `read` returns in several calls. */
export async function payloads(log: SharedLog, after: number): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let position = after; ; ) {
    const batches = await surely(() => log.read(position));
    if (batches.length === 0) return found;
    expect(batches.map(({ seq }) => seq)).toEqual(batches.map((_, i) => position + i + 1));
    found.push(...batches.map(({ payload }) => payload));
    position += batches.length;
  }
}

/** Declares the tests. */
export function describeContract(name: string, start: () => Promise<Harness> | Harness): void {
  describe(name, () => {
    let harness: Harness;
    const open: SharedLog[] = [];
    const join = async (options?: Parameters<Harness['open']>[0]) => {
      const log = harness.open(options);
      open.push(log);
      return { log, member: await surely(() => log.join(IDENTITY)) };
    };

    beforeEach(async () => {
      harness = await start();
    });
    afterEach(async () => {
      for (const log of open.splice(0)) await log.close();
    });

    test('gives batches positions without gaps, and times that do not fall', async () => {
      const [a, b] = [await join(), await join()];
      expect(b.member).toBeGreaterThan(a.member);
      const first = await a.log.append('one', 0);
      const second = await b.log.append('two', 0);
      const third = await a.log.append('three', 1);
      expect([first.seq, second.seq, third.seq]).toEqual([1, 2, 3]);
      expect(second.at).toBeGreaterThanOrEqual(first.at);
      expect(third.at).toBeGreaterThanOrEqual(second.at);
      expect(second.others).toEqual([{ seq: 1, at: first.at, member: a.member, payload: 'one' }]);
      expect(third.others).toEqual([{ seq: 2, at: second.at, member: b.member, payload: 'two' }]);
      expect(await payloads(b.log, 0)).toEqual(['one', 'two', 'three']);
    });

    test('keeps any text as it is', async () => {
      const [a, b] = [await join(), await join()];
      const text = 'ü €\u0000\n{"a": "\\"}😀 \r\n';
      await a.log.append(text, 0);
      expect((await b.log.append('', 0)).others[0]!.payload).toBe(text);
    });

    test('appends nothing for an empty text, and returns all that others have appended, and the time', async () => {
      const [a, b] = [await join(), await join()];
      const { at } = await a.log.append('one', 0);
      const seen = await b.log.append('', 0);
      expect(seen).toEqual({
        seq: 1,
        at: seen.at,
        others: [{ seq: 1, at, member: a.member, payload: 'one' }],
        isPartial: false,
      });
      expect((await a.log.append('two', 1)).at).toBeGreaterThanOrEqual(seen.at);
    });

    test('returns many batches in several calls', async () => {
      const a = await join();
      for (let i = 1; i <= 10; i++) await a.log.append(`payload ${i}`, i - 1);
      const b = await join({ maxRead: 25 });
      const appended = await b.log.append('own', 0);
      expect(appended).toMatchObject({ seq: 11, isPartial: true });
      expect(appended.others.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect((await b.log.read(3)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
      expect(await payloads(b.log, 9)).toEqual(['payload 10', 'own']);
    });

    test('appends once what is repeated because the reply was lost', async () => {
      const [a, b] = [await join({ isImpatient: true }), await join()];
      await harness.loseReply(() => a.log.append('one', 0));
      expect(await surely(() => b.log.append('two', 0))).toMatchObject({ seq: 2 });
      expect(await surely(() => a.log.append('one', 0))).toMatchObject({ seq: 1, others: [] });
      expect(await surely(() => a.log.append('one', 1))).toMatchObject({ seq: 3, others: [{ payload: 'two' }] });
      expect(await payloads(b.log, 0)).toEqual(['one', 'two', 'one']);
    });

    test('appends a second time what came once and is in the log, where its member has found it by reading', async () => {
      const a = await join({ isImpatient: true });
      await harness.loseReply(() => a.log.append('one', 0));
      expect(await surely(() => a.log.append('', 0))).toMatchObject({ seq: 1, others: [{ payload: 'one' }] });
      expect(await surely(() => a.log.append('one', 1))).toMatchObject({ seq: 2, others: [] });
      expect(await payloads(a.log, 0)).toEqual(['one', 'one']);
    });

    test('removes a member that is silent, which ends its requests, and lets it join again', async () => {
      const [a, b] = [await join({ isQuiet: true }), await join({ isQuiet: true })];
      await a.log.append('one', 0);
      await vi.waitFor(
        async () => {
          await harness.tick();
          expect(await b.log.append('', 1)).toMatchObject({ others: [{ seq: 2, member: a.member, payload: null }] });
        },
        { timeout: 60_000, interval: 5 },
      );
      expect(await failure(a.log.append('two', 2))).toBe('removed');
      expect(await b.log.members()).toEqual([b.member]);
      const again = await a.log.join(IDENTITY);
      expect(again).toBeGreaterThan(b.member);
      expect(await a.log.append('two', 2)).toMatchObject({ seq: 3, others: [] });
      expect(await payloads(b.log, 0)).toEqual(['one', null, 'two']);
    });

    test('tells a removed member what became of an append whose reply was lost', async () => {
      const [a, b] = [await join({ isImpatient: true }), await join()];
      await harness.loseReply(() => a.log.append('one', 0));
      await surely(() => a.log.leave());
      expect(await surely(() => a.log.append('one', 0))).toMatchObject({ seq: 1 });
      expect(await failure(a.log.append('two', 2))).toBe('removed');
      expect(await payloads(b.log, 0)).toEqual(['one', null]);
    });

    test('lets a member leave', async () => {
      const [a, b] = [await join(), await join()];
      expect(await a.log.members()).toEqual([a.member, b.member]);
      await a.log.leave();
      expect(await b.log.append('', 0)).toMatchObject({ others: [{ seq: 1, member: a.member, payload: null }] });
      expect(await b.log.members()).toEqual([b.member]);
    });

    test('calls the listener when another member appends, not when this one does', async () => {
      const [a, b] = [await join(), await join()];
      const heard: string[] = [];
      a.log.onAppended(() => heard.push('a'));
      b.log.onAppended(() => heard.push('b'));
      await a.log.append('one', 0);
      await vi.waitFor(() => expect(heard).toEqual(['b']));
      await b.log.append('two', 1);
      await vi.waitFor(() => expect(heard).toEqual(['b', 'a']));
    });

    test('keeps a checkpoint in its parts, and no batch that it contains', async () => {
      const [a, b] = [await join(), await join()];
      expect(await loaded(a.log)).toBe('0: ');
      for (let i = 1; i <= 4; i++) await a.log.append(`${i}`.repeat(1000), i - 1);
      const before = await a.log.size();
      const parts = [Uint8Array.from([0, 255, 10]), Buffer.alloc(100_000, 'x'), Buffer.from('end')];
      await a.log.saveCheckpoint(3, parts);
      const { seq, parts: read } = await b.log.checkpoint();
      const found: Buffer[] = [];
      for await (const part of read) found.push(Buffer.from(part));
      expect(seq).toBe(3);
      expect(found.map((part) => part.toString('hex'))).toEqual(parts.map((part) => Buffer.from(part).toString('hex')));
      expect(await failure(b.log.read(2))).toBe('trimmed');
      expect(await failure(b.log.append('x', 2))).toBe('trimmed');
      expect(await payloads(b.log, 3)).toEqual(['4'.repeat(1000)]);
      const after = await a.log.size();
      expect(before.log).toBeGreaterThanOrEqual(4000);
      expect(after.log).toBeLessThan(before.log / 2);
      expect(after.checkpoint).toBe(100_006);
    });

    test('keeps the newest checkpoint', async () => {
      const [a, b] = [await join(), await join()];
      for (let i = 1; i <= 3; i++) await a.log.append(`${i}`, i - 1);
      await a.log.saveCheckpoint(2, state('two')());
      await b.log.saveCheckpoint(1, state('one')());
      expect(await loaded(b.log)).toBe('2: two');
      await b.log.saveCheckpoint(3, state('three')());
      expect(await loaded(a.log)).toBe('3: three');
      expect(await b.log.append('4', 3)).toMatchObject({ seq: 4 });
    });

    test('refuses a replica of another version or configuration', async () => {
      await join();
      for (const other of [
        { ...IDENTITY, version: '1.0.1' },
        { ...IDENTITY, configuration: 'abd' },
      ]) {
        const log = harness.open();
        open.push(log);
        expect(await failure(log.join(other))).toBe('unfit');
      }
    });

    test('goes on after a restart that loses nothing once the members agree', async () => {
      const [a, b, late] = [await join(), await join(), await join()];
      await a.log.append('one', 0);
      await b.log.append('two', 1);
      await harness.restart();
      expect(await failure(surely(() => a.log.append('three', 2)))).toBe('restarted');
      expect(await failure(surely(() => b.log.read(0)))).toBe('restarted');
      const fail = () => {
        throw new Error('nothing is lost, so no state is asked for');
      };
      const positions = await Promise.all([a.log.recover(2, fail), b.log.recover(1, fail)]);
      expect(positions).toEqual([2, 2]);
      expect(await a.log.append('three', 2)).toMatchObject({ seq: 3, others: [] });
      expect(await b.log.append('four', 1)).toMatchObject({ seq: 4, others: [{ seq: 2 }, { seq: 3 }] });
      expect(await surely(() => late.log.recover(1, fail))).toBe(4);
      expect(await payloads(late.log, 0)).toEqual(['one', 'two', 'three', 'four']);
    });

    test('lets a new member go on from the checkpoint after a restart that all others have not lived to see', async () => {
      const a = await join();
      await a.log.append('one', 0);
      await a.log.append('two', 1);
      await a.log.saveCheckpoint(1, state('one')());
      await a.log.close();
      await harness.restart();
      const b = await join();
      expect(await failure(b.log.checkpoint())).toBe('restarted');
      expect(await b.log.recover(0, () => [])).toBe(2);
      expect(await loaded(b.log)).toBe('1: one');
      expect(await payloads(b.log, 1)).toEqual(['two']);
      expect(await b.log.append('three', 2)).toMatchObject({ seq: 3 });
    });

    test('restores the newest state that a member has when the data is lost', async () => {
      const [a, b] = [await join(), await join()];
      await a.log.append('one', 0);
      const { at } = await b.log.append('two', 0);
      await harness.flush();
      expect(await failure(a.log.append('three', 1))).toBe('restarted');
      expect(await Promise.all([a.log.recover(1, state('a')), b.log.recover(2, state('b'))])).toEqual([2, 2]);
      expect(await failure(a.log.append('three', 1))).toBe('trimmed');
      expect(await loaded(a.log)).toBe('2: b');
      const third = await a.log.append('three', 2);
      expect(third).toMatchObject({ seq: 3, others: [] });
      expect(third.at).toBeGreaterThanOrEqual(at);
      expect(await b.log.append('four', 2)).toMatchObject({ seq: 4, others: [{ seq: 3 }] });
    });

    test('lets one member write the state where several have the same', async () => {
      const all = [await join(), await join(), await join()];
      await all[0]!.log.append('one', 0);
      await harness.flush();
      const asked: number[] = [];
      const positions = await Promise.all(
        all.map(({ log }, i) =>
          log.recover(1, () => {
            asked.push(i);
            return state(`state of ${i}`)();
          }),
        ),
      );
      expect(positions).toEqual([1, 1, 1]);
      expect(asked).toHaveLength(1);
      expect(await loaded(all[0]!.log)).toBe(`1: state of ${asked[0]}`);
      for (const [i, { log }] of all.entries()) expect(await log.append(`${i}`, 1 + i)).toMatchObject({ seq: 2 + i });
    });

    test('knows after a loss which appends the state contains', async () => {
      const [a, b] = [await join({ isImpatient: true }), await join()];
      await harness.loseReply(() => a.log.append('one', 0));
      expect(await surely(() => b.log.append('two', 0))).toMatchObject({ seq: 2, others: [{ payload: 'one' }] });
      await harness.flush();
      expect(await failure(surely(() => a.log.append('one', 0)))).toBe('restarted');
      await Promise.all([surely(() => a.log.recover(0, state('a'))), b.log.recover(2, state('one two'))]);
      expect(await loaded(a.log)).toBe('2: one two');
      expect(await surely(() => a.log.append('one', 2))).toMatchObject({ seq: 1, others: [] });
      expect(await surely(() => a.log.append('three', 2))).toMatchObject({ seq: 3 });
    });

    test('does not continue a state that the others have not recovered', async () => {
      const [a, b] = [await join(), await join()];
      for (let i = 1; i <= 3; i++) await a.log.append(`${i}`, i - 1);
      await b.log.append('', 0);
      await harness.flush();
      // `a` is not heard for the whole recovery, and comes back when the log has passed its position.
      expect(await b.log.recover(2, state('b'))).toBe(2);
      for (let i = 3; i <= 6; i++) await b.log.append(`new ${i}`, i - 1);
      expect(await failure(a.log.append('4', 3))).toBe('restarted');
      expect(await a.log.recover(3, state('a'))).toBe(6);
      expect(await failure(a.log.append('4', 3))).toBe('trimmed');
      expect(await failure(a.log.read(3))).toBe('trimmed');
      expect(await loaded(a.log)).toBe('2: b');
      expect(await payloads(a.log, 2)).toEqual(['new 3', 'new 4', 'new 5', 'new 6']);
    });

    test('prefers a state to the empty log of a replica that has joined after the loss', async () => {
      const a = await join();
      for (let i = 1; i <= 3; i++) await a.log.append(`${i}`, i - 1);
      await harness.flush();
      const fresh = await join();
      expect(fresh.member).toBeGreaterThan(a.member);
      await fresh.log.append('first', 0);
      expect(await failure(a.log.append('4', 3))).toBe('restarted');
      const recovered = a.log.recover(3, state('a'));
      await vi.waitFor(async () => expect(await failure(fresh.log.append('', 1))).toBe('restarted'));
      expect(await Promise.all([recovered, fresh.log.recover(1, state('fresh'))])).toEqual([3, 3]);
      expect(await failure(fresh.log.append('', 1))).toBe('trimmed');
      expect(await loaded(fresh.log)).toBe('3: a');
      expect(await a.log.append('4', 3)).toMatchObject({ seq: 4 });
    });

    test('lets only a member without a state begin with nothing', async () => {
      const a = await join();
      await a.log.append('one', 0);
      await harness.flush();
      expect(await failure(a.log.join(IDENTITY))).toBe('restarted');
      expect(await a.log.recover(1, state('a'))).toBe(1);
      expect(await a.log.join(IDENTITY)).toBeGreaterThan(a.member);
      expect(await a.log.append('two', 1)).toMatchObject({ seq: 2 });
    });

    test('ends the requests of members that were lost with the data', async () => {
      const [a, b] = [await join({ isQuiet: true }), await join({ isQuiet: true })];
      await a.log.append('one', 0);
      await b.log.append('', 0);
      await a.log.close();
      await harness.flush();
      expect(await failure(b.log.append('', 1))).toBe('restarted');
      expect(await b.log.recover(1, state('b'))).toBe(1);
      await vi.waitFor(
        async () => {
          await harness.tick();
          expect(await b.log.append('', 1)).toMatchObject({ others: [{ seq: 2, member: a.member, payload: null }] });
        },
        { timeout: 60_000, interval: 5 },
      );
    });

    test('fails as unreachable once it is closed', async () => {
      const a = await join();
      await a.log.close();
      expect(await failure(a.log.append('one', 0))).toBe('unreachable');
      expect(await failure(a.log.read(0))).toBe('unreachable');
    });
  });
}
