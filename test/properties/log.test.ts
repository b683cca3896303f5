import fc from 'fast-check';
import { describe, it } from 'vitest';
import { InstantLog } from '../../src/limits/algorithms/log.js';
import { agree, runs } from './agree.js';

/** The same as plain lists. */
const model = {
  with: (list: readonly number[], instant: number, count: number) =>
    [...list, ...new Array<number>(count).fill(instant)].sort((a, b) => a - b),
  without(list: readonly number[], instant: number, count: number) {
    const at = list.indexOf(instant);
    return list.filter((one, i) => one !== instant || i >= at + count);
  },
  after: (list: readonly number[], instant: number) => list.filter((one) => one > instant),
};

/** Further than a chunk reaches. */
const FAR = 2 ** 33;
const instant = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }) },
  fc.integer({ min: 0, max: 40 }).map((one) => one + FAR),
);
/** Enough of one instant to fill chunks. */
const count = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.integer({ min: 1, max: 600 }));
const step = fc.oneof(
  fc.record({ does: fc.constant('with' as const), instant, count }),
  /** As time passes. */
  fc.record({ does: fc.constant('next' as const), ms: fc.nat({ max: 2 }), count }),
  fc.record({ does: fc.constant('without' as const), instant, count }),
  /** What has just been added is what is mostly taken back. */
  fc.record({ does: fc.constant('undo' as const), back: fc.nat({ max: 3 }), count }),
  fc.record({ does: fc.constant('after' as const), instant }),
  fc.record({ does: fc.constant('fork' as const), back: fc.nat({ max: 5 }) }),
  fc.record({ does: fc.constant('reload' as const) }),
);

interface State {
  readonly log: InstantLog;
  readonly list: readonly number[];
}

function next({ log, list }: State, one: typeof step extends fc.Arbitrary<infer T> ? T : never): State {
  switch (one.does) {
    case 'with':
      return { log: log.with(one.instant, one.count), list: model.with(list, one.instant, one.count) };
    case 'next': {
      const now = (list.at(-1) ?? 0) + one.ms;
      return { log: log.with(now, one.count), list: model.with(list, now, one.count) };
    }
    case 'without':
      return { log: log.without(one.instant, one.count), list: model.without(list, one.instant, one.count) };
    case 'undo': {
      const late = list.at(-1 - one.back) ?? 0;
      return { log: log.without(late, one.count), list: model.without(list, late, one.count) };
    }
    case 'after':
      return { log: log.after(one.instant), list: model.after(list, one.instant) };
    case 'reload':
      return { log: InstantLog.of(JSON.parse(JSON.stringify(log)) as number[]), list };
    case 'fork':
      return { log, list };
  }
}

function compare({ log, list }: State): void {
  agree('size', log.size, list.length);
  agree('latest', log.latest, list.at(-1) ?? Number.NEGATIVE_INFINITY);
  for (const at of [-1, 0, 20, 39, 40, FAR, FAR + 40])
    agree(`until ${at}`, log.countUntil(at), list.filter((one) => one <= at).length);
  for (const at of [0, 1, list.length >> 1, list.length - 1]) if (at in list) agree(`at ${at}`, log.at(at), list[at]);
}

describe('a log', () => {
  it('is what a sorted list is, and never changes for those who hold it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const states: State[] = [{ log: InstantLog.of([]), list: [] }];
        for (const one of steps) {
          const from = one.does === 'fork' ? (states.at(-1 - one.back) ?? states[0]!) : states.at(-1)!;
          states.push(next(from, one));
          compare(states.at(-1)!);
        }
        for (const { log, list } of states) agree('an earlier one', log.toJSON(), list);
      }),
      runs(300),
    );
  });
});
