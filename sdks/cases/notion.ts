/** `@notionhq/client`: waits as Retry-After says, a minute at most. */
import type { SdkCase } from '../case.js';

/** Notion's SDK for JavaScript. */
export const notion: SdkCase = {
  id: 'notion',
  package: '@notionhq/client',
  profile: 'notion',
  says: 'Retries a 429 or 529 of any method twice, after as many seconds as `Retry-After` says. It waits a minute at most (`maxRetryDelayMs`), also where more was told, as the limit of a workspace does; and it retries a 429 with `public_api_request_blocked`, which the page says not to retry.',
  source: 'build/src/Client.js, `canRetry` and `calculateRetryDelay`',
  runs: [
    {
      name: 'quick start',
      says: 'reads the bot, searches, creates a page, appends a block',
      program: ['notion.mjs', 'start'],
      expect: { verdict: 'pass', prints: ['bot Example', 'list', 'page', 'list'], requests: 4 },
    },
    {
      name: 'at the limit of the connection',
      says: 'waits for the end of the window and succeeds',
      program: ['notion.mjs', 'limit'],
      options: ['--set', 'policies.connection.quota=3', '--set', 'policies.connection.window.length=4s'],
      expect: { verdict: 'pass', prints: ['user', 'user', 'user', 'user', 'user'], requests: 6 },
    },
    {
      name: 'a burst above the limit',
      says: 'each refused call waits by itself, without a random part, and comes back in time',
      program: ['notion.mjs', 'burst'],
      options: ['--set', 'policies.connection.quota=4', '--set', 'policies.connection.window.length=4s'],
      expect: { verdict: 'pass', prints: ['user', 'user', 'user', 'user', 'user', 'user'], requests: 8 },
    },
    {
      name: 'a restricted connection',
      says: 'tries three times in vain',
      program: ['notion.mjs', 'blocked'],
      expect: {
        verdict: 'warn',
        findings: ['futile-retry'],
        prints: ['rate_limited 429 public_api_request_blocked'],
        requests: 3,
      },
    },
    {
      name: 'a wait that is longer than its longest',
      says: 'with its longest wait set to a second, a wait of twenty is cut to one: it comes back too early, and throws',
      program: ['notion.mjs', 'capped'],
      options: ['--set', 'policies.connection.quota=1', '--set', 'policies.connection.window.length=20s'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['retry-too-early'],
        prints: ['user', 'rate_limited 429 public_api_request_rate_limit'],
        requests: 4,
      },
    },
  ],
};
