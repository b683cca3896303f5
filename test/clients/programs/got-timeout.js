import got from 'got';
import { live } from './live.js';

// Less than the server will tell it to wait: then got does not retry at all.
const api = got.extend({ timeout: { request: 15_000 } });

await live(({ method, url, headers, body }) => api(url, { method, headers, body }).text());
