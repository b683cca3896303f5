import { testWithMock } from 'mock429/vitest';
import { describe } from 'vitest';
import { links } from './links.js';

const test = testWithMock({ profile: 'klinky', clock: 'frozen', verdict: 'error' });

describe.concurrent('tests that run at the same time', () => {
  test.for([1, 2, 3])('have a sandbox each: %i', async (calls, { mock, expect }) => {
    for (let i = 0; i < calls; i++) await links(mock.url, () => {});
    expect(mock.requests()).toHaveLength(calls);
    expect(mock).toHaveBehaved();
  });
});
