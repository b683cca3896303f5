/**
 * Bytes per tracked key: `node keys.mjs <algorithm,…> <keys>`; several algorithms are several policies that count by the same keys. The keys' own strings are measured by themselves and taken off.
 */
import { asking, keys, MemoryBuckets, policyOf, START, take } from './engine.mjs';
import { held } from './heap.mjs';

const [names, text] = process.argv.slice(2);
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
const policies = names.split(',').map((name, i) => policyOf(name, 1_000, 3_600_000, `${name} ${i}`));
const asked = (key) => policies.map((policy) => asking(policy, key));
const store = new MemoryBuckets(count);
// A first key, so that what is made once is not counted.
take(store, asked('first'), START);
const before = await held();
const from = performance.now();
for (const key of keys(count)) take(store, asked(key), START);
const took = performance.now() - from;
const all = ((await held()) - before) / count;
console.log(
  JSON.stringify({
    size: store.size / policies.length,
    beyondString: all - strings,
    beyondMap: all - mapped,
    strings,
    nsPerKey: (took / count) * 1e6,
  }),
);
