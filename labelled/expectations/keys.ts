/**
 * Several keys of one account.
 * @module
 */
import { family, type Situation } from '../situation.js';

const keys = family('keys', {
  profile: 'prediction',
  flags: ['--variant', 'prediction:first-request', '--set', 'policies.key-minute.quota=10'],
});
const THREE = ['sk_live_first', 'sk_live_second', 'sk_live_third'].map((key) => ({ Authorization: `Bearer ${key}` }));
const spread = { must: ['key-spreading'] };
const program = (key: string) => [
  'sequential.mjs',
  { requests: 8, path: `/v1/account/usage?of=${key}`, headers: { Authorization: `Bearer ${key}` } },
];

/** Family `keys`: calls spread over several keys to get round a limit, and uses of several keys that are legitimate. */
export const severalKeys: readonly Situation[] = [
  keys.bad({
    id: 'by-turns',
    what: 'takes three keys by turns, 24 calls, where one may make ten',
    command: ['keys.mjs', { keys: THREE, calls: 24, order: 'turn' }],
    ...spread,
  }),
  keys.bad({
    id: 'by-turns-clock',
    what: 'takes three keys by turns, 24 calls in a minute of the clock, where one may make ten',
    command: ['keys.mjs', { keys: THREE, calls: 24, order: 'turn' }],
    flags: ['--set', 'policies.key-minute.quota=10'],
    scene: { calls: [['PUT', '/clock', { now: '2026-05-12T08:00:05Z' }]] },
    ...spread,
  }),
  keys.bad({
    id: 'at-random',
    what: 'takes three keys at random, none above its limit, and 24 calls together',
    command: ['keys.mjs', { keys: THREE, calls: 24, order: 'random' }],
    ...spread,
  }),
  keys.bad({
    id: 'next',
    what: 'takes the next key when one has nothing left',
    command: ['keys.mjs', { keys: THREE, calls: 25, order: 'overflow' }],
    ...spread,
    may: ['ignored-remaining'],
  }),
  keys.bad({
    id: 'refused-elsewhere',
    what: 'is refused with one key, and asks the same with another',
    command: [
      'steps.mjs',
      [
        { get: '/v1/account/usage', as: 'Authorization: Bearer sk_live_demo' },
        { sleep: 300 },
        { get: '/v1/account/usage', as: 'Authorization: Bearer sk_live_other' },
      ],
    ],
    scene: { quotas: [{ policy: 'key-minute', partition: { key: 'sk_live_demo' }, remaining: 0 }] },
    ...spread,
    may: ['gave-up'],
  }),
  keys.good({
    id: 'two-programs',
    what: 'is two programs of one account with a key each, each at its own work',
    command: ['several.mjs', { programs: [program('sk_live_first'), program('sk_live_second')] }],
  }),
  keys.good({
    id: 'two-accounts',
    what: 'takes two keys by turns that belong to two accounts',
    command: ['keys.mjs', { keys: THREE.slice(0, 2), calls: 16, order: 'turn' }],
    scene: { calls: [['PUT', '/accounts/prediction/other', { keys: ['sk_live_second'] }]] },
  }),
  keys.good({
    id: 'below-one',
    what: 'takes two keys by turns, and makes fewer calls than one of them might',
    command: ['keys.mjs', { keys: THREE.slice(0, 2), calls: 8, order: 'turn' }],
  }),
];
