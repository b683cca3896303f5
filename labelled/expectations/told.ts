/**
 * Waits that are told elsewhere than in `Retry-After`: in milliseconds, in the body, by a reset, or not at all.
 * @module
 */
import { family, type Situation } from '../situation.js';

const { good, bad } = family('told');

/** Family `told`: clients that keep to waits in other headers, in the body or in a reset, clients that do not, and clients that are told nothing. */
export const told: readonly Situation[] = [
  good({
    id: 'milliseconds',
    what: 'waits for as many milliseconds as retry-after-ms tells, where there is nothing else',
    command: ['sequential.mjs', { requests: 5, wait: 'milliseconds' }],
    profile: 'told-ms-only',
  }),
  bad({
    id: 'milliseconds-early',
    what: 'waits 150 ms less than retry-after-ms tells',
    command: ['sequential.mjs', { requests: 4, wait: 'milliseconds-early 150' }],
    profile: 'told-ms-only',
    must: ['retry-too-early'],
    may: ['hammering'],
  }),
  good({
    id: 'body',
    what: 'waits for the seconds that the body tells',
    command: ['sequential.mjs', { requests: 5, wait: 'body' }],
    profile: 'told-body',
  }),
  bad({
    id: 'body-early',
    what: 'waits 150 ms less than the body tells',
    command: ['sequential.mjs', { requests: 4, wait: 'body-early 150' }],
    profile: 'told-body',
    must: ['retry-too-early'],
    may: ['hammering'],
  }),
  good({
    id: 'stamp',
    what: 'is refused with a 403 and waits until the stamp of the reset',
    command: ['sequential.mjs', { requests: 5, wait: 'reset' }],
    profile: 'told-stamp',
    may: ['ignored-remaining', 'herd-at-reset'],
  }),
  bad({
    id: 'stamp-ignored',
    what: 'is refused with a 403 that has a stamp in it, and asks again at once',
    command: ['sequential.mjs', { requests: 3, wait: 'at-once', tries: 6 }],
    profile: 'told-stamp',
    must: ['retry-too-early', 'hammering'],
    may: ['ignored-remaining', 'gave-up'],
  }),
  bad({
    id: 'stamp-100-ms',
    what: 'is refused with a 403 that has a stamp in it, and asks again after 100 ms, and again',
    command: ['sequential.mjs', { requests: 3, wait: 'fixed 100', tries: 5 }],
    profile: 'told-stamp',
    must: ['retry-too-early'],
    may: ['hammering', 'ignored-remaining', 'gave-up'],
  }),
  good({
    id: 'duration',
    what: 'waits as long as X-RateLimit-Reset-Requests tells, such as 850ms',
    command: ['sequential.mjs', { requests: 5, wait: 'duration' }],
    profile: 'told-duration',
    may: ['ignored-remaining', 'herd-at-reset'],
  }),
  bad({
    id: 'duration-half',
    what: 'waits for half of what X-RateLimit-Reset-Requests tells',
    command: ['sequential.mjs', { requests: 3, wait: 'duration-half' }],
    profile: 'told-duration',
    must: ['retry-too-early'],
    may: ['hammering', 'ignored-remaining'],
  }),
  good({
    id: 'ratelimit',
    what: 'waits as long as t of the RateLimit field tells',
    command: ['sequential.mjs', { requests: 5, wait: 'ratelimit' }],
    profile: 'told-ratelimit',
    may: ['ignored-remaining', 'herd-at-reset'],
  }),
  bad({
    id: 'ratelimit-ignored',
    what: 'does not read the RateLimit field, and asks again at once',
    command: ['sequential.mjs', { requests: 3, wait: 'at-once', tries: 6 }],
    profile: 'told-ratelimit',
    must: ['retry-too-early', 'hammering'],
    may: ['ignored-remaining', 'gave-up'],
  }),
  good({
    id: 'nothing-exponential',
    what: 'is told nothing, and backs off from 250 ms: 250, 500, 1,000, 2,000',
    command: ['sequential.mjs', { requests: 2, wait: 'exponential 250', tries: 6 }],
    profile: 'told-nothing',
  }),
  good({
    id: 'nothing-exponential-beside',
    what: 'makes three calls beside each other, is told nothing, and backs off in each call from 250 ms',
    command: [
      'steps.mjs',
      [{ together: Array(3).fill([{ until: { get: '/items' }, wait: 'exponential 250', tries: 6 }]) }],
    ],
    profile: 'told-nothing',
  }),
  bad({
    id: 'nothing-at-once-beside',
    what: 'makes three calls beside each other, is told nothing, and asks again at once in each call',
    command: ['steps.mjs', [{ together: Array(3).fill([{ until: { get: '/items' }, wait: 'fixed 10', tries: 10 }]) }]],
    profile: 'told-nothing',
    must: ['hammering'],
    may: ['gave-up', 'no-backoff'],
  }),
  bad({
    id: 'nothing-at-once',
    what: 'is told nothing, and asks again at once',
    command: ['sequential.mjs', { requests: 2, wait: 'at-once', tries: 8 }],
    profile: 'told-nothing',
    must: ['hammering'],
    may: ['gave-up', 'no-backoff'],
  }),
  bad({
    id: 'nothing-fixed-100',
    what: 'is told nothing, and asks again every 100 ms',
    command: ['sequential.mjs', { requests: 2, wait: 'fixed 100', tries: 10 }],
    profile: 'told-nothing',
    must: ['hammering'],
    may: ['gave-up', 'no-backoff'],
  }),
  bad({
    id: 'missing-at-once',
    what: 'meets a refusal of AIclicks that has lost its Retry-After, and asks again at once',
    command: ['sequential.mjs', { wait: 'at-once', tries: 8 }],
    scene: {
      quotas: [{ policy: 'key-minute', partition: { key: 'ak_live_demo' }, remaining: 0 }],
      faults: [{ retryAfter: 'missing', onRefusals: true }],
    },
    must: ['hammering'],
    may: ['gave-up', 'retry-too-early'],
  }),
  bad({
    id: 'text',
    what: 'goes on although a text (3/3) told it that nothing is left',
    command: ['sequential.mjs', { requests: 4, tries: 1 }],
    profile: 'told-text',
    verdict: ['pass', 'warn', 'undecided'],
    unjudged: ['ignored-remaining'],
    may: ['ignored-remaining', 'gave-up'],
  }),
];
