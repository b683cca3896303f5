/** The guard of the dashboard, hostile clients and accessibility, in a browser. */
import { createRequire } from 'node:module';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canShow, launch } from '../browser.js';
import { openServer, play, type Scene } from '../scene.js';
import { openPage, section } from './page.js';

const can = canShow();
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(!can)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  describe('the token', () => {
    it('is asked for where the server needs one, sent with each call, and kept in the tab only', async () => {
      await using scene = await openServer({ controlToken: 'sesame', controlTokenRequired: true });
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${scene.url}/__mock429/ui`);
      const dialog = page.getByRole('dialog', { name: 'Control token' });
      // The dialog has the focus, and keeps it when the page says that it has no access.
      await page.getByText('No access: ').waitFor();
      await expect.poll(() => page.evaluate<boolean>(`document.querySelector('dialog').matches(':modal')`)).toBe(true);
      await page.keyboard.type('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('The server does not accept this token.').waitFor();
      expect(await page.locator('.connection.live').count()).toBe(0);
      await dialog.getByLabel('Token').fill('sesame');
      await dialog.getByRole('button', { name: 'Use the token' }).click();
      await page.locator('.connection.live').waitFor();
      await page.getByRole('button', { name: '+1 s', exact: true }).click();
      await page.locator('.changes').waitFor();
      const [curl] = await page.locator('.changes code').allInnerTexts();
      expect(curl).toContain('-H "Authorization: Bearer $MOCK429_CONTROL_TOKEN"');
      expect(await page.content()).not.toContain('sesame');
      expect(await page.evaluate<string>('JSON.stringify([localStorage, document.cookie])')).not.toContain('sesame');
      await page.reload();
      await page.locator('.connection.live').waitFor();
      const other = await context.newPage();
      await other.goto(`${scene.url}/__mock429/ui`);
      await other.getByRole('dialog', { name: 'Control token' }).waitFor();
      await context.close();
    });
  });

  describe('another site', () => {
    it('can neither embed the page nor read its data', async () => {
      await using scene = await openServer();
      const page = await browser.newPage();
      await page.route('http://other.example/', (route) =>
        route.fulfill({ contentType: 'text/html', body: `<iframe src="${scene.url}/__mock429/ui"></iframe>` }),
      );
      const framed = page
        .waitForEvent('requestfinished', (request) => request.url().endsWith('/__mock429/ui'))
        .catch(() => undefined);
      await page.goto('http://other.example/');
      await framed;
      expect(
        page
          .frames()
          .map((frame) => frame.url())
          .filter((url) => url === `${scene.url}/__mock429/ui`).length,
      ).toBeLessThanOrEqual(1);
      for (const frame of page.frames()) expect(await frame.locator('#app').count()).toBe(0);
      const read = await page.evaluate<string>(
        `fetch('${scene.url}/__mock429/quotas').then((r) => 'read', () => 'refused')`,
      );
      expect(read).toBe('refused');
      await page.close();
    });
  });

  describe('what clients send', () => {
    const EVIL = '<img src=x onerror=alert(1)>';

    it('is text on the page, and never markup', async () => {
      await using scene = await openServer();
      await scene.send(EVIL, `/v1/${encodeURIComponent(EVIL)}?a=${EVIL.replaceAll(' ', '%20')}`, {
        headers: { 'User-Agent': EVIL, 'X-Mock429-Client': EVIL },
      });
      await scene.send('javascript:alert(1)', '/v1/companies?<script>alert(1)</script>');
      scene.mock.setAccount('full-domination', EVIL, {});
      scene.mock.faults.add({ match: { path: `/${EVIL}` }, status: 503, body: EVIL, headers: { 'X-Evil': EVIL } });
      const { page, troubles } = await openPage(browser, scene);
      let isAlerted = false;
      page.on('dialog', (dialog) => {
        isAlerted = true;
        void dialog.dismiss();
      });
      const images = () => page.locator('img, script:not([src="ui/app.js"]), iframe, [onerror]').count();
      await page.getByText(EVIL).first().waitFor();
      await page.getByRole('button', { name: 'Fit' }).click();
      expect(await page.locator('.lane-names').innerText()).toContain(EVIL);
      await page.locator('.requests button').last().click();
      await page.getByRole('dialog').locator('.explained').waitFor();
      expect(await page.getByRole('dialog').innerText()).toContain(EVIL);
      expect(await images()).toBe(0);
      await page.keyboard.press('Escape');
      for (const name of ['Verdict', 'Usage', 'Controls', 'Providers'] as const) {
        await section(page, name);
        if (name === 'Controls') await page.getByRole('rowheader', { name: EVIL }).waitFor();
        expect(await images()).toBe(0);
      }
      expect(isAlerted).toBe(false);
      expect(troubles).toEqual([]);
      await page.close();
    });

    it('the name of a sandbox is checked by the server', async () => {
      await using scene = await openServer();
      const page = await browser.newPage();
      const answer = await page.goto(`${scene.url}/~${encodeURIComponent(EVIL)}/__mock429/ui`);
      expect([answer!.status(), await answer!.headerValue('content-type')]).toEqual([404, 'application/problem+json']);
      await page.close();
    });
  });

  describe('accessibility', () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await openServer();
      await play(scene);
    });
    afterAll(() => scene?.[Symbol.asyncDispose]());

    /** What axe-core finds, each with the elements. Its script is evaluated by the test, since the page allows no other. */
    async function violations(page: Page): Promise<string[]> {
      const { readFile } = await import('node:fs/promises');
      if (!(await page.evaluate<boolean>("typeof axe !== 'undefined'")))
        await page.evaluate(await readFile(axe, 'utf8'));
      const found = await page.evaluate<{ id: string; nodes: { target: string[]; failureSummary: string }[] }[]>(
        'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
      );
      return found.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
      );
    }

    it.each([
      ['light', 1280],
      ['dark', 1280],
      ['light', 390],
      ['dark', 390],
    ] as const)('axe-core finds nothing in %s at %i pixels', async (colorScheme, width) => {
      const { page } = await openPage(browser, scene, { colorScheme, viewport: { width, height: 900 } });
      for (const name of ['Live', 'Verdict', 'Usage', 'Controls', 'Providers'] as const) {
        await section(page, name);
        await page
          .locator(
            {
              Live: '.bucket',
              Verdict: '.finding',
              Usage: '.usage',
              Controls: '[aria-label^="Remove fault"]',
              Providers: '.policies',
            }[name],
          )
          .first()
          .waitFor();
        expect([name, await violations(page)]).toEqual([name, []]);
        const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([name, beyond]).toEqual([name, 0]);
      }
      await section(page, 'Live');
      await page.locator('.requests button').first().click();
      await page.getByRole('dialog').locator('.explained').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.close();
    });

    it('Tab reaches every control of each section, and the focus is visible', async () => {
      const { page } = await openPage(browser, scene);
      for (const name of ['Live', 'Verdict', 'Usage', 'Controls', 'Providers'] as const) {
        await section(page, name);
        await page
          .locator(
            {
              Live: '.bucket',
              Verdict: '.finding',
              Usage: '.usage',
              Controls: '[aria-label^="Remove fault"]',
              Providers: '.policies',
            }[name],
          )
          .first()
          .waitFor();
        const REACHABLE =
          '[...document.querySelectorAll(\'a[href], button:not(:disabled), input, select, summary, [tabindex="0"]\')].filter((e) => e.checkVisibility())';
        const count = await page.evaluate<number>(`${REACHABLE}.length`);
        await page.evaluate('document.activeElement.blur()');
        await page.evaluate(
          `globalThis.reached = new Set(); for (const e of ${REACHABLE}) e.addEventListener('focus', () => reached.add(e))`,
        );
        for (let i = 0; i <= count; i++) {
          await page.keyboard.press('Tab');
          const outline = await page.evaluate<string>(
            "document.activeElement === document.body ? 'body' : getComputedStyle(document.activeElement).outlineStyle",
          );
          expect(['solid', 'body', 'auto']).toContain(outline);
        }
        expect([name, await page.evaluate<number>('reached.size')]).toEqual([name, count]);
      }
      await page.close();
    });

    it('moves nothing for those who want less motion', async () => {
      const { page } = await openPage(browser, scene, { reducedMotion: 'reduce' });
      await page.locator('.bucket-bar span').first().waitFor();
      expect(
        await page
          .locator('.bucket-bar span')
          .first()
          .evaluate(
            (bar) =>
              (
                globalThis as unknown as { getComputedStyle(e: unknown): { transitionDuration: string } }
              ).getComputedStyle(bar).transitionDuration,
          ),
      ).toBe('0s');
      await page.close();
    });
  });
});
