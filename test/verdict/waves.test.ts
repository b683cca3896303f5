/** Retries that each may have crossed their refusal, and that together show what their program knew. */
import { describe, expect, it } from 'vitest';
import { earlyCalls } from '../../src/verdict/calls/early.js';
import { admitted, type Given, refused, viewOf } from './entries.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A burst of six requests over connections of their own, of which so many are refused, and what the same client sends 20 ms later on other connections. */
function burst(refusedRequests: number, then: readonly number[]): Given[] {
  const request = (n: number, at: number): Given => {
    const given = { at, left: at < 100 ? 30 : at + 2, connection: at + n, path: `/a/${n}` };
    const isRefused = n < refusedRequests;
    return isRefused ? refused(given, 60_000) : admitted(given);
  };
  return [...range(6).map((n) => request(n, n)), ...then.map((n, i) => request(n, 150 + i) as Given)].map((given) =>
    // It came within the margin after the answers.
    given.at < 100 ? { ...given, left: given.at + 140 } : given,
  );
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
  /** Tasks of one client on one connection; those after the third are refused and come back after the second that they are told, or as given. */
  function tasks(back: readonly number[]): Given[] {
    const first = range(6).map((n): Given => {
      const given = { at: 120 * n, left: 120 * n + 10, connection: 1 };
      return n < 3 ? admitted(given) : refused(given, 1_000);
    });
    return [...first, ...back.map((at): Given => admitted({ at, left: at + 10, connection: 1 }))];
  }

  it('are uncoordinated if each refused one waits as it was told', () => {
    expect(kinds(tasks([1_050, 1_180, 1_390]))).toEqual(['uncoordinated', 'uncoordinated']);
  });

  it('are not, if one of the refused ones never comes back', () => {
    expect(kinds(tasks([1_050, 3_000, 3_130]))).toContain('own');
  });

  it('are not, if requests follow each other at once', () => {
    const all = tasks([1_050, 1_180, 1_390]).map((given) =>
      given.at < 1_000 ? { ...given, left: given.at + 118 } : given,
    );
    expect(kinds(all)).toContain('own');
  });
});
