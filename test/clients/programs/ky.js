import ky from 'ky';
import { live } from './live.js';

await live(({ method, url, headers, body }) => ky(url, { method, headers, body }).text());
