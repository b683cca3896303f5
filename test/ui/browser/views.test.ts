/** What the dashboard shows, in a browser: every number is that of the control API at that moment, and a keyboard reaches everything. */
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canShow, launch } from '../browser.js';
import { openServer, play, type Scene } from '../scene.js';
import { numberIn, openPage, section, type Troubles } from './page.js';

const can = canShow();

describe.skipIf(!can)('the views', () => {
  let browser: Browser;
  let scene: Scene;
  let page: Page;
  let troubles: Troubles;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads is for the test to know
  const api = async (path: string): Promise<any> => (await fetch(`${scene.url}/__mock429${path}`)).json();
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

  it('totals: as many requests and refusals as the journal has', async () => {
    const { requests } = await api('/requests');
    expect(await numberIn(page, '[data-testid=total-requests]')).toBe(requests.length);
    expect(await numberIn(page, '[data-testid=total-refused]')).toBe(
      requests.filter((one: { status: number }) => one.status === 429).length,
    );
  });

  it('buckets: each number is that of GET /quotas, in the order of nearness', async () => {
    await page.locator('.bucket').first().waitFor();
    const { quotas, total } = await api('/quotas?sort=nearest&limit=1000');
    const shown = await page.locator('.bucket').evaluateAll((rows) =>
      rows.map((row) => {
        const { bucket, used, limit, remaining } = (row as unknown as { dataset: Record<string, string> }).dataset;
        return { id: bucket, used: Number(used), limit: Number(limit), remaining: Number(remaining) };
      }),
    );
    expect(shown).toEqual(
      quotas.map(({ id, used, limit, remaining }: Record<string, unknown>) => ({ id, used, limit, remaining })),
    );
    expect(await numberIn(page, '[data-testid=bucket-total]')).toBe(total);
    const text = await page.locator('.bucket').first().innerText();
    expect(text.replaceAll('\n', ' ')).toContain(`${quotas[0].remaining} of ${quotas[0].limit} left`);
  });

  it('buckets: the filter leaves those that match', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('workspace day');
    await expect.poll(() => page.locator('.bucket').count()).toBe(1);
    expect(await page.locator('.bucket b').first().innerText()).toBe('workspace-day');
    await page.locator('#bucket-filter').fill('');
    await page.locator('#bucket-filter').blur();
  });

  it('timeline: every request of the journal is in a mark, and waits that were told are bars', async () => {
    await page.getByRole('button', { name: 'Fit' }).click();
    const { requests } = await api('/requests');
    await expect
      .poll(() => page.locator('#timeline-canvas').getAttribute('data-requests'))
      .toBe(String(requests.length));
    expect(await page.locator('#timeline-canvas').getAttribute('data-waits')).toBe('1');
    expect(await page.locator('.lane-names li').allInnerTexts()).toEqual([
      'crm-import',
      'nightly-sync',
      'report-builder',
    ]);
    await page.getByRole('button', { name: 'connection', exact: true }).click();
    await expect.poll(() => page.locator('.lane-names li').first().innerText()).toMatch(/^connection \d+$/);
    await page.getByRole('button', { name: 'caller', exact: true }).click();
  });

  it('timeline: a kind can be hidden', async () => {
    const { requests } = await api('/requests');
    const refused = requests.filter((one: { status: number }) => one.status === 429).length;
    await page.getByRole('button', { name: 'refused', exact: true }).click();
    await expect
      .poll(() => page.locator('#timeline-canvas').getAttribute('data-requests'))
      .toBe(String(requests.length - refused));
    await page.getByRole('button', { name: 'refused', exact: true }).click();
  });

  it('timeline: a keyboard chooses a mark, reads it, and opens the explanation with source and evidence', async () => {
    await page.locator('#timeline-canvas').focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByTestId('mark-card').waitFor();
    await page.keyboard.press('ArrowUp');
    await expect
      .poll(() => page.locator('[role=status][aria-live]').innerText())
      .toMatch(/^(?:\d+ requests )?(?:admitted|refused|failed|free).*at \d\d:/);
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await panel.locator('.explained').waitFor();
    const id = /Request (\S+)/.exec(await panel.getByRole('heading', { level: 2 }).innerText())![1]!;
    const { summary, policies } = await api(`/explain?request=${id}`);
    expect(await panel.locator('.summary').innerText()).toBe(summary);
    const text = await panel.innerText();
    for (const { policy, text: said, source } of policies)
      for (const part of [policy, said, source?.title ?? '']) expect(text).toContain(part);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('timeline-canvas');
  });

  it('timeline: the pointer tells decision and headers, a click explains', async () => {
    const canvas = page.locator('#timeline-canvas');
    const box = (await canvas.boundingBox())!;
    // Some place in the last lane has a refused request.
    const y = box.height - 11;
    let x = 0;
    await expect
      .poll(
        async () => {
          x += 6;
          await canvas.hover({ position: { x: x % box.width, y } });
          return page.getByTestId('mark-card').count();
        },
        { interval: 0 },
      )
      .toBe(1);
    const card = await page.getByTestId('mark-card').innerText();
    expect(card).toContain('429 by token-minute');
    expect(card).toContain('Retry-After');
    await canvas.click({ position: { x: x % box.width, y } });
    await page.getByRole('dialog').locator('.explained').waitFor();
    await page.keyboard.press('Escape');
  });

  it('timeline: zoom, pause and follow', async () => {
    const requests = () => page.locator('#timeline-canvas').getAttribute('data-requests').then(Number);
    const all = await requests();
    for (let i = 0; i < 6; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(requests).toBeLessThan(all);
    for (let i = 0; i < 12; i++) await page.keyboard.press('-');
    await expect.poll(requests).toBe(all);
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await requests();
    await scene.send('late-client', '/v1/companies');
    await page.getByText('1 waiting').waitFor();
    expect(await requests()).toBe(before);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Fit' }).click();
    await expect.poll(requests).toBe(all + 1);
  });

  it('timeline: the bucket whose units left are drawn can be chosen', async () => {
    const choice = page.getByLabel('Units left');
    const values = await choice
      .locator('option')
      .evaluateAll((options) => options.map((one) => one.getAttribute('value')!));
    expect(new Set(values).size).toBe(values.length);
    await choice.selectOption(values.at(-1)!);
    expect(await choice.inputValue()).toBe(values.at(-1));
    expect(await page.locator('.left-chart canvas').count()).toBe(1);
  });

  it('live: a new request appears by itself', async () => {
    const before = await numberIn(page, '[data-testid=total-requests]');
    await scene.send('nightly-sync', '/v1/companies?limit=3');
    await expect.poll(() => numberIn(page, '[data-testid=total-requests]')).toBe(before + 1);
    await expect.poll(() => page.locator('.requests button').first().innerText()).toContain('/v1/companies?limit=3');
  });

  it('verdict: figures and findings are those of the report', async () => {
    await section(page, 'Verdict');
    await page.locator('.finding').first().waitFor();
    const report = await api('/report?format=json');
    const [profile] = report.profiles;
    await expect.poll(() => numberIn(page, '[data-testid=judged]')).toBe(report.requests.judged);
    for (const name of ['requests', 'admitted', 'refused', 'succeeded', 'failed'])
      expect([name, await numberIn(page, `[data-figure=${name}] dd`)]).toEqual([name, profile.figures[name]]);
    expect(await page.locator('.finding').count()).toBe(profile.findings.length + profile.undecided.length);
    const text = await page.locator('.findings').innerText();
    for (const { says, title, advice } of profile.findings)
      for (const part of [says, title, advice.says]) expect(text).toContain(part);
  });

  it('verdict: a finding leads to its requests on the timeline', async () => {
    const report = await api('/report?format=json');
    const [finding] = report.profiles[0].findings;
    await page
      .locator('.finding')
      .first()
      .getByRole('button', { name: /on the timeline$/ })
      .click();
    await page.locator('#timeline-canvas').waitFor();
    await expect
      .poll(() => page.locator('[role=status][aria-live]').innerText())
      .toBe(`${finding.entries.length} requests are highlighted on the timeline`);
    expect(Number(await page.locator('#timeline-canvas').getAttribute('data-highlighted'))).toBe(
      finding.entries.length,
    );
  });

  it('usage: each number is that of GET /usage', async () => {
    await section(page, 'Usage');
    await page.locator('.usage').waitFor();
    const { profiles } = await api('/usage');
    const [usage] = profiles;
    for (const window of ['minute', 'hour', 'day'])
      expect(await numberIn(page, `[data-calls=${window}] dd`)).toBe(usage.total[window]);
    expect((await page.locator('.trend-value').allInnerTexts()).map((one) => Number(one.replaceAll(',', '')))).toEqual(
      usage.trend.map(({ calls }: { calls: number }) => calls),
    );
    const rows = await page.locator('.usage tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/).slice(0, 4))).toEqual(
      usage.keys.map(({ key, minute, hour, day }: Record<string, unknown>) =>
        [key, minute, hour, day].map((one) => (typeof one === 'number' ? one.toLocaleString('en-US') : one)),
      ),
    );
    const { total, keys } = usage.countedBy;
    expect(await page.locator('[data-testid=counted-by]').innerText()).toContain(
      `Calls this minute are counted by ${total.minute}, those of each key by ${keys.minute}.`,
    );
    expect(usage.warnings).toHaveLength(1);
    expect(await page.locator('.banner').innerText()).toContain(usage.warnings[0].message);
    expect(await page.locator('.limits li').count()).toBe(usage.limits.length);
  });

  it('providers: the base URLs for clients work', async () => {
    await section(page, 'Providers');
    const baseUrl = await page.locator('td code').first().innerText();
    expect(baseUrl).toBe(scene.url);
    expect(await page.locator('.policies').innerText()).toContain('token-minute');
  });

  it('keys switch sections, show the help and switch the theme', async () => {
    const current = () => page.locator('.tabs [aria-current]').innerText();
    for (const [key, name] of [
      ['1', 'Live'],
      ['2', 'Verdict'],
      ['3', 'Usage'],
      ['4', 'Controls'],
      ['5', 'Providers'],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(current).toBe(name);
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const theme = () => page.evaluate<string | undefined>('document.documentElement.dataset.theme');
    for (const expected of ['light', 'dark', undefined]) {
      await page.keyboard.press('t');
      expect(await theme()).toBe(expected);
    }
    const before = scene.mock.clock.read().epochMs;
    await page.keyboard.press('s');
    await expect.poll(() => scene.mock.clock.read().epochMs).toBe(before + 1_000);
    await page.keyboard.press('f');
    await expect.poll(() => scene.mock.clock.read().mode).toBe('offset');
    await page.getByRole('button', { name: 'Freeze' }).waitFor();
    await page.keyboard.press('f');
    await expect.poll(() => scene.mock.clock.read().mode).toBe('frozen');
  });

  it('a bucket whose window ends while the clock runs goes, with no request', async () => {
    await section(page, 'Live');
    await scene.send('short-lived', '/v1/companies');
    const minutes = () => page.locator('.bucket', { hasText: 'token-minute' }).count();
    await expect.poll(minutes).toBeGreaterThan(0);
    await scene.mock.clock.set({ frozen: false, rate: 600 });
    await expect.poll(minutes).toBe(0);
    await scene.mock.clock.set({ frozen: true, rate: 1 });
  });

  it('the stream goes on where it ended, when the connection was lost', async () => {
    await section(page, 'Live');
    await page.context().setOffline(true);
    await page.evaluate('0');
    const total = await numberIn(page, '[data-testid=total-requests]');
    await page.context().setOffline(false);
    await scene.send('nightly-sync', '/v1/companies?limit=7');
    await page.locator('.connection.live').waitFor();
    await expect.poll(() => numberIn(page, '[data-testid=total-requests]')).toBe(total + 1);
  });

  it('credentials whose masked forms are equal have lanes of their own, which their hashes tell apart', async () => {
    scene.mock.clearRequests();
    for (const digit of ['1', '2', '3'])
      await fetch(`${scene.url}/v1/companies?limit=1`, {
        headers: { Authorization: `Bearer ad_live_${digit.repeat(28)}aaaa` },
      });
    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    const lanes = async () =>
      (await page.locator('.lane-names li').allInnerTexts()).map((lane) => lane.replace(/\s/g, ''));
    // Those of the requests before are gone as well.
    await expect
      .poll(async () => (await lanes()).filter((lane) => /^ad_live_…aaaa#[\w-]{4}$/.test(lane)).length)
      .toBe(3);
    expect(new Set(await lanes()).size).toBe(3);
  });

  it('buckets, choices and usage of such credentials have the same hashes', async () => {
    const quotas = scene.mock.quotas().filter(({ policy, partition }) => {
      return policy === 'token-minute' && partition['token'] === 'ad_live_…aaaa';
    });
    const hashes = quotas.map(({ keyHash }) => `#${keyHash!.slice(0, 4)}`).sort();
    expect(new Set(hashes).size).toBe(3);
    const ofLanes = (await page.locator('.lane-names .hash').allInnerTexts()).sort();
    expect(ofLanes).toEqual(hashes);
    const rows = page.locator('.bucket', { hasText: 'token-minute' }).filter({ hasText: 'ad_live_…aaaa' });
    await expect.poll(async () => (await rows.locator('.hash').allInnerTexts()).sort()).toEqual(hashes);
    const choices = await page.getByLabel('Units left').locator('option').allInnerTexts();
    expect(new Set(choices).size).toBe(choices.length);
    await section(page, 'Usage');
    const keys = page.locator('.usage tbody tr', { hasText: 'ad_live_…aaaa' });
    await expect.poll(async () => (await keys.locator('.hash').allInnerTexts()).sort()).toEqual(hashes);
    const limits = page.locator('.limits li', { hasText: 'token-minute' }).filter({ hasText: 'ad_live_…aaaa' });
    expect((await limits.locator('.hash').allInnerTexts()).sort()).toEqual(hashes);
    await section(page, 'Live');
  });

  it('requests that are deleted from the journal elsewhere go', async () => {
    await page.locator('.requests li').first().waitFor();
    await fetch(`${scene.url}/__mock429/requests`, { method: 'DELETE' });
    await page.getByText('Requests to the providers appear here.').waitFor();
    expect(await page.locator('#timeline-canvas').getAttribute('data-requests')).toBe('0');
  });

  it('a sandbox that is removed elsewhere stays removed, until it is asked for', async () => {
    const { page: other } = await openPage(browser, scene, { path: '/~short/__mock429/ui' });
    const names = () => scene.mock.sandboxes().map(({ name }) => name);
    await expect.poll(names).toContain('short');
    await scene.send('nightly-sync', '/~short/v1/companies');
    await other.locator('.requests button').first().click();
    await other.getByRole('dialog').getByText('Policies').waitFor();
    scene.mock.removeSandbox('short');
    await other.getByText('The sandbox short was removed.').waitFor();
    // The notice came before the dialog in the document, and the dialog is modal as before.
    expect(await other.evaluate(`document.querySelector('dialog').matches(':modal')`)).toBe(true);
    await other.keyboard.press('Escape');
    expect(names()).not.toContain('short');
    await other.getByRole('button', { name: 'Create it again' }).click();
    await other.locator('.connection.live').waitFor();
    expect(names()).toContain('short');
    await other.close();
  });

  it('marks go with the rows that the journal overwrites, in a sandbox as well', async () => {
    await using small = await openServer({ journalSize: 20, judge: false });
    for (const prefix of ['', '/~t1']) {
      const { page: other } = await openPage(browser, small, { path: `${prefix}/__mock429/ui` });
      const { journal } = prefix === '' ? { journal: small.mock } : { journal: small.mock.sandbox('t1') };
      const shown = () => other.locator('#timeline-canvas').getAttribute('data-requests');
      for (let i = 0; i < 15; i++) await small.send('nightly-sync', `${prefix}/v1/companies?limit=${i}`);
      await expect.poll(shown).toBe('15');
      for (let i = 15; i < 30; i++) await small.send('nightly-sync', `${prefix}/v1/companies?limit=${i}`);
      await expect.poll(() => other.locator('.requests button').first().innerText()).toContain('limit=29');
      await expect.poll(shown).toBe(String(journal.requests().length));
      journal.clearRequests();
      await expect.poll(shown).toBe('0');
      await other.close();
    }
  });

  it('heavy traffic: the verdict is not asked for meanwhile, and is right when the traffic has ended', async () => {
    await using busy = await openServer({ judge: false });
    const { page: other } = await openPage(browser, busy);
    await other.locator('.totals [data-testid=verdict]').waitFor();
    const headers = { Authorization: 'Bearer ad_live_0000000000000000000000000000000a' };
    const asked: string[] = [];
    other.on('request', (request) => {
      if (request.url().includes('/report')) asked.push(other.url());
    });
    let sent = 0;
    let shown = 0;
    // Without a pause, until the page has counted many of them. It knows that the traffic is heavy once it has seen some.
    while (shown < 6_000) {
      for (let i = 0; i < 100; i++) await busy.mock.fetch('/v1/companies?limit=1', { headers });
      sent += 100;
      if (shown < 3_000) asked.length = 0;
      if (sent % 500 === 0) shown = await numberIn(other, '[data-testid=total-requests]');
    }
    expect(asked).toEqual([]);
    await expect.poll(() => asked.length).toBe(1);
    const { verdict } = (await (await fetch(`${busy.url}/__mock429/report?format=json`)).json()) as { verdict: string };
    expect(verdict).toBe('fail');
    await expect.poll(() => other.locator('.totals [data-testid=verdict]').innerText()).toContain('Fail');
    await section(other, 'Verdict');
    await expect.poll(() => numberIn(other, '[data-testid=judged]')).toBe(sent);
    await other.close();
  });

  it('show without any trouble on the page', () => {
    expect(troubles).toEqual([]);
  });
});
