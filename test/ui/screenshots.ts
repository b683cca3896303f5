/**
 * Takes the pictures of docs/dashboard.md: `npx tsx test/ui/screenshots.ts [folder]`. With `--all` it takes every section in both themes and three widths.
 * @module
 */
import { mkdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { launch } from './browser.js';
import { openServer, play, playHistory, type Scene } from './scene.js';

const args = process.argv.slice(2);
const isAll = args.includes('--all');
const folder = args.find((arg) => !arg.startsWith('--')) ?? 'docs/images';
mkdirSync(folder, { recursive: true });

async function show(page: Page, section: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: section }).click();
  if (section === 'Live') {
    await page.locator('.bucket').first().waitFor();
    await page.getByRole('button', { name: 'Fit' }).click();
  }
  if (section === 'Verdict') await page.locator('.finding').first().waitFor();
  if (section === 'Controls') await page.getByText('fault-').first().waitFor();
  if (section === 'Usage') await page.locator('.tiles').first().waitFor();
  if (section === 'Providers') await page.getByRole('heading', { name: 'Served here' }).waitFor();
}

async function shoot(scene: Scene, width: number, theme: 'light' | 'dark', sections: readonly string[]): Promise<void> {
  const browser = await launch();
  const height = width < 500 ? 844 : width > 1500 ? 1080 : 860;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  page.on('console', (message) => message.type() === 'error' && console.error(`${width} ${theme}: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`${width} ${theme}: ${error.stack}`));
  await page.goto(`${scene.url}/__mock429/ui`);
  for (const section of sections) {
    if (section === 'Explain') {
      await show(page, 'Live');
      // The newest refused request, which the list of a finding names.
      const [refused] = scene.mock.requests({ status: 429, limit: 1 });
      await show(page, 'Verdict');
      await page.getByRole('button', { name: /^#/ }).first().waitFor();
      await page.getByRole('button', { name: 'Show 8 requests on the timeline' }).click();
      await page.locator('#timeline-canvas').focus();
      await page.keyboard.press('ArrowLeft');
      for (
        let i = 0;
        i < 40 && !(await page.getByTestId('mark-card').innerText()).includes(`request ${refused!.id}`);
        i++
      )
        await page.keyboard.press(i % 2 === 0 ? 'ArrowLeft' : 'ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('.explained').waitFor();
    } else await show(page, section);
    const size = isAll ? `${width}-${theme}` : width < 500 ? 'phone' : theme;
    const path = `${folder}/dashboard-${section.toLowerCase()}-${size}.png`;
    const sheet = page.locator('dialog.sheet');
    if (section === 'Explain' && !isAll) await sheet.screenshot({ path, animations: 'disabled' });
    else await page.screenshot({ path, fullPage: isAll && width < 500, animations: 'disabled' });
    if (section === 'Explain') await page.keyboard.press('Escape');
  }
  await browser.close();
}

await using scene = await openServer();
await playHistory(scene);
await play(scene);
if (isAll) {
  for (const width of [390, 1280, 1920])
    for (const theme of ['light', 'dark'] as const)
      await shoot(scene, width, theme, ['Live', 'Explain', 'Verdict', 'Usage', 'Controls', 'Providers']);
} else {
  await shoot(scene, 1280, 'light', ['Live', 'Explain']);
  await shoot(scene, 1280, 'dark', ['Usage']);
  await shoot(scene, 390, 'light', ['Live']);
}
