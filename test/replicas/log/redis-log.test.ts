/** The log in a real server: the contract, and what happens to servers. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisLog, type RedisLogOptions } from '../../../src/replicas/log/redis-log.js';
import { parseStoreUrl } from '../../../src/replicas/log/store-url.js';
import type { SharedLog } from '../../../src/replicas/shared-log.js';
import { hasRedis, RedisServer } from '../../helpers/redis-server.js';
import { describeContract, failure, IDENTITY, loaded, payloads, state, surely, until } from './contract.js';
import { checkReplicas, Replica, runAll } from './replica.js';

/** A time limit that a loaded machine does not exceed, and one that ends soon. */
const PATIENT = { timeoutMs: 20_000, silenceMs: 60_000, recoverMs: 500 };
const IMPATIENT = { ...PATIENT, timeoutMs: 200 };

describe.runIf(hasRedis())('with redis-server', () => {
  let server: RedisServer;
  let prefixes = 0;
  beforeAll(async () => {
    server = await RedisServer.start(['--save', '', '--appendonly', 'yes']);
  });
  afterAll(() => server?.stop());

  describeContract('the log in Redis', () => {
    const url = server.url(`contract-${++prefixes}`);
    return {
      open: ({ isImpatient = false, isQuiet = false, maxRead = 1_000_000 } = {}) =>
        new RedisLog(parseStoreUrl(url), {
          ...(isImpatient ? IMPATIENT : PATIENT),
          ...(isQuiet && { silenceMs: 300 }),
          maxReadBytes: maxRead,
        }),
      loseReply: async (call) => {
        server.signal('SIGSTOP');
        const outcome = await failure(call());
        server.signal('SIGCONT');
        expect(outcome).toBe('unreachable');
        // What was sent is in the server's buffers: it is executed, and the reply has no receiver.
        await until(() => server.cli('XLEN', `{contract-${prefixes}}:log`) === '1');
      },
      tick: () => new Promise((resolve) => setImmediate(resolve)),
      restart: () => server.restart(),
      flush: async () => {
        server.cli('FLUSHALL');
      },
    };
  });

  describe('with two members', () => {
    let a: SharedLog;
    let b: SharedLog;
    let key: (name: string) => string;
    beforeEach(async () => {
      const prefix = `pair-${++prefixes}`;
      key = (name) => `{${prefix}}:${name}`;
      [a, b] = [openAt(server.url(prefix)), openAt(server.url(prefix))];
      await a.join(IDENTITY);
      await b.join(IDENTITY);
    });

    test('a flushed script cache is filled again', async () => {
      await a.append('one', 0);
      server.cli('SCRIPT', 'FLUSH');
      expect(await a.append('two', 1)).toMatchObject({ seq: 2 });
      expect(await b.read(0)).toHaveLength(2);
    });

    test('an append is one round trip', async () => {
      await a.append('one', 0);
      const calls = () => Number(/total_commands_processed:(\d+)/.exec(server.cli('INFO', 'stats'))![1]);
      const evalsha = () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(server.cli('INFO', 'commandstats'))![1]);
      const before = evalsha();
      await a.append('two', 1);
      expect(evalsha() - before).toBe(1);
      expect(calls()).toBeGreaterThan(0);
    });

    test('a log that was deleted or evicted is written again by a member', async () => {
      for (const [i, lost] of ['log', 'head'].entries()) {
        const seq = i * 2;
        await a.append('one', seq);
        await b.append('two', seq + 1);
        server.cli('DEL', key(lost));
        expect(await failure(b.append('three', seq + 2))).toBe('restarted');
        expect(await Promise.all([a.recover(seq + 1, state('a')), b.recover(seq + 2, state(`b${i}`))])).toEqual([
          seq + 2,
          seq + 2,
        ]);
        expect(await loaded(a)).toBe(`${seq + 2}: b${i}`);
      }
    });

    test('a checkpoint that was deleted or evicted is written again by a member', async () => {
      await a.append('one', 0);
      await a.saveCheckpoint(1, state('first')());
      server.cli('DEL', server.cli('HGET', key('head'), 'checkpoint'));
      expect(await failure(b.checkpoint())).toBe('restarted');
      expect(await Promise.all([a.recover(1, state('a')), b.recover(0, state('b'))])).toEqual([1, 1]);
      expect(await loaded(b)).toBe('1: a');
    });

    test('an incomplete log that no member can restore is begun anew', async () => {
      await a.append('one', 0);
      await a.close();
      await b.close();
      server.cli('DEL', key('log'));
      const fresh = openAt(server.url(key('').slice(1, -2)));
      await fresh.join(IDENTITY);
      expect(await failure(fresh.checkpoint())).toBe('restarted');
      expect(await fresh.recover(0, () => [])).toBe(0);
      expect(await loaded(fresh)).toBe('0: ');
      expect(await fresh.append('new', 0)).toMatchObject({ seq: 1, others: [] });
    });

    test('an old checkpoint can be read to its end while a newer one replaces it', async () => {
      await a.append('one', 0);
      await a.append('two', 1);
      await a.saveCheckpoint(1, [Buffer.from('o'), Buffer.from('ld')]);
      const { parts } = await b.checkpoint();
      const reader = parts[Symbol.asyncIterator]();
      expect(Buffer.from((await reader.next()).value!).toString()).toBe('o');
      await a.saveCheckpoint(2, state('new')());
      expect(Buffer.from((await reader.next()).value!).toString()).toBe('ld');
      expect(await loaded(b)).toBe('2: new');
      const old = server.cli('KEYS', `${key('checkpoint')}:1:*`);
      expect(Number(server.cli('TTL', old))).toBeGreaterThan(0);
      expect(server.cli('TTL', server.cli('HGET', key('head'), 'checkpoint'))).toBe('-1');
    });

    test('what other members do during a recovery waits', async () => {
      await a.append('one', 0);
      server.cli('FLUSHALL');
      const recovered = a.recover(1, state('a'));
      await until(() => server.cli('EXISTS', key('offers')) === '1');
      const late = openAt(server.url(key('').slice(1, -2)));
      const joined = late.join(IDENTITY);
      expect(await b.recover(0, state('b'))).toBe(1);
      expect(await recovered).toBe(1);
      await joined;
      expect(await loaded(late)).toBe('1: a');
      expect(await late.append('two', 1)).toMatchObject({ seq: 2 });
    });

    test('a chosen member that dies is replaced', async () => {
      const prefix = `dying-${++prefixes}`;
      const [dying, other] = [
        openAt(server.url(prefix), { silenceMs: 1_000 }),
        openAt(server.url(prefix), { silenceMs: 1_000 }),
      ];
      await dying.join(IDENTITY);
      await other.join(IDENTITY);
      await dying.append('one', 0);
      server.cli('FLUSHALL');
      const attempt = dying.recover(1, () => {
        throw new Error('it dies while it writes');
      });
      await Promise.all([
        expect(attempt).rejects.toThrow('it dies'),
        expect(other.recover(0, state('other'))).resolves.toBe(0),
      ]);
      expect(await loaded(other)).toBe('0: other');
    });

    test('time stands still while the clock of the server is behind, and no member is taken for silent', async () => {
      await a.append('one', 0);
      const ahead = (Number(server.cli('HGET', key('head'), 'at')) + 3_600_000_000).toString();
      // As if the clock had been an hour ahead, and had been set back.
      server.cli('HSET', key('head'), 'at', ahead);
      for (const member of await a.members()) server.cli('ZINCRBY', key('members'), '3600000000', String(member));
      expect((await a.append('two', 1)).at).toBe(Number(ahead) / 1000);
      expect((await b.append('three', 0)).at).toBe(Number(ahead) / 1000);
      expect(await a.members()).toHaveLength(2);
    });

    test('a server without memory for more: unreachable with the reason, then as before', async () => {
      await a.append('one', 0);
      server.cli('CONFIG', 'SET', 'maxmemory', '1');
      try {
        const appended = a.append('two', 1);
        await expect(appended).rejects.toMatchObject({ failure: 'unreachable', message: expect.stringMatching(/OOM/) });
      } finally {
        server.cli('CONFIG', 'SET', 'maxmemory', '0');
      }
      expect(await a.append('two', 1)).toMatchObject({ seq: 2 });
      expect(await payloads(b, 0)).toEqual(['one', 'two']);
    });

    test('batches are estimated in bytes', async () => {
      for (let i = 0; i < 50; i++) await a.append('x'.repeat(400), i);
      const { log } = await a.size();
      const used = Number(server.cli('MEMORY', 'USAGE', key('log'), 'SAMPLES', '0'));
      expect(log).toBeGreaterThan(used * 0.6);
      expect(log).toBeLessThan(used * 1.4);
    });
  });

  test('the server does not answer for a while: unreachable, then as before', async () => {
    const log = openAt(server.url(`stopped-${++prefixes}`), IMPATIENT);
    await surely(() => log.join(IDENTITY));
    await surely(() => log.append('one', 0));
    server.signal('SIGSTOP');
    expect(await failure(log.append('two', 1))).toBe('unreachable');
    expect(await failure(log.append('two', 1))).toBe('unreachable');
    server.signal('SIGCONT');
    expect(await surely(() => log.append('two', 1))).toMatchObject({ seq: 2 });
    expect(await payloads(log, 0)).toEqual(['one', 'two']);
  });

  test('calls that wait when it is closed fail as unreachable', async () => {
    const log = openAt(server.url(`closed-${++prefixes}`));
    await log.join(IDENTITY);
    server.signal('SIGSTOP');
    const appended = failure(log.append('one', 0));
    const read = failure(log.read(0));
    await log.close();
    server.signal('SIGCONT');
    expect([await appended, await read]).toEqual(['unreachable', 'unreachable']);
  });

  test('a replica of another version or configuration is told who has which, and what to do', async () => {
    const url = server.url(`identity-${++prefixes}`);
    const member = await openAt(url).join({ version: '1.0.0', configuration: 'abc' });
    await expect(openAt(url).join({ version: '1.1.0', configuration: 'abc' })).rejects.toThrow(
      new RegExp(
        `running replicas \\(${member}\\) is of mock429 1\\.0\\.0, and this replica is 1\\.1\\.0; run the same version`,
      ),
    );
    await expect(openAt(url).join({ version: '1.0.0', configuration: 'def' })).rejects.toThrow(
      /configuration abc, and this replica has def; start all with the same profiles and options, or .*\?prefix=NAME/,
    );
  });

  test('a server that may evict keys is refused', async () => {
    server.cli('CONFIG', 'SET', 'maxmemory', '1gb');
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const join = openAt(server.url('evicting')).join(IDENTITY);
      await expect(join).rejects.toThrow(/maxmemory-policy is allkeys-lru.*CONFIG SET maxmemory-policy noeviction/);
      expect(await failure(join)).toBe('unfit');
      server.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      expect(await failure(openAt(server.url('evicting')).join(IDENTITY))).toBe('none');
    } finally {
      server.cli('CONFIG', 'SET', 'maxmemory', '0');
      server.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    }
  });

  test.each([
    ['a wrong password', 'limited:wr0ng', /does not accept the user or the password/],
    ['a user without the right to channels', 'deaf:secret1', /channels of the log; allow them: ACL SETUSER/],
    ['a user without the right to the keys', 'keyless:secret1', /keys of the log; allow them: ACL SETUSER/],
    ['a user without the right to commands', 'reader:secret1', /commands of the log; allow them: ACL SETUSER/],
  ])('%s is refused with the fix, and no password', async (_what, credentials, message) => {
    server.cli('ACL', 'SETUSER', 'limited', 'on', '>secret1', '~*', '&*', '+@all');
    server.cli('ACL', 'SETUSER', 'deaf', 'on', '>secret1', '~*', 'resetchannels', '+@all');
    server.cli('ACL', 'SETUSER', 'keyless', 'on', '>secret1', '~other:*', '&*', '+@all');
    server.cli('ACL', 'SETUSER', 'reader', 'on', '>secret1', '~*', '&*', '+@all', '-hset');
    const log = openAt(`redis://${credentials}@127.0.0.1:${server.port}/?prefix=acl-${++prefixes}`);
    const error = await log.join(IDENTITY).then(String, (reason: Error) => reason);
    expect(error).toMatchObject({ failure: 'unfit', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toMatch(/wr0ng|secret1/);
  });

  test('the documented rights are enough', async () => {
    server.cli(
      'ACL',
      'SETUSER',
      'plain',
      'on',
      '>secret1',
      '~{acl}:*',
      '&{acl}:*',
      '-@all',
      '+@read',
      '+@write',
      '+@scripting',
      '+@pubsub',
      '+@connection',
      '+info',
      '+time',
    );
    const log = openAt(`redis://plain:secret1@127.0.0.1:${server.port}/?prefix=acl`);
    await log.join(IDENTITY);
    expect(await log.append('one', 0)).toMatchObject({ seq: 1 });
    await log.saveCheckpoint(1, state('x')());
    expect(await loaded(log)).toBe('1: x');
  });

  test('databases are apart', async () => {
    const [zero, one] = [
      openAt(`redis://127.0.0.1:${server.port}/0?prefix=db`),
      openAt(`redis://127.0.0.1:${server.port}/1?prefix=db`),
    ];
    await zero.join(IDENTITY);
    await one.join(IDENTITY);
    await zero.append('one', 0);
    expect(await one.append('other', 0)).toMatchObject({ seq: 1, others: [] });
  });

  test('nothing listens: unreachable, with the reason', async () => {
    const gone = await RedisServer.start();
    await gone.stop();
    const log = openAt(gone.url('gone'), IMPATIENT);
    await expect(log.join(IDENTITY)).rejects.toMatchObject({ failure: 'unreachable', message: /ECONNREFUSED/ });
  });
});

describe.runIf(hasRedis())('a server that is killed', () => {
  test('without persistence: the newest state is restored', async () => {
    const server = await started();
    const { a, b } = await pair(server);
    await server.restart('SIGKILL');
    expect(await failure(surely(() => a.append('four', 3)))).toBe('restarted');
    expect(await failure(surely(() => b.read(1)))).toBe('restarted');
    const recovered = [surely(() => a.recover(3, state('a'))), surely(() => b.recover(1, state('b')))];
    expect(await Promise.all(recovered)).toEqual([3, 3]);
    expect(await loaded(b)).toBe('3: a');
    expect(await a.append('four', 3)).toMatchObject({ seq: 4 });
    expect(await b.append('five', 3)).toMatchObject({ seq: 5, others: [{ seq: 4 }] });
  });

  test('with an old snapshot: the batches since are restored', async () => {
    const server = await started();
    const { a, b } = await pair(server);
    server.cli('SAVE');
    await a.append('four', 3);
    await server.restart('SIGKILL');
    // The server has three batches. One member knows four, and another has not seen the last two.
    expect(await failure(surely(() => b.append('five', 2)))).toBe('restarted');
    expect(await failure(surely(() => a.read(4)))).toBe('restarted');
    const recovered = [surely(() => a.recover(4, state('a'))), surely(() => b.recover(2, state('b')))];
    expect(await Promise.all(recovered)).toEqual([4, 4]);
    expect(await failure(b.append('five', 2))).toBe('trimmed');
    expect(await loaded(b)).toBe('4: a');
    expect(await b.append('five', 4)).toMatchObject({ seq: 5 });
    expect(await payloads(a, 4)).toEqual(['five']);
  });

  test('with a log of all writes: nothing is lost, and a single member goes on', async () => {
    const server = await started(['--appendonly', 'yes', '--appendfsync', 'always']);
    const { a } = await pair(server);
    await server.restart('SIGKILL');
    expect(await failure(surely(() => a.append('four', 3)))).toBe('restarted');
    expect(await surely(() => a.recover(3, state('never asked for')))).toBe(3);
    expect(await payloads(a, 0)).toEqual(['one', 'two', 'three']);
    expect(await a.append('four', 3)).toMatchObject({ seq: 4 });
  });

  test('again and again, while three members append: every batch is there once, in one order', async () => {
    const server = await started();
    const replicas = await Promise.all(
      [1, 2, 3].map((i) => Replica.join(`${i}`, openAt(server.url('random'), { recoverMs: 1_500 }))),
    );
    let isOver = false;
    const killer = (async () => {
      for (const progress of [40, 120, 200]) {
        await until(() => replicas.every(({ acknowledged }) => acknowledged.length >= progress));
        await server.restart('SIGKILL');
      }
    })();
    await Promise.all([
      runAll(replicas, 250, () => isOver),
      killer.finally(() => {
        isOver = true;
      }),
    ]);
    checkReplicas(replicas, 250);
  });

  const servers: RedisServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  async function started(args: readonly string[] = []) {
    const server = await RedisServer.start(['--save', '', ...args]);
    servers.push(server);
    return server;
  }
  async function pair(server: RedisServer) {
    const [a, b] = [openAt(server.url('killed')), openAt(server.url('killed'))];
    await a.join(IDENTITY);
    await b.join(IDENTITY);
    await a.append('one', 0);
    await b.append('two', 1);
    await a.append('three', 1);
    return { a, b };
  }
});

const opened: SharedLog[] = [];
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
});
function openAt(url: string, options: RedisLogOptions = {}): SharedLog {
  const log = new RedisLog(parseStoreUrl(url), { ...PATIENT, ...options });
  opened.push(log);
  return log;
}
