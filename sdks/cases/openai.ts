/** `openai`: waits as it is told and retries twice, whatever the code of the refusal. */
import type { SdkCase } from '../case.js';

const TWO_IN_EIGHT_SECONDS = [
  '--set',
  'policies.requests-minute.quota=2',
  '--set',
  'policies.requests-minute.window.length=8s',
];

/** OpenAI's SDK for TypeScript. */
export const openai: SdkCase = {
  id: 'openai',
  package: 'openai',
  profile: 'openai',
  says: 'Retries 408, 409, 429 and 5xx twice. It waits as `retry-after-ms` or `Retry-After` tells, however long that is; without them half a second, then one, less up to a quarter. It looks at the status alone: `insufficient_quota` and requests above the whole limit are retried, though no wait helps, and a wait that only the message tells is not read. `x-should-retry` would be obeyed.',
  source: 'client.js, `shouldRetry` and `retryRequest`',
  runs: [
    {
      name: 'quick start',
      says: 'a response, a chat completion, an embedding and the list of models',
      program: ['openai.mjs', 'start'],
      expect: {
        verdict: 'pass',
        prints: [
          'This is an answer of the mock server, sent token by token.',
          'This is an answer of the mock server, sent token by token. 17',
          '3 numbers',
          'gpt-5',
        ],
        requests: 4,
      },
    },
    {
      name: 'streams',
      says: 'reads a completion with its usage, and the events of a response',
      program: ['openai.mjs', 'stream'],
      expect: {
        verdict: 'pass',
        prints: [
          '14 tokens: This is an answer of the mock server, sent token by token.',
          /^1 response\.created, .*14 response\.output_text\.delta, .*1 response\.completed$/,
        ],
        requests: 2,
      },
    },
    {
      name: 'a stream that is left',
      says: 'closes the connection when the loop ends',
      program: ['openai.mjs', 'left'],
      expect: { verdict: 'pass', prints: ['left'], requests: 1 },
    },
    {
      name: 'at the limit of requests',
      says: 'waits as `retry-after-ms` tells and succeeds',
      program: ['openai.mjs', 'limit'],
      options: TWO_IN_EIGHT_SECONDS,
      expect: {
        verdict: 'pass',
        prints: ['answer stop', 'answer stop', 'answer stop', 'answer stop'],
        requests: [5, 6],
      },
    },
    {
      name: 'a wait in the message alone',
      says: 'does not read it: comes back after half a second and after one, and throws where that was too early',
      program: ['openai.mjs', 'limit'],
      options: [...TWO_IN_EIGHT_SECONDS, '--variant', 'wait-in-message'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['retry-too-early'],
        // The calls after one that was given up come at once. Whether that makes a row of retries depends on when the first of them comes.
        mayFind: ['hammering'],
        prints: ['answer stop', 'answer stop'],
        requests: [6, 8],
      },
    },
    {
      name: 'above the whole limit',
      says: 'sends a request that can never be admitted three times',
      program: ['openai.mjs', 'large'],
      expect: {
        verdict: 'warn',
        findings: ['never-admissible'],
        prints: ['RateLimitError 429 rate_limit_exceeded tokens'],
        requests: 3,
      },
    },
    {
      name: 'without credits',
      says: 'retries `insufficient_quota` twice, then throws',
      program: ['openai.mjs', 'quota'],
      expect: {
        verdict: 'warn',
        findings: ['futile-retry'],
        prints: ['RateLimitError 429 insufficient_quota insufficient_quota'],
        requests: 3,
      },
    },
  ],
};
