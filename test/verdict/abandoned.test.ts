/** Clients that stop waiting: their next request may arrive before the server notices that they have closed the connection. */
import { describe, expect, it } from 'vitest';
import { waited } from '../../src/verdict/calls/call.js';
import { noBackoff } from '../../src/verdict/checks/failures/no-backoff.js';
import { type Given, START, viewOf } from './entries.js';

/** Each waits 150 ms and closes its connection; the server notices that so much later. The next request comes at once, on another connection. */
function abandoning(noticedAfter: readonly number[], given: Partial<Given> = {}): Given[] {
  return noticedAfter.map((late, i) => ({
    at: i * 151,
    left: i * 151 + 150 + late,
    connection: i + 1,
    userAgent: 'client',
    status: 0,
    broken: 'gone',
    ...given,
  }));
}

describe('a client that closes its connection and asks again', () => {
  it('retries at once, whether the server notices the close before the next request or after it', () => {
    for (const noticed of [
      [0, 0, 0, 0],
      [7, 0, 9, 0],
      [40, 40, 40, 40],
    ]) {
      const view = viewOf(abandoning(noticed));
      expect(view.calls.every(({ sequential, oneAtATime }) => sequential && oneAtATime)).toBe(true);
      const gaps = view.calls.map((call) => call.repeats && waited(call, call.repeats));
      expect(gaps).toEqual([undefined, ...noticed.slice(0, -1).map((late) => (late > 0 ? 0 : 1))]);
      expect(noBackoff.find(view, { least: 50, waits: 3 }).incidents).toHaveLength(3);
    }
  });

  it('had both under way where the close is noticed much later', () => {
    const view = viewOf(abandoning([60, 0]));
    expect(view.calls.map(({ sequential }) => sequential)).toEqual([false, false]);
    expect(view.calls[0]!.entry.leftAt).toBe(START + 210);
  });

  it('may be noticed later on a machine that lags', () => {
    const lagging = { arrived: { earliestAt: START, lagMs: 10 } };
    expect(viewOf(abandoning([60, 0], lagging)).calls[0]!.entry.leftAt).toBe(START + 151);
  });

  it('is not ended by a request of another program, nor by one on the same connection', () => {
    const [first, second] = abandoning([10, 0]);
    for (const other of [{ userAgent: 'other' }, { connection: 1 }]) {
      const view = viewOf([first!, { ...second!, ...other }]);
      expect(view.calls[0]!.entry.leftAt).toBe(START + 160);
    }
  });

  it('has its end from its own request, not from an answer that was sent in full', () => {
    const view = viewOf(abandoning([10, 10], { broken: undefined, status: 503 }));
    expect(view.calls.map(({ sequential }) => sequential)).toEqual([false, false]);
  });
});
