/**
 * The algorithms that are compared with their reference models.
 * @module
 */
import type { Algorithm } from '../../src/limits/algorithms/algorithm.js';
import { algorithm } from '../../src/limits/algorithms/index.js';
import type { Window } from '../../src/limits/windows.js';
import * as references from './references.js';

/** An algorithm with the reference model that it is compared with. */
export interface Subject {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly window: Window;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly reference: () => references.Reference;
}

/** Windows are a few milliseconds long, so that boundaries are met all the time and every instant can be tried. */
export const LENGTH = 24;
const aligned: Window = { kind: 'aligned', lengthMs: LENGTH, offsetMs: 0 };
const firstRequest: Window = { kind: 'first-request', lengthMs: LENGTH };

/** Every algorithm, with each kind of window and settings that it is compared in. */
export const subjects: Subject[] = [
  {
    name: 'fixed window on the clock',
    algorithm: algorithm('fixed-window'),
    window: aligned,
    reference: () => references.fixedAligned(LENGTH),
  },
  {
    name: 'fixed window from the first request',
    algorithm: algorithm('fixed-window'),
    window: firstRequest,
    reference: () => references.fixedFirstRequest(LENGTH),
  },
  {
    name: 'sliding window',
    algorithm: algorithm('sliding-window'),
    window: aligned,
    reference: () => references.slidingWindow(LENGTH),
  },
  {
    name: 'sliding log',
    algorithm: algorithm('sliding-log'),
    window: firstRequest,
    reference: () => references.slidingLog(LENGTH),
  },
  ...[undefined, 1, 5].map((refill) => ({
    name: `token bucket that refills by ${refill ?? 'its capacity'}`,
    algorithm: algorithm('token-bucket'),
    window: firstRequest,
    settings: refill === undefined ? {} : { refill },
    reference: () => references.tokenBucket(LENGTH, refill),
  })),
  ...[1, 4].map((queue) => ({
    name: `leaky bucket with a queue of ${queue}`,
    algorithm: algorithm('leaky-bucket'),
    window: firstRequest,
    settings: { queue },
    reference: () => references.leakyBucket(LENGTH, queue),
  })),
  ...[1, 3].map((factor) => ({
    name: `ramp by a factor of ${factor}`,
    algorithm: algorithm('ramp'),
    window: aligned,
    settings: { floor: 2, factor },
    reference: () => references.ramp(LENGTH, 2, factor),
  })),
  { name: 'stock', algorithm: algorithm('stock'), window: firstRequest, reference: references.stock },
  { name: 'concurrency', algorithm: algorithm('concurrency'), window: firstRequest, reference: references.concurrency },
];
