/**
 * Decisions a second of CPU time (collection included), so that it does not count what others do on the core:
 * `node decisions.mjs <algorithm,…> <keys> <turn|random> <quota> <rounds> <milliseconds>`; several algorithms are several policies asked at once.
 *
 * Each decision's asks are made for it, as a request's are. The keys' strings are there before: what it takes to read one off a request is not the engine's.
 */
import { asking, decide, keys, MemoryBuckets, policyOf, START } from './engine.mjs';

const [names, count, order, quota, rounds, milliseconds] = process.argv.slice(2);
const BATCH = 20_000;
/** So long that a key comes about a thousand times within a window. */
const windowMs = 1_000 * Number(count);
const policies = names.split(',').map((name, i) => policyOf(name, Number(quota), windowMs, `${name} ${i}`));
const partitions = Array.from(keys(Number(count)));
const store = new MemoryBuckets();

function asked(partition) {
  const asks = new Array(policies.length);
  for (let i = 0; i < asks.length; i++) asks[i] = asking(policies[i], partition);
  return asks;
}

let place = 0;
let random = 2_463_534_242;
/** The next key, in turn or (xorshift) at random. */
function next() {
  if (order === 'turn') return partitions[place++ % partitions.length];
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  return partitions[(random >>> 0) % partitions.length];
}

let now = START;
let allowed = 0;
function batch() {
  for (let i = 0; i < BATCH; i++) if (decide(store, asked(next()), now++)) allowed++;
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

function perSecond(least) {
  const from = cpuMs();
  let done = 0;
  let took = 0;
  while (took < least) {
    batch();
    done += BATCH;
    took = cpuMs() - from;
  }
  return (done / took) * 1_000;
}

perSecond(Number(milliseconds) * 2);
// Every key has been met before it counts.
while (now - START < 2 * partitions.length) batch();
allowed = 0;
const before = now;
const rates = Array.from({ length: Number(rounds) }, () => perSecond(Number(milliseconds)));
console.log(JSON.stringify({ rates, allowed: allowed / (now - before) }));
