/**
 * Decisions a second of CPU time (collection included), so that it does not count what others do on the core: `node decisions.mjs <algorithm,…> <keys> <quota> <rounds> <milliseconds>`; several algorithms are several policies asked at once.
 */
import { asking, decide, keys, MemoryStore, policyOf, START } from './engine.mjs';

const [names, count, quota, rounds, milliseconds] = process.argv.slice(2);
const BATCH = 20_000;
/** So long that a key comes about a thousand times within a window. */
const windowMs = 1_000 * Number(count);
const policies = names.split(',').map((name, i) => policyOf(name, Number(quota), windowMs, `${name} ${i}`));
const asks = Array.from(keys(Number(count)), (key) => policies.map((policy) => asking(policy, key)));
const store = new MemoryStore();

let now = START;
let next = 0;
let allowed = 0;
function batch() {
  for (let i = 0; i < BATCH; i++) {
    if (decide(store, asks[next], now++)) allowed++;
    if (++next === asks.length) next = 0;
  }
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
while (now - START < 2 * asks.length) batch();
allowed = 0;
const before = now;
const rates = Array.from({ length: Number(rounds) }, () => perSecond(Number(milliseconds)));
console.log(JSON.stringify({ rates, allowed: allowed / (now - before) }));
