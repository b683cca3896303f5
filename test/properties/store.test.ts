import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeAnyway, type Params } from '../../src/limits/algorithms/algorithm.js';
import { type AlgorithmName, algorithm } from '../../src/limits/algorithms/index.js';
import { admit, type PolicyQuery, settle } from '../../src/limits/engine.js';
import type { RequestFacts } from '../../src/limits/facts.js';
import { countedBy, type Policy, paramsFor } from '../../src/limits/policy.js';
import type { Window } from '../../src/limits/windows.js';
import { MemoryBuckets } from '../../src/state/buckets/bucket-store.js';
import { agree, runs } from './agree.js';
import { policyOf } from './policy.js';

const LENGTH = 20;
const WINDOWS: Record<string, [AlgorithmName, Window]> = {
  clock: ['fixed-window', { kind: 'aligned', lengthMs: LENGTH, offsetMs: 0 }],
  first: ['fixed-window', { kind: 'first-request', lengthMs: LENGTH }],
  weighted: ['sliding-window', { kind: 'aligned', lengthMs: LENGTH, offsetMs: 0 }],
  log: ['sliding-log', { kind: 'first-request', lengthMs: LENGTH }],
  bucket: ['token-bucket', { kind: 'first-request', lengthMs: LENGTH }],
  queue: ['leaky-bucket', { kind: 'first-request', lengthMs: LENGTH }],
};

function policyOfKind(kind: string): Policy {
  const [name, window] = WINDOWS[kind]!;
  const policy = policyOf(kind, {});
  return {
    ...policy,
    ...countedBy(algorithm(name), window),
    settings: algorithm(name).settings({ queue: 3 }),
    free: (_facts, outcome) => outcome?.status === 500,
    refusal: { ...policy.refusal, charges: [kind] },
  };
}

const step = fc.record({
  key: fc.nat({ max: 12 }),
  ms: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 * LENGTH })),
  fails: fc.boolean(),
});

describe.each(Object.keys(WINDOWS))('a store of %s', (kind) => {
  it('says the same whether it forgets what has ended or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 120, size: 'max' }), (quota, steps) => {
        const policy = policyOfKind(kind);
        const params = paramsFor(policy, quota);
        const [forgetful, faithful] = [new MemoryBuckets(), new MemoryBuckets()];
        let now = 1_000;
        for (const { key, ms, fails } of steps) {
          now += ms;
          const ask: PolicyQuery = { policy, partition: `key${key}`, params, cost: 1, needs: 1 };
          const admissions = [forgetful, faithful].map((store) => {
            const instant = { now, horizon: store === forgetful ? now : Number.NEGATIVE_INFINITY };
            const admission = admit(store, [ask], instant, 'request');
            if (admission.allowed && fails) settle(store, admission, {} as RequestFacts, { status: 500 }, instant);
            const { allowed, used, remaining, resetAt, retryAt } = admission.decisions[0]!;
            return { allowed, used, remaining, resetAt, retryAt };
          });
          agree('decision', admissions[0], admissions[1]);
        }
      }),
      runs(60),
    );
  });

  it('stays small however many keys come and go, without a timer', () => {
    const policy = policyOfKind(kind);
    const params = paramsFor(policy, 3);
    const store = new MemoryBuckets();
    let largest = 0;
    for (let i = 0; i < 2_000; i++) {
      const now = 1_000 + i;
      admit(store, [{ policy, partition: `key${i}`, params, cost: 1, needs: 1 }], { now, horizon: now }, 'request');
      largest = Math.max(largest, store.size);
    }
    // A key is of interest for two windows at most, and one comes every millisecond.
    expect(largest).toBeLessThanOrEqual(2 * LENGTH + 2);
  });

  it('keeps no more buckets than it may, the ones used last', () => {
    const policy = policyOfKind(kind);
    const params = paramsFor(policy, 3);
    const store = new MemoryBuckets(10);
    const ask = (key: number): PolicyQuery => ({ policy, partition: `key${key}`, params, cost: 1, needs: 1 });
    const instant = { now: 1_000, horizon: Number.NEGATIVE_INFINITY };
    for (let key = 0; key < 10; key++) admit(store, [ask(key)], instant, 'request');
    admit(store, [ask(0)], instant, 'request');
    for (let key = 10; key < 15; key++) admit(store, [ask(key)], instant, 'request');
    expect(store.size).toBe(10);
    expect(store.get(policy, 'key0')).toBeDefined();
    expect(store.get(policy, 'key1')).toBeUndefined();
  });
});

describe.each([...Object.keys(WINDOWS), 'jobs'])('a bucket of %s under a clock that is steered', (kind) => {
  it('does not grow for ever', () => {
    const [name, window] = WINDOWS[kind] ?? ['concurrency', { kind: 'first-request', lengthMs: 0 } as const];
    const real = algorithm(name);
    const params: Params = { quota: 5, window, settings: real.settings({ queue: 3 }) };
    let state: unknown;
    let longest = 0;
    for (let i = 0; i < 6_000; i++) {
      const now = 1_000 + i * LENGTH;
      const lease = `job${i}`;
      const cost = kind === 'log' ? 10 : 1;
      const { window } = real.decide(params, state, cost, now);
      state = chargeAnyway(real, params, state, cost, now, { horizon: Number.NEGATIVE_INFINITY, lease });
      // A job ends at once, without a release.
      if (real.kind === 'lease') state = real.transfer(state, lease, [{ id: lease, until: now + 1 }]);
      else if (i % 3 === 0) state = real.refund(params, state, window, 1);
      if (i % 500 === 0) longest = Math.max(longest, (JSON.parse(JSON.stringify(state)) as unknown[]).length);
    }
    expect(longest).toBeLessThanOrEqual(kind === 'log' ? 45_000 : 2_100);
  });
});
