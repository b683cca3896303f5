/**
 * Requests whose allocations are counted: one of each kind.
 */
// As much as every algorithm can count.
const PLENTY = 1_000_000;
const raised = (...policies) => policies.map((policy) => `policies.${policy}.quota=${PLENTY}`);

const klinky = { 'X-API-Key': 'klinky_live_bench' };
const link = '/api/v1/public/links/550e8400-e29b-41d4-a716-446655440000';
const domination = raised('token-in-flight', 'token-minute', 'workspace-minute', 'token-day', 'workspace-day');

/** One request per kind: the profile that answers it, settings of that profile (`set`), path and `init` for `mock.fetch()`, and the status that is expected. */
export const REQUESTS = [
  {
    name: 'request, 200 with one policy',
    profile: 'klinky',
    set: raised('account-hour'),
    path: link,
    init: { headers: klinky },
    status: 200,
  },
  {
    name: 'request, 429',
    profile: 'klinky',
    set: ['policies.account-hour.quota=1'],
    path: link,
    init: { headers: klinky },
    status: 429,
  },
  {
    name: 'request, 200 with five policies',
    profile: 'full-domination',
    set: domination,
    path: '/v1/audits/aud_01HSXX',
    init: { headers: { Authorization: 'Bearer ad_live_bench' } },
    status: 200,
  },
  {
    name: 'request, POST with a validated body',
    profile: 'prediction',
    set: raised('key-minute'),
    path: '/v1/estimate',
    init: {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_live_bench', 'Content-Type': 'application/json' },
      body: JSON.stringify({ owner: 'o', model: 'flux-kontext-max', input: { prompt: 'a cat' } }),
    },
    status: 200,
  },
];
