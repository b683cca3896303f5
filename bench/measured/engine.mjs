/**
 * The engine as the measurements drive it: policies made by hand, asked on the default store. The one place that knows its calls.
 */
import { algorithms } from '../built/algorithms.js';
import { MemoryBuckets } from '../built/bucket-store.js';
import { admit, release, settle } from '../built/engine.js';

/** Names of all algorithms. */
export const ALGORITHMS = Object.keys(algorithms);
export { MemoryBuckets };

/** The instant at which all measurements begin: a whole number of minutes, hours and days. */
export const START = Date.UTC(2026, 0, 1);

/** A policy by itself, as a profile's would be compiled. */
export function policyOf(algorithm, quota, windowMs, id = algorithm) {
  const aligned = algorithm === 'sliding-window' || algorithm === 'ramp';
  const window = aligned
    ? { kind: 'aligned', lengthMs: windowMs, offsetMs: 0 }
    : { kind: 'first-request', lengthMs: windowMs };
  // So slowly that a key's bucket still says something when its turn comes again: one that is full is dropped, and a table of such is empty.
  const { kind, settings } = algorithms[algorithm];
  const own = settings({ refill: 100, queue: quota, floor: quota, factor: 2 });
  const policy = {
    id,
    kind,
    algorithm: algorithms[algorithm],
    window: kind === 'lease' ? undefined : window,
    settings: own,
    unit: 'requests',
    scale: 1,
    partitionBy: ['key'],
    phase: 'caller',
    sameForAllRequests: false,
    applies: () => true,
    partition: () => undefined,
    cost: () => 1,
    actualCost: undefined,
    free: (_facts, { status }) => status === 304,
    refusal: { charges: [], final: false, error: 'refused', impossible: 'refused', retryAfterSec: 'truthful' },
    warnAbove: undefined,
  };
  return { policy, params: { quota, window, settings: own } };
}

/** A query of a policy for one partition, as `admit` takes it. */
export function asking({ policy, params }, partition) {
  return { policy, partition, params, cost: 1, needs: 1 };
}

const FACTS = { method: 'GET', path: '/', operation: undefined, tags: [], params: {}, header: () => undefined };
const OK = { status: 200 };

/** A request from its arrival to its answer, as far as the engine has to do with it. */
export function decide(store, queries, now) {
  const instant = { now, horizon: now };
  const admission = admit(store, queries, instant, 'lease');
  if (admission.allowed) settle(store, admission, FACTS, OK, instant);
  release(store, admission, instant);
  return admission.allowed;
}

/** A request that is still under way: what it took it holds. */
export function take(store, queries, now) {
  return admit(store, queries, { now, horizon: now }, 'lease').allowed;
}

/** `count` different keys, each a flat string of its own. */
export function* keys(count, from = 0) {
  for (let i = from; i < from + count; i++)
    yield Buffer.from(`ak_live_${String(i).padStart(10, '0')}`).toString('latin1');
}
