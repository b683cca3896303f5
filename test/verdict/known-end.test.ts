/** What a report says that a client knew: an answer, or the end of a request that got none. */
import { describe, expect, it } from 'vitest';
import { retryTooEarly } from '../../src/verdict/checks/waits/retry-too-early.js';
import { FindingTally } from '../../src/verdict/report/tally.js';
import { type Given, viewOf } from './entries.js';

/** What the client of the second request knew of the first. */
function knew(first: Partial<Given>, second: Partial<Given> = {}): string | undefined {
  const all = [
    { at: 0, left: 10, connection: 1, ...first },
    { at: 40, connection: 2, ...second },
  ];
  const [before, call] = viewOf(all).calls;
  const tally = new FindingTally();
  tally.add({ judged: 1, incidents: [{ call: call!, says: '', knownAnswer: before! }] }, () => true);
  return tally.found(retryTooEarly)[0]!.calls.at(-1)!.knew;
}

describe('a client knew', () => {
  it('an answer', () => {
    expect(knew({})).toBe('the answer to request 1, which had left 30 ms before on connection 1');
    expect(knew({}, { connection: 1 })).toBe('the answer to request 1, received on the same connection');
  });

  it.each([
    [{ status: 0, broken: 'dropped' }, 'was closed without an answer'],
    [{ status: 503, broken: 'dropped' }, 'was closed without an answer'],
    [{ broken: 'cut' }, 'was closed amid the answer'],
    [{ status: 0, broken: 'gone' }, 'it closed itself'],
    [{ broken: 'left' }, 'it closed itself amid the answer'],
  ] as const)('the end of a request: %j', (first, end) => {
    expect(knew(first)).toBe(`the end of request 1, whose connection ${end} 30 ms before`);
  });
});
