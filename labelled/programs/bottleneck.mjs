/**
 * A limiter of bottleneck: `reservoir` requests each `interval` ms, and no retry; `jobs`.
 * @module
 */
import Bottleneck from 'bottleneck';
import { base, headers, options, path, range, ready, withQuery } from './client.mjs';
import { transport } from './transports.mjs';

const { reservoir, interval, jobs } = options;
const send = await transport('fetch');
const limiter = new Bottleneck({
  reservoir,
  reservoirRefreshAmount: reservoir,
  reservoirRefreshInterval: interval,
  maxConcurrent: 5,
});
await ready();
await Promise.all(
  range(jobs).map((n) => limiter.schedule(() => send(base + withQuery(path, `page=${n}`), { headers }))),
);
process.exit(0);
