/** Episodes in which a limit held up work: how long they took, and the least that the limit allows. */
import { describe, expect, it } from 'vitest';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import { type Completion, completions } from '../../src/verdict/calls/completion.js';
import { providerOf } from '../helpers/providers.js';
import { admitted, type Given, refused, START, viewOf } from './entries.js';

/** A minute from the first request, of which three are let in; and a limit on what runs at once. */
const { policies } = judgedBy(providerOf('aiclicks', { set: [{ path: 'policies.key-minute.quota', value: 3 }] }));
const running = judgedBy(
  providerOf('prediction', { set: [{ path: 'policies.key-running.quota', value: 1 }] }),
).policies;

const MINUTE = 60_000;

/** Units in a minute. */
const LIMIT = 3;

interface At {
  readonly path?: string;
  /** Units taken before, as the limit counts. */
  readonly used?: number;
  /** When the window ends. */
  readonly reset?: number;
  readonly bucket?: string;
  readonly cost?: number;
}

const by = ({ used = 0, reset = MINUTE, bucket = 'b', cost = 1 }: At) => ({
  policy: 'key-minute',
  bucket,
  limit: LIMIT,
  used,
  cost,
  resetAt: START + reset,
});

const yes = (at: number, given: At = {}): Given =>
  admitted(
    { at, path: given.path ?? '/a' },
    { ...by({ ...given, used: (given.used ?? 0) + 1 }), charged: given.cost ?? 1 },
  );

const no = (at: number, given: At = {}): Given => ({
  ...refused({ at, path: given.path ?? '/a' }, given.reset ?? MINUTE, {
    ...by({ used: 3, ...given }),
    ...(given.cost !== undefined && given.cost > LIMIT && { retryAt: null }),
    charged: 0,
  }),
  refusedBy: 'key-minute',
});

/** Three that use up the window that begins at that instant. */
const full = (at: number, bucket = 'b'): Given[] =>
  [0, 1, 2].map((n) => yes(at + n, { path: `/full/${at}/${n}`, used: n, reset: at + MINUTE, bucket }));

function episodes(all: readonly Given[], given = policies): readonly Completion[] {
  return completions(viewOf(all, { policies: given }));
}

const numbers = ({ first, last, tookMs, bestMs, delayed }: Completion) => ({
  calls: [first.number, last.number],
  tookMs,
  bestMs,
  held: delayed,
});

describe('an episode', () => {
  it('lasts from a refusal to the admission of the same call', () => {
    const all = [...full(0), no(10_000), yes(75_000, { reset: 75_000 + MINUTE })];
    const [one] = episodes(all);
    expect(numbers(one!)).toEqual({ calls: [4, 5], tookMs: 65_000, bestMs: 50_000, held: 1 });
    expect(one!.policy.id).toBe('key-minute');
    expect(one!.windows).toBeCloseTo(1 / 3);
  });

  it('begins with the first of several refusals of the same call', () => {
    const all = [...full(0), no(10_000), no(20_000), no(30_000), yes(70_000, { reset: 70_000 + MINUTE })];
    expect(episodes(all).map(numbers)).toEqual([{ calls: [4, 7], tookMs: 60_000, bestMs: 50_000, held: 1 }]);
  });

  it('is one for calls that are held up at the same time', () => {
    const reset = 61_000 + MINUTE;
    const all = [
      ...full(0),
      no(10_000, { path: '/a' }),
      no(20_000, { path: '/b' }),
      yes(61_000, { path: '/a', reset }),
      yes(65_000, { path: '/b', used: 1, reset }),
    ];
    expect(episodes(all).map(numbers)).toEqual([{ calls: [4, 7], tookMs: 55_000, bestMs: 50_000, held: 2 }]);
  });

  it('is another for what is held up later', () => {
    const later = 200_000;
    const all = [
      ...full(0),
      no(10_000),
      yes(61_000, { reset: 61_000 + MINUTE }),
      ...full(later),
      no(later + 10_000, { reset: later + MINUTE }),
      yes(later + 90_000, { reset: later + 150_000 }),
    ];
    expect(episodes(all).map(numbers)).toEqual([
      { calls: [4, 5], tookMs: 51_000, bestMs: 50_000, held: 1 },
      { calls: [9, 10], tookMs: 80_000, bestMs: 50_000, held: 1 },
    ]);
  });

  it('needs as many windows as what was admitted meanwhile, by whatever call', () => {
    const second = 70_000;
    const others = [0, 1, 2].map((n) => yes(second + n, { path: `/other/${n}`, used: n, reset: second + MINUTE }));
    const all = [...full(0), no(10_000), ...others, yes(140_000, { reset: 200_000 })];
    const [one] = episodes(all);
    // The window opens again with the first request after its end, at the earliest at 60 s; the fourth has to wait for one more.
    expect(numbers(one!)).toEqual({ calls: [4, 8], tookMs: 130_000, bestMs: 110_000, held: 1 });
    expect(one!.admitted.map(({ number }) => number)).toEqual([5, 6, 7, 8]);
  });

  it('is of each bucket', () => {
    const all = [
      ...full(0, 'b'),
      no(10_000, { path: '/b', bucket: 'b' }),
      ...full(20_000, 'c'),
      no(30_000, { path: '/c', bucket: 'c', reset: 80_000 }),
      yes(70_000, { path: '/b', bucket: 'b', reset: 130_000 }),
      yes(90_000, { path: '/c', bucket: 'c', reset: 150_000 }),
    ];
    expect(episodes(all).map(numbers)).toEqual([
      { calls: [4, 9], tookMs: 60_000, bestMs: 50_000, held: 1 },
      { calls: [8, 10], tookMs: 60_000, bestMs: 50_000, held: 1 },
    ]);
  });
});

describe('where the charges in the journal do not explain the refusal, the bucket is taken as the refusal found it', () => {
  it('since the journal has lost its beginning', () => {
    // The window of the others has 50 s to go.
    expect(episodes([no(10_000), yes(75_000, { reset: 135_000 })]).map(numbers)).toEqual([
      { calls: [1, 2], tookMs: 65_000, bestMs: 50_000, held: 1 },
    ]);
  });

  it('since somebody has set the quota', () => {
    const all = [yes(0), no(10_000, { used: 3 }), yes(75_000, { reset: 135_000 })];
    expect(episodes(all).map(numbers)).toMatchObject([{ tookMs: 65_000, bestMs: 50_000 }]);
  });
});

describe('there is no episode', () => {
  it.each([
    ['without a refusal', full(0)],
    ['where what was refused is not admitted in the end', [...full(0), no(10_000), no(20_000)]],
    ['where something else is admitted', [...full(0), no(10_000), yes(61_000, { path: '/b', reset: 121_000 })]],
    ['for what can never be admitted', [no(10_000, { cost: 4 }), yes(70_000, { reset: 130_000 })]],
    ['for a refusal without a policy', [{ at: 0, status: 429, admitted: false }, yes(70_000, { reset: 130_000 })]],
  ] as const)('%s', (_name, all) => {
    expect(episodes(all)).toEqual([]);
  });

  it('where the clock was set back meanwhile', () => {
    const view = viewOf([...full(0), no(10_000), yes(75_000, { reset: 135_000 })], { policies });
    const back = view.calls.map((call) =>
      Object.assign(call, { entry: { ...call.entry, at: call.number === 5 ? START - 1 : call.entry.at } }),
    );
    expect(completions({ ...view, calls: back })).toEqual([]);
  });

  it('of a limit to which time gives nothing back', () => {
    const limit = { policy: 'key-running', bucket: 'r', limit: 1, used: 1, resetAt: null };
    const all = [
      admitted({ at: 0, path: '/x' }, limit),
      { ...refused({ at: 10 }, 5_000, limit), refusedBy: 'key-running' },
      admitted({ at: 9_000 }, limit),
    ];
    expect(episodes(all, running)).toEqual([]);
  });
});

it('the best is never more than what it took', () => {
  // The limit let it in before it should have had room.
  const [one] = episodes([...full(0), no(10_000), yes(30_000)]);
  expect(numbers(one!)).toMatchObject({ tookMs: 20_000, bestMs: 20_000 });
});

it('episodes are found once for each view', () => {
  const view = viewOf([no(10_000), yes(75_000, { reset: 135_000 })], { policies });
  expect(completions(view)).toBe(completions(view));
});
