/**
 * What is asked: creations, and things that cannot succeed.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';
import { LINK } from './bodies.js';

const LINKS = '/api/v1/public/links';
const SOME_LINK = '550e8400-e29b-41d4-a716-446655440000';
const failing = (fault: object, times = 1) => ({ faults: [{ ...fault, times }] });
const create = { post: LINKS, body: LINK };
const { good, bad } = family('creations', {
  profile: 'klinky',
  target: { path: LINKS, header: 'X-API-Key: klinky_live_demo' },
});
/** Has made it, and says so in an answer that breaks off. */
const BROKEN_OFF = failing({ truncateBody: 20, match: { method: 'POST' } });
const AWAY = 'exponential-and-jitter 150';

/** Family `creations`: creations that fail or are refused, and are repeated with the same idempotency key, with another, without one, or not at all. */
export const creations: readonly Situation[] = [
  good({
    id: 'same-key',
    what: 'repeats a creation after failures with the same idempotency key',
    command: ['sequential.mjs', { post: LINK, key: 'same', failed: AWAY }],
    scene: failing({ status: 503 }, 2),
  }),
  good({
    id: 'key-of-each',
    what: 'makes links that are alike with a key of each, and repeats one with its key after others were made',
    command: [
      'steps.mjs',
      [
        {
          together: [
            [{ until: { ...create, headers: { 'Idempotency-Key': 'one' } }, wait: 'fixed 700', tries: 2 }],
            [
              { sleep: 30 },
              { ...create, headers: { 'Idempotency-Key': 'two' } },
              { sleep: 200 },
              { ...create, headers: { 'Idempotency-Key': 'three' } },
            ],
          ],
        },
      ],
    ],
    scene: failing({ status: 503 }),
  }),
  good({
    id: 'next-of-equal',
    what: 'makes links that are alike, one after the other, and goes on with the next where one fails',
    command: ['steps.mjs', [{ times: 4, steps: [create, { sleep: 150 }] }]],
    scene: failing({ status: 503, match: { nth: 2 } }),
    verdict: ['undecided'],
  }),
  bad({
    id: 'no-key',
    what: 'repeats a creation after failures without an idempotency key',
    command: ['sequential.mjs', { post: LINK, failed: AWAY }],
    scene: failing({ status: 503 }, 2),
    must: ['unsafe-retry'],
  }),
  bad({
    id: 'fresh-key',
    what: 'repeats a creation after failures with another idempotency key each time',
    command: ['sequential.mjs', { post: LINK, key: 'fresh', failed: AWAY }],
    scene: failing({ status: 503 }, 2),
    must: ['unsafe-retry'],
  }),
  bad({
    id: 'fresh-stamp',
    what: 'repeats a creation after failures without an idempotency key, with the time in its body',
    command: ['sequential.mjs', { post: LINK, stamp: 'name', failed: AWAY }],
    scene: failing({ status: 503 }, 2),
    must: ['unsafe-retry'],
  }),
  bad({
    id: 'dropped',
    what: 'repeats a creation without an idempotency key when its connection was dropped',
    command: ['sequential.mjs', { post: LINK, failed: AWAY, transport: 'close' }],
    scene: failing({ drop: true }),
    must: ['unsafe-retry'],
  }),
  bad({
    id: 'made-twice',
    what: 'has the answer to a creation break off, and repeats it without an idempotency key: there are two',
    command: ['steps.mjs', [create, { sleep: 300 }, create]],
    scene: BROKEN_OFF,
    must: ['unsafe-retry', 'lost-or-doubled'],
  }),
  good({
    id: 'made-once',
    what: 'has the answer to a creation break off, and repeats it with the same idempotency key: there is one',
    command: ['sequential.mjs', { post: LINK, key: 'same', failed: AWAY, transport: 'close' }],
    scene: BROKEN_OFF,
  }),
  good({
    id: 'refused-and-delivered',
    what: 'is refused a creation, which has made nothing, waits as told, and makes it without an idempotency key',
    command: ['sequential.mjs', { requests: 2, post: LINK, wait: 'told-and-jitter' }],
    scene: failing({ status: 429, headers: { 'Retry-After': '1' } }),
  }),
  good({
    id: 'refused-and-overwritten',
    what: 'is refused a change, waits as told, and changes the same link to its newer state',
    command: [
      'steps.mjs',
      ['One', 'Two'].flatMap((name) => [{ put: `${LINKS}/${SOME_LINK}`, body: { name } }, { advance: 3_600_000 }]),
    ],
    scene: USED_UP['klinky']!,
  }),
  bad({
    id: 'refused-and-dropped',
    what: 'is refused its only creation, and never makes it',
    command: ['steps.mjs', [create, { advance: 120_000 }, { get: `${LINKS}?per_page=100` }]],
    scene: failing({ status: 429, headers: { 'Retry-After': '1' } }),
    verdict: ['warn'],
    must: ['lost-or-doubled|gave-up'],
  }),
  bad({
    id: 'refused-and-lost',
    what: 'makes three links, is refused the second, and never makes that one',
    command: [
      'steps.mjs',
      ['One', 'Two', 'Three'].flatMap((name) => [{ post: LINKS, body: { ...LINK, name } }, { advance: 60_000 }]),
    ],
    scene: failing({ status: 429, headers: { 'Retry-After': '1' }, match: { nth: 2 } }),
    verdict: ['warn'],
    must: ['lost-or-doubled'],
    may: ['gave-up'],
  }),
  good({
    id: 'twice-on-purpose',
    what: 'makes two links that are alike, half a minute apart, each of which is answered',
    command: ['steps.mjs', [create, { advance: 30_000 }, create]],
  }),
];

const writes = family('writes', { profile: 'one-write', target: { path: '/orders', header: 'X-Key: k1' } });
const order = (n: number) => ({ post: '/orders', body: { order: n } });

/** Family `writes`: concurrent and serial writes, where the provider asks for one at a time with a pause between them. */
export const oneWrite: readonly Situation[] = [
  writes.bad({
    id: 'at-once',
    what: 'sends four creations at once to a provider that asks for one at a time',
    command: ['steps.mjs', [{ together: [1, 2, 3, 4].map((n) => [order(n)]) }]],
    verdict: ['warn'],
    must: ['concurrent-writes'],
    scene: { faults: [{ delayMs: 100 }] },
  }),
  writes.bad({
    id: 'no-pause',
    what: 'sends five creations one after another, without the pause that the provider asks for',
    command: ['steps.mjs', [1, 2, 3, 4, 5].map(order)],
    verdict: ['warn'],
    must: ['concurrent-writes'],
  }),
  writes.good({
    id: 'with-pauses',
    what: 'sends three creations one after another, with pauses',
    command: ['steps.mjs', [1, 2, 3].flatMap((n) => [order(n), { sleep: 300 }])],
  }),
  writes.good({
    id: 'reads-at-once',
    what: 'sends six reads at once',
    command: ['burst.mjs', { n: 6 }],
    target: { path: '/items', header: 'X-Key: k1' },
  }),
];

const futileFamily = family('futile', { profile: 'klinky' });
const again = (step: object, times = 5) => ['steps.mjs', [{ times, steps: [step, { sleep: 120 }] }]] as const;
const cannot = { verdict: ['warn'] as const, must: ['futile-retry'] };
const UNKNOWN = `${LINKS}/00000000-0000-4000-8000-000000000000`;

/** Family `futile`: the same request after a 4xx that another try does not change, and cases in which another try is right. */
export const futile: readonly Situation[] = [
  futileFamily.bad({
    id: '404',
    what: 'asks five times for a link that is not there',
    command: again({ get: UNKNOWN }),
    ...cannot,
  }),
  futileFamily.bad({
    id: '404-buster',
    what: 'asks six times for a link that is not there, each time with a query of its own',
    command: again({ get: `${UNKNOWN}?_={n}{now}` }, 6),
    ...cannot,
  }),
  futileFamily.bad({
    id: '400',
    what: 'sends five times the same body that is refused as wrong',
    command: again({ post: LINKS, body: { name: 'No variants' } }),
    ...cannot,
  }),
  futileFamily.bad({
    id: '401',
    what: 'asks six times with a key that is revoked',
    command: again({ get: `${LINKS}?per_page=100`, as: 'X-API-Key: klinky_live_revoked' }, 6),
    ...cannot,
  }),
  futileFamily.bad({
    id: '401-in-a-row',
    what: 'asks for six different things with a key that is revoked',
    command: again({ get: `${LINKS}?per_page=100&page={n}`, as: 'X-API-Key: klinky_live_revoked' }, 6),
    ...cannot,
  }),
  futileFamily.bad({
    id: '403',
    what: 'asks five times with the key of a plan that has no access',
    command: again({ get: `${LINKS}?per_page=100`, as: 'X-API-Key: klinky_live_free' }),
    ...cannot,
  }),
  futileFamily.good({
    id: '409',
    what: 'asks five times for a slug that is taken: a conflict may pass, and SDKs (Stripe, OpenAI) repeat a 409',
    command: again({ post: LINKS, body: { ...LINK, slug: 'homepage-headline' } }),
  }),
  ...[410, 422].map((status) =>
    futileFamily.bad({
      id: `${status}`,
      what: `asks five times for what is answered ${status}`,
      command: again({ get: `${LINKS}/550e8400-e29b-41d4-a716-446655440000` }),
      scene: { faults: [{ status }] },
      ...cannot,
    }),
  ),
  futileFamily.good({
    id: '404-once-each',
    what: 'asks for three links that are not there, once each',
    command: again({ get: `${LINKS}/00000000-0000-4000-8000-00000000000{n}` }, 3),
  }),
  futileFamily.good({
    id: '401-new-key',
    what: 'is answered 401, and goes on with a key that is good',
    command: [
      'steps.mjs',
      [{ get: `${LINKS}?per_page=100`, as: 'X-API-Key: klinky_live_revoked' }, { get: `${LINKS}?per_page=100` }],
    ],
  }),
  futileFamily.good({
    id: '400-corrected',
    what: 'sends a body that is refused as wrong, and then the right one',
    command: ['steps.mjs', [{ post: LINKS, body: { name: 'No variants' } }, create]],
  }),
  futileFamily.good({
    id: '408',
    what: 'is answered 408 twice, which may succeed, and asks again after growing waits',
    command: ['steps.mjs', [{ get: UNKNOWN }, { sleep: 200 }, { get: UNKNOWN }, { sleep: 450 }, { get: UNKNOWN }]],
    scene: { faults: [{ status: 408, times: 2 }] },
  }),
];
