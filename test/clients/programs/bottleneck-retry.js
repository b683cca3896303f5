import Bottleneck from 'bottleneck';
import { live } from './live.js';

// One at a time, so that every request goes on the same connection. On another connection, a retry after 25 ms may have crossed with the refusal, and is undecided.
const limiter = new Bottleneck({ maxConcurrent: 1 });

limiter.on('failed', (_error, { retryCount }) => (retryCount === 0 ? 25 : undefined));

await live((step) => limiter.schedule(() => send(step)));

async function send({ method, url, headers, body }) {
  const response = await fetch(url, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return text;
}
