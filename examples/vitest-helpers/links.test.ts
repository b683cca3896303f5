import { useMock } from 'mock429/vitest';
import { expect, test } from 'vitest';
import { listLinks } from './links.js';

const mock = useMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' });

test('the client waits as long as it is told', async () => {
  mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
  expect(await listLinks(mock.url, (ms) => mock.clock.advance(ms))).toContain('homepage-headline');
  expect(mock).toHaveBehaved();
});
