import { expect, routePages, test } from 'mock429/playwright';

/** In place of your own application: a page that asks the provider, and says when to come back. */
const PAGE = `<p role="status"></p><script type="module">
  const headers = { 'X-API-Key': 'klinky_live_growth' };
  const response = await fetch('https://klinky-api.fly.dev/api/v1/public/links', { headers });
  document.querySelector('p').textContent =
    response.status === 429 ? 'Try again in ' + response.headers.get('Retry-After') + ' seconds.' : 'Here they are.';
</script>`;

test.beforeEach(async ({ page, mock }) => {
  await routePages(page, mock);
  await page.route('http://app.test/', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
});

test('the page shows the links', async ({ page, mock }) => {
  await page.goto('http://app.test/');
  await expect(page.getByRole('status')).toHaveText('Here they are.');
  expect(mock).toHaveBehaved();
});

test('the page says when to come back', async ({ page, mock }) => {
  mock.setQuota({ policy: 'account-hour', partition: { account: 'growth' }, remaining: 0 });
  await page.goto('http://app.test/');
  await expect(page.getByRole('status')).toHaveText('Try again in 1800 seconds.');
});
