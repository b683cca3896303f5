const assert = require('node:assert/strict');
const { assertBehaved, createMock } = require('mock429');

const KEY = { headers: { 'X-API-Key': 'klinky_live_a' } };
let mock;
before(async () => {
  mock = await createMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' });
});
afterEach(() => mock.reset({ clock: true, accounts: true }));
after(() => mock.close());

it('judges a client', async () => {
  assert.equal((await mock.fetch('/api/v1/public/links', KEY)).status, 200);
  assertBehaved(mock);
});

it('tells what a client did', async () => {
  mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
  for (let i = 0; i < 2; i++) await mock.fetch('/api/v1/public/links', KEY);
  assert.throws(() => assertBehaved(mock), {
    name: 'AssertionError',
    message: /retry-too-early[\s\S]*Retry-After 1800[\s\S]*advice/,
  });
});

it('is reset', () => assert.deepEqual(mock.requests(), []));
