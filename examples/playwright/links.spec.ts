import { expect, test } from '@playwright/test';

const CONTROL = 'http://127.0.0.1:4290/__mock429';

test.beforeEach(async ({ request }) => {
  await expect(await request.post(`${CONTROL}/reset`, { data: { clock: true, accounts: true } })).toBeOK();
});

test('the page shows the links', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('listitem').first()).toHaveText('homepage-headline');
});

test('the page says when to come back, and goes on then', async ({ page, request }) => {
  const clock = { now: '2026-05-12T08:30:00Z', frozen: true };
  await expect(await request.put(`${CONTROL}/clock`, { data: clock })).toBeOK();
  const quota = { policy: 'account-hour', partition: { account: 'growth' }, remaining: 0 };
  await expect(await request.put(`${CONTROL}/quotas`, { data: quota })).toBeOK();

  await page.goto('/');
  await expect(page.getByRole('status')).toHaveText('Try again in 30 minutes.');
  await expect(page.getByRole('listitem')).toHaveCount(0);

  await expect(await request.post(`${CONTROL}/clock/advance`, { data: { duration: '30m' } })).toBeOK();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('listitem').first()).toHaveText('homepage-headline');
});
