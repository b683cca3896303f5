/**
 * Worker threads, each with jobs of its own, one at a time. `workers`; `jobs` of each; `gate`: an instant in shared memory before which nobody goes on; `wait`; `tries`.
 * @module
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { base, headers, isRefused, options, path, range, ready, sleep, withQuery } from './client.mjs';
import { transport } from './transports.mjs';
import { waiting } from './waits.mjs';

const { workers, jobs, gate = false, tries = 8 } = options;

if (isMainThread) {
  await ready();
  const closedUntil = new BigInt64Array(new SharedArrayBuffer(8));
  const start = (number) =>
    new Promise((done) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { number, closedUntil },
        argv: process.argv.slice(2),
      });
      worker.on('exit', done);
    });
  await Promise.all(range(workers).map(start));
} else {
  const { number, closedUntil } = workerData;
  const wait = waiting(options.wait ?? 'told-and-jitter');
  const send = await transport();
  const passGate = async () => {
    for (;;) {
      const left = Number(Atomics.load(closedUntil, 0)) - Date.now();
      if (!gate || left <= 0) return;
      await sleep(left);
    }
  };
  for (const job of range(jobs))
    for (const attempt of range(tries)) {
      await passGate();
      const answer = await send(base + withQuery(path, `page=${number}-${job}`), { headers });
      if (!isRefused(answer)) break;
      const ms = wait(answer, attempt);
      if (gate) Atomics.store(closedUntil, 0, BigInt(Math.ceil(Date.now() + ms)));
      else await sleep(ms);
    }
}
