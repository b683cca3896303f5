const { useMock } = require('mock429/jest');
const { listLinks } = require('./links.js');

const mock = useMock({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z', env: 'KLINKY_URL' });

test('the client waits as long as it is told', async () => {
  mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
  expect(await listLinks((ms) => mock.clock.advance(ms))).toContain('homepage-headline');
  expect(mock).toHaveBehaved();
});

test('the next test has a mock of its own', () => {
  expect(mock.requests()).toEqual([]);
});
