/** What a client knew of an answer when it sent a request: `yes`, `perhaps` or `no`. */
import { describe, expect, it } from 'vitest';
import { isSettled, knowledge, knows } from '../../src/verdict/knowledge/knowledge.js';
import { type Given, START, viewOf } from './entries.js';

/** What the client of the last of the requests knew of the answer to the first. */
function known(...all: readonly Given[]) {
  const { calls } = viewOf(all);
  return knowledge(calls.at(-1)!, calls[0]!);
}

/** A program that has had two requests under way at once, on connections of their own. */
const concurrent: readonly Given[] = [
  { at: 2_000, left: 2_010, connection: 91 },
  { at: 2_001, left: 2_010, connection: 92 },
];

/** The same, where the requests of interest arrive before. */
function knownToConcurrent(earlier: Given, later: Given) {
  const { calls } = viewOf([earlier, later, ...concurrent]);
  return knowledge(calls[1]!, calls[0]!);
}

describe('in the same process, an answer', () => {
  it('is known once it has left', () => {
    expect(known({ at: 0, left: 5 }, { at: 5 })).toBe('yes');
  });

  it('is not known before', () => {
    expect(known({ at: 0, left: 5 }, { at: 4 })).toBe('no');
  });

  it('that has not left is not known', () => {
    expect(known({ at: 0, left: null }, { at: 500 })).toBe('no');
  });
});

describe('on its own connection, an answer', () => {
  it('is known to whatever arrives after it left', () => {
    expect(knownToConcurrent({ at: 0, left: 5, connection: 1 }, { at: 5, connection: 1 })).toBe('yes');
  });

  it('is not known to what arrived before it left', () => {
    expect(known({ at: 0, left: 5, connection: 1 }, { at: 3, connection: 1 })).toBe('no');
  });

  it('is perhaps known where the connection is pipelined', () => {
    const pipelined = { at: 1, left: 6, connection: 1 };
    expect(known({ at: 0, left: 5, connection: 1 }, pipelined, { at: 7, left: 8, connection: 1 })).toBe('perhaps');
  });
});

describe('on another connection, an answer', () => {
  const answer: Given = { at: 0, left: 5, connection: 1 };

  it('is perhaps known less than 50 ms after it left', () => {
    expect(knownToConcurrent(answer, { at: 54, connection: 2 })).toBe('perhaps');
  });

  it('is known 50 ms after it left', () => {
    expect(knownToConcurrent(answer, { at: 55, connection: 2 })).toBe('yes');
  });

  it('is known later on a busy machine: three times the lag is added to the margin', () => {
    const arrived = (ms: number) => ({ earliestAt: START + ms, lagMs: 20 });
    expect(knownToConcurrent(answer, { at: 114, connection: 2, arrived: arrived(114) })).toBe('perhaps');
    expect(knownToConcurrent(answer, { at: 115, connection: 2, arrived: arrived(115) })).toBe('yes');
  });

  it('is measured against the earliest instant at which the request can have arrived', () => {
    const arrived = { earliestAt: START + 50, lagMs: 0 };
    expect(knownToConcurrent(answer, { at: 500, connection: 2, arrived })).toBe('perhaps');
  });

  it('is not known to another program', () => {
    expect(known({ ...answer, userAgent: 'one' }, { at: 900, connection: 2, userAgent: 'two' })).toBe('no');
  });
});

describe('an answer that the operating system still holds for its client', () => {
  const unread: Given = { at: 0, left: 5, connection: 1, unreadAt: START + 300 };

  it('is not known to a request that arrived meanwhile, on whatever connection', () => {
    expect(known(unread, { at: 300, connection: 1 })).toBe('no');
    expect(known(unread, { at: 300, connection: 2 })).toBe('no');
  });

  it('may be known to a request that arrived later', () => {
    expect(known(unread, { at: 301, connection: 2 })).toBe('yes');
  });
});

describe('a program that sends one request at a time', () => {
  it('knew an answer that was held back, though it opens a connection for its next request', () => {
    expect(known({ at: 0, left: 7, connection: 1 }, { at: 8, connection: 2 })).toBe('yes');
  });

  it('perhaps knew an answer that left at once, where it opens a connection for its next request', () => {
    expect(known({ at: 0, left: 6, connection: 1 }, { at: 7, connection: 2 })).toBe('perhaps');
  });

  it('knew an answer that left at once, where its next request is on a connection that it has used before', () => {
    const all: Given[] = [
      { at: 0, left: 1, connection: 2 },
      { at: 10, left: 11, connection: 1 },
      { at: 12, connection: 2 },
    ];
    const { calls } = viewOf(all);
    expect(knowledge(calls[2]!, calls[1]!)).toBe('yes');
  });

  it('is one no more once two of its requests were under way, at any time of the run', () => {
    expect(knownToConcurrent({ at: 0, left: 7, connection: 1 }, { at: 8, connection: 2 })).toBe('perhaps');
  });
});

describe('while the clock of the sandbox stands still', () => {
  const frozen: Given = { at: 0, left: 5, connection: 1, sentAt: START, answeredAt: null };

  it('an answer is perhaps known within the margin', () => {
    const { calls } = viewOf([frozen, { at: 6, connection: 2 }, ...concurrent]);
    const still = { ...calls[1]!, entry: { ...calls[1]!.entry, at: START } };
    expect(knowledge(still, calls[0]!)).toBe('perhaps');
  });

  it('an answer is known once the clock has been moved', () => {
    const { calls } = viewOf([frozen, { at: 6, connection: 2 }, ...concurrent]);
    const moved = { ...calls[1]!, entry: { ...calls[1]!.entry, at: START + 60_000 } };
    expect(knowledge(moved, calls[0]!)).toBe('yes');
  });
});

it('knows is true of yes alone', () => {
  const { calls } = viewOf([
    { at: 0, left: 5, connection: 1 },
    { at: 54, connection: 2 },
    { at: 55, connection: 3 },
    ...concurrent,
  ]);
  expect([knows(calls[1]!, calls[0]!), knows(calls[2]!, calls[0]!)]).toEqual([false, true]);
});

it('without a measurement of the machine the margin counts from the arrival', () => {
  const settled = (left: number) => {
    const { calls } = viewOf([...concurrent, { at: 0, left, connection: 1 }, { at: 50 + 10, connection: 2 }]);
    return isSettled(calls.at(-1)!, calls.at(-2)!);
  };
  expect([settled(10), settled(11)]).toEqual([true, false]);
});

describe('an answer whose client is watched', () => {
  /** @param later when the request arrived @param readAt when the client was seen asleep with the answer read, if it was */
  const judged = (later: number, readAt: number | null) => {
    const refusal = { at: 0, left: 10, connection: 1, readAt: readAt === null ? null : START + readAt };
    const call = { at: later, connection: 2, arrived: { earliestAt: START + later, lagMs: 0 } };
    return known(refusal, ...concurrent.map((one) => ({ ...one, at: one.at + 20_000, left: 22_010 })), call);
  };

  it('is known to what arrives after the client was seen asleep with the answer read', () => {
    expect(judged(13, 12)).toBe('yes');
  });

  it('is not certain before that, however long ago it left', () => {
    expect(judged(12, 12)).toBe('perhaps');
    expect(judged(1_500, null)).toBe('perhaps');
    expect(judged(1_500, 1_600)).toBe('perhaps');
  });

  it('is known after two seconds to a client that never sleeps', () => {
    expect(judged(2_010, null)).toBe('yes');
  });
});
