/** Equal and growing waits between retries, as a busy machine shows them. */
import { describe, expect, it } from 'vitest';
import { noBackoff } from '../../src/verdict/checks/failures/no-backoff.js';
import { type Given, START, viewOf } from './entries.js';
import { randomFrom } from './polite.js';

/** Failures with these waits between them, on a machine of this scheduling lag. */
function failures(waits: readonly number[], lagMs: number): Given[] {
  let at = -1;
  return [0, ...waits].map((wait) => {
    // Each answer leaves after a millisecond.
    at += 1 + wait;
    return {
      at,
      left: at + 1,
      connection: 1,
      status: 503,
      admitted: true,
      arrived: { earliestAt: START + at, lagMs },
    };
  });
}

type Found = 'found' | 'undecided' | 'nothing';

function judged(waits: readonly number[], lagMs: number): Found {
  return judgedAll(failures(waits, lagMs));
}

function judgedAll(all: readonly Given[]): Found {
  const { incidents, undecided = [] } = noBackoff.find(viewOf(all), { least: 50, waits: 3 });
  return incidents.length > 0 ? 'found' : undecided.length > 0 ? 'undecided' : 'nothing';
}

describe('waits after failures', () => {
  it.each<[string, number[], number, Found]>([
    ['equal, on an idle machine', [200, 203, 201], 2, 'found'],
    ['equal but for one, on an idle machine', [200, 203, 231, 201], 2, 'found'],
    ['growing, on an idle machine', [100, 200, 400], 2, 'nothing'],
    ['growing by half, on an idle machine', [100, 150, 225, 337], 2, 'nothing'],
    ['growing, of which the first was delayed', [244, 239, 425], 263, 'nothing'],
    ['that look equal on a machine whose delays are as long', [400, 345, 423], 263, 'undecided'],
    ['that look equal on a machine whose delays are short', [400, 345, 423], 20, 'found'],
    ['equal six times on a busy machine', [150, 105, 130, 110, 170, 120], 60, 'found'],
  ])('%s: %j with a lag of %i ms', (_, waits, lagMs, expected) => {
    expect(judged(waits, lagMs)).toBe(expected);
  });

  it.each<[string, readonly number[], number, Found]>([
    ['on an idle machine', [150, 260, 105, 240, 120], 3, 'nothing'],
    ['on a busy machine', [150, 260, 105, 240, 120], 30, 'nothing'],
    ['on a machine that may have delayed each by 160 ms', [150, 260, 105, 240, 120], 80, 'undecided'],
    ['that grow', [100, 250, 390, 810], 80, 'nothing'],
  ])('and different ones %s: %j with a lag of %i ms', (_, waits, lagMs, expected) => {
    expect(judged(waits, lagMs)).toBe(expected);
  });

  it.each<[string, number, readonly number[], number, Found]>([
    ['three calls, on an idle machine', 3, [80, 70], 2, 'nothing'],
    ['three calls, on a machine that may have delayed immediate ones by as much', 3, [80, 70], 40, 'undecided'],
    ['two calls, on such a machine', 2, [80, 70], 40, 'nothing'],
    ['three calls, growing, on such a machine', 3, [60, 120], 40, 'nothing'],
    ['three calls, longer than its delays', 3, [150, 160], 40, 'nothing'],
  ])('and short ones of %s: %i times %j with a lag of %i ms', (_, calls, waits, lagMs, expected) => {
    const all = Array.from({ length: calls }, (_call, n) =>
      failures(waits, lagMs).map((given) => ({
        ...given,
        at: given.at + 5_000 * n,
        left: given.at + 5_000 * n + 1,
        path: `/${n}`,
      })),
    );
    expect(judgedAll(all.flat())).toBe(expected);
  });

  it('are told apart by how busy the machine was', () => {
    const { undecided } = noBackoff.find(viewOf(failures([400, 345, 423], 263)), { least: 50, waits: 3 });
    expect(undecided?.[0]?.says).toBe(
      'retried GET /a 3 times, each time about 345 ms after a failure; the machine was too busy to tell this from growing waits',
    );
  });
});

describe('a retry at once', () => {
  /** Requests of one client, each to a path of its own, that fail so many times and are retried after a millisecond. */
  function retried(failures: readonly number[], broken?: 'dropped'): Found {
    let at = 0;
    const all = failures.flatMap((times, n) =>
      Array.from({ length: times + 1 }, (_, i) => {
        at += 2;
        const failed = i < times && { status: broken ? 0 : 503, broken };
        return { at, left: at + 1, connection: 1, path: `/a/${n}`, ...failed } as Given;
      }),
    );
    const { incidents, undecided = [] } = noBackoff.find(viewOf(all), { least: 50, waits: 3 });
    return incidents.length > 0 ? 'found' : undecided.length > 0 ? 'undecided' : 'nothing';
  }

  it.each<[string, number[], Found]>([
    ['of the only call that failed may be the first of growing waits', [1], 'undecided'],
    ['of each of four calls as well', [1, 1, 1, 1], 'undecided'],
    ['of each of five calls is a habit', [1, 1, 1, 1, 1], 'found'],
    ['after each of two failures has not grown', [2], 'found'],
  ])('%s: %j', (_, failed, expected) => {
    expect(retried(failed)).toBe(expected);
  });

  it('after a drop of a connection that had been used is what HTTP libraries do, but only once', () => {
    expect(retried([0, 1, 1, 1, 1, 1, 1], 'dropped')).toBe('nothing');
    expect(retried([0, 3], 'dropped')).toBe('found');
  });
});

/** How many of 500 clients are found, in per cent. The machine delays each request by `delayMs` on average. */
function found(waits: (n: number) => readonly number[], delayMs: number): number {
  const random = randomFrom(429);
  let all = 0;
  for (let n = 0; n < 500; n++) {
    const delayed = waits(n).map((ms) => ms - delayMs * Math.log(1 - random()));
    if (judged(delayed, 2 * delayMs) === 'found') all += 1;
  }
  return all / 5;
}

describe('on a machine that delays each request at random', () => {
  it.each([
    ['100, 200, 400', [100, 200, 400]],
    ['50, 100, 200, 400', [50, 100, 200, 400]],
    ['100, 200, 400, 800, 1,600, 3,200', [100, 200, 400, 800, 1_600, 3_200]],
  ])('hardly ever finds fault with waits of %s ms', (_, waits) => {
    for (const delayMs of [5, 20, 50, 100, 150]) expect(found(() => waits, delayMs)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['200 ms, six times', new Array<number>(6).fill(200), 20, 95],
    ['500 ms, four times', new Array<number>(4).fill(500), 50, 90],
    ['100 ms, six times', new Array<number>(6).fill(100), 20, 90],
  ])('finds waits of %s, which do not grow', (_, waits, delayMs, least) => {
    expect(found(() => waits, delayMs)).toBeGreaterThanOrEqual(least);
  });
});
