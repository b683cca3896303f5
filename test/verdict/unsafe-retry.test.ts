/** Creations after a failure: retries, and the next of several equal items. */
import { describe, expect, it } from 'vitest';
import { unsafeRetry } from '../../src/verdict/checks/failures/unsafe-retry.js';
import { type Given, refused, START, viewOf } from './entries.js';

/** A creation that takes 50 ms. @param key its idempotency key */
const create = (at: number, status: number, key?: string): Given => ({
  at,
  left: at + 50,
  method: 'POST',
  status,
  connection: 1,
  bodyHash: 'the same',
  idempotencyKey: key,
});

function judged(all: readonly Given[]): { found: string[]; undecided: string[] } {
  const { incidents, undecided = [] } = unsafeRetry.find(viewOf(all), {});
  return { found: incidents.map(({ says }) => says), undecided: undecided.map(({ says }) => says) };
}

const NOTHING = { found: [], undecided: [] };

describe('a creation after a failed one', () => {
  it('is a retry with the same key, whichever other creation came in between', () => {
    const twoWorkers = [create(0, 502, 'k1'), create(20, 201, 'k2'), create(250, 201, 'k3'), create(600, 201, 'k1')];
    expect(judged(twoWorkers)).toEqual(NOTHING);
  });

  it('is the next item where its client keeps the key of a retry', () => {
    const all = [create(0, 201, 'k1'), create(100, 502, 'k2'), create(200, 201, 'k3')];
    expect(judged([...all, create(300, 503, 'k4'), create(900, 201, 'k4')])).toEqual(NOTHING);
  });

  it('is undecided where its client keeps the key of a retry, and backs off before another key', () => {
    const keptOnce = [create(0, 201, 'k1'), create(60, 502, 'k2'), create(360, 502, 'k2')];
    const { found, undecided } = judged([...keptOnce, create(1_000, 201, 'k3')]);
    expect([found.length, undecided.length]).toEqual([0, 1]);
  });

  it('is a retry with another key where each item is created once', () => {
    expect(judged([create(0, 502, 'k1'), create(500, 201, 'k2')]).found).toEqual([
      'repeated POST /a after a 502 with another idempotency key',
    ]);
  });

  it('is undecided where it may be the next of several equal items', () => {
    expect(judged([create(0, 201), create(100, 502), create(200, 201)])).toEqual({
      found: [],
      undecided: [
        'repeated POST /a after a 502 without an idempotency key, or created the next of several equal items',
      ],
    });
  });

  it('is a retry where its client backs off before it, and does not pause after a success', () => {
    expect(judged([create(0, 201), create(60, 502), create(610, 201)]).found).toHaveLength(1);
  });

  it('is undecided where several equal items are created at once', () => {
    const all = [create(0, 201), create(60, 502), create(70, 201), create(610, 201)];
    const { found, undecided } = judged(all);
    expect([found.length, undecided.length]).toEqual([0, 1]);
  });

  it('is undecided where it was refused before it came back', () => {
    const all = [
      create(0, 201),
      create(60, 201),
      create(120, 502),
      refused(create(180, 429), 5_000),
      create(5_001, 201),
    ];
    const { found, undecided } = judged(all);
    expect([found.length, undecided.length]).toEqual([0, 1]);
  });

  it('is undecided where the machine may have delayed it by as much', () => {
    const late: Given = { ...create(300, 201), arrived: { earliestAt: START + 300, lagMs: 200 } };
    const { found, undecided } = judged([create(0, 201), create(60, 201), create(120, 502), late]);
    expect([found.length, undecided.length]).toEqual([0, 1]);
  });

  it('is the next one in the rhythm of its client, however long the failure took', () => {
    const slow: Given = { ...create(120_000, 504), left: 151_000 };
    expect(judged([create(0, 201), create(60_000, 201), slow, create(180_000, 201)])).toEqual(NOTHING);
  });

  it('is undecided where the interval is that after a success, and it is too short for a rhythm', () => {
    const slow: Given = { ...create(400, 504), left: 700 };
    const { found, undecided } = judged([create(0, 201), slow, create(800, 201)]);
    expect([found.length, undecided.length]).toEqual([0, 1]);
  });

  it('may be the next of several items that differ only in their stamps', () => {
    const stamped = [create(0, 201), create(100, 201), create(200, 502), create(300, 201)].map(
      (given, n): Given => ({ ...given, bodyHash: `body ${n}`, bodyShape: 'a shape' }),
    );
    const { found, undecided } = judged(stamped);
    expect([found.length, undecided.length]).toEqual([0, 1]);
  });
});
