/** `@microsoft/microsoft-graph-client`: waits as `Retry-After` tells; the requests of a batch are the program's. */
import type { SdkCase } from '../case.js';

/** Microsoft Graph's client for JavaScript. */
export const microsoftGraph: SdkCase = {
  id: 'microsoft-graph',
  package: '@microsoft/microsoft-graph-client',
  profile: 'microsoft-graph',
  says: 'Retries 429, 503 and 504 three times. It waits as `Retry-After` tells, but never longer than three minutes, so a longer wait is cut short; without it three seconds and more. Refused requests of a batch are left to the program. It sends its token to https addresses of Microsoft and to hosts that the program names, also https, so it is tried with its own base URL and a `fetch` that leads to the mock.',
  source: 'lib/src/middleware/RetryHandler.js, `getDelay`, and lib/src/GraphRequestUtil.js',
  runs: [
    {
      name: 'quick start',
      says: 'reads the user, users and messages, sends a mail and creates a user',
      program: ['microsoft-graph.mjs', 'start'],
      expect: {
        verdict: 'pass',
        prints: ['Ada Lovelace', '1 items', '1 items', 'sent', 'Grace Hopper'],
        requests: 5,
      },
    },
    {
      name: 'at the limit of a mailbox',
      says: 'waits as `Retry-After` tells and succeeds',
      program: ['microsoft-graph.mjs', 'limit'],
      options: ['--set', 'policies.mailbox.quota=2', '--set', 'policies.mailbox.window.length=3s'],
      expect: { verdict: 'pass', prints: ['1 items', '1 items', '1 items'], requests: 4 },
    },
    {
      name: 'a limit that tells no wait',
      says: 'waits three seconds, and longer after that',
      program: ['microsoft-graph.mjs', 'notes'],
      options: ['--set', 'policies.onenote-minute.quota=2', '--set', 'policies.onenote-minute.window.length=5s'],
      expect: { verdict: 'pass', prints: ['0 items', '0 items', '0 items'], requests: [4, 5] },
    },
    {
      name: 'a batch with a refused request',
      says: 'returns the batch with the inner 429 and its `Retry-After`; it is for the program to wait',
      program: ['microsoft-graph.mjs', 'batch'],
      options: ['--set', 'policies.mailbox.quota=2'],
      expect: { verdict: 'pass', prints: [/^1: 200, 2: 200, 3: 429 \d+$/], requests: 4 },
    },
    {
      name: 'the service is unavailable',
      says: 'retries 503',
      program: ['microsoft-graph.mjs', 'unavailable'],
      expect: { verdict: 'pass', prints: ['Ada Lovelace'], requests: 2 },
    },
  ],
};
