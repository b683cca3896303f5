/**
 * Helpers for Playwright: a `test` whose fixture `mock` is a sandbox of a mock that each worker starts once, and the matcher `toHaveBehaved`.
 * @module
 */
import { type BrowserContext, test as base, expect as baseExpect, type Page, type Route } from '@playwright/test';
import type { MockSandbox } from '../mock-sandbox.js';
import { matchers } from './matchers.js';
import { type Session, startSession, type TestMock, type TestMockOptions } from './session.js';

export { assertBehaved } from './assert.js';
export type { BehavedOptions, Judged } from './behaved.js';
export { type MatcherContext, type MatcherResult, matchers } from './matchers.js';
export type { TestMock, TestMockOptions } from './session.js';

/** Fixtures of a test. */
export interface MockFixtures {
  /** The sandbox of this test. */
  readonly mock: TestMock;
}

/** Options and fixtures of a worker. */
export interface MockWorkerFixtures {
  /** Options of the mock, for `use` in the configuration: `use: { mock429: { profile: 'klinky' } }`. */
  readonly mock429: TestMockOptions;
  /** The started mock of the worker. */
  readonly mock429Session: Session;
}

/**
 * Playwright's `test` with the fixture `mock`.
 *
 * @example
 * import { expect, test } from 'mock429/playwright';
 *
 * test.use({ mock429: { profile: 'klinky', clock: 'frozen' } });
 *
 * test('the page shows the links', async ({ page, mock }) => {
 *   await routePages(page, mock);
 *   await page.goto('/');
 *   expect(mock).toHaveBehaved();
 * });
 */
export const test = base.extend<MockFixtures, MockWorkerFixtures>({
  mock429: [{}, { option: true, scope: 'worker' }],
  mock429Session: [
    async ({ mock429 }, use) => {
      const session = await startSession(mock429);
      await use(session);
      await session.close();
    },
    { scope: 'worker' },
  ],
  mock: async ({ mock429Session }, use) => {
    const open = mock429Session.open();
    try {
      await use(open.mock);
      open.judge();
    } finally {
      open.end();
    }
  },
});

/** Playwright's `expect` with the matcher `toHaveBehaved`. */
export const expect = baseExpect.extend(matchers);

/**
 * Answers requests of a page, or of all pages of a context, by the mock where they address a served provider's real base URL, so that an application needs no other
 * base URL. Other requests are left to other routes and to the network.
 */
export async function routePages(pages: Page | BrowserContext, mock: MockSandbox): Promise<void> {
  const { profiles } = (await (await mock.fetch('/__mock429/profiles')).json()) as {
    profiles: { readonly id: string; readonly baseUrl: string }[];
  };
  for (const { id, baseUrl } of profiles) {
    const prefix = profiles.length === 1 ? '' : `/${id}`;
    const { origin } = new URL(baseUrl);
    await pages.route(
      (url) => url.origin === origin,
      (route) => answer(route, mock, prefix),
    );
  }
}

async function answer(route: Route, mock: MockSandbox, prefix: string): Promise<void> {
  const request = route.request();
  const { pathname, search } = new URL(request.url());
  const body = request.postDataBuffer();
  const response = await mock.fetch(`${prefix}${pathname}${search}`, {
    method: request.method(),
    headers: await request.allHeaders(),
    ...(body === null ? {} : { body: new Uint8Array(body) }),
  });
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
