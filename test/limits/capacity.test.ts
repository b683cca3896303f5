/** The most that a limit lets through in a span, against somebody who takes a unit whenever there is one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CounterAlgorithm, Params } from '../../src/limits/algorithms/algorithm.js';
import { type AlgorithmName, algorithm } from '../../src/limits/algorithms/index.js';
import type { Window } from '../../src/limits/windows.js';
import { take } from './take.js';

function counterNamed(name: AlgorithmName): CounterAlgorithm {
  const found = algorithm(name);
  if (found.kind === 'lease') throw new TypeError(`${name} is no counter`);
  return found;
}

function greedy(name: AlgorithmName, params: Params, from: number, to: number): number {
  const counter = counterNamed(name);
  let state: unknown;
  let taken = 0;
  for (let now = from; now <= to; now++) {
    for (let next = take(counter, params, state, 1, now); next.allowed; next = take(counter, params, state, 1, now)) {
      state = next.state;
      taken += 1;
    }
  }
  return taken;
}

const firstRequest = (lengthMs: number): Window => ({ kind: 'first-request', lengthMs });
const aligned = (lengthMs: number): Window => ({ kind: 'aligned', lengthMs, offsetMs: 3 });

const kinds: [AlgorithmName, (lengthMs: number) => Window][] = [
  ['fixed-window', firstRequest],
  ['fixed-window', aligned],
  ['sliding-window', aligned],
  ['sliding-log', firstRequest],
  ['token-bucket', firstRequest],
  ['leaky-bucket', firstRequest],
];

describe.each(kinds)('%s', (name, windowOf) => {
  test('tells what the greediest gets', () => {
    const cases = fc.record({
      lengthMs: fc.integer({ min: 1, max: 40 }),
      quota: fc.integer({ min: 1, max: 60 }),
      refill: fc.integer({ min: 1, max: 60 }),
      from: fc.integer({ min: 0, max: 100 }),
      span: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(cases, ({ lengthMs, quota, refill, from, span }) => {
        const params: Params = { quota, window: windowOf(lengthMs), settings: { refill, queue: refill } };
        const told = counterNamed(name).capacity(params, from, from + span);
        const got = greedy(name, params, from, from + span);
        expect(told).toBeGreaterThanOrEqual(got);
        // Units that come back between two milliseconds wait for the next, and more than the bucket holds run over.
        const rate = { 'token-bucket': refill, 'leaky-bucket': quota }[name as string] ?? 1;
        if (lengthMs % rate === 0) expect(told).toBe(got);
      }),
    );
  });
});

test('calendar windows are counted as they come', () => {
  const window: Window = { kind: 'calendar', unit: 'month', timeZone: 'Europe/Berlin' };
  const { capacity } = counterNamed('fixed-window');
  const from = Date.parse('2026-01-31T22:59:59.999Z');
  expect(capacity({ quota: 10, window, settings: undefined }, from, from)).toBe(10);
  expect(capacity({ quota: 10, window, settings: undefined }, from, from + 1)).toBe(20);
  expect(capacity({ quota: 10, window, settings: undefined }, from, Date.parse('2027-01-01T00:00:00Z'))).toBe(130);
});
