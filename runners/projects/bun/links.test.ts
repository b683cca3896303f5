import { expect, test } from 'bun:test';
import https from 'node:https';
import { createRequire } from 'node:module';
import { assertBehaved, createMock } from 'mock429';
import { useMock } from 'mock429/jest';

const mock = useMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z', env: 'KLINKY_URL' });
const used = { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 };
const ask = async () => {
  const response = await fetch(`${process.env['KLINKY_URL']}/api/v1/public/links`, {
    headers: { 'X-API-Key': 'klinky_live_a' },
  });
  await response.text();
  return response;
};

test('without a port', async () => {
  const own = await createMock({ profile: 'klinky' });
  expect((await own.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } })).status).toBe(200);
  await own.close();
});

test('a client that waits behaves', async () => {
  mock.setQuota(used);
  expect((await ask()).headers.get('Retry-After')).toBe('1800');
  await mock.clock.advance('30m');
  expect((await ask()).status).toBe(200);
  assertBehaved(mock);
});

test('a client that does not wait is told so', async () => {
  mock.setQuota(used);
  await ask();
  await ask();
  expect(() => assertBehaved(mock)).toThrow(/retry-too-early[\s\S]*Retry-After 1800[\s\S]*advice/);
});

test('the matcher of jest is there, in a project that has jest as well', async () => {
  mock.setQuota(used);
  await ask();
  expect(mock).toHaveBehaved();
  await ask();
  expect(mock).not.toHaveBehaved();
});

test('its clients are led to the mock', async () => {
  const own = await createMock({ profile: 'klinky', clock: 'frozen' });
  own.intercept({ unhandled: 'error' });
  const url = 'https://klinky-api.fly.dev/api/v1/public/links';
  const headers = { 'X-API-Key': 'klinky_live_a' };
  expect((await fetch(url, { headers })).status).toBe(200);
  const status = await new Promise((resolve, reject) => {
    https.get(url, { headers }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  expect(status).toBe(200);
  await expect(fetch('https://other.example/')).rejects.toMatchObject({ code: 'ERR_MOCK429_UNHANDLED' });
  await own.close();
});

test('import and require give the same copy', () => {
  expect(createRequire(import.meta.url)('mock429').createMock).toBe(createMock);
});
