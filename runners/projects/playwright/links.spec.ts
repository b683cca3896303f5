import { expect, routePages, test } from 'mock429/playwright';

const used = { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 };
const headers = { 'X-API-Key': 'klinky_live_a' };

test('a client of the test is judged', async ({ request, mock }) => {
  expect((await request.get(`${mock.url}/api/v1/public/links`, { headers })).status()).toBe(200);
  expect(mock).toHaveBehaved();
});

test('a page that asks the real address is answered by the mock', async ({ page, mock }) => {
  await routePages(page, mock);
  await page.setContent('<p></p>');
  const ask = () =>
    page.evaluate(async () => {
      const response = await fetch('https://klinky-api.fly.dev/api/v1/public/links', {
        headers: { 'X-API-Key': 'klinky_live_a' },
      });
      return response.status;
    });
  expect(await ask()).toBe(200);
  mock.setQuota(used);
  expect(await ask()).toBe(429);
  expect(mock.requests().map(({ status }) => status)).toEqual([200, 429]);
});

test('a client that does not wait is told so', async ({ request, mock }) => {
  mock.setQuota(used);
  for (let i = 0; i < 2; i++) await request.get(`${mock.url}/api/v1/public/links`, { headers });
  expect(mock).not.toHaveBehaved();
  expect(() => expect(mock).toHaveBehaved()).toThrow(/retry-too-early/);
});
