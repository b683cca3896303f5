import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Clock } from '../src/runtime/clock.js';

describe('what is due and fails', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function clockWith(frozen: boolean) {
    const failed: unknown[] = [];
    const ran: string[] = [];
    const clock = new Clock({ frozen, now: 0 }, (error) => failed.push(error));
    clock.at(10, () => {
      throw new Error('thrown');
    });
    clock.at(10, () => Promise.reject(new Error('rejected')));
    clock.at(10, () => void ran.push('beside it'));
    clock.at(20, () => void ran.push('behind it'));
    return { clock, failed, ran };
  }

  const both = [new Error('thrown'), new Error('rejected')];

  test.each([1, 2])('comes by itself as much earlier as the running clock was advanced, at rate %s', async (rate) => {
    const clock = new Clock({ now: 0 });
    await clock.set({ rate });
    const ran: number[] = [];
    clock.at(10_000, () => void ran.push(clock.now()));
    await clock.advance(6_000);
    await vi.advanceTimersByTimeAsync(4_000 / rate - 1);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ran).toEqual([10_000]);
    clock.stop();
  });

  test('keeps nothing else from running, and no caller waiting, when the clock is advanced', async () => {
    const { clock, failed, ran } = clockWith(true);
    await clock.advance(30);
    expect([failed, ran]).toEqual([both, ['beside it', 'behind it']]);
  });

  test('nor when the clock gets there by itself', async () => {
    const { clock, failed, ran } = clockWith(false);
    await vi.advanceTimersByTimeAsync(30);
    expect([failed, ran]).toEqual([both, ['beside it', 'behind it']]);
    clock.stop();
  });

  test('nor when all that waits is run at the end', async () => {
    const { clock, failed, ran } = clockWith(true);
    await clock.flush();
    expect([failed, ran]).toEqual([both, ['beside it', 'behind it']]);
  });
});
