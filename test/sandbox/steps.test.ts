/** Work in steps, between which the process does other work. */
import { describe, expect, it } from 'vitest';
import { Steps, takeInTurns } from '../../src/sandbox/verdict/steps.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Work of three steps that notes each of them. */
function* work(done: string[], failsAt?: number): Generator<void, void> {
  for (const n of [1, 2, 3]) {
    if (n === failsAt) throw new Error(`step ${n} failed`);
    done.push(`step ${n}`);
    yield;
  }
}

it('takes one step in each turn of the event loop', async () => {
  const done: string[] = [];
  const steps = new Steps('test');
  steps.begin(work(done));
  for (const n of [1, 2]) {
    await turn();
    done.push(`turn ${n}`);
  }
  expect(done).toEqual(['step 1', 'turn 1', 'step 2', 'turn 2']);
});

it('takes all that are left when it has to finish, and none twice', async () => {
  const done: string[] = [];
  const steps = new Steps('test');
  steps.begin(work(done));
  await turn();
  steps.finish();
  steps.finish();
  expect(done).toEqual(['step 1', 'step 2', 'step 3']);
  await turn();
  expect(done).toHaveLength(3);
});

it('takes no more steps of work that was dropped, and begins other work', async () => {
  const [dropped, done]: string[][] = [[], []];
  const steps = new Steps('test');
  steps.begin(work(dropped!));
  steps.drop();
  steps.begin(work(done!));
  await turn();
  steps.finish();
  expect([dropped, done]).toEqual([[], ['step 1', 'step 2', 'step 3']]);
});

it('are taken by several, each step once, and other work begins after them', async () => {
  const done: string[] = [];
  const steps = new Steps('test');
  steps.begin(work(done));
  const rest = steps.rest();
  rest.next();
  await turn();
  expect(done).toEqual(['step 1', 'step 2']);
  for (const _ of rest);
  expect(done).toEqual(['step 1', 'step 2', 'step 3']);
  steps.begin(work(done));
  steps.finish();
  expect(done).toHaveLength(6);
});

it('gives the error of a step to whoever finishes the work', async () => {
  const steps = new Steps('test');
  steps.begin(work([], 2));
  await turn();
  await turn();
  expect(() => steps.finish()).toThrow('step 2 failed');
  steps.begin(work([]));
  expect(() => steps.finish()).not.toThrow();
});

describe('work that somebody waits for', () => {
  it('is done in turns, between which the process does other work', async () => {
    const done: string[] = [];
    const all = takeInTurns('test', work(done), 0);
    for (const n of [1, 2]) {
      await turn();
      done.push(`turn ${n}`);
    }
    await all;
    expect(done).toEqual(['step 1', 'step 2', 'turn 1', 'step 3', 'turn 2']);
  });

  it('is done at once where it takes no longer than a turn', async () => {
    const done: string[] = [];
    const all = takeInTurns('test', work(done), Number.POSITIVE_INFINITY);
    expect(done).toHaveLength(3);
    await all;
  });

  it('has a result, or the error of a step', async () => {
    const counted = function* (): Generator<void, number> {
      yield;
      return 429;
    };
    expect(await takeInTurns('test', counted(), 0)).toBe(429);
    await expect(takeInTurns('test', work([], 3), 0)).rejects.toThrow('step 3 failed');
  });
});
