/**
 * Bytes per tracked key: `node keys.mjs <algorithm> <keys>`. The keys' own strings are measured by themselves and taken off.
 */
import { asking, keys, MemoryStore, policyOf, START, take } from './engine.mjs';
import { held } from './heap.mjs';

const [algorithm, text] = process.argv.slice(2);
const count = Number(text);

/** What the same strings take, in an array (whose own 8 bytes a key are left out) and as keys of a map. */
async function baseline() {
  let before = await held();
  const array = new Array(count);
  let i = 0;
  for (const key of keys(count)) array[i++] = key;
  const strings = (await held()) - before - 8 * count;
  array.length = 0;
  before = await held();
  const map = new Map();
  for (const key of keys(count)) map.set(key, map.size);
  const mapped = (await held()) - before;
  return { strings: strings / count, mapped: mapped / map.size };
}

const { strings, mapped } = await baseline();
const policy = policyOf(algorithm, 1_000, 3_600_000);
const store = new MemoryStore(count);
// A first key, so that what is made once is not counted.
take(store, [asking(policy, 'first')], START);
const before = await held();
const from = performance.now();
for (const key of keys(count)) take(store, [asking(policy, key)], START);
const took = performance.now() - from;
const all = ((await held()) - before) / count;
console.log(
  JSON.stringify({
    size: store.size,
    beyondString: all - strings,
    beyondMap: all - mapped,
    strings,
    nsPerKey: (took / count) * 1e6,
  }),
);
