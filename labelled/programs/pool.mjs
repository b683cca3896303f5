/**
 * Workers that share a list of jobs. `workers`; `jobs`; `gate`: nobody passes once any was refused, until its wait is over; without, each worker waits by itself;
 * `wait`; `pause`: ms of other work after each job; `tries`: at each job at most; `transport`; `same`: all jobs are the same request; `slow`: the nth worker pauses n
 * times as long.
 * @module
 */
import { base, headers, isFailed, isRefused, options, path, range, ready, sleep, withQuery } from './client.mjs';
import { transport } from './transports.mjs';
import { waiting } from './waits.mjs';

const { workers, jobs, gate: shared = false, pause = 0, tries = 8, same = false, slow = false } = options;
const send = await transport(options.transport);
const wait = waiting(options.wait ?? 'told-and-jitter');
const failed = waiting(options.failed ?? 'exponential-and-jitter 100');
let next = 0;
let gate = Promise.resolve();

async function passGate() {
  for (let seen; seen !== gate; ) {
    seen = gate;
    await seen;
  }
}

async function worker(number) {
  while (next < jobs) {
    const job = next++;
    for (const attempt of range(tries)) {
      if (shared) await passGate();
      const answer = await send(base + (same ? path : withQuery(path, `page=${job}`)), { headers });
      if (isRefused(answer)) {
        const until = sleep(wait(answer, attempt));
        if (shared) gate = Promise.all([gate, until]);
        else await until;
      } else if (!isFailed(answer)) break;
      else if (attempt < tries - 1) await sleep(failed(answer, attempt));
    }
    if (pause > 0) await sleep(slow ? pause * (number + 1) : pause);
  }
}

await ready();
await Promise.all(range(workers).map(worker));
process.exit(0);
