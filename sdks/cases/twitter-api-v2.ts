/** `twitter-api-v2`: throws, and leaves the wait to the program. */
import type { SdkCase } from '../case.js';

/** The client twitter-api-v2, for X. */
export const twitterApiV2: SdkCase = {
  id: 'twitter-api-v2',
  package: 'twitter-api-v2',
  profile: 'x',
  says: 'Throws `ApiResponseError` with `rateLimit` from the headers, those of 24 hours included; it neither waits nor holds back the next call. `rateLimitError` is true for every 429, also for a cap on reads that no window ends, and `EApiV2ErrorCode.RateLimitExceeded` does not tell the two apart: it is the address of a page, while the type in the body is `https://api.twitter.com/2/problems/usage-capped`.',
  source: 'dist/cjs/types/errors.types.js; dist/cjs/client-mixins/request-handler.helper.js',
  runs: [
    {
      name: 'quick start',
      says: 'reads the user and posts by OAuth 1.0a, searches with the token of the app',
      program: ['x.mjs', 'start'],
      expect: {
        verdict: 'pass',
        prints: ['XDevelopers', '1445880548472328192', '1 found, 449 left', 'ok'],
        requests: 4,
      },
    },
    {
      name: 'at the limit of the app',
      says: 'throws; the program goes on, and nothing holds it back',
      program: ['x.mjs', 'limit'],
      options: ['--set', 'policies.app.quota=2'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['ignored-remaining', 'retry-too-early'],
        prints: ['ok', 'ok', /^429 rateLimitError true remaining 0/, /^429 rateLimitError true remaining 0/],
        requests: 4,
      },
    },
    {
      name: 'waiting as its documentation says',
      says: 'a program that waits until `rateLimit.reset` succeeds; that it sent one request with nothing left is found',
      program: ['x.mjs', 'wait'],
      options: ['--set', 'policies.app.quota=3', '--set', 'policies.app.window.length=5s'],
      expect: {
        verdict: 'warn',
        findings: ['ignored-remaining'],
        prints: ['ok', 'ok', 'ok', /^429 rateLimitError true remaining 0/, 'ok'],
        requests: 5,
      },
    },
    {
      name: 'at a limit of 24 hours',
      says: '`rateLimit.userDay` tells that the day is used up, while `rateLimit.remaining` is that of the 15 minutes',
      program: ['x.mjs', 'day'],
      options: ['--set', 'policies.user-day.quota=2'],
      expect: {
        verdict: 'warn',
        findings: ['ignored-remaining'],
        prints: ['ok', 'ok', '429 rateLimitError true remaining 48 day 0'],
        requests: 3,
      },
    },
    {
      name: 'the cap on reads',
      says: 'throws, with `rateLimitError`; no code of the SDK knows it as the cap',
      program: ['x.mjs', 'cap'],
      options: ['--set', 'policies.post-reads.quota=1'],
      expect: {
        verdict: 'pass',
        prints: ['ok', '429 rateLimitError true remaining 449 day undefined', 'known as the cap: false'],
        requests: 2,
      },
    },
  ],
};
