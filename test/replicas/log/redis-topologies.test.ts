/** The log over TLS, in a cluster, and behind sentinels. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RedisLog } from '../../../src/replicas/log/redis-log.js';
import { parseStoreUrl } from '../../../src/replicas/log/store-url.js';
import type { SharedLog } from '../../../src/replicas/shared-log.js';
import { hasRedis, RedisServer } from '../../helpers/redis-server.js';
import { hasProgram } from '../../tools/skip.js';
import { failure, IDENTITY, loaded, payloads, state, surely, until } from './contract.js';

const OPTIONS = { timeoutMs: 10_000, silenceMs: 60_000, recoverMs: 1_000 };
const servers: RedisServer[] = [];
const logs: SharedLog[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(...args: Parameters<typeof RedisServer.start>): Promise<RedisServer> {
  const server = await RedisServer.start(...args);
  servers.push(server);
  return server;
}

function open(url: string): SharedLog {
  const log = new RedisLog(parseStoreUrl(url), OPTIONS);
  logs.push(log);
  return log;
}

/** What a log does, in short. @returns both members, which know three batches */
async function use(url: string): Promise<{ a: SharedLog; b: SharedLog }> {
  const [a, b] = [open(url), open(url)];
  await a.join(IDENTITY);
  await b.join(IDENTITY);
  const heard = vi.fn();
  b.onAppended(heard);
  await a.append('one', 0);
  await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  expect(await b.append('two', 0)).toMatchObject({ seq: 2, others: [{ payload: 'one' }] });
  await a.saveCheckpoint(1, [Uint8Array.from([254, 255]), Buffer.from('end')]);
  const { seq, parts } = await b.checkpoint();
  const read: Buffer[] = [];
  for await (const part of parts) read.push(Buffer.from(part));
  expect([seq, ...read.map((part) => part.toString('hex'))]).toEqual([1, 'feff', '656e64']);
  expect(await a.append('three', 1)).toMatchObject({ seq: 3, others: [{ payload: 'two' }] });
  expect(await b.read(2)).toMatchObject([{ payload: 'three' }]);
  expect(await b.members()).toHaveLength(2);
  return { a, b };
}

test.runIf(hasRedis() && hasProgram('openssl'))('over TLS, with a password and an authority of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mock429-tls-'));
  folders.push(folder);
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const generate = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  execFileSync('openssl', [...generate, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const server = await start(['--requirepass', 'p@ss/w:rd', '--save', ''], {
    configuration: `tls-port {port}\nport 0\ntls-cert-file ${certificate}\ntls-key-file ${key}\ntls-auth-clients no\n`,
    isTls: true,
  });
  const at = `localhost:${server.port}`;
  await use(`rediss://:${encodeURIComponent('p@ss/w:rd')}@${at}/?tls-ca=${certificate}`);
  await expect(open(`rediss://:${encodeURIComponent('p@ss/w:rd')}@${at}`).join(IDENTITY)).rejects.toThrow(
    /does not trust the server's certificate.*tls-ca/,
  );
  await expect(open(`rediss://${at}/?tls-ca=${certificate}`).join(IDENTITY)).rejects.toThrow(/wants a password/);
  await expect(open(`rediss://${at}/?tls-ca=${folder}/missing.pem`).join(IDENTITY)).rejects.toThrow(/missing\.pem/);
});

describe.runIf(hasRedis())('in a cluster', () => {
  test('all keys are in one slot, and a node that restarts empty is filled again', async () => {
    const nodes = await Promise.all(
      [1, 2, 3].map(() => start(['--cluster-enabled', 'yes', '--cluster-node-timeout', '3000', '--save', ''])),
    );
    const ports = nodes.map(({ port }) => port);
    const bounds = [0, 5461, 10923, 16384];
    for (const [i, node] of nodes.entries()) {
      node.cli('CLUSTER', 'ADDSLOTSRANGE', String(bounds[i]), String(bounds[i + 1]! - 1));
      node.cli('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
    }
    for (const port of ports.slice(1)) nodes[0]!.cli('CLUSTER', 'MEET', '127.0.0.1', String(port));
    const isOk = (node: RedisServer) => /cluster_state:ok.*cluster_known_nodes:3/s.test(node.cli('CLUSTER', 'INFO'));
    await until(() => nodes.every(isOk));
    const url = `redis+cluster://127.0.0.1:${ports[0]},127.0.0.1:${ports[1]}/?prefix=clustered`;
    const { a, b } = await use(url);
    const slot = Number(nodes[0]!.cli('CLUSTER', 'KEYSLOT', '{clustered}:head'));
    const owner = nodes[bounds.findIndex((bound) => bound > slot) - 1]!;
    expect(nodes.map((node) => Number(node.cli('DBSIZE')) > 0)).toEqual(nodes.map((node) => node === owner));
    await owner.restart('SIGKILL');
    await until(() => nodes.every(isOk));
    expect(await failure(surely(() => a.append('four', 3)))).toBe('restarted');
    expect(await failure(surely(() => b.read(2)))).toBe('restarted');
    const recovered = [surely(() => a.recover(3, state('a'))), surely(() => b.recover(3, state('b')))];
    expect(await Promise.all(recovered)).toEqual([3, 3]);
    expect(await loaded(a)).toMatch(/^3: [ab]$/);
    expect(await surely(() => a.append('four', 3))).toMatchObject({ seq: 4 });
    expect(await payloads(b, 3)).toEqual(['four']);
  });
});

describe.runIf(hasRedis())('behind a sentinel', () => {
  test('the members agree on the newest state after a failover', async () => {
    const main = await start(['--save', '']);
    const replica = await start([
      '--save',
      '',
      '--replicaof',
      '127.0.0.1',
      String(main.port),
      '--repl-diskless-sync-delay',
      '0',
    ]);
    await until(() => /master_link_status:up/.test(replica.cli('INFO', 'replication')));
    const sentinel = await start(['--sentinel'], {
      configuration: [
        `sentinel monitor main 127.0.0.1 ${main.port} 1`,
        'sentinel down-after-milliseconds main 300',
        'sentinel failover-timeout main 2000',
      ].join('\n'),
    });
    await until(() => /slaves=1/.test(sentinel.cli('INFO', 'sentinel')));
    const { a, b } = await use(`redis+sentinel://127.0.0.1:${sentinel.port}/main`);
    await main.end('SIGKILL');
    expect(await failure(surely(() => a.append('four', 3)))).toBe('restarted');
    expect(await failure(surely(() => b.read(3)))).toBe('restarted');
    const recovered = [surely(() => a.recover(3, state('a'))), surely(() => b.recover(3, state('b')))];
    expect(await Promise.all(recovered)).toEqual([3, 3]);
    expect(await surely(() => a.append('four', 3))).toMatchObject({ seq: 4 });
    expect(await surely(() => b.append('five', 3))).toMatchObject({ seq: 5, others: [{ payload: 'four' }] });
    expect(replica.cli('INFO', 'replication')).toMatch(/role:master/);
  });
});
