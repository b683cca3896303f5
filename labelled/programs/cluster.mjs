/**
 * Workers of node:cluster, each with jobs of its own, one at a time. `workers`; `jobs` of each; `wait`; `tries`.
 * @module
 */
import cluster from 'node:cluster';
import { base, headers, isRefused, options, path, range, ready, sleep, withQuery } from './client.mjs';
import { transport } from './transports.mjs';
import { waiting } from './waits.mjs';

const { workers, jobs, tries = 8 } = options;
const wait = waiting(options.wait ?? 'told-and-jitter');

if (cluster.isPrimary) {
  await ready();
  const { CLIENT_QUOTAS: _, ...env } = process.env;
  await Promise.all(
    range(workers).map((n) => new Promise((done) => cluster.fork({ ...env, NUMBER: n }).on('exit', done))),
  );
} else {
  const send = await transport();
  for (const job of range(jobs))
    for (const attempt of range(tries)) {
      const answer = await send(base + withQuery(path, `page=${process.env['NUMBER']}-${job}`), { headers });
      if (!isRefused(answer)) break;
      await sleep(wait(answer, attempt));
    }
  process.exit(0);
}
