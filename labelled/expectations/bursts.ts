/**
 * Several requests at once. What was sent before any of them was refused nobody can be blamed for.
 * @module
 */
import { family, type Situation } from '../situation.js';

const { good, bad } = family('burst', { profile: 'aiclicks' });

/** @param quota of a window of a second, which the burst is larger than */
const window = (quota: number) => ['--compress', '60', '--set', `policies.key-minute.quota=${quota}`];

const CONNECTIONS = {
  fresh: 'new connections',
  warm: 'a connection that was used before, and new ones',
  preopened: 'connections opened beforehand',
} as const;

/** More at once than there is room for; then all wait once, as told, and what was refused is asked again. */
const above: readonly Situation[] = (
  [
    ['fresh', 2, 1],
    ['fresh', 4, 2],
    ['fresh', 6, 3],
    ['fresh', 20, 10],
    ['fresh', 60, 40],
    ['warm', 2, 2],
    ['warm', 4, 3],
    ['warm', 6, 4],
    ['warm', 20, 12],
    ['warm', 60, 40],
    ['preopened', 2, 1],
    ['preopened', 4, 2],
    ['preopened', 20, 10],
  ] as const
).map(([connections, n, quota]) =>
  good({
    id: `${connections}-${n}`,
    what: `sends ${n} at once over ${CONNECTIONS[connections]}, and those that were refused again as told`,
    command: ['burst.mjs', { n, connections, wait: 'told-and-jitter', rounds: 6 }],
    flags: window(quota),
    // All together after one wait: what is random in it does not spread them.
    may: ['herd-at-reset'],
  }),
);

const within: readonly Situation[] = (['fresh', 'warm', 'preopened'] as const).map((connections) =>
  good({
    id: `${connections}-within`,
    what: `sends 20 at once over ${CONNECTIONS[connections]}, where there is room for 60`,
    command: ['burst.mjs', { n: 20, connections }],
  }),
);

/** The same, but all that were refused come back at once, and again. */
const hammering: readonly Situation[] = (
  [
    ['fresh', 2, 1],
    ['fresh', 6, 3],
    ['fresh', 20, 10],
    ['warm', 4, 2],
    ['warm', 20, 12],
    ['preopened', 4, 2],
    ['preopened', 20, 10],
  ] as const
).map(([connections, n, quota]) =>
  bad({
    id: `${connections}-${n}-at-once`,
    what: `sends ${n} at once over ${CONNECTIONS[connections]}, and all that were refused again at once, eight times`,
    command: ['burst.mjs', { n, connections, wait: 'at-once', rounds: 8 }],
    flags: ['--set', `policies.key-minute.quota=${quota}`],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up', 'ignored-remaining'],
  }),
);

/** Family `burst`: many requests at once, within the quota and above it; what was refused is sent again after the wait or before. */
export const bursts: readonly Situation[] = [
  ...above,
  ...within,
  ...hammering,
  good({
    id: 'used-58-of-60',
    what: 'has used 58 of 60, sends six at once, waits once as told, and sends the rest',
    command: ['burst.mjs', { n: 6, before: 58, requests: 'same', wait: 'told-and 100' }],
    flags: ['--compress', '20'],
    may: ['herd-at-reset'],
  }),
  good({
    id: 'same-request',
    what: 'sends the same request eight times at once, and what was refused again as told',
    command: ['burst.mjs', { n: 8, requests: 'same', wait: 'told-and-jitter' }],
    flags: window(4),
    may: ['herd-at-reset'],
  }),
  good({
    id: 'each-waits-by-itself',
    what: 'sends ten at once; each that was refused waits as it was told and a little at random, and nothing else is sent meanwhile',
    command: ['burst.mjs', { n: 10, each: true, wait: 'told-and-jitter' }],
    flags: window(5),
  }),
  bad({
    id: 'each-waits-half',
    what: 'sends ten at once; each that was refused waits for half of what it was told',
    command: ['burst.mjs', { n: 10, each: true, wait: 'share 0.5', rounds: 6 }],
    flags: ['--compress', '20', '--set', 'policies.key-minute.quota=5'],
    must: ['retry-too-early'],
    may: ['gave-up', 'hammering', 'herd-at-reset'],
  }),
  bad({
    id: 'each-fixed-100',
    what: 'sends six at once; each that was refused tries again every 100 ms',
    command: ['burst.mjs', { n: 6, each: true, wait: 'fixed 100', rounds: 8 }],
    flags: ['--set', 'policies.key-minute.quota=3'],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
];
