/** Replicas that apply the same inputs hold the same state, whatever clients, tests and failures do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agree, runs } from '../properties/agree.js';
import { digest, History, histories, type Troubles } from './history.js';

const cases: [string, Troubles, number][] = [
  ['clients and tests', { moves: false, failures: false }, 60],
  ['replicas that join and leave', { moves: true, failures: false }, 60],
  ['lost replies, removed replicas, a log that restarts', { moves: true, failures: true }, 120],
];

describe('the state of all replicas is the same', () => {
  it.each(cases)('with %s', async (_what, troubles, usual) => {
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(histories(troubles), async (steps) => {
        const history = new History();
        try {
          await history.start(3);
          for (const step of steps) await history.play(step);
          await history.settle();
          const [first, ...others] = history.members.all.map(digest);
          for (const other of others) for (const [part, text] of Object.entries(first!)) agree(part, other[part], text);
          agree(
            'warnings',
            history.warnings.filter((line) => /failed/.test(line)),
            [],
          );
          answers += history.sent.filter(({ outcome }) => outcome.answer).length;
        } finally {
          await history.close();
        }
      }),
      runs(usual),
    );
    expect(answers).toBeGreaterThan(5 * usual);
  });
});
