/**
 * Libraries with their own retries, as they come or as they are often set.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';

const { good, bad } = family('libraries');
const failing = (times: number) => ({ faults: [{ status: 503, times }] });
/** Told to wait a second. */
const REFUSED = { scene: USED_UP['aiclicks']!, flags: ['--compress', '60'] };
/** Told to wait ten. */
const TOLD_TEN = { faults: [{ status: 429, headers: { 'Retry-After': '10' }, times: 6 }] };

/** Family `libraries`: ky, got, axios-retry, undici, p-retry, bottleneck, requests, curl and wget with their own retries. */
export const libraries: readonly Situation[] = [
  good({
    id: 'ky-refused',
    what: 'is ky as it comes, refused once',
    command: ['library.mjs', { library: 'ky' }],
    ...REFUSED,
  }),
  good({
    id: 'ky-failed',
    // It takes X-RateLimit-Reset for a Retry-After where there is none.
    what: 'is ky as it comes, which waits for the reset after failures',
    command: ['library.mjs', { library: 'ky' }],
    flags: ['--compress', '60'],
    scene: failing(2),
  }),
  bad({
    id: 'ky-capped',
    what: 'is ky with a maxRetryAfter that is shorter than what it is told',
    command: ['library.mjs', { library: 'ky', settings: { retry: { limit: 2, maxRetryAfter: 300 } } }],
    scene: TOLD_TEN,
    must: ['retry-too-early'],
    may: ['gave-up', 'hammering'],
  }),
  good({
    id: 'got-refused',
    what: 'is got as it comes, refused once',
    command: ['library.mjs', { library: 'got' }],
    ...REFUSED,
  }),
  bad({
    id: 'got-timeout',
    what: 'is got with a timeout that is shorter than what it is told: it gives up',
    command: ['library.mjs', { library: 'got', settings: { timeout: { request: 2_000 } } }],
    scene: TOLD_TEN,
    verdict: ['warn'],
    must: ['gave-up'],
  }),
  good({
    id: 'axios-retry-exponential',
    what: 'is axios-retry with exponentialDelay after failures',
    command: ['library.mjs', { library: 'axios', settings: { exponential: true } }],
    scene: failing(3),
  }),
  bad({
    id: 'axios-retry',
    what: 'is axios-retry as it comes: at once after failures',
    command: ['library.mjs', { library: 'axios', requests: 4 }],
    scene: failing(12),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  good({
    id: 'axios-retry-refused',
    what: 'is axios-retry as it comes, refused once: it keeps to Retry-After',
    command: ['library.mjs', { library: 'axios' }],
    ...REFUSED,
  }),
  good({
    id: 'undici-refused',
    what: 'is the RetryAgent of undici, refused once',
    command: ['library.mjs', { library: 'undici' }],
    ...REFUSED,
  }),
  bad({
    id: 'undici-capped',
    what: 'is the RetryAgent of undici with a maxTimeout that is shorter than what it is told',
    command: ['library.mjs', { library: 'undici', settings: { maxTimeout: 400, maxRetries: 3 } }],
    scene: TOLD_TEN,
    must: ['retry-too-early'],
    may: ['gave-up', 'hammering'],
  }),
  bad({
    id: 'undici-together',
    what: 'is the RetryAgent of undici under Promise.all, four at a time: each waits as it was told, and the others go on',
    command: ['promise-all.mjs', { n: 20, lanes: 4, pause: 70 }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=8'],
    verdict: ['warn'],
    must: ['uncoordinated'],
    may: ['ignored-remaining', 'herd-at-reset'],
  }),
  bad({
    id: 'p-retry',
    what: 'is p-retry, which knows nothing of HTTP, where it is told to wait ten seconds',
    command: ['library.mjs', { library: 'p-retry', settings: { retries: 3, minTimeout: 200 } }],
    scene: TOLD_TEN,
    must: ['retry-too-early'],
    may: ['gave-up', 'hammering', 'conflated-backoff'],
  }),
  good({
    id: 'p-retry-told',
    what: 'is p-retry with an onFailedAttempt that waits as told',
    command: ['library.mjs', { library: 'p-retry', settings: { retries: 3, minTimeout: 100, told: true } }],
    ...REFUSED,
  }),
  good({
    id: 'p-retry-failed',
    what: 'is p-retry after failures: 150, 300, 600 ms',
    command: ['library.mjs', { library: 'p-retry', settings: { retries: 4, minTimeout: 150 } }],
    scene: failing(3),
  }),
  bad({
    id: 'bottleneck-failed',
    what: 'is bottleneck with a failed handler that asks again after 25 ms, five times',
    command: ['library.mjs', { library: 'bottleneck', settings: { retries: 5 } }],
    scene: USED_UP['aiclicks']!,
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  good({
    id: 'requests-retry',
    what: 'is requests with urllib3’s Retry: at once, 0.2 s, 0.4 s after failures',
    command: ['ask_requests.py', 'told', '5'],
    needs: ['python3-requests'],
    scene: failing(3),
  }),
  good({
    id: 'curl-retry-refused',
    what: 'is curl --retry, which keeps to Retry-After',
    command: ['curl_retry.sh', '3'],
    needs: ['bash', 'curl'],
    scene: { faults: [{ status: 429, headers: { 'Retry-After': '1' }, times: 1 }] },
  }),
  good({
    id: 'curl-retry-failed',
    what: 'is curl --retry after failures: 1 s, 2 s',
    command: ['curl_retry.sh', '3'],
    needs: ['bash', 'curl'],
    scene: failing(2),
  }),
  bad({
    id: 'wget-retry',
    what: 'is wget --retry-on-http-error=429, which waits for a second whatever it is told',
    command: ['wget_retry.sh', '429'],
    needs: ['bash', 'wget'],
    scene: { faults: [{ status: 429, headers: { 'Retry-After': '10' }, times: 6 }] },
    must: ['retry-too-early'],
    may: ['gave-up', 'hammering'],
  }),
];
