/** Settlements that are made again as an outcome grows, as for the answer that is streamed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, settle } from '../../src/limits/engine.js';
import type { RequestFacts } from '../../src/limits/facts.js';
import { type CounterPolicy, paramsFor } from '../../src/limits/policy.js';
import { MemoryBuckets } from '../../src/state/buckets/bucket-store.js';
import { runs } from '../properties/agree.js';
import { policyOf } from '../properties/policy.js';

const facts = {} as RequestFacts;
const AT = { now: 1, horizon: 1 };

const policy: CounterPolicy = {
  ...policyOf('tokens', {}),
  actualCost: (_facts, outcome) => outcome?.body as number,
  free: (_facts, outcome) => outcome?.status === 500,
};
const params = paramsFor(policy, 1_000);

/** A request that was charged `cost`, and what its bucket shows. */
function admitted(cost: number) {
  const store = new MemoryBuckets();
  const admission = admit(store, [{ policy, partition: 'a', params, cost, needs: cost }], AT, 'lease');
  let refunded = 0;
  return {
    refunded: () => refunded,
    used: () => policy.algorithm.decide(params, store.get(policy, 'a'), 0, AT.now).used,
    settle(took: number, isFinal: boolean, status = 200) {
      for (const { amount } of settle(store, admission, facts, { status, body: took }, AT, isFinal)) refunded += amount;
    },
  };
}

const tokens = fc.nat({ max: 100 });

describe('settlements of one request', () => {
  test('charge what exceeds the charge so far, give nothing back before the last, and sum up to the outcome', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(tokens), tokens, (cost, soFar, last) => {
        const request = admitted(cost);
        let most = cost;
        for (const took of soFar) {
          request.settle(took, false);
          most = Math.max(most, took);
          expect(request.used()).toBe(most);
        }
        request.settle(last, true);
        expect([request.used(), request.refunded()]).toEqual([last, cost - last]);
        request.settle(last, true);
        expect([request.used(), request.refunded()]).toEqual([last, cost - last]);
      }),
      runs(500),
    );
  });

  test('give everything back if the outcome is free at the end', () => {
    const request = admitted(3);
    request.settle(9, false);
    request.settle(9, false, 500);
    expect(request.used()).toBe(9);
    request.settle(9, true, 500);
    expect([request.used(), request.refunded()]).toEqual([0, 3]);
  });
});
