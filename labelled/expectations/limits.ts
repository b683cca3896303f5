/**
 * Requests that no limit ever admits, many that come back at the same moment, and waits that are too long.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';

const never = family('never');
const ORDERS = { profile: 'units', target: { path: '/orders/bulk', header: 'X-Key: k1' } };
const orders = (n: number) => ({ orders: Array.from({ length: n }, (_, i) => ({ item: i })) });
const found = { verdict: ['warn'] as const, must: ['never-admissible'] };

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
/** Eight users, each of whom asks once; together they use up what there is, wait for the reset, and ask for something else. */
const waiters = (wait: { reset: number; spread?: number }) => [
  { align: 2_000 },
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
    flags: [...ACCOUNT.flags, '--set', 'policies.account-hour.quota=8'],
    verdict: ['warn'],
    must: ['herd-at-reset'],
  }),
  herd.good({
    id: 'waiters-spread',
    what: 'is eight users of one account who see that little is left, and come up to 900 ms after the reset, each at a moment of its own',
    command: ['steps.mjs', waiters({ reset: 60, spread: 900 })],
    ...ACCOUNT,
    flags: [...ACCOUNT.flags, '--set', 'policies.account-hour.quota=8'],
  }),
  herd.good({
    id: 'users-spread',
    what: 'is eight users of one account, who come back up to 900 ms after the reset, each at a moment of its own',
    command: ['steps.mjs', users('told-and-spread 900')],
    ...ACCOUNT,
  }),
];

/** A window of a minute; the server's clock is moved on, so that nothing takes so long. */
const waits = family('waits', { scene: USED_UP['aiclicks']! });
const A = { get: '/api/v1/validate' };
const B = { get: '/api/v1/validate?other=1' };
const warn = { verdict: ['warn'] as const };
/** As many jobs as the window has room for, and one that is refused; then so many ms of the server's clock; five times. No job is done twice. */
const rounds = (ms: number) =>
  [0, 1, 2, 3, 4].flatMap((round) => {
    const job = (n: number | string) => ({ get: `/api/v1/validate?job=${round}-${n}` });
    // What was refused is the first of the next ten.
    const first = round === 0 ? [job('first')] : [];
    return [...first, ...Array.from({ length: 9 }, (_, n) => job(n)), job('last'), { advance: ms }, job('last')];
  });

export const tooLong: readonly Situation[] = [
  waits.bad({
    id: 'ten-minutes',
    what: 'is told to wait a minute, and stays away for ten',
    command: ['steps.mjs', [A, { advance: 600_000 }, A]],
    ...warn,
    must: ['waited-too-long'],
    may: ['slow-completion'],
  }),
  waits.bad({
    id: 'other-first',
    what: 'is told to wait a minute, is silent for ten, and sends another request before the one that was refused',
    command: ['steps.mjs', [A, { advance: 600_000 }, B, A]],
    ...warn,
    must: ['waited-too-long'],
    may: ['slow-completion'],
  }),
  waits.bad({
    id: 'dropped',
    what: 'drops what was refused, and goes on with something else when it may',
    command: ['steps.mjs', [A, { advance: 61_000 }, B, B]],
    ...warn,
    must: ['gave-up'],
  }),
  waits.bad({
    id: 'dropped-all',
    what: 'is refused three times at once and asks for nothing of it again',
    command: ['burst.mjs', { n: 3, rounds: 1 }],
    ...warn,
    must: ['gave-up'],
  }),
  waits.good({
    id: 'quarter-hours',
    what: 'asks once in a quarter of an hour, and when it is refused again in a quarter of an hour',
    command: [
      'steps.mjs',
      [
        A,
        { advance: 900_000 },
        A,
        { advance: 900_000 },
        { control: ['PUT', '/quotas', USED_UP['aiclicks']!.quotas![0]] },
        A,
        { advance: 900_000 },
        A,
      ],
    ],
    scene: {},
  }),
  waits.good({
    id: 'silence',
    what: 'is silent for ten minutes between requests, none of which is refused',
    command: ['steps.mjs', [A, { advance: 600_000 }, B, { advance: 600_000 }, A]],
    scene: {},
  }),
  waits.bad({
    id: 'slow',
    what: 'has 51 things to do, ten in 20 s, and is away for 100 s each time that it is refused',
    command: ['steps.mjs', rounds(100_000)],
    flags: ['--compress', '3', '--set', 'policies.key-minute.quota=10'],
    scene: {},
    ...warn,
    must: ['slow-completion'],
    may: ['waited-too-long', 'ignored-remaining'],
  }),
  waits.good({
    id: 'brisk',
    what: 'has 51 things to do, ten in 20 s, and comes back as told each time',
    command: ['steps.mjs', rounds(20_100)],
    flags: ['--compress', '3', '--set', 'policies.key-minute.quota=10'],
    scene: {},
    may: ['ignored-remaining'],
  }),
];

const journal = family('journal', {
  profile: 'prediction',
  flags: [
    '--journal-size',
    '100',
    '--variant',
    'prediction:first-request',
    '--set',
    'policies.key-minute.quota=100000',
  ],
});
const many = (times: number, as: string, path = '/v1/account') => ({
  times,
  steps: [{ get: path, as: `Authorization: Bearer ${as}` }],
});
const GOOD = ['sk_live_good', '/v1/account/usage'] as const;
const BAD_KEY = { quotas: [{ policy: 'key-minute', partition: { key: 'sk_live_bad1' }, remaining: 0 }] };

export const journals: readonly Situation[] = [
  journal.bad({
    id: 'lost-offence',
    what: 'asks again at once 40 times with one key, and then makes 300 good requests with another: the journal no longer has the offence',
    command: ['steps.mjs', [many(40, 'sk_live_bad1'), many(300, ...GOOD)]],
    scene: BAD_KEY,
    verdict: ['fail', 'undecided'],
    may: ['retry-too-early', 'hammering', 'gave-up'],
  }),
  journal.bad({
    id: 'offence-at-the-end',
    what: 'makes 200 good requests, and then asks again at once ten times with a key that was refused',
    command: [
      'steps.mjs',
      [many(200, ...GOOD), { control: ['PUT', '/quotas', BAD_KEY.quotas[0]] }, many(10, 'sk_live_bad1')],
    ],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  journal.good({
    id: 'lost-nothing-bad',
    what: 'makes 300 good requests, more than the journal holds',
    command: ['steps.mjs', [many(300, ...GOOD)]],
    verdict: ['pass', 'undecided'],
  }),
];
