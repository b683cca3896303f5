/**
 * @shopify/shopify-api against the profile of Shopify.
 * @module
 */
import type { SdkCase } from '../case.js';

/** Shopify's client of the Admin APIs. */
export const shopify: SdkCase = {
  id: 'shopify',
  package: '@shopify/shopify-api',
  profile: 'shopify',
  says: 'At a 429 it throws an HttpThrottlingError that has the seconds of Retry-After. With tries it should wait for them, but takes the seconds for milliseconds: told 2.0, it comes back after 2 ms. GraphQL that is throttled has the status 200 and is thrown, whatever the retries. The host of a store cannot be configured: its fetch rewrites the address.',
  source: '@shopify/graphql-client/dist/graphql-client/http-fetch.mjs (sleep(parseInt(retryAfter, 10)))',
  runs: [
    {
      name: 'quick start',
      says: 'REST and GraphQL work, and the cost of the query comes with it.',
      program: ['shopify.mjs', 'quickstart'],
      expect: {
        verdict: 'pass',
        prints: [
          'shop John Smith Test Store',
          'product Board',
          'shop John Smith Test Store, 2 products',
          'cost 5 of 2000',
        ],
        requests: 3,
      },
    },
    {
      name: 'a full bucket of REST',
      says: 'It throws, and tells the wait.',
      program: ['shopify.mjs', 'rest'],
      options: ['--set', 'policies.rest.quota=2', '--set', 'policies.rest.window.length=1h'],
      expect: {
        verdict: 'warn',
        findings: ['ignored-remaining'],
        prints: ['got 1/2', 'got 2/2', 'threw HttpThrottlingError after 2 s: Shopify is throttling requests'],
        requests: 3,
      },
    },
    {
      name: 'a full bucket of REST, with tries',
      says: 'It comes back three times after 2 ms, in place of 2 s, and throws.',
      program: ['shopify.mjs', 'rest', '4'],
      options: ['--set', 'policies.rest.quota=2', '--set', 'policies.rest.window.length=1h'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['hammering', 'ignored-remaining', 'retry-too-early'],
        prints: ['got 1/2', 'got 2/2', /^threw HttpMaxRetriesError/],
        requests: 6,
      },
    },
    {
      name: 'too many points',
      says: 'It throws the error in the body, whose status is 200.',
      program: ['shopify.mjs', 'graphql'],
      options: ['--set', 'policies.points.quota=255', '--set', 'policies.points.window.length=1h'],
      expect: { verdict: 'pass', prints: ['left 251', 'threw GraphqlQueryError: Throttled'], requests: 2 },
    },
    {
      name: 'too many points, with retries',
      says: 'Retries do not apply to the status 200.',
      program: ['shopify.mjs', 'graphql', '4'],
      options: ['--set', 'policies.points.quota=255', '--set', 'policies.points.window.length=1h'],
      expect: { verdict: 'pass', prints: ['left 251', 'threw GraphqlQueryError: Throttled'], requests: 2 },
    },
  ],
};
