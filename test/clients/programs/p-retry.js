import pRetry from 'p-retry';
import { live } from './live.js';

await live(({ method, url, headers, body }) =>
  pRetry(
    async () => {
      const response = await fetch(url, { method, headers, body });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      return text;
    },
    { retries: 2 },
  ),
);
