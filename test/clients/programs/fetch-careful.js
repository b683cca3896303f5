import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { live } from './live.js';

await live(async ({ method, url, headers, body }) => {
  const safe = method === 'POST' ? { ...headers, 'Idempotency-Key': randomUUID() } : headers;
  for (let attempt = 0; attempt < 5; attempt++) {
    const response = await fetch(url, { method, headers: safe, body });
    const text = await response.text();
    if (response.ok) return text;
    if (response.status !== 429 && response.status < 500) throw new Error(`${response.status}: ${text}`);
    const told = Number(response.headers.get('Retry-After') ?? 0);
    // What was told for a refusal; ever longer after a failure; a little at random on top.
    await delay((told > 0 ? told * 1_000 : 400 * 2 ** attempt) + Math.random() * 200);
  }
  throw new Error('gave up after 5 attempts');
});
