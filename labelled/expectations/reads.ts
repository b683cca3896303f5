/**
 * How what is there is read: polls, entity tags, caches, pages, many things one by one.
 * @module
 */
import { family, type Situation } from '../situation.js';

const polling = family('polling', { profile: 'prediction' });
const warn = { verdict: ['warn'] as const };

const start = {
  post: '/v1/google/nano-banana/predictions',
  body: { input: { prompt: 'A banana' } },
  headers: { 'Idempotency-Key': 'one' },
};
const poll = { get: '/v1/predictions/{id}' };
const other = { get: '/v1/status/{id}' };
const fast = { must: ['polling-too-fast'] };

/** Family `polling`: how often a client asks for the state of a prediction, where the provider says once a second. */
export const polls: readonly Situation[] = [
  polling.good({
    id: 'once-a-second',
    what: 'asks for its prediction once a second',
    command: ['steps.mjs', [start, { times: 3, steps: [{ sleep: 1_020 }, poll] }]],
  }),
  polling.good({
    id: 'interval',
    what: 'asks for its prediction by a timer of a second, whatever the answers take',
    command: ['steps.mjs', [start, { together: [0, 1, 2, 3, 4].map((n) => [{ sleep: 1_000 * n }, poll]) }]],
  }),
  polling.bad({
    id: 'four-a-second',
    what: 'asks for its prediction four times a second',
    command: ['steps.mjs', [start, { times: 8, steps: [{ sleep: 250 }, poll] }]],
    ...fast,
  }),
  polling.bad({
    id: 'two-paths',
    what: 'asks for its prediction twice a second, by two paths in turn',
    command: ['steps.mjs', [start, { times: 3, steps: [{ sleep: 500 }, poll, { sleep: 500 }, other] }]],
    ...fast,
  }),
  polling.bad({
    id: 'overlapping',
    what: 'asks for its prediction every 300 ms without waiting for the answers, which take a second',
    command: ['steps.mjs', [start, { together: [0, 1, 2, 3, 4, 5].map((n) => [{ sleep: 300 * n }, poll]) }]],
    scene: { faults: [{ delayMs: 1_000, match: { method: 'GET' } }] },
    ...fast,
  }),
  polling.bad({
    id: 'buster',
    what: 'asks for its prediction four times a second, each time with a query of its own',
    command: ['steps.mjs', [start, { times: 8, steps: [{ sleep: 250 }, { get: '/v1/predictions/{id}?_={now}' }] }]],
    ...fast,
  }),
  polling.good({
    id: 'two-predictions',
    what: 'asks for two predictions, each once a second',
    command: [
      'steps.mjs',
      [
        start,
        { ...start, body: { input: { prompt: 'Another' } }, headers: { 'Idempotency-Key': 'two' } },
        { times: 3, steps: [poll, { sleep: 520 }, { get: '/v1/predictions/{first}' }, { sleep: 520 }] },
      ],
    ],
  }),
];

const tags = family('tags', { profile: 'full-domination' });
const COMPANIES = '/v1/companies?limit=100';

/** Family `tags`: repeated reads with the entity tag that was given, and without it. */
export const entityTags: readonly Situation[] = [
  tags.good({
    id: 'sent-back',
    what: 'sends the entity tag that it was given',
    command: [
      'steps.mjs',
      [{ get: COMPANIES }, { times: 4, steps: [{ get: COMPANIES, headers: { 'If-None-Match': '{tag}' } }] }],
    ],
  }),
  tags.bad({
    id: 'none',
    what: 'reads the same five times in full',
    command: ['steps.mjs', [{ times: 5, steps: [{ get: COMPANIES }] }]],
    ...warn,
    must: ['missed-304'],
  }),
  tags.bad({
    id: 'made-up',
    what: 'sends an entity tag that it was never given, and reads the same in full each time',
    command: ['steps.mjs', [{ times: 5, steps: [{ get: COMPANIES, headers: { 'If-None-Match': '"made-up"' } }] }]],
    ...warn,
    must: ['missed-304'],
  }),
  tags.bad({
    id: 'buster',
    what: 'reads the same five times in full, each time with a query of its own',
    command: ['steps.mjs', [{ times: 5, steps: [{ get: `${COMPANIES}&_={n}{now}` }] }]],
    ...warn,
    must: ['missed-304'],
  }),
];

const reads = family('economy', { profile: 'klinky' });
const LINKS = '/api/v1/public/links';
const lead = (n: number | string) => ({
  post: '/api/v1/leads',
  body: { campaignId: 'c1', phoneNumber: `+1555555100${n}` },
});
const draft = (n: number) => ({
  post: '/v1/content/draft',
  body: {
    briefs: Array.from({ length: n }, (_, i) => ({ title: `Article ${i}`, targetPrompt: 'crowns', outlineAngle: 'a' })),
  },
});
const inFlight = (n: number) => ({
  command: ['burst.mjs', { n, transport: `sockets ${n}` }],
  profile: 'full-domination',
  scene: { faults: [{ delayMs: 700 }] },
});

/** Family `economy`: requests that a cache, larger pages, a bulk call or fewer at once would have saved, and clients that save them. */
export const economy: readonly Situation[] = [
  reads.bad({
    id: 'cache',
    what: 'reads its links three times within two seconds',
    command: ['steps.mjs', [{ times: 3, steps: [{ get: `${LINKS}?per_page=100` }, { sleep: 400 }] }]],
    ...warn,
    must: ['missed-cache'],
  }),
  reads.bad({
    id: 'cache-buster',
    what: 'reads its links three times within two seconds, each time with a query of its own',
    command: ['steps.mjs', [{ times: 3, steps: [{ get: `${LINKS}?per_page=100&_={n}{now}` }, { sleep: 400 }] }]],
    ...warn,
    must: ['missed-cache'],
  }),
  reads.good({
    id: 'cache-minutes',
    what: 'reads its links every five minutes',
    command: ['steps.mjs', [{ times: 3, steps: [{ get: `${LINKS}?per_page=100` }, { advance: 300_000 }] }]],
  }),
  reads.good({
    id: 'cache-after-write',
    what: 'reads its links, deletes nothing but makes one, and reads them again',
    command: [
      'steps.mjs',
      [
        { get: `${LINKS}?per_page=100` },
        {
          post: LINKS,
          body: {
            name: 'Two',
            variants: ['a', 'b'].map((label) => ({ label, destination_url: 'https://example.com', weight: 50 })),
          },
        },
        { get: `${LINKS}?per_page=100` },
      ],
    ],
  }),
  reads.good({
    id: 'pages-of-100',
    what: 'reads three pages of 100',
    command: ['steps.mjs', [1, 2, 3].map((page) => ({ get: `${LINKS}?per_page=100&page=${page}` }))],
  }),
  reads.bad({
    id: 'pages-of-20',
    what: 'reads three pages of 20, where 100 fit on one',
    command: ['steps.mjs', [1, 2, 3].map((page) => ({ get: `${LINKS}?per_page=20&page=${page}` }))],
    ...warn,
    must: ['small-pages'],
  }),
  reads.bad({
    id: 'one-by-one',
    what: 'makes ten leads with a call each',
    command: ['steps.mjs', [{ times: 10, steps: [lead('{n}')] }]],
    profile: 'acrely',
    ...warn,
    must: ['one-by-one'],
  }),
  reads.good({
    id: 'bulk',
    what: 'makes ten leads with one call',
    command: [
      'steps.mjs',
      [
        {
          post: '/api/v1/leads/bulk',
          body: { campaignId: 'c1', leads: Array.from({ length: 10 }, (_, n) => ({ phoneNumber: `+1555555200${n}` })) },
        },
      ],
    ],
    profile: 'acrely',
  }),
  reads.good({
    id: 'six-users',
    what: 'is six users, each with a program of their own on the same key, each of whom makes one lead',
    command: ['several.mjs', { programs: [0, 1, 2, 3, 4, 5].map((n) => ['steps.mjs', [lead(n)]]) }],
    profile: 'acrely',
  }),
  reads.good({
    id: 'six-users-named',
    what: 'makes one lead for each of six users, who are named by X-Mock429-Client',
    command: [
      'steps.mjs',
      [0, 1, 2, 3, 4, 5].map((n) => ({ ...lead(n), headers: { 'X-Mock429-Client': `user-${n}` } })),
    ],
    profile: 'acrely',
  }),
  reads.bad({
    id: 'drafts-one-by-one',
    what: 'asks for six drafts with a call each, where a call takes ten',
    command: ['steps.mjs', [{ times: 6, steps: [draft(1)] }]],
    profile: 'full-domination',
    ...warn,
    must: ['one-by-one'],
  }),
  reads.good({
    id: 'drafts-batched',
    what: 'asks for six drafts with one call',
    command: ['steps.mjs', [draft(6)]],
    profile: 'full-domination',
  }),
  reads.bad({
    id: 'no-headroom',
    what: 'has 20 requests in flight, where 18 leave headroom',
    ...inFlight(20),
    ...warn,
    must: ['no-headroom'],
  }),
  reads.good({ id: 'headroom', what: 'has 15 requests in flight, where 18 leave headroom', ...inFlight(15) }),
];
