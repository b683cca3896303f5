import ky from 'ky';
import { live } from './live.js';

const api = ky.create({ timeout: false, retry: { limit: 2, maxRetryAfter: 1_500 } });

await live(({ method, url, headers, body }) => api(url, { method, headers, body }).text());
