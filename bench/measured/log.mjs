/**
 * Bytes per admitted request that a sliding log keeps: `node log.mjs <keys> <requests per key>`, all within one hour, in turn.
 */
import { asking, decide, keys, MemoryBuckets, policyOf, START } from './engine.mjs';
import { held } from './heap.mjs';

const [count, each] = process.argv.slice(2).map(Number);
const policy = policyOf('sliding-log', each, 3_600_000);
const asks = Array.from(keys(count), (key) => [asking(policy, key)]);
const store = new MemoryBuckets();
const before = await held();
const step = 3_600_000 / each;
for (let i = 0; i < each; i++) {
  const now = START + Math.floor(i * step);
  for (const one of asks) if (!decide(store, one, now)) throw new Error(`refused after ${i} requests`);
}
const bytes = (await held()) - before;
const { rss } = process.memoryUsage();
console.log(
  JSON.stringify({ entries: count * each, bytes, perRequest: bytes / (count * each), rss, size: store.size }),
);
