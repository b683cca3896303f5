/**
 * A policy of which only what a store asks for matters.
 * @module
 */

import type { CounterAlgorithm } from '../../src/limits/algorithms/algorithm.js';
import { algorithm } from '../../src/limits/algorithms/index.js';
import type { CounterPolicy } from '../../src/limits/policy.js';
import { compileQuantity } from '../../src/limits/rules/quantity.js';

/** @param parts in place of the fixed window's own */
export function policyOf(id: string, parts: Partial<CounterAlgorithm>, by = 'key'): CounterPolicy {
  return {
    id,
    base: id,
    quota: compileQuantity(1),
    settingsOf: undefined,
    absent: 'skip',
    needs: undefined,
    mostPerRequest: undefined,
    kind: 'counter',
    algorithm: { ...(algorithm('fixed-window') as CounterAlgorithm), ...parts },
    window: { kind: 'first-request', lengthMs: 10 },
    settings: undefined,
    unit: 'requests',
    scale: 1,
    partitionBy: [by],
    phase: 'caller',
    sameForAllRequests: false,
    applies: () => true,
    partition: () => '',
    cost: () => 1,
    actualCost: undefined,
    free: () => false,
    refusal: {
      charges: [],
      final: false,
      error: 'limited',
      choices: [],
      impossible: 'limited',
      retryAfterSec: 'truthful',
    },
    warnAbove: undefined,
  };
}
