/**
 * Workers that share jobs: behind one gate, or each waiting by itself while the others go on.
 * @module
 */
import { family, type Situation } from '../situation.js';

const SHORT = ['--compress', '60', '--set', 'policies.key-minute.quota=10'];
/** Nobody looks at what is left; ten that have waited together come together. */
const { good, bad } = family('pool', { flags: SHORT, may: ['ignored-remaining', 'herd-at-reset'] });
/** Which call went on although another was refused may come out differently from run to run, not whether one did. */
const uncoordinated = { verdict: ['warn'] as const, must: ['uncoordinated'] };

/** Family `pool`: workers of one program that stop together when one is refused, and workers that do not. */
export const pools: readonly Situation[] = [
  good({
    id: 'gate',
    what: 'has ten workers and a gate that nobody passes once any was refused, until its wait is over',
    command: ['pool.mjs', { workers: 10, jobs: 25, gate: true }],
  }),
  good({
    id: 'gate-undici-4',
    what: 'has ten workers, that gate, and four connections of an undici Pool for all of them',
    command: ['pool.mjs', { workers: 10, jobs: 25, gate: true, transport: 'undici-pool 4' }],
    // Calls that passed the gate wait for a connection, and are sent when the refusal is known.
    may: ['ignored-remaining', 'herd-at-reset', 'uncoordinated'],
  }),
  good({
    id: 'gate-sockets-2',
    what: 'has six workers, that gate, and an http.Agent with two sockets',
    command: ['pool.mjs', { workers: 6, jobs: 20, gate: true, transport: 'sockets 2' }],
    may: ['ignored-remaining', 'herd-at-reset', 'uncoordinated'],
  }),
  good({
    id: 'gate-python',
    what: 'has five threads of Python behind a lock that closes for all of them',
    command: ['threads.py', 'gate', '5', '16'],
    needs: ['python3'],
  }),
  good({
    id: 'gate-same-request',
    what: 'has eight workers that all ask the same, behind that gate',
    command: ['pool.mjs', { workers: 8, jobs: 20, gate: true, same: true }],
  }),
  good({
    id: 'within',
    what: 'has three workers that stay below the limit',
    command: ['pool.mjs', { workers: 3, jobs: 30, pause: 5 }],
    flags: [],
    may: [],
  }),
  good({
    id: 'bottleneck',
    what: 'has a reservoir of bottleneck that gives out a third of the limit each second',
    command: ['bottleneck.mjs', { reservoir: 4, interval: 1_000, jobs: 12 }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=12'],
    may: [],
  }),
  good({
    id: 'one-socket',
    what: 'sends ten at once through an agent with one socket; each that was refused waits as told',
    command: ['burst.mjs', { n: 10, each: true, transport: 'sockets 1', wait: 'told-and-jitter' }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=5'],
    may: ['uncoordinated', 'ignored-remaining'],
  }),
  good({
    id: 'two-sockets',
    what: 'sends twelve at once through an undici Pool with two connections; each that was refused waits as told',
    command: ['burst.mjs', { n: 12, each: true, transport: 'undici-pool 2', wait: 'told-and-jitter' }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=6'],
    may: ['uncoordinated', 'ignored-remaining'],
  }),
  bad({
    id: 'uncoordinated',
    what: 'has five workers, each of which waits as it was told while the others go on',
    command: ['pool.mjs', { workers: 5, jobs: 30, pause: 60, slow: true }],
    ...uncoordinated,
  }),
  bad({
    id: 'uncoordinated-staggered',
    what: 'asks for the same 14 times, a little apart, and each call waits as it was told while the others go on',
    command: [
      'steps.mjs',
      [
        {
          together: Array.from({ length: 14 }, (_, n) => [
            { sleep: 120 * n },
            { until: { get: '/api/v1/domains' }, wait: 'told-and-jitter', tries: 5 },
          ]),
        },
      ],
    ],
    ...uncoordinated,
    flags: ['--compress', '20', '--set', 'policies.key-minute.quota=6'],
    may: ['ignored-remaining', 'missed-cache', 'herd-at-reset'],
  }),
  bad({
    id: 'uncoordinated-axios',
    what: 'has six workers with axios, each of which waits as it was told while the others go on',
    command: ['pool.mjs', { workers: 6, jobs: 30, pause: 60, slow: true, transport: 'axios' }],
    ...uncoordinated,
  }),
  bad({
    id: 'uncoordinated-keep-alive',
    what: 'has four workers on kept connections, each of which waits as it was told while the others go on',
    command: ['pool.mjs', { workers: 4, jobs: 24, pause: 80, slow: true, transport: 'keep-alive' }],
    ...uncoordinated,
  }),
  bad({
    id: 'uncoordinated-python',
    what: 'has six threads of Python, each of which waits as it was told while the others go on',
    command: ['threads.py', 'told', '6', '24'],
    needs: ['python3'],
    ...uncoordinated,
  }),
  bad({
    id: 'at-once',
    what: 'has ten workers, each of which asks again at once',
    command: ['pool.mjs', { workers: 10, jobs: 20, wait: 'at-once', tries: 6 }],
    flags: ['--set', 'policies.key-minute.quota=10'],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up', 'ignored-remaining'],
  }),
  bad({
    id: 'at-once-python',
    what: 'has four threads of Python, each of which asks again at once',
    command: ['threads.py', 'at-once', '4', '10'],
    needs: ['python3'],
    flags: ['--set', 'policies.key-minute.quota=5'],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up', 'ignored-remaining'],
  }),
  bad({
    id: 'fixed-100',
    what: 'has six workers, each of which asks again every 100 ms',
    command: ['pool.mjs', { workers: 6, jobs: 12, wait: 'fixed 100', tries: 6 }],
    flags: ['--set', 'policies.key-minute.quota=6'],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up', 'ignored-remaining'],
  }),
  bad({
    id: 'gate-half',
    what: 'has ten workers behind a gate that opens after half of what was told',
    command: ['pool.mjs', { workers: 10, jobs: 20, gate: true, wait: 'share 0.5' }],
    flags: ['--compress', '20', '--set', 'policies.key-minute.quota=10'],
    must: ['retry-too-early'],
    may: ['ignored-remaining', 'hammering', 'herd-at-reset'],
  }),
];
