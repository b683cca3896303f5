/**
 * Concurrency: how many may run at once. A unit is held from its admission until it is released, or until a known end (a job's).
 *
 * State: the leases. `until` is `null` while the end is not known (a request in flight); a lease whose end has passed no longer counts.
 * @module
 */
import { Assessment } from '../assessment.js';
import { formatDuration } from '../duration.js';
import { duration } from '../schema.js';
import type { Zod } from '../zod.js';
import { defineLease, type Holder, type Lease, MAX_STORED_UNITS } from './algorithm.js';

type State = readonly Lease[];

/** The settings of `concurrency`. */
export interface ConcurrencySettings {
  readonly holds: Holder;
  /** A unit counts once it has been held for this many milliseconds. */
  readonly after: number;
}

const NONE: State = [];

/** Admits a request while fewer units than the quota are held. */
export const concurrency = defineLease<State, ConcurrencySettings>({
  name: 'concurrency',
  title: 'Limits how many requests or jobs run at once',
  schema: (z: Zod) =>
    z.strictObject({
      holds: z
        .enum(['request', 'job'])
        .default('request')
        .describe(
          'What holds a unit: a request, until its response has been sent; or the jobs that it creates, until they end',
        ),
      after: duration(z)
        .optional()
        .describe(
          'Only requests that have been in flight for this long hold a unit; all when left out. A new request is refused while as many as the quota do',
        ),
    }),
  settings: ({ holds = 'request', after = 0 }) => ({ holds: holds as Holder, after: after as number }),
  amounts: [],
  durations: ['after'],

  decide({ quota, settings: { after } }, state, cost, now) {
    const used = state ? countRunning(state, now) : 0;
    const allowed = cost === 0 || used + cost <= quota;
    const retryAt = allowed ? now : freeAt(state, used + cost - quota, cost > quota, now);
    return new Assessment(allowed, allowed && after === 0 ? used + cost : used, quota, null, retryAt, now, 0);
  },

  charge({ settings: { after } }, state, _assessment, cost, now, { horizon, lease = 'unnamed' }) {
    const kept = state ? remembered(state, now, horizon) : NONE;
    // Allocated at its final length: an array that grows by `push` reserves more than it needs.
    const next = new Array<Lease>(Math.min(kept.length + cost, Math.max(kept.length, 2 * MAX_STORED_UNITS)));
    for (let i = 0; i < next.length; i++)
      next[i] = kept[i] ?? (after === 0 ? { id: lease, until: null } : { id: lease, until: null, from: now + after });
    return next;
  },

  heldBy: ({ holds }) => holds,

  release(state, id, amount) {
    const next = state.slice();
    for (let left = amount; left > 0; left--) {
      const at = next.findIndex((lease) => lease.id === id);
      if (at < 0) break;
      next.splice(at, 1);
    }
    return next;
  },

  transfer: (state = NONE, id, leases) => [...state.filter((lease) => lease.id !== id), ...leases],

  retain: (state, isKept) => state.filter(({ id, until }) => until !== null || isKept(id)),

  revive: (value) =>
    Array.isArray(value) && value.length <= 2 * MAX_STORED_UNITS && value.every(isLease)
      ? value.map(({ id, until, from }) => (from === undefined ? { id, until } : { id, until, from }))
      : undefined,

  expiresAt: (_params, state) =>
    state.reduce((latest, { until }) => Math.max(latest, until ?? Number.POSITIVE_INFINITY), Number.NEGATIVE_INFINITY),

  // A unit that does not count yet will.
  isLive: (_params, state, now) => state.some(({ until }) => until === null || until > now),

  maxUnits: () => MAX_STORED_UNITS,

  explain: ({ quota, settings }, scale = 1) =>
    `${quota / scale} at once (${settings.holds === 'job' ? 'jobs, from creation to their end' : 'requests in flight'}${settings.after > 0 ? ` for ${formatDuration(settings.after)} or longer` : ''})`,
});

function isLease(value: unknown): value is Lease {
  const { id, until, from } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof id === 'string' &&
    (until === null || Number.isFinite(until)) &&
    (from === undefined || Number.isFinite(from))
  );
}

function running(state: State, now: number): State {
  return state.filter(({ until }) => until === null || until > now);
}

function countRunning(state: State, now: number): number {
  let count = 0;
  for (const { until, from } of state)
    if ((until === null || until > now) && (from === undefined || from <= now)) count += 1;
  return count;
}

/** How many jobs that have ended are kept, in case the clock is set back. */
const REMEMBERED_JOBS = 1_000;

/** Without the leases that ended before `horizon`, and without the oldest of those that ended before `now` if there are too many. */
function remembered(state: State, now: number, horizon: number): State {
  const since = Math.min(now, horizon);
  const kept = running(state, since).length === state.length ? state : running(state, since);
  if (kept.length <= REMEMBERED_JOBS) return kept;
  const surplus = kept.length - countRunning(kept, now) - REMEMBERED_JOBS;
  if (surplus <= 0) return kept;
  let dropped = 0;
  return kept.filter(({ until }) => until === null || until > now || ++dropped > surplus);
}

/** When `count` of the running leases have ended; `null` if that is not known. */
function freeAt(state: State | undefined, count: number, impossible: boolean, now: number): number | null {
  if (impossible) return Number.POSITIVE_INFINITY;
  const ends = running(state ?? NONE, now)
    .map(({ until }) => until)
    .filter((until) => until !== null)
    .sort((a, b) => a - b);
  return ends[count - 1] ?? null;
}
