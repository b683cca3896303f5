/** Answers that were written after their client had closed the connection. */

import { expect, test } from 'vitest';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Port } from '../../src/sandbox/core.js';
import { reportOf } from '../../src/sandbox/verdict/report.js';
import { findings } from '../verdict/world.js';
import { openLab } from './lab.js';

const LIMIT = {
  calls: {
    algorithm: 'fixed-window',
    quota: 1,
    window: { length: '1m', start: 'first-request' },
    partitionBy: ['key'],
    refusal: { error: 'limited' },
    evidence: { level: 'assumed' },
  },
};

/** Three calls, of which the last two are refused; their answers reach the client or not. */
async function refusedTwice(lost: boolean) {
  const { sandbox } = openLab(LIMIT);
  for (const _ of [1, 2, 3]) {
    const done: (() => void)[] = [];
    const port: Port = { onDone: (listener) => done.push(listener), lost };
    const header = (name: string) => ({ 'x-key': 'k_a' })[name.toLowerCase()];
    const body = ReceivedBody.of('');
    const arrival = { method: 'GET', path: '/things', rawQuery: '', header, ip: '127.0.0.1', body };
    sandbox.handle('lab', arrival, port);
    for (const listener of done) listener();
    await sandbox.clock.advance(500);
  }
  return sandbox;
}

test('leave no instant in the journal, and nobody knew them', async () => {
  const sandbox = await refusedTwice(true);
  expect(sandbox.journal.entries().map(({ status, leftAt, answeredAt }) => [status, leftAt, answeredAt])).toEqual([
    [200, null, null],
    [429, null, null],
    [429, null, null],
  ]);
  expect(findings(reportOf(sandbox))).toEqual({});
});

test('others do, and their client is early', async () => {
  const sandbox = await refusedTwice(false);
  expect(sandbox.journal.entries().map(({ leftAt }) => typeof leftAt)).toEqual(['number', 'number', 'number']);
  expect(findings(reportOf(sandbox))).toHaveProperty('retry-too-early');
});
