/** `googleapis`: retries reads with growing waits, and neither writes nor 403. */
import type { SdkCase } from '../case.js';

/** Google's API client for Node.js. */
export const googleapis: SdkCase = {
  id: 'googleapis',
  package: 'googleapis',
  profile: 'google',
  says: 'Retries GET, HEAD, PUT, OPTIONS and DELETE three times on 408, 429 and 5xx, after 0.1, 0.5 and 1.5 seconds: without a random part, so clients that were refused together come back together, and two seconds in all, while quotas are refilled by the minute. A POST is not retried, and neither is 403 userRateLimitExceeded, which Gmail asks to retry. It would not read a `Retry-After`.',
  source: 'gaxios, build/cjs/src/retry.js, and googleapis-common, build/src/apirequest.js',
  runs: [
    {
      name: 'quick start',
      says: 'lists labels and messages, sends a mail, reads and writes a spreadsheet',
      program: ['googleapis.mjs', 'start'],
      expect: {
        verdict: 'pass',
        prints: ['INBOX', '2 messages', 'ok 200', 'Name, Major', 'Ada, Mathematics', 'ok 200', 'ok 200'],
        requests: 6,
      },
    },
    {
      name: 'at the limit of reads',
      says: 'retries until the window of a second is over',
      program: ['googleapis.mjs', 'read'],
      options: ['--set', 'policies.sheets-read-user.quota=2', '--set', 'policies.sheets-read-user.window.length=1s'],
      expect: { verdict: 'pass', prints: ['ok 200', 'ok 200', 'ok 200'], requests: [4, 6] },
    },
    {
      name: 'a minute without reads',
      says: 'gives up after two seconds',
      program: ['googleapis.mjs', 'read'],
      options: ['--set', 'policies.sheets-read-user.quota=2'],
      expect: { verdict: 'pass', prints: ['ok 200', 'ok 200', /^error 429 Quota exceeded/], requests: 6 },
    },
    {
      name: 'at the limit of writes',
      says: 'throws at once: a POST is not retried',
      program: ['googleapis.mjs', 'write'],
      options: ['--set', 'policies.sheets-write-user.quota=1'],
      expect: { verdict: 'pass', prints: ['ok 200', /^error 429 Quota exceeded/], requests: 2 },
    },
    {
      name: 'at the limit of Gmail',
      says: 'throws 403 at once',
      program: ['googleapis.mjs', 'user'],
      options: ['--set', 'policies.gmail-user.quota=5'],
      expect: { verdict: 'pass', prints: ['ok 200', 'error 403 User Rate Limit Exceeded'], requests: 2 },
    },
  ],
};
