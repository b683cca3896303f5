import ky from 'ky';
import { live } from './live.js';

// A busy machine may take longer than the 10 s that ky gives a request and its retries.
const api = ky.create({ timeout: false });

await live(({ method, url, headers, body }) => api(url, { method, headers, body }).text());
