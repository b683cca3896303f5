import { live } from './live.js';

await live(async ({ method, url, headers, body }) => (await fetch(url, { method, headers, body })).text());
