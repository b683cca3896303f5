/**
 * What a mock keeps: very many requests through one mock in this process, with its journal on, and the memory before, on the way and after.
 *
 *     npm run bench:memory                            # a million requests
 *     npm run bench:memory -- 100000 --callers 50000  # fewer requests, of so many keys
 *
 * The journal is full and the code compiled after the first round, so that all rounds after it should end with about the same heap. What a mock keeps per
 * request would show as a slope; the last line tells it.
 */
import { parseArgs } from 'node:util';
import { createMock } from '../src/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { callers: { type: 'string', default: '1000' } },
});
const total = Number(positionals[0] ?? 1_000_000);
const callers = Number(values.callers);
const ROUNDS = 10;
/** Requests under way at once. */
const AT_ONCE = 50;
const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error('run it with node --expose-gc, as npm run bench:memory does');
if (!(total >= ROUNDS * AT_ONCE && callers >= 1))
  throw new Error(`needs at least ${ROUNDS * AT_ONCE} requests and a caller`);

const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);

/** After a collection that has also run the finalizers, which come a turn later. */
async function memory(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 3; i++) {
    collect!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage();
}

const mock = await createMock({ profile: 'aiclicks', clock: 'frozen' });
const statuses = new Map<number, number>();
let sent = 0;

async function send(): Promise<void> {
  const n = sent++;
  const response = await mock.fetch('/api/v1/domains', {
    headers: { authorization: `Bearer ak_live_${n % callers}` },
  });
  await response.text();
  statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
}

function report(what: string, { rss, heapUsed, external }: NodeJS.MemoryUsage): void {
  console.log(
    `${what.padEnd(20)} rss ${mib(rss).padStart(7)} MiB   heap ${mib(heapUsed).padStart(6)} MiB   external ${mib(external).padStart(5)} MiB`,
  );
}

report('before', await memory());
const heaps: number[] = [];
const startedAt = performance.now();
for (let round = 1; round <= ROUNDS; round++) {
  const until = Math.floor((total * round) / ROUNDS);
  const client = async () => {
    while (sent < until) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  // The clock goes on, so that windows end and others are opened.
  await mock.clock.advance('1m');
  const usage = await memory();
  heaps.push(usage.heapUsed);
  report(`after ${sent.toLocaleString('en')}`, usage);
}
const seconds = (performance.now() - startedAt) / 1_000;
console.log(
  `${sent.toLocaleString('en')} requests in ${seconds.toFixed(1)} s, ${Math.round(sent / seconds).toLocaleString('en')} a second:`,
  [...statuses].map(([status, count]) => `${status}: ${count.toLocaleString('en')}`).join(', '),
  `– journal ${mock.requests().length.toLocaleString('en')} entries, ${mock.quotas().length} buckets`,
);
const grown = heaps.at(-1)! - heaps[1]!;
console.log(
  `the heap grew by ${mib(grown)} MiB from the second round to the last: ${(grown / (total * 0.8)).toFixed(2)} bytes a request`,
);
await mock.close();
