/**
 * Jobs behind a circuit breaker: after `open` failures nothing is sent but one probe at a time, each after a longer wait. `workers`, `jobs`.
 * @module
 */
import { base, headers, isFailed, options, path, randomFrom, range, ready, sleep, withQuery } from './client.mjs';
import { transport } from './transports.mjs';

const { workers, jobs, open = 3 } = options;
const random = randomFrom(5);
const send = await transport();
let [next, failures, probes, closed] = [0, 0, 0, Promise.resolve()];
let probing = false;

async function worker() {
  while (next < jobs) {
    const job = next++;
    for (;;) {
      const isOpen = failures >= open;
      if (isOpen && probing) {
        await closed;
        continue;
      }
      if (!isOpen) {
        const answer = await send(base + withQuery(path, `page=${job}`), { headers });
        if (!isFailed(answer)) break;
        failures += 1;
        continue;
      }
      probing = true;
      let end = () => {};
      closed = new Promise((resolve) => {
        end = resolve;
      });
      let isUp = false;
      while (!isUp && probes < 6) {
        await sleep(100 * 2 ** probes++ * (1 + 0.2 * random()));
        isUp = !isFailed(await send(base + withQuery(path, `page=${job}`), { headers }));
      }
      probing = false;
      failures = 0;
      end();
      if (isUp || probes >= 6) break;
    }
  }
}

await ready();
await Promise.all(range(workers).map(worker));
process.exit(0);
