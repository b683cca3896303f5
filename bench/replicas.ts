/**
 * `npm run bench:replicas`: what a shared store costs. It prints the ratio of each arrangement to a server in memory, measured in the same run.
 *
 * Needs redis-server and wrk. All of them share the cores of this machine with the servers, so several servers are not faster here; the processor time of each request says what a machine
 * of its own would do.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, Server, Store } from '../replicas/processes.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    keys: { type: 'string', default: '100000' },
    replicas: { type: 'string', default: '1,2,3' },
  },
});
const SECONDS = Number(values.seconds);
const KEYS = Number(values.keys);
const PROFILES = {
  '1 policy': ['--profile', 'replicas/hourly.yaml', '--set', 'policies.hour.quota=1000000000'],
  '3 policies': ['--profile', 'replicas/three.yaml'],
} as const;

interface Measured {
  readonly perSecond: number;
  readonly p50: string;
  readonly p99: string;
  /** Processor time of a request, in microseconds: that of the servers, and of the store. */
  readonly serverUs: number;
  readonly storeUs: number;
  /** Round trips for each request. */
  readonly roundTrips: number;
  readonly refused: number;
}

/** Processor time of a process, in microseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function redis(store: Store, ...args: string[]): string {
  return execFileSync('redis-cli', ['-p', String(store.port), ...args], { encoding: 'utf8' }).trim();
}

/** Writes what wrk runs for each request. */
function scriptOf(folder: string, keys: number): string {
  const file = join(folder, 'keys.lua');
  const lines = [
    'local n = 0',
    'request = function()',
    '  n = n + 1',
    `  return wrk.format("GET", "/items", { ["X-Key"] = "key-" .. (n * 7919 % ${keys}) })`,
    'end',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** Sends requests to all servers at once for some seconds. */
async function measure(servers: readonly Server[], store: Store | undefined, lua: string): Promise<Measured> {
  const load = (seconds: number) =>
    Promise.all(
      servers.map(
        ({ url }) =>
          new Promise<string>((resolve) => {
            const connections = String(Math.ceil(48 / servers.length));
            const wrk = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', '-s', lua, url]);
            let text = '';
            wrk.stdout.on('data', (part) => {
              text += part;
            });
            wrk.on('close', () => resolve(text));
          }),
      ),
    );
  await load(2);
  const seq = () => (store ? Number(redis(store, 'HGET', '{mock429}:head', 'seq')) : 0);
  const cpu = () => servers.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
  const before = { cpu: cpu(), store: store ? cpuOf(store.pid) : 0, seq: seq() };
  const outputs = await load(SECONDS);
  const requests = outputs.reduce((sum, text) => sum + Number(/(\d+) requests in/.exec(text)![1]), 0);
  const refused = outputs.reduce(
    (sum, text) => sum + Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
    0,
  );
  return {
    perSecond: requests / SECONDS,
    p50: /50% +(\S+)/.exec(outputs[0]!)![1]!,
    p99: /99% +(\S+)/.exec(outputs[0]!)![1]!,
    serverUs: (cpu() - before.cpu) / requests,
    storeUs: store ? (cpuOf(store.pid) - before.store) / requests : 0,
    roundTrips: (seq() - before.seq) / requests,
    refused,
  };
}

function row(name: string, one: Measured, floor: Measured): void {
  const cells = [
    name.padEnd(34),
    one.perSecond.toFixed(0).padStart(7),
    (one.perSecond / floor.perSecond).toFixed(2).padStart(6),
    one.serverUs.toFixed(0).padStart(7),
    one.storeUs.toFixed(0).padStart(7),
    one.roundTrips.toFixed(2).padStart(6),
    one.p50.padStart(9),
    one.p99.padStart(9),
  ];
  console.log(cells.join(' ') + (one.refused > 0 ? `  (${one.refused} refused)` : ''));
}

async function bytesPerKey(store: Store, server: Server): Promise<string> {
  const used = () => Number(/used_memory:(\d+)/.exec(redis(store, 'INFO', 'memory'))![1]);
  // The log is cut off once nothing happens.
  for (let i = 0; i < 40; i++) {
    const bytes = Number(redis(store, 'HGET', '{mock429}:head', 'bytes'));
    if (bytes < 70_000) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const response = await fetch(`${server.url}/__mock429/quotas?limit=1`);
  const { total } = (await response.json()) as { total: number };
  return `${(used() / 1e6).toFixed(1)} MB of Redis for ${total} buckets, the journal of 10,000 requests included: ${(used() / total).toFixed(0)} bytes for each`;
}

console.log(
  `${'arrangement'.padEnd(34)} ${'req/s'.padStart(7)} ${'ratio'.padStart(6)} ${'µs/req'.padStart(7)} ${'store'.padStart(7)} ${'trips'.padStart(6)} ${'p50'.padStart(9)} ${'p99'.padStart(9)}`,
);
for (const [title, profile] of Object.entries(PROFILES)) {
  for (const keys of [1, KEYS]) {
    const memory = new Server(await freePort(), [...profile, '--max-sandboxes', '10']);
    const store = new Store(await freePort(), false);
    await store.start();
    const lua = scriptOf(store.folder, keys);
    try {
      await memory.start();
      const floor = await measure([memory], undefined, lua);
      await memory.end();
      const what = `${title}, ${keys === 1 ? 'one key' : `${keys} keys`}`;
      row(`${what}: memory`, floor, floor);
      for (const count of values.replicas.split(',').map(Number)) {
        redis(store, 'FLUSHALL');
        const servers: Server[] = [];
        for (let i = 0; i < count; i++) {
          const server = new Server(await freePort(), [...profile, '--max-sandboxes', '10', '--store', store.url]);
          servers.push(server);
          await server.start();
        }
        row(`${what}: ${count} replica${count > 1 ? 's' : ''}`, await measure(servers, store, lua), floor);
        if (count === 1 && keys > 1) console.log(`  ${await bytesPerKey(store, servers[0]!)}`);
        for (const server of servers) await server.end();
      }
    } finally {
      await memory.end();
      await store.end();
      store.delete();
    }
  }
}
