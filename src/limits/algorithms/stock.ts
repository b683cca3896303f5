/**
 * Stock: units that do not come back with time, such as a credit balance.
 *
 * Only a seed, a reset or a higher quota makes room again, so a refusal tells no time to come back. State: `[used]`.
 * @module
 */
import { Assessment } from '../assessment.js';
import { defineCounter, isNumbers, NO_SETTINGS } from './algorithm.js';

type Used = readonly [used: number];

/** Admits the quota once. */
export const stock = defineCounter<Used, undefined>({
  ...NO_SETTINGS,
  name: 'stock',
  title: 'Counts units that do not come back with time, such as prepaid credits; it has no window',
  windows: [],
  opensWindow: false,

  decide({ quota }, state, cost, now) {
    const used = state ? state[0] : 0;
    const allowed = cost === 0 || used + cost <= quota;
    const retryAt = allowed ? now : Number.POSITIVE_INFINITY;
    return new Assessment(allowed, allowed ? used + cost : used, quota, null, retryAt, now, 0);
  },

  charge: (_params, state, _assessment, cost) => [(state ? state[0] : 0) + cost],

  refund: (_params, [used], _window, amount) => [Math.max(0, used - amount)],

  seed: (_params, _state, used) => [used],

  revive: (value) => (isNumbers(value) && value.length === 1 && value[0]! >= 0 ? (value as [number]) : undefined),

  stateLength: () => 1,

  expiresAt: (_params, [used]) => (used > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY),

  isLive: (_params, [used]) => used > 0,

  capacity: ({ quota }) => quota,

  explain: ({ quota }, scale = 1) => `${quota / scale} in all, which do not come back with time`,
});
