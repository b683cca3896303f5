/**
 * What a mock keeps: very many requests through one mock in this process, with its journal on, and the memory before, on the way and after.
 *
 *     npm run bench:memory                            # a million requests
 *     npm run bench:memory -- 100000 --callers 50000  # fewer requests, of so many keys
 *
 * The journal is full and the code compiled after the first round, so that all rounds after it should end with about the same heap. What a mock keeps per
 * request would show as a slope; the line before the last tells it, and the last one tells all as JSON.
 */
import { parseArgs } from 'node:util';
import { createMock } from '../../dist/index.js';
import { held } from './heap.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { callers: { type: 'string', default: '1000' } },
});
const total = Number(positionals[0] ?? 1_000_000);
const callers = Number(values.callers);
const ROUNDS = 10;
/** Requests under way at once. */
const AT_ONCE = 50;
if (!(total >= ROUNDS * AT_ONCE && callers >= 1))
  throw new Error(`needs at least ${ROUNDS * AT_ONCE} requests and a caller`);

const mib = (bytes) => (bytes / 1024 / 1024).toFixed(1);

async function memory(what) {
  const heap = await held();
  const { rss } = process.memoryUsage();
  console.log(`${what.padEnd(20)} rss ${mib(rss).padStart(7)} MiB   heap ${mib(heap).padStart(6)} MiB`);
  return { heap, rss };
}

const mock = await createMock({ profile: 'aiclicks', clock: 'frozen' });
const statuses = {};
let sent = 0;

async function send() {
  const n = sent++;
  const response = await mock.fetch('/api/v1/domains', {
    headers: { authorization: `Bearer ak_live_${n % callers}` },
  });
  await response.text();
  statuses[response.status] = (statuses[response.status] ?? 0) + 1;
}

const before = await memory('before');
const rounds = [];
const startedAt = performance.now();
for (let round = 1; round <= ROUNDS; round++) {
  const until = Math.floor((total * round) / ROUNDS);
  const client = async () => {
    while (sent < until) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  // The clock goes on, so that windows end and others are opened.
  await mock.clock.advance('1m');
  rounds.push(await memory(`after ${sent.toLocaleString('en')}`));
}
const seconds = (performance.now() - startedAt) / 1_000;
console.log(
  `${sent.toLocaleString('en')} requests in ${seconds.toFixed(1)} s, ${Math.round(sent / seconds).toLocaleString('en')} a second:`,
  Object.entries(statuses)
    .map(([status, count]) => `${status}: ${count.toLocaleString('en')}`)
    .join(', '),
  `– journal ${mock.requests().length.toLocaleString('en')} entries, ${mock.quotas().length} buckets`,
);
const grown = rounds.at(-1).heap - rounds[1].heap;
const perRequest = grown / (total * 0.8);
console.log(
  `the heap grew by ${mib(grown)} MiB from the second round to the last: ${perRequest.toFixed(2)} bytes a request`,
);
await mock.close();
console.log(
  JSON.stringify({ before, second: rounds[1], last: rounds.at(-1), perRequest, rate: sent / seconds, requests: sent }),
);
