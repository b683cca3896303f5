import got from 'got';
import { live } from './live.js';

await live(({ method, url, headers, body }) => got(url, { method, headers, body }).text());
