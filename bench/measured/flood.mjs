/**
 * A flood of keys that come once: `node flood.mjs <algorithm> <keys> <cap>`.
 */
import { asking, keys, MemoryBuckets, policyOf, START, take } from './engine.mjs';
import { held } from './heap.mjs';

const [algorithm, count, cap] = process.argv.slice(2);
const policy = policyOf(algorithm, 1_000, 3_600_000);
const store = new MemoryBuckets(Number(cap));
const rounds = 5;
const part = Number(count) / rounds;
const heaps = [];
let most = 0;
for (let round = 0; round < rounds; round++) {
  for (const key of keys(part, round * part)) take(store, [asking(policy, key)], START);
  most = Math.max(most, store.size);
  heaps.push(await held());
}
console.log(JSON.stringify({ most, cap: Number(cap), grown: heaps.at(-1) - heaps[0] }));
