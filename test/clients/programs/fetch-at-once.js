import { live } from './live.js';

await live(async ({ method, url, headers, body }) => {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const response = await fetch(url, { method, headers, body });
    const text = await response.text();
    if (response.ok) return text;
  }
  throw new Error('gave up after 5 attempts');
});
