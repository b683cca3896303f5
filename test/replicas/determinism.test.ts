/** Replicas hold the same state, and it is that of one process. The log is in memory. */
import { describe, it } from 'vitest';
import { checkOneProcess, checkSameState, TROUBLES } from './same-state.js';

describe('the state of all replicas is the same', () => {
  it.each(TROUBLES)('with %s', async (_what, troubles, usual) => {
    await checkSameState(troubles, usual);
  });
});

describe('the answers of all replicas', () => {
  it('are those of one process that is given the same inputs at the same times', async () => {
    await checkOneProcess(60);
  });
});
