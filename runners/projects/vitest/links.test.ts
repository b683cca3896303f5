import { createRequire } from 'node:module';
import { createMock } from 'mock429';
import { useMock } from 'mock429/vitest';
import { expect, test } from 'vitest';
import { links } from './links.js';

const mock = useMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z', env: 'KLINKY_URL' });
const used = { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 };

test('a client that waits behaves', async () => {
  mock.setQuota(used);
  expect(await links(process.env['KLINKY_URL']!, (seconds) => mock.clock.advance(1000 * seconds))).toBe(200);
  expect(mock).toHaveBehaved({ failOn: 'warn' });
});

test('a client that does not wait is told so', async () => {
  mock.setQuota(used);
  expect(await links(mock.url, () => {})).toBe(429);
  expect(mock).not.toHaveBehaved();
  expect(() => expect(mock).toHaveBehaved()).toThrow(
    /retry-too-early \(klinky\)[\s\S]*429, Retry-After 1800[\s\S]*advice/,
  );
});

test('import and require give the same copy', () => {
  expect(createRequire(import.meta.url)('mock429').createMock).toBe(createMock);
  expect(mock.requests()).toEqual([]);
});
