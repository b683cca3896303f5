/** What the answers of one place add up to, as far as a client knew them. */
import { describe, expect, it } from 'vitest';
import { KnownAnswers } from '../../src/verdict/knowledge/known-answers.js';
import { type Given, viewOf } from './entries.js';

/** Two requests at once at the end of the run: its program is not one that sends one at a time. */
const concurrent: readonly Given[] = [
  { at: 90_000, left: 90_010, connection: 91 },
  { at: 90_001, left: 90_010, connection: 92 },
];

/** The numbers of the newest answers that were known for certain and perhaps, to each request that asks. */
function newest(...all: readonly Given[]): [number | undefined, number | undefined][] {
  const answers = new KnownAnswers((_, answer) => answer);
  const found: [number | undefined, number | undefined][] = [];
  for (const { call, answered } of viewOf([...all, ...concurrent]).timeline) {
    if (call.number > all.length) continue;
    if (answered) answers.answered('place', call);
    else {
      const { certain, perhaps } = answers.at('place', call);
      found.push([certain?.number, perhaps?.number]);
    }
  }
  return found;
}

describe('of several answers, a client knew', () => {
  it('none at a place that has none', () => {
    expect(newest({ at: 0, connection: 1 })).toEqual([[undefined, undefined]]);
  });

  it('for certain those beyond the margin, perhaps those within it', () => {
    const all = [
      { at: 0, left: 1, connection: 1 },
      { at: 30, left: 31, connection: 2 },
      { at: 60, left: 61, connection: 3 },
      { at: 70, left: 71, connection: 4 },
    ];
    expect(newest(...all)).toEqual([
      [undefined, undefined],
      [undefined, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  it('for certain the one that came on its own connection', () => {
    expect(newest({ at: 0, left: 1, connection: 1 }, { at: 2, left: 3, connection: 1 })[1]).toEqual([1, 1]);
  });

  it('at once each one in the same process', () => {
    expect(newest({ at: 0, left: 1 }, { at: 1, left: 2 }, { at: 2, left: 3 })).toEqual([
      [undefined, undefined],
      [1, 1],
      [2, 2],
    ]);
  });

  it('none that still lay unread, however long ago it left', () => {
    const { unreadAt } = { unreadAt: viewOf([{ at: 400 }]).calls[0]!.entry.beganAt };
    const unread = { at: 0, left: 1, connection: 1, unreadAt };
    expect(newest(unread, { at: 200, left: 201, connection: 2 }, { at: 400, left: 401, connection: 3 })).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      // The answers to others may have been read.
      [2, 2],
    ]);
    expect(newest(unread, { at: 500, left: 501, connection: 2 })[1]).toEqual([1, 1]);
  });
});

it('an answer may take the place of what was known, or leave nothing', () => {
  const answers = new KnownAnswers((state, answer) => (answer.outcome === 'failed' ? undefined : (state ?? answer)));
  const { calls } = viewOf([{ at: 0 }, { at: 10 }, { at: 20, status: 503 }, { at: 30 }]);
  const [first, second, failed, last] = calls;
  answers.answered('place', first!);
  answers.answered('place', second!);
  expect(answers.at('place', last!).certain?.number).toBe(1);
  answers.answered('place', failed!);
  expect(answers.at('place', last!)).toEqual({ certain: undefined, perhaps: undefined });
});
