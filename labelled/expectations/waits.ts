/**
 * Waits that are too long, and what the journal no longer holds.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';

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

/** Family `waits`: clients that stay away much longer than told, or never ask again for what was refused. */
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
    must: ['slow-completion|waited-too-long'],
    may: ['ignored-remaining'],
  }),
  waits.bad({
    id: 'slow-singly',
    what: 'has 30 things to do, ten in 20 s; it sends 20 at once that are refused, and then does one of them every 15 s',
    command: [
      'steps.mjs',
      [
        ...Array.from({ length: 10 }, (_, n) => ({ get: `/api/v1/validate?job=${n}` })),
        { together: Array.from({ length: 20 }, (_, n) => [{ get: `/api/v1/validate?job=${n + 10}` }]) },
        ...Array.from({ length: 20 }, (_, n) => [
          { advance: n === 0 ? 21_000 : 15_000 },
          { get: `/api/v1/validate?job=${n + 10}` },
        ]).flat(),
      ],
    ],
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

/** Family `journal`: more requests than the journal holds, with an offence among those that it lost, among those that it has, and without one. */
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
