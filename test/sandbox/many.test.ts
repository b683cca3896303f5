/**
 * Many sandboxes in one process, each with a clock of its own: what one does shows in no other, whatever the order in which their requests come.
 */
import { expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';
import { scaled } from '../properties/agree.js';

/** An even number. 35 differ in what they use up and ask after it. */
const SANDBOXES = scaled(70) < 70 ? 36 : 70;
const QUOTA = 100;
const NOON = Date.parse('2026-05-12T12:00:00Z');
const KEY = { headers: { 'X-API-Key': 'klinky_live_a' } };
const LINKS = '/api/v1/public/links';

const open = () => createMock({ profile: 'klinky', plan: 'growth', clock: { now: NOON, frozen: true } });

test(`${SANDBOXES} sandboxes at once, each driving its own frozen clock, count right`, async () => {
  const mock = await open();
  const drive = async (n: number) => {
    const sandbox = mock.sandbox(`t${n}`);
    // Uses up all but n % 7 of the hour, waits until it is over, and asks n % 5 times more.
    const first = QUOTA - (n % 7);
    const remaining: (string | null)[] = [];
    for (let i = 0; i < first; i++)
      remaining.push((await sandbox.fetch(LINKS, KEY)).headers.get('x-ratelimit-remaining'));
    const over = await Promise.all(Array.from({ length: 10 }, () => sandbox.fetch(LINKS, KEY)));
    await sandbox.clock.advance(`${60 + n}m`);
    const second = n % 5;
    for (let i = 0; i < second; i++) await sandbox.fetch(LINKS, KEY);
    return {
      remaining,
      statuses: over.map(({ status }) => status),
      clock: sandbox.clock.now(),
      used: sandbox.quotas().map(({ used }) => used),
      journal: sandbox.requests().length,
    };
  };
  const driven = await Promise.all(Array.from({ length: SANDBOXES }, (_, n) => drive(n)));
  for (const [n, { remaining, statuses, clock, used, journal }] of driven.entries()) {
    const left = n % 7;
    const second = n % 5;
    expect(remaining).toEqual(Array.from({ length: QUOTA - left }, (_, i) => String(QUOTA - 1 - i)));
    expect(statuses).toEqual(Array.from({ length: 10 }, (_, i) => (i < left ? 200 : 429)));
    expect(clock).toBe(NOON + (60 + n) * 60_000);
    expect(used).toEqual(second === 0 ? [] : [second]);
    expect(journal).toBe(QUOTA - left + 10 + second);
  }
  // The one without a name has seen none of it.
  expect(mock.requests()).toEqual([]);
  expect(mock.quotas()).toEqual([]);
  expect(mock.clock.now()).toBe(NOON);
});

test('a delay ends by the clock of its own sandbox only', async () => {
  const mock = await open();
  const ended: number[] = [];
  const answers = Array.from({ length: SANDBOXES }, (_, n) => {
    const sandbox = mock.sandbox(`t${n}`);
    sandbox.faults.add({ delayMs: 1_000 * (1 + (n % 3)) });
    return sandbox.fetch(LINKS, KEY).then(() => ended.push(n));
  });
  const advance = (ms: number) =>
    Promise.all(
      Array.from({ length: SANDBOXES }, (_, n) => (n % 2 === 0 ? mock.sandbox(`t${n}`).clock.advance(ms) : null)),
    );
  await advance(2_000);
  const even = Array.from({ length: SANDBOXES / 2 }, (_, i) => i * 2);
  expect(ended.toSorted((a, b) => a - b)).toEqual(even.filter((n) => n % 3 < 2));
  await advance(1_000);
  expect(ended.toSorted((a, b) => a - b)).toEqual(even);
  const waiting = (n: number) => mock.sandbox(`t${n}`).inFlight().length;
  expect(Array.from({ length: SANDBOXES }, (_, n) => waiting(n))).toEqual(
    Array.from({ length: SANDBOXES }, (_, n) => n % 2),
  );
  await mock.close();
  await Promise.all(answers);
  expect(ended).toHaveLength(SANDBOXES);
});
