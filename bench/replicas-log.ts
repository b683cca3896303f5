/**
 * The log that replicas share, on a redis-server of this machine: appends a second, round trips of an append, and memory of a batch in the server.
 *
 * Run it with `npm run bench:log`. Client and server share the machine, so the figures are those of loopback.
 * @module
 */
import { RedisLog } from '../src/replicas/log/redis-log.js';
import { parseStoreUrl } from '../src/replicas/log/store-url.js';
import { hasRedis, RedisServer } from '../test/helpers/redis-server.js';

const PAYLOAD_BYTES = 400;
const SECONDS = 2;
const IDENTITY = { version: 'bench', configuration: 'bench' };

interface Result {
  readonly members: number;
  readonly payloads: number;
  readonly appends: number;
  readonly seconds: number;
  readonly roundTrips: number;
  readonly serverMicros: number;
  readonly bytes: number;
}

async function measure(server: RedisServer, members: number, payloads: number): Promise<Result> {
  const address = parseStoreUrl(server.url(`bench-${members}-${payloads}`));
  const logs = Array.from({ length: members }, () => new RedisLog(address));
  for (const log of logs) await log.join(IDENTITY);
  const batch = Array.from({ length: payloads }, () => makeText(PAYLOAD_BYTES)).join('\n');
  const run = async (log: RedisLog, start: number, ends: number) => {
    let appends = 0;
    for (let position = start; performance.now() < ends; appends++) {
      const { seq, others, isPartial } = await log.append(batch, position);
      position = isPartial ? (others.at(-1)?.seq ?? position) : seq;
    }
    return appends;
  };
  const warm = await run(logs[0]!, 0, performance.now() + 300);
  server.cli('CONFIG', 'RESETSTAT');
  const cpuBefore = cpuMicros(server);
  const from = performance.now();
  const counts = await Promise.all(logs.map((log) => run(log, warm, from + SECONDS * 1000)));
  const seconds = (performance.now() - from) / 1000;
  const appends = counts.reduce((sum, count) => sum + count, 0);
  const serverMicros = (cpuMicros(server) - cpuBefore) / appends;
  const [, calls = '0'] = /cmdstat_evalsha:calls=(\d+)/.exec(server.cli('INFO', 'commandstats')) ?? [];
  const used = Number(server.cli('MEMORY', 'USAGE', `{${address.prefix}}:log`, 'SAMPLES', '0'));
  const length = Number(server.cli('XLEN', `{${address.prefix}}:log`));
  for (const log of logs) await log.close();
  server.cli('FLUSHALL');
  const roundTrips = Number(calls) / appends;
  return {
    members,
    payloads,
    appends,
    seconds,
    roundTrips,
    serverMicros,
    bytes: used / length,
  };
}

/** CPU time that the server has used, its connections included. */
function cpuMicros(server: RedisServer): number {
  const used = [...server.cli('INFO', 'cpu').matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)];
  return used.reduce((sum, [, seconds]) => sum + Number(seconds) * 1e6, 0);
}

/** Text that differs from place to place, as requests do. */
function makeText(length: number): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(97 + ((i * i + 7 * i) % 26))).join('');
}

if (hasRedis()) {
  const server = await RedisServer.start(['--save', '']);
  try {
    console.log('members  payloads/batch  appends/s  payloads/s  round trips    CPU µs/append  server bytes/batch');
    for (const members of [1, 3])
      for (const payloads of [1, 10, 100]) {
        const result = await measure(server, members, payloads);
        const rate = result.appends / result.seconds;
        console.log(
          [
            String(members).padStart(7),
            String(payloads).padStart(14),
            rate.toFixed(0).padStart(9),
            (rate * payloads).toFixed(0).padStart(10),
            result.roundTrips.toFixed(3).padStart(11),
            result.serverMicros.toFixed(1).padStart(16),
            result.bytes.toFixed(0).padStart(18),
          ].join('  '),
        );
      }
  } finally {
    await server.stop();
  }
}
