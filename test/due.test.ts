/** What waits for an instant: in order, taken back at any time, and without going through all that wait. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Clock } from '../src/runtime/clock.js';
import { DueHeap } from '../src/runtime/due-queue.js';
import { runs } from './properties/agree.js';

describe('what waits', () => {
  it('comes in the order of its instants, and at the same instant in the order in which it was added', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ cancel: fc.nat() }),
      fc.constant({ shift: true as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new DueHeap();
        const taken: number[] = [];
        let model: { at: number; id: number }[] = [];
        const cancels: { id: number; cancel: () => void }[] = [];
        for (const one of steps) {
          if ('add' in one) {
            const id = cancels.length;
            cancels.push({ id, cancel: heap.add(one.add, () => void taken.push(id)) });
            model.push({ at: one.add, id });
          } else if ('cancel' in one && cancels.length > 0) {
            const { id, cancel } = cancels[one.cancel % cancels.length]!;
            cancel();
            model = model.filter((other) => other.id !== id);
          } else if ('shift' in one) {
            const [next] = model.sort((a, b) => a.at - b.at || a.id - b.id);
            heap.shift()?.run();
            if (next) expect(taken.at(-1)).toBe(next.id);
            model = model.slice(1);
          }
          expect(heap.size).toBe(model.length);
        }
        const rest = heap.drain();
        expect(rest.map(({ at }) => at)).toEqual(model.sort((a, b) => a.at - b.at).map(({ at }) => at));
        for (const { cancel } of cancels) cancel();
        expect(heap.size).toBe(0);
      }),
      runs(300),
    );
  });

  it('may be many: a hundred thousand, added from the last to the first, half of them taken back', async () => {
    const clock = new Clock({ frozen: true, now: 0 });
    const ran: number[] = [];
    const cancels: (() => void)[] = [];
    for (let at = 100_000; at > 0; at--) cancels.push(clock.at(at, () => void ran.push(at)));
    for (let i = 0; i < cancels.length; i += 2) cancels[i]!();
    await clock.advance(100_000);
    expect(ran).toHaveLength(50_000);
    expect(ran.slice(0, 3)).toEqual([1, 3, 5]);
  });
});
