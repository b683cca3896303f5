/**
 * One request at a time, each until it is answered or the tries are used up.
 *
 * `transport`; `requests`: how many different ones (1); `tries`: of each at most (5); `wait`: after a refusal; `failed`: after a failure (as `wait`); `pause`: ms from request to
 * request; `post`: a body, with `key` an idempotency key, the same for all tries or `fresh`; `stamp`: the body has the time in it; `buster`: each try has a query of its own;
 * `same`: the requests are all the same; `headers`: more of them; `path`: another.
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  base,
  headers,
  isFailed,
  isRefused,
  options,
  range,
  ready,
  sleep,
  path as usual,
  withQuery,
} from './client.mjs';
import { transport } from './transports.mjs';
import { waiting } from './waits.mjs';

const {
  path = usual,
  headers: more = {},
  requests = 1,
  tries = 5,
  wait,
  failed = wait,
  pause = 0,
  post,
  key,
  stamp,
  buster,
  same,
} = options;
const send = await transport(options.transport);
await ready();
const afterRefusal = waiting(wait ?? 'told-and-jitter');
const afterFailure = waiting(failed ?? 'told or exponential-and-jitter 100');

for (const n of range(requests)) {
  const own = key === 'same' ? randomUUID() : undefined;
  for (const attempt of range(tries)) {
    const url = base + (requests > 1 && !same && !post ? withQuery(path, `page=${n}`) : path);
    const body =
      post &&
      JSON.stringify({
        ...post,
        ...(requests > 1 && { name: `Number ${n}` }),
        ...(stamp && { [stamp]: String(Date.now()) }),
      });
    const idempotency = key === 'fresh' ? randomUUID() : own;
    const answer = await send(buster ? withQuery(url, `_=${n}${attempt}${Date.now()}`) : url, {
      method: post ? 'POST' : 'GET',
      headers: {
        ...headers,
        ...more,
        ...(post && { 'Content-Type': 'application/json' }),
        ...(idempotency && { 'Idempotency-Key': idempotency }),
      },
      ...(post && { body }),
    });
    if (process.env['CLIENT_TRACE'])
      console.log(answer.status, answer.headers.get('retry-after'), answer.text.slice(0, 200));
    if (!isRefused(answer) && !isFailed(answer)) break;
    if (attempt < tries - 1) await sleep((isRefused(answer) ? afterRefusal : afterFailure)(answer, attempt));
  }
  if (pause > 0) await sleep(pause);
}
