const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { createMock } = require('mock429');
const { assertBehaved, useMock } = require('mock429/node-test');

const mock = useMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z', env: 'KLINKY_URL' });
const used = { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 };
const ask = async () => {
  const response = await fetch(`${process.env.KLINKY_URL}/api/v1/public/links`, {
    headers: { 'X-API-Key': 'klinky_live_a' },
  });
  await response.text();
  return response;
};

test('a client that waits behaves', async () => {
  mock.setQuota(used);
  assert.equal((await ask()).headers.get('Retry-After'), '1800');
  await mock.clock.advance('30m');
  assert.equal((await ask()).status, 200);
  assertBehaved(mock, { failOn: 'warn' });
});

describe('in a suite', () => {
  test('a client that does not wait is told so', async () => {
    mock.setQuota(used);
    await ask();
    await ask();
    assert.throws(() => assertBehaved(mock), {
      name: 'AssertionError',
      message: /retry-too-early \(klinky\)[\s\S]*Retry-After 1800[\s\S]*advice/,
    });
  });
});

test('subtests share the sandbox of their test', async (t) => {
  await ask();
  await t.test('here', () => assert.equal(mock.requests().length, 1));
  assert.equal(mock.requests().length, 1);
});

test('import gives the same copy', async () => {
  assert.equal((await import('mock429')).createMock, createMock);
  assert.equal((await import('mock429/node-test')).useMock, useMock);
});
