/**
 * The registry of algorithms. A new one is one file and one line here; the profile's schema and the types follow.
 * @module
 */
import type { Algorithm } from './algorithm.js';
import { concurrency } from './concurrency.js';
import { fixedWindow } from './fixed-window.js';
import { leakyBucket } from './leaky-bucket.js';
import { ramp } from './ramp.js';
import { slidingLog } from './sliding-log.js';
import { slidingWindow } from './sliding-window.js';
import { stock } from './stock.js';
import { tokenBucket } from './token-bucket.js';

/** All algorithms by name. */
export const algorithms = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'sliding-log': slidingLog,
  'token-bucket': tokenBucket,
  'leaky-bucket': leakyBucket,
  concurrency,
  stock,
  ramp,
} as const;

/** The name of an algorithm, as a profile writes it. */
export type AlgorithmName = keyof typeof algorithms;

/** The algorithm of that name, without its state's type: states are only ever handed back to the algorithm that made them. */
export function algorithm(name: AlgorithmName): Algorithm {
  return algorithms[name] as unknown as Algorithm;
}
