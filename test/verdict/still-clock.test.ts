/** Clients that really wait while the clock of the sandbox stands still. */
import { expect, it } from 'vitest';
import { waited } from '../../src/verdict/calls/call.js';
import { earlyCalls } from '../../src/verdict/calls/early.js';
import { createView, type View } from '../../src/verdict/calls/view.js';
import { noBackoff } from '../../src/verdict/checks/failures/no-backoff.js';
import { entriesOf, type Given, refused, START, subject } from './entries.js';

/** The view of requests that arrived at these times by the real clock. */
function stillViewOf(all: readonly Given[]): View {
  const still = { at: START, sentAt: START, answeredAt: START };
  const entries = entriesOf(all).map((entry) => ({ ...entry, ...still }));
  return createView(entries, subject, { now: START, ended: true, lost: 0 });
}

const failures = (times: readonly number[]) => stillViewOf(times.map((at) => ({ at, connection: 1, status: 503 })));
const withoutBackoff = (view: View) => noBackoff.find(view, { least: 50, waits: 3 }).incidents.map(({ says }) => says);

it('back off by the real clock', () => {
  expect(withoutBackoff(failures([0, 300, 900, 2_100]))).toEqual([]);
  expect(withoutBackoff(failures([0, 300, 601, 902]))).toEqual([
    'retried GET /a 3 times, each time about 299 ms after a failure',
  ]);
  expect(withoutBackoff(failures([0, 3, 6, 9]))[0]).toBe('retried GET /a 0 ms after a failure');
});

it('come back after the stated time by the real clock', () => {
  const view = (after: number) => stillViewOf([0, after].map((at) => refused({ at, connection: 1 }, 2_000)));
  expect(earlyCalls(view(2_001))).toEqual([]);
  expect(earlyCalls(view(1_500))).toHaveLength(1);
  expect(waited(view(1_500).calls[1]!, view(1_500).calls[0]!)).toBe(1_499);
});
