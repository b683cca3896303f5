/**
 * Real clients, what each does as its documentation shows it, and what a verdict finds of it: exactly that, and nothing else.
 * @module
 */
import { type CheckName, checkNames } from '../../src/verdict/checks/index.js';
import { type Day, FEW, PROVIDERS } from './day.js';

/** A client as it is shown in a table of docs/clients.md. */
export interface Client {
  /** What a reader looks for. */
  readonly name: string;
  /** Its package, of which the table tells the version; where it is none, what was tried. */
  readonly package: string | { readonly version: string };
  /** What it does, for the table; Markdown. */
  readonly says: string;
  /** Run in the folder of the client programs. */
  readonly command: readonly [program: string, ...args: string[]];
  /** What the machine must have. */
  readonly needs?: 'curl' | 'python3-requests';
  readonly day: Day;
  /** The checks that it fails, by provider. */
  readonly fails: Readonly<Record<string, readonly CheckName[]>>;
}

/** For clients that retry at once: on a machine that is busy some of their retries may look as if they had been waited with, but not so many. */
const MANY: Day = { reads: 12, creations: 1, times: 3 };
/** For clients that do not wait as long as they are told. */
const LONG: Day = { ...FEW, told: 20 };
const NONE: Day = { reads: 0, creations: 0, times: 0, told: 20 };
const ALONE: Day = { ...NONE, alone: true, told: 3 };

/** Where a creation is worth an idempotency key. */
const KEYED = ['klinky', 'prediction'];

/** @param more what it fails as well where it repeats creations without an idempotency key */
function everywhere(fails: readonly CheckName[] = [], ...more: 'unsafe-retry'[]): Client['fails'] {
  const failed = (id: string): readonly string[] => [...fails, ...(KEYED.includes(id) ? more : [])];
  return Object.fromEntries(PROVIDERS.map((id) => [id, checkNames.filter((name) => failed(id).includes(name))]));
}

function js(file: string, ...args: string[]): Client['command'] {
  return [process.execPath, `${file}.js`, ...args];
}

const fetchLoop = { package: { version: 'of Node 20' } };
const curl = { package: { version: '7.88.1' }, needs: 'curl', day: FEW } as const;
const requests = { package: { version: '2.28.1, urllib3 1.26.12' }, needs: 'python3-requests' } as const;
const python = '/usr/bin/python3';

/** All clients, in the order of the table. */
export const CLIENTS: readonly Client[] = [
  {
    name: 'fetch, careful',
    ...fetchLoop,
    says: 'Waits for `Retry-After`, ever longer after a failure, a little at random; creates with an idempotency key',
    command: js('fetch-careful'),
    day: FEW,
    fails: everywhere(),
  },
  {
    name: 'fetch, once',
    ...fetchLoop,
    says: 'Retries nothing',
    command: js('fetch-once'),
    day: FEW,
    fails: everywhere(['gave-up']),
  },
  {
    name: 'fetch, at once',
    ...fetchLoop,
    says: 'Tries five times without waiting',
    command: js('fetch-at-once'),
    day: { ...MANY, told: 20 },
    fails: everywhere(['retry-too-early', 'hammering', 'no-backoff', 'gave-up'], 'unsafe-retry'),
  },
  {
    name: 'ky',
    package: 'ky',
    says: 'As it comes: two retries, `Retry-After` in full, 0.3 s and 0.6 s after a failure; no creations',
    command: js('ky'),
    day: FEW,
    fails: everywhere(),
  },
  {
    name: 'ky, alone',
    package: 'ky',
    says: 'The same where nobody else uses the quota: it does not look at what is left',
    command: js('ky'),
    day: ALONE,
    fails: everywhere(['ignored-remaining']),
  },
  {
    name: 'ky, `maxRetryAfter`',
    package: 'ky',
    says: 'Waits no longer than that, comes back although it was told to wait for longer, and gives up',
    command: js('ky-capped'),
    day: LONG,
    fails: everywhere(['retry-too-early', 'gave-up']),
  },
  {
    name: 'got',
    package: 'got',
    says: 'As it comes: two retries, `Retry-After` in full, 1 s and 2 s after a failure; no creations',
    command: js('got'),
    day: FEW,
    fails: everywhere(),
  },
  {
    name: 'got, `timeout.request`',
    package: 'got',
    says: 'Told to wait for longer than its timeout, it does not retry',
    command: js('got-timeout'),
    day: LONG,
    fails: everywhere(['gave-up']),
  },
  {
    name: 'axios-retry',
    package: 'axios-retry',
    says: 'As it comes: three retries, `Retry-After` in full, but none of its own: after a failure it retries at once',
    command: js('axios-retry'),
    day: MANY,
    fails: everywhere(['no-backoff']),
  },
  {
    name: 'axios-retry, `exponentialDelay`',
    package: 'axios-retry',
    says: 'The longer of `Retry-After` and its back-off, and up to a fifth at random; no creations',
    command: js('axios-retry-exponential'),
    day: FEW,
    fails: everywhere(),
  },
  {
    name: 'axios-retry, `isRetryableError`',
    package: 'axios-retry',
    says: 'The same, and creations too: whatever failed is repeated as it was',
    command: js('axios-retry-everything'),
    day: FEW,
    fails: everywhere([], 'unsafe-retry'),
  },
  {
    name: 'p-retry',
    package: 'p-retry',
    says: 'Knows nothing of HTTP: 1 s, 2 s whatever it was told, and repeats whatever it is given',
    command: js('p-retry'),
    day: LONG,
    fails: everywhere(['retry-too-early', 'gave-up'], 'unsafe-retry'),
  },
  {
    name: 'p-retry, `onFailedAttempt`',
    package: 'p-retry',
    says: 'Waits for `Retry-After` there, and creates with an idempotency key',
    command: js('p-retry-told'),
    day: FEW,
    fails: everywhere(),
  },
  {
    name: 'undici `RetryAgent`',
    package: 'undici',
    says: 'As it comes: `Retry-After` up to 30 s, 0.5 s, 1 s, 2 s after failures; no creations',
    command: js('undici'),
    day: FEW,
    fails: everywhere(),
  },
  {
    name: 'undici `RetryAgent`, `maxTimeout`',
    package: 'undici',
    says: 'Waits no longer than that, whatever it was told; as it comes, that is 30 s',
    command: js('undici-capped'),
    day: LONG,
    fails: everywhere(['retry-too-early', 'gave-up']),
  },
  {
    name: 'bottleneck, `reservoir`',
    package: 'bottleneck',
    says: 'Spends 60 a minute and knows nothing of what others spend; refused, it fails',
    command: js('bottleneck'),
    day: FEW,
    fails: everywhere(['gave-up']),
  },
  {
    name: 'bottleneck, `failed`',
    package: 'bottleneck',
    says: 'One retry after 25 ms, as its documentation has it',
    command: js('bottleneck-retry'),
    day: NONE,
    fails: everywhere(['retry-too-early', 'gave-up']),
  },
  {
    name: 'requests, `Retry`',
    ...requests,
    says: '`Retry-After` in full; after a failure at once, 0.2 s, 0.4 s; no creations',
    command: [python, 'requests_retry.py'],
    day: FEW,
    fails: everywhere(),
  },
  {
    name: "requests, `allowed_methods={'POST'}`",
    ...requests,
    says: 'Repeats creations, and reads not at all',
    command: [python, 'requests_post.py'],
    day: FEW,
    fails: everywhere(['gave-up'], 'unsafe-retry'),
  },
  {
    name: '`curl --retry`',
    ...curl,
    says: '`Retry-After` in full, 1 s, 2 s, 4 s after failures, and repeats creations',
    command: js('curl', '--retry', '3'),
    fails: everywhere([], 'unsafe-retry'),
  },
  {
    name: '`curl --retry`, with a key',
    ...curl,
    says: 'The same with `-H "Idempotency-Key: …"`',
    command: js('curl', '--retry', '3', '-H', 'Idempotency-Key: {uuid}'),
    fails: everywhere(),
  },
];
