/** `stripe`: does not retry what a limit refused. */
import type { SdkCase } from '../case.js';

/** Stripe's SDK for Node.js. */
export const stripe: SdkCase = {
  id: 'stripe',
  package: 'stripe',
  profile: 'stripe',
  says: 'Throws `StripeRateLimitError` at a limit and does not retry; retries a lock timeout, since the response asks for it with `Stripe-Should-Retry: true`, and 409 and 5xx, up to twice, each POST with an idempotency key. Its first wait is always half a second: the random part is between a quarter and half a second, and half a second is the least, so clients that fail together come back together once.',
  source: 'esm/RequestSender.js, `_shouldRetry` and `_getSleepTimeInMS`',
  runs: [
    {
      name: 'quick start',
      says: 'creates a customer and a PaymentIntent from forms, confirms it, lists customers',
      program: ['stripe.mjs', 'start'],
      expect: {
        verdict: 'pass',
        prints: [
          'Jenny Rosen 6735',
          '2000 usd requires_payment_method',
          'payment_intent succeeded',
          'listed Jenny Rosen',
        ],
        requests: 4,
      },
    },
    {
      name: 'at the limit of the account',
      says: 'throws at once, with the reason in the headers of the error; the program has to wait',
      program: ['stripe.mjs', 'limit'],
      options: ['--set', 'policies.global.quota=3', '--set', 'policies.global.window.length=1h'],
      expect: {
        verdict: 'pass',
        prints: ['balance', 'balance', 'balance', 'StripeRateLimitError rate_limit 429 global-rate'],
        requests: 4,
      },
    },
    {
      name: 'two changes of one object',
      says: 'is told `lock_timeout`, waits half a second and succeeds; that the program did not queue them is found',
      program: ['stripe.mjs', 'lock'],
      expect: {
        verdict: 'warn',
        findings: ['concurrent-writes'],
        prints: ['payment_intent succeeded', 'payment_intent succeeded'],
        requests: [4, 5],
      },
    },
    {
      name: 'a failure of the server',
      says: 'a 500 with `Stripe-Should-Retry: false` is thrown, not retried: the same key would get the same answer',
      program: ['stripe.mjs', 'failure'],
      expect: { verdict: 'pass', prints: ['StripeAPIError 500'], requests: 1 },
    },
    {
      name: 'the server is unavailable',
      says: 'a 503 is retried with the same idempotency key, and one customer is created',
      program: ['stripe.mjs', 'unavailable'],
      expect: { verdict: 'pass', prints: ['customer', '1 customer'], requests: 3 },
    },
  ],
};
