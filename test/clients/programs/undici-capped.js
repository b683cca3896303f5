import { Agent, RetryAgent } from 'undici';
import { live } from './live.js';

const agent = new RetryAgent(new Agent(), { maxTimeout: 1_500, maxRetries: 2 });

await live(async ({ method, url, headers, body }) => {
  const { origin, pathname, search } = new URL(url);
  const answer = await agent.request({ origin, path: pathname + search, method, headers, body });
  return answer.body.text();
});
