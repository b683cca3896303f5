/** Every control of the dashboard, in a browser: what a click does to the sandbox, and the lines that do the same. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMock } from '../../../src/index.js';
import { canShow, launch } from '../browser.js';
import { openServer, play, type Scene, START } from '../scene.js';
import { numberIn, openPage, section, type Troubles } from './page.js';

const can = canShow();

describe.skipIf(!can)('the controls', () => {
  let browser: Browser;
  let scene: Scene;
  let page: Page;
  let troubles: Troubles;
  beforeAll(async () => {
    browser = await launch();
    scene = await openServer();
    await play(scene);
    ({ page, troubles } = await openPage(browser, scene));
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const lastLines = () => page.locator('.changes .command code').allInnerTexts();
  /** Waits until the page shows the instant of the clock. */
  const showsClock = () => page.locator(`.clock time[data-epoch="${scene.mock.clock.read().epochMs}"]`).waitFor();

  it('of the clock: +1 s', async () => {
    const before = scene.mock.clock.read().epochMs;
    await button('+1 s').click();
    await page.locator('.changes').waitFor();
    expect(scene.mock.clock.read().epochMs).toBe(before + 1_000);
    await showsClock();
    expect(await lastLines()).toEqual([
      `curl -s ${scene.url}/__mock429/clock/advance -d '{"duration":"1s"}'`,
      "await mock.clock.advance('1s')",
    ]);
  });

  it('of the clock: to the next reset, which frees a bucket', async () => {
    const resets = scene.mock.quotas().flatMap(({ resetAt }) => (resetAt === null ? [] : [Date.parse(resetAt)]));
    const next = Math.min(...resets.filter((at) => at > scene.mock.clock.read().epochMs));
    await button('Next reset').click();
    await page.locator(`.clock time[data-epoch="${next}"]`).waitFor();
    expect(scene.mock.clock.read().epochMs).toBe(next);
  });

  it('of the clock: run and freeze', async () => {
    await button('Run').click();
    await button('Freeze').waitFor();
    expect(scene.mock.clock.read().mode).toBe('offset');
    await button('Freeze').click();
    await button('Run').waitFor();
    expect(scene.mock.clock.read().mode).toBe('frozen');
  });

  it('of the clock: any instant, and the rate', async () => {
    await button('Set…').click();
    await page.getByLabel('Rate (virtual per real)').fill('60');
    await button('Set the rate').click();
    await page.locator('#clock-set').waitFor({ state: 'detached' });
    expect(scene.mock.clock.read().rate).toBe(60);
    await button('Set…').click();
    await page.getByLabel('Instant (UTC)').fill('2026-05-12T09:00:00');
    await button('Go there').click();
    await page.locator('#clock-set').waitFor({ state: 'detached' });
    expect(scene.mock.clock.read().now).toBe('2026-05-12T09:00:00.000Z');
    await showsClock();
  });

  it('of the clock: an instant that is none is refused, and the page says why', async () => {
    await button('Set…').click();
    await page.getByLabel('Instant (UTC)').fill('2026-13-40T09:00');
    await button('Go there').click();
    await page.locator('.changes .failure').waitFor();
    expect(await page.locator('.changes .failure').first().innerText()).toContain('Refused: ');
    expect(scene.mock.clock.read().now).toBe('2026-05-12T09:00:00.000Z');
    await button('Set…').click();
  });

  it('of the faults: add one, see it used, remove it', async () => {
    scene.mock.faults.remove();
    await section(page, 'Controls');
    await page.getByText('No fault.').waitFor();
    await page.getByLabel('Status', { exact: true }).fill('418');
    await page.getByLabel('Path (empty: any)').fill('/v1/companies');
    await button('Add the fault').click();
    await page.getByRole('button', { name: /^Remove fault-/ }).waitFor();
    const [fault] = scene.mock.faults.list();
    expect(fault).toMatchObject({ status: 418, times: 1, match: { path: '/v1/companies' } });
    expect(await scene.send('probe', '/v1/companies')).toBe(418);
    // A fault that is used up goes, and the page sees it with the next tick.
    await page.getByText('No fault.').waitFor();
    for (const [what, field] of [
      ['delay', 'delayMs'],
      ['drop', 'drop'],
      ['retry-after', 'retryAfter'],
    ] as const) {
      await page.getByLabel('What happens').selectOption(what);
      await button('Add the fault').click();
      await page.getByRole('button', { name: /^Remove fault-/ }).waitFor();
      expect(scene.mock.faults.list()[0]).toHaveProperty(field);
      await page.getByRole('button', { name: /^Remove fault-/ }).click();
      await page.getByText('No fault.').waitFor();
    }
    expect(scene.mock.faults.list()).toEqual([]);
  });

  it('of the faults: the shown curl line and the shown code do the same as the button', async () => {
    await page.getByLabel('What happens').selectOption('status');
    await page.getByLabel('Status', { exact: true }).fill('507');
    await page.getByLabel('Path (empty: any)').fill("/it's");
    const [curl, code] = await page.getByRole('form', { name: 'Add a fault' }).locator('code').allInnerTexts();
    // Not synchronously: the server runs in this process.
    await promisify(execFile)('sh', ['-c', curl!]);
    const [byCurl] = scene.mock.faults.list();
    const mock = await createMock({ profile: 'klinky' });
    new Function('mock', code!)(mock);
    const [byCode] = mock.faults.list();
    await mock.close();
    const { id: _a, ...one } = byCurl!;
    const { id: _b, ...other } = byCode!;
    expect(one).toEqual(other);
    expect(one).toMatchObject({ status: 507, match: { path: "/it's" } });
    scene.mock.faults.remove();
  });

  it('of the quotas: what is left in a bucket', async () => {
    await scene.send('probe', '/v1/companies');
    const form = page.getByRole('form', { name: 'Set what is left in a bucket' });
    const bucket = scene.mock.quotas().find(({ policy }) => policy === 'token-minute')!;
    await page.locator(`option[value="${bucket.id}"]`).waitFor({ state: 'attached' });
    await form.getByLabel(/^Bucket/).selectOption(bucket.id);
    await form.getByLabel('Units left').fill('7');
    await form.getByRole('button', { name: 'Set the units left' }).click();
    await page.getByText('7 of 120 left').first().waitFor();
    expect(scene.mock.quotas().find(({ id }) => id === bucket.id)?.remaining).toBe(7);
  });

  it('of the jobs: another outcome, a later end, end now, with its webhook', async () => {
    const received: string[] = [];
    const hooks = createServer((request, response) => {
      received.push(request.url ?? '');
      request.resume().on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
    const { port } = hooks.address() as AddressInfo;
    scene.mock.webhooks.add({ url: `http://127.0.0.1:${port}/hooks?secret=1` });
    await scene.send('crm-import', '/v1/audits', { method: 'POST', body: '{"companyId":"cmp_abc"}' });
    const job = scene.mock.jobs.list().at(-1)!;
    const endsAt = Date.parse(job.endsAt!);
    const row = page.locator(`[data-job="${job.id}"]`);
    const now = () => scene.mock.jobs.list().find(({ id }) => id === job.id)!;
    await row.waitFor();
    expect(await numberIn(page, '[data-testid=running-jobs]')).toBe(1);
    expect(await row.innerText()).toContain(`${job.outcome} in `);
    const form = page.getByRole('form', { name: 'Change how a job ends' });
    const ends = form.getByLabel('Outcome').locator('option');
    const other = (await ends.allInnerTexts()).find((state) => state !== job.outcome)!;
    await form.getByLabel('Outcome').selectOption(other);
    await form.getByRole('button', { name: 'Change the job' }).click();
    await row.getByText(`${other} in `).waitFor();
    expect([now().outcome, Date.parse(now().endsAt!)]).toEqual([other, endsAt]);
    await form.getByLabel('It ends').selectOption('later');
    await form.getByLabel('Milliseconds from now').fill('90000');
    await form.getByRole('button', { name: 'Change the job' }).click();
    await row.getByText(`${other} in 1 min 30 s`).waitFor();
    expect(Date.parse(now().endsAt!)).toBe(scene.mock.clock.read().epochMs + 90_000);
    await form.getByLabel('It ends').selectOption('never');
    await form.getByRole('button', { name: 'Change the job' }).click();
    await row.getByText('runs until it is ended').waitFor();
    expect(now().endsAt).toBeNull();
    // Only the end of a completed audit is told to endpoints.
    await form.getByLabel('It ends').selectOption('later');
    await form.getByLabel('Outcome').selectOption(job.outcome);
    await form.getByRole('button', { name: 'Change the job' }).click();
    await row.getByText(`${job.outcome} in 1 min 30 s`).waitFor();
    expect(received).toEqual([]);
    await button(`End now: ${job.id}`).click();
    await button(`End now: ${job.id}`).waitFor({ state: 'detached' });
    expect(await lastLines()).toEqual([
      `curl -s -X PUT ${scene.url}/__mock429/jobs/${job.id} -d '{"profile":"full-domination","state":"${job.outcome}"}'`,
      `await mock.jobs.set('${job.id}', { profile: 'full-domination', state: '${job.outcome}' })`,
    ]);
    expect(now().state).toBe(job.outcome);
    expect(received).toEqual(['/hooks?secret=1']);
    const [delivery] = scene.mock.webhooks.deliveries();
    const sent = page.locator(`[data-delivery="${delivery!.id}"]`);
    await sent.getByText('1 attempt · 204').waitFor();
    expect(await sent.innerText()).toContain(delivery!.type!);
    expect(await sent.innerText()).not.toContain('secret');
    await button('Remove endpoint-1').click();
    await button('Remove endpoint-1').waitFor({ state: 'detached' });
    expect(scene.mock.webhooks.list()).toEqual([]);
    await new Promise((resolve) => hooks.close(resolve));
  });

  it('of the accounts: plan, credential and own quota', async () => {
    const form = page.getByRole('form', { name: 'Set an account of full-domination' });
    await form.getByLabel('Account', { exact: true }).fill('acme');
    await form.getByLabel('Plan', { exact: true }).selectOption('trial');
    await form.getByLabel('Credential (in full)').fill('ad_live_acme0000000000000000000000000000');
    await form.getByLabel('Own quota of').selectOption('token-minute');
    await form.getByLabel('Quota', { exact: true }).fill('5');
    await form.getByRole('button', { name: 'Set the account' }).click();
    await page.getByRole('rowheader', { name: 'acme' }).waitFor();
    expect(scene.mock.accounts('full-domination').find(({ id }) => id === 'acme')).toMatchObject({
      plan: 'trial',
      quotas: { 'token-minute': 5 },
    });
    expect(await page.locator('body').innerText()).not.toContain('| ad_live_acme0000000000000000000000000000');
  });

  it('of the plan and the variants', async () => {
    const form = page.getByRole('form', { name: 'Plan and variants of full-domination' });
    expect(await form.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await form.getByLabel(/^reset-epoch/).check();
    expect(await form.locator('code').allInnerTexts()).toEqual([
      `curl -s -X PUT ${scene.url}/__mock429/profiles/full-domination -d '{"variants":["reset-epoch"]}'`,
      "await mock.setProfile('full-domination', { variants: ['reset-epoch'] })",
      "const mock = await createMock({ profile: 'full-domination', plan: 'full-domination', variant: ['reset-epoch'] })",
    ]);
    await form.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => form.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    const profile = (await (await fetch(`${scene.url}/__mock429/profiles/full-domination`)).json()) as {
      variants: { id: string; active: boolean }[];
    };
    expect(profile.variants.filter(({ active }) => active).map(({ id }) => id)).toEqual(['reset-epoch']);
  });

  it('of the sandboxes: create, switch, delete', async () => {
    const form = page.getByRole('form', { name: 'Open another sandbox' });
    await form.getByLabel('Name').fill('t-1');
    await form.getByRole('button', { name: 'Create or open' }).click();
    await page.waitForURL('**/~t-1/__mock429/ui');
    await page.locator('.connection.live').waitFor();
    expect(scene.mock.sandboxes().map(({ name }) => name)).toEqual(['t-1']);
    await button('+1 s').click();
    await page.locator('.changes').waitFor();
    expect(await lastLines()).toEqual([
      `curl -s ${scene.url}/~t-1/__mock429/clock/advance -d '{"duration":"1s"}'`,
      "await mock.sandbox('t-1').clock.advance('1s')",
    ]);
    expect(scene.mock.sandbox('t-1').clock.read().epochMs).toBe(START + 1_000);
    await page.getByLabel('Sandbox', { exact: true }).selectOption('');
    await page.waitForURL(`${scene.url}/__mock429/ui`);
    await section(page, 'Controls');
    await button('Delete the sandbox t-1').click();
    await button('Delete the sandbox t-1').waitFor({ state: 'detached' });
    expect(scene.mock.sandboxes()).toEqual([]);
  });

  it('of the snapshot: saves what the API gives', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), button('Save a snapshot').click()]);
    const stream = await download.createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(download.suggestedFilename()).toBe('mock429-main.json');
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(JSON.parse(JSON.stringify(scene.mock.snapshot())));
  });

  it('of the reset', async () => {
    await page.getByLabel('and the clock').check();
    await button('Reset').click();
    await page.getByText('No bucket is live.').waitFor();
    expect(scene.mock.requests()).toEqual([]);
    expect(scene.mock.clock.read().epochMs).toBe(START);
    await section(page, 'Live');
    await page.getByText('No request yet.').waitFor();
    expect(await page.locator('#timeline-canvas').getAttribute('data-requests')).toBe('0');
  });

  it('work without any trouble on the page', () => {
    expect(troubles).toEqual([]);
  });
});
