/**
 * Exactly as told, a bit later, and too early by much or by little. Where milliseconds count they are told as milliseconds.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';

const { good, bad } = family('early');

/** A 429 that tells to wait so many seconds, as often as there are tries to be refused. */
const refusals = (seconds: string, times: number, more = {}) => ({
  faults: [{ status: 429, headers: { 'Retry-After': seconds }, times, ...more }],
});

/** Family `early`: clients that come back at the instant that they were told, later, or before it by 20 ms up to all of the wait. */
export const early: readonly Situation[] = [
  good({
    id: 'exactly',
    what: 'comes back after exactly the seconds that it was told, three times',
    command: ['sequential.mjs', { wait: 'told' }],
    scene: refusals('1', 3),
  }),
  good({
    id: 'exactly-milliseconds',
    what: 'comes back after exactly the milliseconds that it was told, six times',
    command: ['sequential.mjs', { requests: 7, wait: 'milliseconds' }],
    profile: 'told-ms',
  }),
  good({
    id: 'by-reset',
    what: 'comes back at the instant that X-RateLimit-Reset tells, which is a little before Retry-After is over',
    command: ['sequential.mjs', { wait: 'reset' }],
    scene: USED_UP['aiclicks']!,
    flags: ['--compress', '40'],
    may: ['herd-at-reset'],
  }),
  good({
    id: 'by-countdown',
    what: 'comes back when the seconds of X-RateLimit-Reset are over',
    command: ['sequential.mjs', { wait: 'countdown' }],
    profile: 'full-domination',
    scene: USED_UP['full-domination']!,
    flags: ['--compress', '40'],
    may: ['herd-at-reset'],
  }),
  good({
    id: 'later',
    what: 'comes back a second after it might have',
    command: ['sequential.mjs', { wait: 'told-and 1000' }],
    scene: refusals('1', 1),
  }),
  good({
    id: 'http-date',
    what: 'is told a date, and comes back then',
    command: ['sequential.mjs', { wait: 'told-and 50' }],
    scene: { ...USED_UP['aiclicks'], faults: [{ retryAfter: 'http-date', onRefusals: true }] },
    flags: ['--compress', '60'],
  }),
  bad({
    id: 'http-date-ignored',
    what: 'is told a date that it cannot read, and comes back at once six times',
    command: ['sequential.mjs', { wait: 'at-once', tries: 6 }],
    scene: { ...USED_UP['aiclicks'], faults: [{ retryAfter: 'http-date', onRefusals: true }] },
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  bad({
    id: 'a-second',
    what: 'comes back a second before it was told to',
    command: ['sequential.mjs', { wait: 'early 1000' }],
    scene: refusals('2', 2),
    must: ['retry-too-early'],
  }),
  bad({
    id: '100-ms',
    what: 'comes back 100 ms before it was told to, three times',
    command: ['sequential.mjs', { wait: 'early 100' }],
    scene: refusals('1', 3),
    must: ['retry-too-early'],
    may: ['hammering'],
  }),
  bad({
    id: '20-ms',
    what: 'comes back 20 ms before it was told to, some ten times',
    idleOnly: 'a busy machine makes its waits longer than those 20 ms',
    // An answer that is held leaves up to 20 ms later on a slow machine, and its client comes back as much later.
    flags: ['--no-hold'],
    command: ['sequential.mjs', { requests: 7, tries: 3, wait: 'milliseconds-early 20' }],
    profile: 'told-ms-only',
    must: ['retry-too-early'],
    may: ['hammering', 'gave-up'],
  }),
  bad({
    id: 'half',
    what: 'comes back after half of what it was told',
    command: ['sequential.mjs', { wait: 'share 0.5' }],
    scene: refusals('2', 2),
    must: ['retry-too-early'],
    may: ['hammering'],
  }),
  bad({
    id: 'shrinking',
    what: 'waits less from try to try: four fifths of what it was told, then two thirds, then half',
    command: ['sequential.mjs', { wait: 'shrinking 0.8' }],
    scene: refusals('1', 4),
    must: ['retry-too-early'],
    may: ['hammering'],
  }),
  bad({
    id: 'other-request-first',
    what: 'goes on with another request while it should wait',
    command: [
      'steps.mjs',
      [
        { get: '/api/v1/validate' },
        { sleep: 400 },
        { get: '/api/v1/validate?other=1' },
        { sleep: 1_700 },
        { get: '/api/v1/validate' },
        { get: '/api/v1/validate?other=1' },
      ],
    ],
    scene: USED_UP['aiclicks']!,
    flags: ['--compress', '30'],
    must: ['retry-too-early|uncoordinated'],
    verdict: ['fail', 'warn'],
    may: ['retry-too-early', 'uncoordinated'],
    deterministic: false,
  }),
  bad({
    id: 'buster',
    what: 'comes back at once six times, each time with a query of its own, so that no two are the same',
    command: ['sequential.mjs', { wait: 'at-once', tries: 6, buster: true }],
    scene: USED_UP['aiclicks']!,
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  bad({
    id: 'each-once',
    what: 'makes twelve calls at once, and makes those that were refused once more at once',
    command: [
      'steps.mjs',
      [
        {
          together: Array.from({ length: 12 }, (_, n) => [
            { until: { get: `/api/v1/domains/${n}` }, wait: 'at-once', tries: 2 },
          ]),
        },
      ],
    ],
    flags: ['--set', 'policies.key-minute.quota=6'],
    must: ['retry-too-early'],
    may: ['gave-up', 'hammering', 'ignored-remaining'],
  }),
  good({
    id: 'buster-told',
    what: 'waits as told, with a query of its own each time',
    command: ['sequential.mjs', { wait: 'told-and-jitter', buster: true }],
    scene: USED_UP['aiclicks']!,
    flags: ['--compress', '60'],
  }),
];
