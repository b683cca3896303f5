import { testWithMock } from 'mock429/vitest';
import { describe } from 'vitest';
import { listLinks } from './links.js';

// With a verdict, each test also fails where its client did not behave.
const test = testWithMock({ profile: 'klinky', clock: 'frozen', verdict: 'error' });

describe.concurrent('tests that run at the same time', () => {
  test('have a sandbox each', async ({ mock, expect }) => {
    await listLinks(mock.url, (ms) => mock.clock.advance(ms));
    expect(mock.requests()).toHaveLength(1);
  });

  test('with faults of its own', async ({ mock, expect }) => {
    mock.faults.add({ status: 429, headers: { 'Retry-After': '5' }, times: 1 });
    await listLinks(mock.url, (ms) => mock.clock.advance(ms));
    expect(mock.requests().map(({ status }) => status)).toEqual([429, 200]);
  });
});
