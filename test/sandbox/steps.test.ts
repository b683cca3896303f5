/** Work in steps, between which the process does other work. */
import { expect, it } from 'vitest';
import { Steps } from '../../src/sandbox/verdict/steps.js';

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

it('gives the error of a step to whoever finishes the work', async () => {
  const steps = new Steps('test');
  steps.begin(work([], 2));
  await turn();
  await turn();
  expect(() => steps.finish()).toThrow('step 2 failed');
  steps.begin(work([]));
  expect(() => steps.finish()).not.toThrow();
});
