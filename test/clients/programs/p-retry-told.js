import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { live } from './live.js';

class Refused extends Error {
  constructor({ status, headers }) {
    super(`refused with ${status}`);
    this.retryAfter = Number(headers.get('Retry-After') ?? 0);
  }
}

await live(({ method, url, headers, body }) => {
  // One key for all attempts.
  const safe = method === 'POST' ? { ...headers, 'Idempotency-Key': randomUUID() } : headers;
  return pRetry(
    async () => {
      const response = await fetch(url, { method, headers: safe, body });
      const text = await response.text();
      if (!response.ok) throw new Refused(response);
      return text;
    },
    { retries: 5, onFailedAttempt: ({ error }) => delay(error.retryAfter * 1_000) },
  );
});
