/**
 * Concurrency: how many may run at once. A unit is held from its admission until it is released, or until a known end (a job's).
 *
 * State: leases. `until` is `null` while the end is not known (a request in flight); a lease whose end has come is over without anybody doing anything.
 * @module
 */
import type { Zod } from '../zod.js';
import { Charged, defineAlgorithm, Look, MOST_KEPT } from './algorithm.js';

export interface Lease {
  readonly id: string;
  /** Epoch ms at which it ends by itself; `null`: when it is released. */
  readonly until: number | null;
}

type State = readonly Lease[];

const NONE: State = [];

export const concurrency = defineAlgorithm<State>({
  name: 'concurrency',
  windows: [],
  params: (z: Zod) =>
    z
      .strictObject({
        holds: z
          .enum(['request', 'job'])
          .default('request')
          .describe(
            'What holds a unit: a request, until its response has been sent; or the jobs that it creates, until they end',
          ),
      })
      .describe('Limits what is there at the same time; it has no window'),

  used: (_params, state, now) => (state ? countRunning(state, now) : 0),

  peek({ quota }, state, cost, now) {
    const used = state ? countRunning(state, now) : 0;
    const allowed = cost === 0 || used + cost <= quota;
    const retryAt = allowed ? now : freeAt(state!, used + cost - quota, cost > quota, now);
    return new Look(allowed, used, quota, null, retryAt);
  },

  charge({ quota }, state, cost, now, { horizon, lease = 'unnamed' }) {
    const kept = state ? remembered(state, now, horizon) : NONE;
    // Of its length from the start: one that is added to has room to spare.
    const next = new Array<Lease>(Math.min(kept.length + cost, Math.max(kept.length, 2 * MOST_KEPT)));
    for (let i = 0; i < next.length; i++) next[i] = kept[i] ?? { id: lease, until: null };
    return new Charged<State>(next, now, countRunning(kept, now) + cost, quota, null);
  },

  refund(_params, state, _window, amount, lease) {
    const next = state.slice();
    for (let left = amount; left > 0; left--) {
      const at = next.findIndex(({ id }) => id === lease);
      if (at < 0) break;
      next.splice(at, 1);
    }
    return next;
  },

  seed: () => undefined,

  kept: (state, isKept) => state.filter(({ id, until }) => until !== null || isKept(id)),

  revive: (value) =>
    Array.isArray(value) && value.length <= 2 * MOST_KEPT && value.every(isLease)
      ? value.map(({ id, until }) => ({ id, until }))
      : undefined,

  expiresAt: (_params, state) =>
    state.reduce((latest, { until }) => Math.max(latest, until ?? Number.POSITIVE_INFINITY), Number.NEGATIVE_INFINITY),

  isLive: (_params, state, now) => countRunning(state, now) > 0,

  most: () => MOST_KEPT,

  explain: ({ quota, options }, scale = 1) =>
    `${quota / scale} at once (${options['holds'] === 'job' ? 'jobs, from creation to their end' : 'requests in flight'})`,
});

function isLease(value: unknown): value is Lease {
  const { id, until } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof id === 'string' && (until === null || Number.isFinite(until));
}

function running(state: readonly Lease[], now: number): readonly Lease[] {
  return state.filter(({ until }) => until === null || until > now);
}

function countRunning(state: readonly Lease[], now: number): number {
  let count = 0;
  for (const { until } of state) if (until === null || until > now) count += 1;
  return count;
}

/** Jobs that have ended are remembered in case the clock is set back, as far as the clock may go, and the last of them only. */
const REMEMBERED_JOBS = 1_000;

function remembered(state: readonly Lease[], now: number, horizon: number): readonly Lease[] {
  const since = Math.min(now, horizon);
  const kept = countRunning(state, since) === state.length ? state : running(state, since);
  if (kept.length <= REMEMBERED_JOBS) return kept;
  const surplus = kept.length - countRunning(kept, now) - REMEMBERED_JOBS;
  if (surplus <= 0) return kept;
  let dropped = 0;
  return kept.filter(({ until }) => until === null || until > now || ++dropped > surplus);
}

/** When `count` of the running leases have ended. */
function freeAt(state: readonly Lease[], count: number, impossible: boolean, now: number): number | null {
  if (impossible) return Number.POSITIVE_INFINITY;
  const ends = running(state, now)
    .map(({ until }) => until)
    .filter((until) => until !== null)
    .sort((a, b) => a - b);
  return ends[count - 1] ?? null;
}

/** The state once the lease `id` has become these leases (a request that created jobs; a job whose end moved; none: released). */
export function replaceLeases(state: readonly Lease[], id: string, leases: readonly Lease[]): readonly Lease[] {
  return [...state.filter((lease) => lease.id !== id), ...leases];
}
