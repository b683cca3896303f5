/**
 * Promise.all over a client that retries by itself (the RetryAgent of undici), as programs use most SDKs: `n` calls in so many `lanes`, `pause` ms after each, longer
 * from lane to lane.
 * @module
 */
import { Agent, RetryAgent } from 'undici';
import { base, headers, options, path, range, ready, sleep, withQuery } from './client.mjs';

const { n, lanes, pause } = options;
const agent = new RetryAgent(new Agent());
let next = 0;

async function lane(number) {
  while (next < n) {
    const { origin, pathname, search } = new URL(base + withQuery(path, `page=${next++}`));
    const answer = await agent.request({ origin, path: pathname + search, method: 'GET', headers });
    await answer.body.text();
    await sleep(pause * (number + 1));
  }
}

await ready();
await Promise.all(range(lanes).map(lane));
process.exit(0);
