import { Agent, RetryAgent } from 'undici';
import { live } from './live.js';

const agent = new RetryAgent(new Agent());

await live(async ({ method, url, headers, body }) => {
  const { origin, pathname, search } = new URL(url);
  const answer = await agent.request({ origin, path: pathname + search, method, headers, body });
  return answer.body.text();
});
