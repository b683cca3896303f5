/**
 * Log lines are written together, each once and in their order.
 */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buffered } from '../../src/commands/terminal/buffered.js';

test('what is written in one turn is written together, and in its order', async () => {
  const written: string[] = [];
  const out = buffered((text) => written.push(text));
  out('one\n');
  out('two\n');
  expect(written).toEqual([]);
  await setImmediate();
  out('three\n');
  await setImmediate();
  expect(written).toEqual(['one\ntwo\n', 'three\n']);
});

test('what waits is written at once when the program ends, and not again', async () => {
  const written: string[] = [];
  const out = buffered((text) => written.push(text));
  out('last words\n');
  out.flush();
  out.flush();
  await setImmediate();
  expect(written).toEqual(['last words\n']);
});
