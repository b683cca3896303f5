/**
 * Requests that no limit ever admits, and many that come back at the same moment.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';

const never = family('never');
const ORDERS = { profile: 'units', target: { path: '/orders/bulk', header: 'X-Key: k1' } };
const orders = (n: number) => ({ orders: Array.from({ length: n }, (_, i) => ({ item: i })) });
const found = { verdict: ['warn'] as const, must: ['never-admissible'] };

/** Family `never`: requests that cost more than the quota, and one that costs exactly as much. */
export const neverAdmitted: readonly Situation[] = [
  never.bad({
    id: 'too-large',
    what: 'asks for 20 orders in one call, where 10 a second is all that there ever is',
    command: ['steps.mjs', [{ post: '/orders/bulk', body: orders(20) }]],
    ...ORDERS,
    ...found,
    may: ['gave-up', 'lost-or-doubled'],
  }),
  never.bad({
    id: 'too-large-again',
    what: 'asks for 20 orders in one call, and again as told or, where nothing is told, after growing waits',
    command: [
      'steps.mjs',
      [
        {
          until: { post: '/orders/bulk', body: orders(20) },
          wait: 'told-and 20 or exponential-and-jitter 250',
          tries: 4,
        },
      ],
    ],
    ...ORDERS,
    ...found,
    may: ['gave-up', 'lost-or-doubled', 'futile-retry'],
  }),
  never.bad({
    id: 'quota-0',
    what: 'has a key whose quota is 0',
    command: ['steps.mjs', [{ get: '/api/v1/validate' }]],
    flags: ['--set', 'policies.key-minute.quota=0'],
    ...found,
    may: ['gave-up'],
  }),
  never.bad({
    id: 'spend',
    what: 'creates what costs more than a whole day may',
    command: [
      'steps.mjs',
      [
        {
          post: '/v1/google/nano-banana/predictions',
          body: { input: { prompt: 'A banana' } },
          headers: { 'Idempotency-Key': 'one' },
        },
      ],
    ],
    profile: 'prediction',
    flags: ['--set', 'policies.key-day-spend.quota=0.01'],
    ...found,
    may: ['gave-up', 'lost-or-doubled'],
  }),
  never.good({
    id: 'as-large-as-can-be',
    what: 'asks for 10 orders in one call after some others, is refused, waits as told, and has them',
    command: [
      'steps.mjs',
      [{ post: '/orders/bulk', body: orders(5) }, { until: { post: '/orders/bulk', body: orders(10) } }],
    ],
    ...ORDERS,
  }),
  never.good({
    id: 'in-parts',
    what: 'asks for 10 orders in one call after some others, is refused, waits as told, and asks for two times 5',
    command: [
      'steps.mjs',
      [5, 10, 5, 5].flatMap((n) => [
        { post: '/orders/bulk', body: orders(n) },
        ...(n === 5 ? [] : [{ advance: 1_000 }]),
      ]),
    ],
    ...ORDERS,
  }),
];

const herd = family('herd');
const LATE = { verdict: ['warn'] as const, must: ['no-jitter|herd-at-reset'] };
const users = (wait: string) => [
  // At the beginning of a window, so that there is a wait to be told.
  { align: 2_000 },
  { control: ['PUT', '/quotas', USED_UP['klinky']!.quotas![0]] },
  {
    together: Array.from({ length: 8 }, (_, n) => [
      { until: { get: `/api/v1/public/links/${n}`, as: `X-API-Key: klinky_live_user${n}` }, wait },
    ]),
  },
];
/** Eight users, each of whom asks once and is told that less than ten of a thousand are left; they wait for the reset, and ask for something else. */
const waiters = (wait: { reset: number; spread?: number }) => [
  { align: 2_000 },
  { control: ['PUT', '/quotas', { ...USED_UP['klinky']!.quotas![0], remaining: 9 }] },
  {
    together: Array.from({ length: 8 }, (_, n) => {
      const as = `X-API-Key: klinky_live_user${n}`;
      return [
        { get: `/api/v1/public/links/${n}`, as },
        { sleep: 200 },
        wait,
        { get: `/api/v1/public/links/${n}/clicks`, as },
      ];
    }),
  },
];
/** Not found is an answer; the account's window is two seconds of the clock. */
const ACCOUNT = { profile: 'klinky', flags: ['--compress', '1800'] };
const TOKEN = {
  profile: 'full-domination',
  flags: ['--compress', '30', '--set', 'policies.token-minute.quota=4'],
};

/** Family `herd`: clients that come back together at the end of a wait or of a window, and clients that spread over a second. */
export const herds: readonly Situation[] = [
  herd.bad({
    id: 'exactly',
    what: 'sends twelve at once; those that were refused all come back at the moment that they were told',
    command: ['burst.mjs', { n: 12, each: true, wait: 'told', rounds: 6 }],
    ...TOKEN,
    ...LATE,
    may: ['ignored-remaining'],
    deterministic: false,
  }),
  herd.good({
    id: 'spread',
    what: 'sends nine at once; each that was refused comes back as told, and up to 900 ms later, at random',
    command: ['burst.mjs', { n: 9, each: true, wait: 'told-and-spread 900', rounds: 6 }],
    ...TOKEN,
    flags: ['--compress', '30', '--set', 'policies.token-minute.quota=5'],
    may: ['ignored-remaining'],
  }),
  herd.bad({
    id: 'users-at-reset',
    what: 'is eight users of one account, all of whom come back at the very reset',
    command: ['steps.mjs', users('reset')],
    ...ACCOUNT,
    ...LATE,
  }),
  herd.bad({
    id: 'waiters-at-reset',
    what: 'is eight users of one account who were not refused, see that little is left, and all come at the very reset',
    command: ['steps.mjs', waiters({ reset: 5 })],
    ...ACCOUNT,
    verdict: ['warn'],
    must: ['herd-at-reset'],
  }),
  herd.good({
    id: 'waiters-spread',
    what: 'is eight users of one account who see that little is left, and come up to 900 ms after the reset, each at a moment of its own',
    command: ['steps.mjs', waiters({ reset: 60, spread: 900 })],
    ...ACCOUNT,
  }),
  herd.good({
    id: 'users-spread',
    what: 'is eight users of one account, who come back up to 900 ms after the reset, each at a moment of its own',
    command: ['steps.mjs', users('told-and-spread 900')],
    ...ACCOUNT,
  }),
];
