/** Retries that each may have crossed their refusal, and that together show what their program knew. */
import { describe, expect, it } from 'vitest';
import { earlyCalls } from '../../src/verdict/calls/early.js';
import { admitted, type Given, refused, viewOf } from './entries.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A burst of six requests over connections of their own, of which so many are refused, and what the same client sends within the margin after the answers. */
function burst(refusedRequests: number, then: readonly number[]): Given[] {
  const request = (n: number, at: number, left: number): Given => {
    const given = { at, left, connection: at + n, path: `/a/${n}` };
    return n < refusedRequests ? refused(given, 60_000) : admitted(given);
  };
  return [...range(6).map((n) => request(n, n, n + 140)), ...then.map((n, i) => request(n, 150 + i, 152 + i))];
}

function kinds(all: readonly Given[]): string[] {
  return earlyCalls(viewOf(all)).map(({ kind }) => kind);
}

describe('after a burst, a program', () => {
  it('knew the refusals if it repeats the refused requests and none of the others', () => {
    expect(kinds(burst(3, [0, 1, 2]))).toEqual(['own', 'own', 'own']);
  });

  it('may not have known them if it repeats all requests', () => {
    expect(kinds(burst(3, [0, 1, 2, 3, 4, 5]))).not.toContain('own');
  });

  it('may not have known them if only two were repeated', () => {
    expect(kinds(burst(2, [0, 1]))).not.toContain('own');
  });

  it('may not have known them if nearly all were refused', () => {
    expect(kinds(burst(4, [0, 1, 2, 3]))).not.toContain('own');
  });
});

describe('tasks that send the same request some time apart', () => {
  /** Eight tasks of one client on one connection; those after the third are refused. @param back when they come back */
  function tasks(back: readonly number[]): Given[] {
    const first = range(8).map((n): Given => {
      const given = { at: 120 * n, left: 120 * n + 10, connection: 1 };
      return n < 3 ? admitted(given) : refused(given, 3_000);
    });
    return [...first, ...back.map((at): Given => admitted({ at, left: at + 10, connection: 1 }))];
  }

  it('are uncoordinated if each refused one waits as it was told', () => {
    expect(new Set(kinds(tasks([3_050, 3_180, 3_390, 3_400, 3_470])))).toEqual(new Set(['uncoordinated']));
  });

  it('are not, if one of the refused ones never comes back', () => {
    expect(kinds(tasks([3_050, 3_180, 3_390, 6_000, 9_130]))).toContain('own');
  });

  it('are not, if requests follow each other at once', () => {
    const all = tasks([3_050, 3_180, 3_390, 3_400, 3_470]);
    const slow = all.map((given) => (given.at < 1_000 ? { ...given, left: given.at + 118 } : given));
    expect(kinds(slow)).toContain('own');
  });

  it('are not, if requests go on until the wait is over, as those of a loop do', () => {
    const loop = range(24).map((n) => 960 + 120 * n);
    const all = [...tasks([]), ...loop.map((at) => refused({ at, left: at + 10, connection: 1 }, 3_000))];
    const later = range(40).map((n) => admitted({ at: 3_840 + 120 * n, left: 3_850 + 120 * n, connection: 1 }));
    expect(kinds([...all, ...later])).toContain('own');
  });

  it('are not, if requests come later after a refusal than after a success, as those of one task that waits too short a time', () => {
    const waits = range(10).flatMap((n): Given[] => [
      admitted({ at: 5_000 * n, left: 5_000 * n + 10, connection: 1 }),
      admitted({ at: 5_000 * n + 120, left: 5_000 * n + 130, connection: 1 }),
      refused({ at: 5_000 * n + 240, left: 5_000 * n + 250, connection: 1 }, 5_000 * n + 3_240),
      refused({ at: 5_000 * n + 1_740, left: 5_000 * n + 1_750, connection: 1 }, 5_000 * n + 3_240),
      admitted({ at: 5_000 * n + 3_250, left: 5_000 * n + 3_260, connection: 1 }),
      admitted({ at: 5_000 * n + 3_380, left: 5_000 * n + 3_390, connection: 1 }),
    ]);
    expect(kinds(waits)).toContain('own');
  });
});
