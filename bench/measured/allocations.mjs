/**
 * Bytes allocated per engine decision and per request in this process, as JSON: what runs often must make little garbage, whatever the machine's mood.
 *
 * Read off the heap with a young generation so large that nothing is collected in between; batches in which something was are left out.
 * Run it with --expose-gc, --single-threaded (so that code is compiled at the same points each time) and a semi-space of 256 MB.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { createMock } from '../../dist/index.js';
import { ALGORITHMS, asking, decide, MemoryBuckets, policyOf, START } from './engine.mjs';
import { REQUESTS } from './requests-made.mjs';

const BATCHES = 5;
/** When the heap was last collected. */
let collectedAt = 0;
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collectedAt = Math.max(collectedAt, startTime);
}).observe({ entryTypes: ['gc'] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Median bytes per call over the batches in which nothing was collected. */
async function allocated(count, work) {
  const each = [];
  for (let i = 0; i < BATCHES * 3 && each.length < BATCHES; i++) {
    globalThis.gc();
    await turn();
    const from = performance.now();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < count; n++) {
      const pending = work();
      if (pending !== undefined) await pending;
    }
    const bytes = process.memoryUsage().heapUsed - before;
    await turn();
    await turn();
    if (collectedAt < from) each.push(bytes / count);
  }
  if (each.length < BATCHES) throw new Error('the heap was collected in too many batches');
  return each.sort((a, b) => a - b)[BATCHES >> 1];
}

/** Engine decisions on one key, a millisecond apart; the work of one call gives nothing back, so that nothing is awaited. */
function decisions(policies) {
  const store = new MemoryBuckets();
  const asks = policies.map((policy) => asking(policy, 'key'));
  let now = START;
  return () => {
    decide(store, asks, now++);
  };
}

// As much as every algorithm can count.
const PLENTY = 1_000_000;
const WINDOW_MS = 1_000;
const engine = {
  ...Object.fromEntries(
    ALGORITHMS.map((name) => [
      `decision, ${name}`,
      [policyOf(name, name === 'sliding-log' ? 2_000 : PLENTY, WINDOW_MS)],
    ]),
  ),
  'decision, four policies': ['fixed-window', 'sliding-window', 'token-bucket', 'fixed-window'].map((name, i) =>
    policyOf(name, PLENTY, WINDOW_MS, `${name} ${i}`),
  ),
  'decision, refused': [policyOf('fixed-window', 1, 1e9)],
};

const results = {};
const only = process.argv[2];
for (const [name, policies] of Object.entries(engine)) {
  if (name !== only && only !== undefined) continue;
  const work = decisions(policies);
  for (let i = 0; i < 30_000; i++) work();
  results[name] = await allocated(10_000, work);
}
for (const { name, profile, set, path, init, status } of REQUESTS) {
  if (name !== only && only !== undefined) continue;
  const mock = await createMock({ profile, set, clock: 'frozen', journalSize: 1_000 });
  let other = 0;
  const work = async () => {
    const response = await mock.fetch(path, init);
    if (response.status !== status) other++;
    await response.arrayBuffer();
  };
  for (let i = 0; i < 5_000; i++) await work();
  other = 0;
  results[name] = await allocated(1_000, work);
  if (other > 0) throw new Error(`${name}: ${other} answers were not ${status}`);
  await mock.close();
}
console.log(JSON.stringify(results));
