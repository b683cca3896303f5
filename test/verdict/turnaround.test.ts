/** How long a client takes for its next request where it does not wait. */
import { describe, expect, it } from 'vitest';
import { turnaroundOf } from '../../src/verdict/knowledge/turnaround.js';
import { type Given, refused, viewOf } from './entries.js';

/** Of the program and caller of the last call. */
function turnaround(...all: readonly Given[]): number {
  const view = viewOf(all);
  return turnaroundOf(view, view.calls.at(-1)!);
}

/** Requests that succeed in a millisecond, each so long after the answer to the one before. */
function paced(gaps: readonly number[], given: Partial<Given> = {}): Given[] {
  const ats = [0];
  for (const gap of gaps) ats.push(ats.at(-1)! + 1 + gap);
  return ats.map((at) => ({ ...given, at }));
}

describe('the turn-around of a client', () => {
  it('is the median of its gaps', () => {
    expect(turnaround(...paced([1, 90, 3, 2, 80]))).toBe(3);
    // Of two in the middle, the longer.
    expect(turnaround(...paced([1, 7, 3, 90]))).toBe(7);
  });

  it('is 0 where there is nothing to measure', () => {
    expect(turnaround({ at: 0 })).toBe(0);
  });

  it('leaves out pauses of more than 250 ms', () => {
    expect(turnaround(...paced([250, 251, 5_000]))).toBe(250);
  });

  it('counts only what comes after a success', () => {
    const failed = { at: 0, left: 1, status: 503 };
    expect(turnaround(failed, { at: 6 })).toBe(0);
    expect(turnaround(refused({ at: 0 }), { at: 6 })).toBe(0);
  });

  it('does not count what was sent before the answer was known', () => {
    expect(turnaround({ at: 0, left: 20 }, { at: 5, left: 21 }, { at: 30 })).toBe(9);
  });

  it('does not count a gap below 0: the clock was set back', () => {
    expect(turnaround({ at: 0, answeredAt: 8e12 }, { at: 6 })).toBe(0);
  });

  it('is each program’s own, with each credential', () => {
    const slow = paced([100, 100], { connection: 1, userAgent: 'slow' });
    const quick = paced([10, 10], { connection: 2, userAgent: 'quick' });
    const other = paced([40, 40], { connection: 3, userAgent: 'quick', keyHash: 'hash-k2' });
    const view = viewOf([...slow, ...quick, ...other]);
    expect([0, 3, 6].map((i) => turnaroundOf(view, view.calls[i]!))).toEqual([100, 10, 40]);
  });
});
