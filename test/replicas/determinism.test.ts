/** Replicas hold the same state, and it is that of one process. The log is in memory. */
import { describe, it } from 'vitest';
import type { Step } from './history.js';
import { checkHistory, checkOneProcess, checkSameState, TROUBLES } from './same-state.js';

const call = (at: number, sandbox: number, request: number, holds = false): Step => ({
  ...{ does: 'call', at, sandbox, request, holds, times: 1 },
});
const operate = (at: number, sandbox: number, operation: number): Step => ({ does: 'operate', at, sandbox, operation });
const time = (ms: number): Step => ({ does: 'time', ms });
const lose: Step = { does: 'lose', moment: 'after' };
const turn: Step = { does: 'turn' };

/** Histories after which replicas once differed, or did not come to rest. */
const FOUND: [string, Step[]][] = [
  [
    'an operation whose reply was lost is in the state that is recovered',
    [lose, operate(1, 0, 0), call(0, 1, 0), turn, { does: 'restart', lost: 3 }, operate(0, 0, 0)],
  ],
  [
    'a request is held in a sandbox that was removed, and another has its name',
    [
      ...[call(1, 2, 0, true), { does: 'remove', at: 1, sandbox: 2 } as Step, operate(1, 0, 0), call(1, 2, 0)],
      ...[call(0, 1, 0), turn, turn, { does: 'stop', at: 0 } as Step, call(0, 1, 0)],
    ],
  ],
  [
    'a job has ended, and runs again because the clock was set back',
    [
      ...[call(0, 0, 7), operate(1, 0, 15), { does: 'stop', at: 1 } as Step, time(1_000), operate(0, 0, 22)],
      ...[call(0, 0, 16), turn, operate(0, 0, 15), time(1_000), { does: 'join' } as Step],
    ],
  ],
  [
    'the reply of a recovery is lost while an answer is delayed',
    [
      ...[operate(0, 0, 0), call(0, 0, 0), time(998), time(2), { does: 'restart', lost: 1 } as Step],
      ...[operate(0, 0, 0), lose, lose, turn],
    ],
  ],
  ['one is read after a fault has expired', [operate(0, 1, 3), time(24_000), { does: 'read', at: 0 }]],
  [
    'one is asked for a snapshot while calls have not been entered in a log',
    [call(0, 0, 6), { does: 'settle' }, { does: 'read', at: 1 }, call(2, 0, 6)],
  ],
];

describe('the state of all replicas is the same', () => {
  it.each(TROUBLES)('with %s', async (_what, troubles, usual) => {
    await checkSameState(troubles, usual);
  });

  it.each(FOUND)('where %s', async (_what, steps) => {
    await checkHistory(steps);
  });
});

describe('the answers of all replicas', () => {
  it('are those of one process that is given the same inputs at the same times', async () => {
    await checkOneProcess(60);
  });
});
