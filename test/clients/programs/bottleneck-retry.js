import Bottleneck from 'bottleneck';
import { live } from './live.js';

const limiter = new Bottleneck();

limiter.on('failed', (_error, { retryCount }) => (retryCount === 0 ? 25 : undefined));

await live((step) => limiter.schedule(() => send(step)));

async function send({ method, url, headers, body }) {
  const response = await fetch(url, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return text;
}
