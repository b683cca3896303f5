/**
 * Hints: what to set in a client's HTTP library to fix a finding. The library is recognized by its `User-Agent`. The hints come from the library's
 * documentation and source; docs/clients.md explains them.
 * @module
 */

/** An HTTP library and its hints. */
interface Library {
  readonly agent: RegExp;
  readonly name: string;
  /** Hint text by check name. */
  readonly hints: Readonly<Record<string, string>>;
}

/** Checks that a client fails by ignoring stated waits. */
const WAIT_CHECKS = ['retry-too-early', 'hammering'];

/** Assigns the same hint to several checks. */
function forAll(checks: readonly string[], hint: string): Record<string, string> {
  return Object.fromEntries(checks.map((check) => [check, hint]));
}

const libraries: readonly Library[] = [
  {
    agent: /^axios\//,
    name: 'axios',
    hints: {
      ...forAll(
        WAIT_CHECKS,
        'axios-retry keeps to Retry-After once it retries 429: set retryCondition, and retryDelay to exponentialDelay',
      ),
      'no-backoff': 'axios-retry has no delay of its own: set retryDelay to exponentialDelay',
      'unsafe-retry': 'send an Idempotency-Key, or leave POST out of retryCondition',
      'no-timeout': 'axios has no timeout of its own: set timeout',
    },
  },
  {
    agent: /^got\b/,
    name: 'got',
    hints: {
      'gave-up':
        'got does not retry what asks for a longer wait than timeout.request or retry.maxRetryAfter: raise them',
    },
  },
  {
    agent: /^python-requests\//,
    name: 'requests',
    hints: {
      ...forAll(
        WAIT_CHECKS,
        'mount an HTTPAdapter with urllib3 Retry(status_forcelist=[429, 503], respect_retry_after_header=True)',
      ),
      'no-backoff':
        'the first retry of urllib3 comes at once: set backoff_factor, and backoff_jitter where urllib3 2 is used',
      'unsafe-retry': 'leave POST out of allowed_methods, or send an Idempotency-Key',
      'no-timeout': 'requests waits for ever unless each call is given a timeout',
    },
  },
  {
    agent: /^curl\//,
    name: 'curl',
    hints: {
      ...forAll(WAIT_CHECKS, 'curl --retry waits as long as Retry-After says; your own loop must too'),
      'unsafe-retry': 'curl --retry repeats a POST like everything else: send an Idempotency-Key',
      'no-timeout': 'curl waits for ever unless it is given --max-time',
    },
  },
  {
    agent: /^Python-urllib\//,
    name: 'urllib',
    hints: {
      ...forAll(WAIT_CHECKS, 'urllib retries nothing by itself: read Retry-After from the HTTPError and sleep'),
      'no-timeout': 'urlopen waits for ever unless it is given a timeout',
    },
  },
  {
    agent: /^Wget\//,
    name: 'wget',
    hints: forAll(WAIT_CHECKS, 'wget knows no Retry-After: set --waitretry, or --retry-on-http-error=429 with --wait'),
  },
  {
    agent: /^Go-http-client\//,
    name: 'net/http',
    hints: {
      ...forAll(
        WAIT_CHECKS,
        'net/http retries nothing by itself; go-retryablehttp waits for Retry-After with its default back-off',
      ),
      'no-timeout': 'http.Client has no timeout of its own: set Timeout',
    },
  },
  {
    agent: /^undici$/,
    name: 'undici',
    hints: {
      ...forAll(WAIT_CHECKS, 'RetryAgent waits for 30 s at most: raise maxTimeout'),
      'no-backoff': 'use RetryAgent, which backs off by itself',
    },
  },
  {
    agent: /^node$/,
    name: 'fetch of Node.js',
    hints: {
      ...forAll(
        WAIT_CHECKS,
        'fetch retries nothing by itself: read Retry-After and wait, or use a library that does, such as ky or got',
      ),
      'no-timeout': 'fetch gives up after five minutes: pass AbortSignal.timeout(ms)',
    },
  },
];

/**
 * Returns a sentence that names the library and the setting; `undefined` if there is no hint.
 * @param userAgent the client's `User-Agent`
 */
export function hintFor(check: string, userAgent: string | undefined): string | undefined {
  const library = userAgent === undefined ? undefined : libraries.find(({ agent }) => agent.test(userAgent));
  const hint = library?.hints[check];
  return hint === undefined ? undefined : `${library!.name}: ${hint}`;
}
