/** Which programs share a bucket: the index finds what a look at all programs finds. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Call, chargedDecisions } from '../../src/verdict/calls/call.js';
import { Spenders } from '../../src/verdict/knowledge/spenders.js';
import { runs } from '../properties/agree.js';
import { admitted, decision, START, viewOf } from './entries.js';

const BUCKET = 'minute-1';

/** Calls of several programs, which begin and stop at different times, in two windows. */
const calls: fc.Arbitrary<readonly Call[]> = fc
  .array(
    fc.record({
      program: fc.integer({ min: 0, max: 7 }),
      window: fc.integer({ min: 0, max: 1 }),
      isTwice: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((all) => {
    const { calls } = viewOf(
      all.map(({ window, isTwice }, at) => {
        const by = { bucket: BUCKET, resetAt: START + 1_000 * window };
        return admitted({ at, decisions: isTwice ? [decision(by), decision(by)] : [decision(by)] });
      }),
    );
    return calls.map((call, i) => ({ ...call, program: `p${all[i]!.program}` }));
  });

it('finds which programs overlap, and which left a window used', () => {
  fc.assert(
    fc.property(calls, (all) => {
      const spenders = new Spenders();
      for (const call of all) spenders.add(call);
      const others = (call: Call) =>
        [...new Set(all.map(({ program }) => program))]
          .filter((program) => program !== call.program)
          .map((program) => all.filter((one) => one.program === program));
      for (const call of all) {
        const own = all.filter(({ program }) => program === call.program);
        const isShared = others(call).some(
          (other) =>
            other[0]!.number < call.number &&
            other[0]!.number <= own.at(-1)!.number &&
            own[0]!.number <= other.at(-1)!.number,
        );
        expect(spenders.isShared(call)).toBe(isShared);
        const { resetAt } = call.entry.decisions[0]!;
        const isLeft = others(call).some(
          (other) =>
            other.at(-1)!.number < call.number &&
            chargedDecisions(other.at(-1)!).some((one) => one.bucket === BUCKET && one.resetAt === resetAt),
        );
        expect(spenders.isLeftByAnother(call, BUCKET, resetAt!)).toBe(isLeft);
      }
      expect(spenders.firstCalls.map(({ number }) => number)).toEqual(
        [...new Map(all.toReversed().map((call) => [call.program, call.number])).values()].sort((a, b) => a - b),
      );
    }),
    runs(300),
  );
});
