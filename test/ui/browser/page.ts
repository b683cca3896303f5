/**
 * A page of the dashboard for a test.
 * @module
 */
import type { Browser, Page } from '@playwright/test';
import type { Scene } from '../scene.js';

/** What went wrong on the page: errors of scripts and of the Content-Security-Policy, and requests to other hosts. */
export type Troubles = string[];

/** Opens the dashboard of a sandbox and waits until it is connected. */
export async function openPage(
  browser: Browser,
  { url }: Pick<Scene, 'url'>,
  { path = '/__mock429/ui', ...options }: { path?: string } & Parameters<Browser['newPage']>[0] = {},
): Promise<{ readonly page: Page; readonly troubles: Troubles }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, ...options });
  page.setDefaultTimeout(15_000);
  const troubles: Troubles = [];
  page.on('pageerror', (error) => troubles.push(`${error.name}: ${error.message}`));
  page.on('console', (message) => {
    // The browser writes a line for each response above 400, which some tests provoke.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url()))
      troubles.push(`request to ${request.url()}`);
  });
  await page.goto(url + path);
  await page.locator('.connection.live').waitFor();
  return { page, troubles };
}

/** Shows a section. */
export async function section(
  page: Page,
  name: 'Live' | 'Verdict' | 'Usage' | 'Controls' | 'Providers',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name }).click();
}

/** The text of an element as a number: `1,234` is 1234. */
export async function numberIn(page: Page, selector: string): Promise<number> {
  return Number((await page.locator(selector).innerText()).replaceAll(',', ''));
}
