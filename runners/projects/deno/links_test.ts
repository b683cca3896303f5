import assert from 'node:assert/strict';
import https from 'node:https';
import { createRequire } from 'node:module';
import { assertBehaved, createMock } from 'mock429';

const KEY = { headers: { 'X-API-Key': 'klinky_live_a' } };

Deno.test('without a port', async () => {
  const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' });
  assert.equal((await mock.fetch('/api/v1/public/links', KEY)).status, 200);
  assertBehaved(mock);
  await mock.close();
});

Deno.test('on a port', async () => {
  const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' });
  const { url } = await mock.listen();
  mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
  const ask = async () => {
    const response = await fetch(`${url}/api/v1/public/links`, KEY);
    await response.body?.cancel();
    return response.headers.get('Retry-After');
  };
  assert.equal(await ask(), '1800');
  await ask();
  assert.throws(() => assertBehaved(mock), /retry-too-early/);
  await mock.close();
});

Deno.test('the client of the process is led to the mock', async () => {
  const mock = await createMock({ profile: 'klinky' });
  const interception = mock.intercept();
  const response = await fetch('https://klinky-api.fly.dev/api/v1/public/links', KEY);
  assert.equal(response.status, 200);
  await response.body?.cancel();
  interception.restore();
  await mock.close();
});

Deno.test('so is one that is built on node:https', async () => {
  const mock = await createMock({ profile: 'klinky', clock: 'frozen' });
  mock.intercept({ unhandled: 'error' });
  const status = (host: string) =>
    new Promise((resolve, reject) => {
      https
        .get(`https://${host}/api/v1/public/links`, KEY, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        })
        .on('error', reject);
    });
  assert.equal(await status('klinky-api.fly.dev'), 200);
  await assert.rejects(status('other.example'), { code: 'ERR_MOCK429_UNHANDLED' });
  await mock.close();
});

Deno.test('import and require give the same copy', () => {
  assert.equal(createRequire(import.meta.url)('mock429').createMock, createMock);
});
