/**
 * The pictures of the HTML report in docs/images, light and dark: `npm run pictures`. They show a client that comes back too early, on a clock that a program
 * moves, so that they are the same at each run.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { createMock } from '../../src/mock.js';
import { renderReport } from '../../src/verdict/render/index.js';
import { ROOT } from './build.js';

const SIZE = { width: 1_120, height: 800 };
const [CHROMIUM, FOLDER] = [process.env['CHROMIUM'] ?? '/usr/bin/chromium', join(ROOT, 'docs/images')];

/** The report on a client that is refused, and does not wait as long as it was told. */
async function page(): Promise<string> {
  await using mock = await createMock({
    profile: 'klinky',
    clock: { now: '2026-05-12T08:59:56.000Z', frozen: true },
    set: ['policies.account-hour.quota=14'],
  });
  const ask = async (limit: number, thenMs: number) => {
    await mock.fetch(`/api/v1/public/links?limit=${limit}`, { headers: { 'X-API-Key': 'klinky_live_autumn_demo' } });
    await mock.clock.advance(thenMs);
  };
  for (let i = 0; i < 14; i++) await ask(i + 1, i % 3 === 0 ? 70 : 30);
  for (const wait of [420, 900, 1_600]) await ask(50, wait);
  await ask(50, 100);
  return renderReport(mock.report({ ended: true }), 'html', { requests: mock.requests() });
}

const content = await page();
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
});
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const tab = await browser.newPage({ viewport: SIZE, colorScheme });
    await tab.setContent(content);
    const path = join(FOLDER, `report-${colorScheme}.png`);
    await tab.screenshot({ path });
    console.log(path);
  }
} finally {
  await browser.close();
}
