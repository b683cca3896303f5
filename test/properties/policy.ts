/**
 * A policy of which only what a store asks for matters.
 * @module
 */
import { algorithm } from '../../src/limits/algorithms/index.js';
import type { Policy } from '../../src/limits/policy.js';

/** @param parts in place of the fixed window's own */
export function policyOf(id: string, parts: Partial<Policy['algorithm']>, by = 'key'): Policy {
  return {
    id,
    algorithm: { ...algorithm('fixed-window'), ...parts },
    window: { kind: 'first-request', lengthMs: 10 },
    options: {},
    unit: 'requests',
    scale: 1,
    partitionBy: [by],
    asked: 'caller',
    steady: false,
    applies: () => true,
    partition: () => '',
    cost: () => 1,
    actualCost: undefined,
    free: () => false,
    refusal: { charges: [], final: false, error: 'limited', impossible: 'limited', retryAfterSec: 'truthful' },
    warnAbove: undefined,
  };
}
