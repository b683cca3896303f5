const { createMock } = require('mock429');
const { useMock } = require('mock429/jest');
const { links } = require('./client.js');

const mock = useMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z', env: 'KLINKY_URL' });
const used = { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 };

test('a mock of its own, without helpers', async () => {
  const own = await createMock({ profile: 'klinky', clock: 'frozen' });
  expect((await own.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } })).status).toBe(200);
  await own.close();
});

test('a client that waits behaves', async () => {
  mock.setQuota(used);
  expect(await links({ wait: (seconds) => mock.clock.advance(1000 * seconds) })).toBe(200);
  expect(mock).toHaveBehaved({ failOn: 'warn' });
  expect(() => expect(mock).not.toHaveBehaved()).toThrow('Expected  a finding of severity error');
});

test('a client that does not wait is told so, with its requests and the advice', async () => {
  mock.setQuota(used);
  expect(await links({ waits: false })).toBe(429);
  expect(mock).not.toHaveBehaved();
  expect(() => expect(mock).toHaveBehaved()).toThrow(
    /retry-too-early \(klinky\)[\s\S]*request test-3-2 .*429, Retry-After 1800[\s\S]*advice/,
  );
});

test('each test has a sandbox of its own', () => {
  expect(mock.requests()).toEqual([]);
  expect(process.env.KLINKY_URL).toBe(mock.url);
  expect(() => expect(mock).toHaveBehaved()).toThrow('received no requests');
});
