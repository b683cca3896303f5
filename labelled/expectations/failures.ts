/**
 * Failures of the server: 5xx and connections that end without an answer. Waits are to grow; a server that is down is not to be asked as often again.
 * @module
 */
import { family, type Situation } from '../situation.js';
import { LINK } from './bodies.js';

const failing = (times: number, fault: object = { status: 503 }) => ({ faults: [{ ...fault, times }] });
const { good, bad } = family('failures', { scene: failing(3) });
const drop = { drop: true };
const VALIDATE = '/api/v1/validate';

const growing: readonly Situation[] = (
  [
    ['exponential', 'exponential-and-jitter 100', 'waits 100, 200, 400 ms and a little at random'],
    ['exponential-plain', 'exponential 100', 'waits 100, 200, 400 ms'],
    ['exponential-250', 'exponential 250', 'waits 250, 500, 1,000 ms'],
    ['full-jitter', 'full-jitter 300', 'waits at random, from a range that doubles'],
  ] as const
).map(([id, failed, what]) => good({ id, what: `${what} after failures`, command: ['sequential.mjs', { failed }] }));

const never: readonly Situation[] = (
  [
    ['at-once', 'at-once', 'asks again at once'],
    ['fixed-100', 'fixed 100', 'asks again every 100 ms'],
    ['fixed-200', 'fixed 200', 'asks again every 200 ms'],
    ['fixed-500', 'fixed 500', 'asks again every 500 ms'],
    ['fixed-and-jitter', 'fixed-and-jitter 150', 'asks again every 150 ms and up to a third more, at random'],
    ['falling', 'falling 800', 'waits 800, 400, 200, 100 ms: less from try to try'],
  ] as const
).map(([id, failed, what]) =>
  bad({
    id,
    what: `${what} after failures`,
    command: ['sequential.mjs', { failed, tries: 7 }],
    scene: failing(id === 'fixed-500' || id === 'falling' ? 4 : 6),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
);

/** Family `failures`: retries after 5xx and dropped connections, with growing waits and without, by one worker and by several. */
export const failures: readonly Situation[] = [
  ...growing,
  ...never,
  good({
    id: 'first-at-once',
    what: 'retries its only failure at once, which may be the first of growing waits',
    command: ['sequential.mjs', { failed: 'at-once' }],
    scene: failing(1),
    verdict: ['pass', 'undecided'],
    deterministic: false,
  }),
  good({
    id: 'own-rhythm',
    what: 'reads a list every 1,100 ms, also while the server is down',
    command: [
      'steps.mjs',
      [
        { times: 3, steps: [{ get: VALIDATE }, { sleep: 1_100 }] },
        { control: ['POST', '/faults', { status: 503, times: 3 }] },
        { times: 4, steps: [{ get: VALIDATE }, { sleep: 1_100 }] },
      ],
    ],
    scene: {},
  }),
  bad({
    id: 'fixed-1100',
    what: 'asks again every 1,100 ms after failures, and at once after a success',
    command: [
      'steps.mjs',
      [
        { times: 3, steps: [{ get: VALIDATE }] },
        { control: ['POST', '/faults', { status: 503, times: 3 }] },
        { until: { get: VALIDATE }, wait: 'fixed 1100' },
      ],
    ],
    scene: {},
    must: ['no-backoff'],
  }),
  good({
    id: 'drop-of-used',
    what: 'repeats a request at once, because the connection that it had used before was closed',
    command: ['sequential.mjs', { transport: 'keep-alive', failed: 'at-once', requests: 4 }],
    scene: { faults: [{ ...drop, times: 1, match: { nth: 2 } }] },
  }),
  good({
    id: 'drops-exponential',
    what: 'waits longer from drop to drop of its connection',
    command: ['sequential.mjs', { transport: 'close', failed: 'exponential-and-jitter 100' }],
    scene: failing(3, drop),
  }),
  bad({
    id: 'drops-at-once',
    what: 'asks again at once when its connection is dropped',
    command: ['sequential.mjs', { transport: 'close', failed: 'at-once', tries: 7 }],
    scene: failing(6, drop),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  bad({
    id: 'posts-at-once',
    what: 'repeats a creation at once after failures, with the same idempotency key',
    command: ['sequential.mjs', { post: LINK, key: 'same', failed: 'at-once', tries: 7 }],
    profile: 'klinky',
    target: { path: '/api/v1/public/links', header: 'X-API-Key: klinky_live_demo' },
    scene: failing(6),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  good({
    id: 'retry-after',
    what: 'is told by a 503 to wait a second, and does',
    command: ['sequential.mjs', { failed: 'told-and 50' }],
    scene: failing(2, { status: 503, headers: { 'Retry-After': '1' } }),
  }),
  bad({
    id: 'retry-after-ignored',
    what: 'is told by a 503 to wait two seconds, and backs off from 100 ms as if it had not been',
    command: ['sequential.mjs', { failed: 'exponential-and-jitter 100', tries: 4 }],
    scene: failing(2, { status: 503, headers: { 'Retry-After': '2' } }),
    must: ['retry-too-early'],
  }),
  bad({
    id: 'buster',
    what: 'asks again at once after failures, each time with a query of its own',
    command: ['sequential.mjs', { failed: 'at-once', tries: 7, buster: true }],
    scene: failing(6),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  bad({
    id: 'pool-at-once',
    what: 'has four workers, each of which asks again at once after failures',
    command: ['pool.mjs', { workers: 4, jobs: 4, failed: 'at-once', tries: 7 }],
    scene: failing(20),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  good({
    id: 'few',
    what: 'has three workers and a server that fails every eighth time; they back off',
    command: ['pool.mjs', { workers: 3, jobs: 24, failed: 'exponential-and-jitter 100' }],
    scene: { faults: [{ status: 503, match: { everyNth: 8 } }] },
  }),
  bad({
    id: 'no-budget',
    what: 'has ten workers that try everything four times, backing off, against a server that is down',
    command: ['pool.mjs', { workers: 10, jobs: 20, failed: 'exponential-and-jitter 60', tries: 4 }],
    scene: { faults: [{ status: 503 }] },
    flags: ['--set', 'policies.key-minute.quota=1000'],
    verdict: ['warn'],
    must: ['no-retry-budget'],
    may: ['gave-up'],
  }),
  good({
    id: 'breaker',
    what: 'has ten workers and a circuit breaker: after three failures only a probe now and then',
    command: ['breaker.mjs', { workers: 10, jobs: 20 }],
    // What was under way when it opened failed as well.
    scene: failing(14),
  }),
  good({
    id: 'python-exponential',
    what: 'waits longer from failure to failure, with urllib',
    command: ['ask_urllib.py', 'told', '6'],
    needs: ['python3'],
  }),
  bad({
    id: 'python-fixed',
    what: 'asks again every 200 ms after failures, with urllib',
    command: ['ask_urllib.py', '0.2', '7'],
    needs: ['python3'],
    scene: failing(6),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  bad({
    id: 'requests-at-once',
    what: 'asks again at once after failures, with requests',
    command: ['ask_requests.py', 'at-once', '7'],
    needs: ['python3-requests'],
    scene: failing(6),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  bad({
    id: 'curl-at-once',
    what: 'starts curl again at once after failures',
    command: ['curl_loop.sh', '0', '9'],
    needs: ['bash', 'curl'],
    scene: failing(8),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
];
