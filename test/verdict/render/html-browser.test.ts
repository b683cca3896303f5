/**
 * The report as a page in a browser: it fits every width in both themes, breaks no policy, and is accessible.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMock, type Mock } from '../../../src/mock.js';
import { hasProgram } from '../../tools/skip.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ARGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking'];

/** Expressions that the page evaluates. The elements that are wider than their place. */
const OVERFLOW = `[document.documentElement, ...document.querySelectorAll('.card, .rows, figure, .figures div')]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.outerHTML.slice(0, 100))`;
const BACKGROUND = 'getComputedStyle(document.body).backgroundColor';

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

describe.runIf(hasProgram('chromium'))('in Chromium', () => {
  let browser: Browser;
  let mock: Mock;
  let address: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
    mock = await createMock({ profile: 'prediction', clock: 'frozen' });
    // A long path, and a wait that is longer than the finding.
    for (let i = 0; i < 64; i++) {
      await mock.fetch(`/v1/predictions/${'long'.repeat(40)}?q=${i}`, {
        headers: { authorization: 'Bearer sk_live_aaaabbbb' },
      });
      if (i % 8 === 0) await mock.clock.advance('90ms');
    }
    address = `${(await mock.listen()).url}/__mock429/report?ended=true`;
  });
  afterAll(async () => {
    await browser.close();
    await mock.close();
  });

  async function open(width: number, colorScheme: 'light' | 'dark') {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    return { page, complaints };
  }

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [768, 'light'],
    [1_280, 'light'],
    [1_280, 'dark'],
    [1_920, 'light'],
    [1_920, 'dark'],
  ] as const)(
    'it fits %d pixels, %s, with one drawing of each finding, and has no complaints',
    async (width, theme) => {
      const { page, complaints } = await open(width, theme);
      expect(await page.title()).toBe('mock429: fail');
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBe(0);
      const figures = await page.locator('figure').count();
      expect(figures).toBeGreaterThan(0);
      expect(await page.locator('figure svg:visible').count()).toBe(figures);
      expect(await page.evaluate(BACKGROUND)).toBe(theme === 'dark' ? 'rgb(16, 21, 27)' : 'rgb(246, 247, 249)');
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it.each(['light', 'dark'] as const)('axe finds no violation in the %s theme', async (theme) => {
    const { page } = await open(1_280, theme);
    await page.evaluate(AXE);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResult;
    expect(violations.map(({ id, nodes }) => [id, nodes[0]!.html])).toEqual([]);
    await page.close();
  });

  it('is printed on white, with the addresses of its sources', async () => {
    // A4 at 96 pixels an inch, without its margins.
    const { page } = await open(718, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(OVERFLOW)).toEqual([]);
    expect(await page.evaluate(BACKGROUND)).toBe('rgb(255, 255, 255)');
    const after = `getComputedStyle(document.querySelector('.source a'), '::after').content`;
    expect(await page.evaluate(after)).toContain('https://');
    await page.close();
  });
});
