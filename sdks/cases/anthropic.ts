/** `@anthropic-ai/sdk`: waits as it is told and retries twice, the spend limit included. */
import type { SdkCase } from '../case.js';

/** Anthropic's SDK for TypeScript. */
export const anthropic: SdkCase = {
  id: 'anthropic',
  package: '@anthropic-ai/sdk',
  profile: 'anthropic',
  says: 'Retries 408, 409, 429 and 5xx, 529 among them, twice. It waits as `retry-after-ms` or `Retry-After` tells; without them half a second, then one, less up to a quarter. It has an error of its own for the spend limit, and yet retries it before it throws it. `x-should-retry` would be obeyed.',
  source: 'client.js, `shouldRetry` and `retryRequest`',
  runs: [
    {
      name: 'quick start',
      says: 'a message, counted tokens, the list of models and a batch',
      program: ['anthropic.mjs', 'start'],
      expect: {
        verdict: 'pass',
        prints: [
          'This is an answer of the mock server, sent token by token. 14',
          '3 tokens',
          'claude-opus-5',
          'message_batch in_progress 1',
        ],
        requests: 4,
      },
    },
    {
      name: 'a bearer token',
      says: 'sends `authToken` as a bearer token',
      program: ['anthropic.mjs', 'bearer'],
      expect: { verdict: 'pass', prints: ['text end_turn'], requests: 1 },
    },
    {
      name: 'a stream',
      says: 'collects a message from its events',
      program: ['anthropic.mjs', 'stream'],
      expect: {
        verdict: 'pass',
        prints: ['end_turn 14: This is an answer of the mock server, sent token by token.'],
        requests: 1,
      },
    },
    {
      name: 'a stream that is left',
      says: 'closes the connection when the loop ends',
      program: ['anthropic.mjs', 'left'],
      expect: { verdict: 'pass', prints: ['left'], requests: 1 },
    },
    {
      name: 'at the limit of requests',
      says: 'waits as `retry-after` tells and succeeds',
      program: ['anthropic.mjs', 'limit'],
      options: ['--set', 'policies.requests.quota=2', '--set', 'policies.requests.window.length=8s'],
      expect: {
        verdict: 'pass',
        prints: ['text end_turn', 'text end_turn', 'text end_turn', 'text end_turn'],
        requests: [5, 6],
      },
    },
    {
      name: 'at the limit of output',
      says: 'is refused once the output of earlier messages has used the limit, and waits as told',
      program: ['anthropic.mjs', 'limit'],
      options: ['--set', 'policies.output-tokens.quota=20', '--set', 'policies.output-tokens.window.length=8s'],
      expect: {
        verdict: 'pass',
        prints: ['text end_turn', 'text end_turn', 'text end_turn', 'text end_turn'],
        requests: [5, 6],
      },
    },
    {
      name: 'at the spend limit',
      says: 'retries twice though the message says to come back next month, then throws `EnforcedSpendLimitReachedError`',
      program: ['anthropic.mjs', 'limit'],
      options: ['--set', 'policies.spend-month.quota=0.0003'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['hammering', 'retry-too-early'],
        prints: ['text end_turn', 'text end_turn', 'EnforcedSpendLimitReachedError 429 rate_limit_error'],
        requests: 8,
      },
    },
    {
      name: 'overloaded',
      says: 'retries 529 twice with growing waits: two failures are got over, three are thrown',
      program: ['anthropic.mjs', 'overloaded'],
      expect: {
        verdict: 'pass',
        prints: ['text end_turn', /^\w+ 529 overloaded_error$/],
        requests: 6,
      },
    },
  ],
};
