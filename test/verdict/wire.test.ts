/**
 * Whole runs of clients whose requests and answers cross each other on several connections: who can have known what is told from instants, connections and processes.
 */
import { describe, expect, it } from 'vitest';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import { judge } from '../../src/verdict/judge.js';
import { providerOf } from '../helpers/providers.js';
import { admitted, entryOf, type Given, processOf, refused, START } from './entries.js';
import { findings } from './world.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const MINUTE = 60_000;
const judged = [judgedBy(providerOf('aiclicks'))];

/** What is found in a run that has ended. @param all in the order of arrival */
function verdictOn(all: readonly Given[]) {
  const sorted = [...all].sort((a, b) => a.at - b.at);
  const entries = sorted.map((given, i) =>
    entryOf(i + 1, { profile: 'aiclicks', operation: 'validate', path: '/api/v1/validate', ...given }),
  );
  const report = judge(entries, judged, { now: START + 3_600_000, ended: true, lost: 0 });
  const { checks } = report.profiles[0]!;
  return {
    verdict: report.verdict,
    found: findings(report),
    undecided: report.profiles[0]!.undecided.map(({ check }) => check),
    verdictOf: (name: string) => checks.find(({ check }) => check === name)?.verdict,
  };
}

const bucket = { policy: 'key-minute', bucket: 'b' };
const yes = (given: Given): Given => admitted(given, bucket);
/** @param until milliseconds after `START` */
const no = (given: Given, until: number): Given => ({ ...refused(given, until, bucket), refusedBy: 'key-minute' });

describe('six calls at once when two are left', () => {
  const before = range(58).map((n) => yes({ at: 10 * n, connection: 1 }));
  const after = range(4).map((n) => yes({ at: MINUTE + 100 + 5 * n, connection: 1 + n }));

  it('pass where the refusals were held until all had arrived', () => {
    const atOnce = range(6).map((n) => {
      const given = { at: 1_000 + n, left: 1_020, connection: 1 + n };
      return n < 2 ? yes(given) : no(given, MINUTE);
    });
    expect(verdictOn([...before, ...atOnce, ...after])).toMatchObject({ verdict: 'pass', found: {}, undecided: [] });
  });

  it('pass where the first was refused before the others had arrived', () => {
    const atOnce = range(6).map((n) => {
      const given = { at: 1_000 + 4 * Math.floor(n / 3), left: 1_002 + 4 * Math.floor(n / 3), connection: 1 + n };
      return n < 2 ? yes(given) : no(given, MINUTE);
    });
    expect(verdictOn([...before, ...atOnce, ...after])).toMatchObject({ verdict: 'pass', found: {}, undecided: [] });
  });
});

describe('ten workers with one gate', () => {
  /** Ten at once, of which so many are let in; the refusals leave when half of the others have yet to arrive, by a busy machine. */
  const round = (at: number, letIn: number, until: number) =>
    range(10).map((n) => {
      const given = { at: at + 3 * n, left: at + 3 * n + 14, connection: 1 + n };
      return n < letIn ? yes(given) : no(given, until);
    });

  it('pass, however their requests cross the refusals', () => {
    const all = [
      ...round(0, 10, 0),
      ...round(40, 0, 3_000),
      ...round(3_200, 10, 0),
      ...round(3_240, 0, 6_000),
      ...round(6_250, 10, 0),
    ];
    const { verdict, found, undecided } = verdictOn(all);
    expect({ verdict, found, undecided }).toEqual({ verdict: 'pass', found: {}, undecided: [] });
  });
});

describe('three processes with one key, each of which waits as it was told', () => {
  const own = (n: number) => ({
    connection: n,
    opener: processOf(200 + n, { startedAt: START - 100, beside: [199 + n] }),
  });

  it('are warned that they share it, and of nothing else', () => {
    const all = range(3).flatMap((n) => {
      const at = (ms: number) => ({ at: ms + 100 * n, ...own(n) });
      return [yes(at(0)), yes(at(10)), no(at(20), MINUTE), yes(at(MINUTE + 50)), yes(at(MINUTE + 60))];
    });
    const { verdict, found } = verdictOn(all);
    expect(Object.keys(found)).toEqual(['shared-key']);
    expect(verdict).toBe('warn');
  });

  describe('of which one has ended when another begins', () => {
    const resetAt = START + MINUTE;
    /** 8 requests of the first one, and two of the second, which is told that none is left, and goes on at once. @param ofFirst the reset of the window of the first one */
    const all = (ofFirst: number) => {
      const spent = { ...bucket, resetAt: ofFirst };
      const left = (remaining: number): Partial<Given> => ({ told: [{ policy: 'key-minute', remaining, resetAt }] });
      return [
        ...range(8).map((n) => admitted({ at: 10 * n, ...own(0) }, spent)),
        admitted({ at: 100, ...own(1), ...left(1) }, { ...bucket, resetAt }),
        admitted({ at: 110, ...own(1), ...left(0) }, { ...bucket, resetAt }),
        no({ at: 115, ...own(1) }, MINUTE),
        admitted({ at: MINUTE + 50, ...own(1) }, { ...bucket, resetAt: resetAt + MINUTE }),
      ];
    };

    it('are not blamed for a remaining that the other has left', () => {
      expect(verdictOn(all(resetAt)).found).toEqual({});
    });

    it('are warned where the other spent in an earlier window', () => {
      expect(verdictOn(all(START)).found).toHaveProperty('ignored-remaining');
    });
  });

  it('are found where one of them does not wait', () => {
    const all = range(3).flatMap((n) => {
      const at = (ms: number) => ({ at: ms + 1_000 * n, ...own(n) });
      return n === 1
        ? [no(at(20), MINUTE), no(at(300), MINUTE), no(at(600), MINUTE)]
        : [yes(at(0)), no(at(20), MINUTE), yes(at(MINUTE + 50))];
    });
    const { verdict, found } = verdictOn(all);
    expect(verdict).toBe('fail');
    expect(found).toHaveProperty('retry-too-early');
  });
});

describe('a client that asks again at once, each time on another connection that it had opened before', () => {
  const opener = processOf(300);
  const tries = (heldMs: number) =>
    range(12).map((n) =>
      no({ at: (heldMs + 2) * n, left: (heldMs + 2) * n + heldMs, connection: 1 + n, opener }, MINUTE),
    );

  it.each([
    ['held', 9],
    ['not held', 1],
  ])('fails where its answers are %s', (_name, heldMs) => {
    const { verdict, found } = verdictOn(tries(heldMs));
    expect(verdict).toBe('fail');
    expect(found).toMatchObject({
      'retry-too-early': expect.stringMatching(/, 11 times$/),
      hammering: expect.stringContaining('refused 12 times in a row'),
    });
  });

  it('is undecided where it does so once, and its answer was not held', () => {
    const [first, second] = tries(1);
    expect(verdictOn([first!, second!])).toMatchObject({ verdict: 'undecided', undecided: ['retry-too-early'] });
  });

  it('is right where the answers lay unread', () => {
    const all = range(12).map((n) =>
      no({ at: 100 * n, left: 100 * n + 1, connection: 1 + n, unreadAt: START + 1_500, opener }, MINUTE),
    );
    const { found, undecided } = verdictOn(all);
    expect(found).not.toHaveProperty('retry-too-early');
    expect(found).not.toHaveProperty('hammering');
    expect(undecided).toEqual([]);
  });
});
