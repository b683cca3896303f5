/**
 * Helpers for vitest: a mock for the tests of a file, a `test` for tests that run concurrently, and the matcher `toHaveBehaved`.
 * @module
 */
import { afterAll, afterEach, test as base, beforeAll, beforeEach, expect, type TestAPI } from 'vitest';
import {
  type BehavedOptions,
  matchers,
  type Session,
  startSession,
  type TestMock,
  type TestMockOptions,
  useMockIn,
} from './index.js';

export {
  assertBehaved,
  type BehavedOptions,
  type Judged,
  matchers,
  type TestMock,
  type TestMockOptions,
} from './index.js';

expect.extend(matchers);

/**
 * Starts a mock before the tests of this file and stops it after them. Each test has a sandbox of its own. For concurrent tests see `testWithMock()`.
 *
 * @example
 * const mock = useMock({ profile: 'klinky', clock: 'frozen', env: 'KLINKY_URL' });
 *
 * test('waits as told', async () => {
 *   await new Client({ baseUrl: mock.url }).links();
 *   expect(mock).toHaveBehaved();
 * });
 */
export function useMock(options?: TestMockOptions): TestMock {
  return useMockIn(
    {
      beforeAll: (run) => beforeAll(run),
      beforeEach: (run) => beforeEach(() => run()),
      afterEach: (run) => afterEach(run),
      afterAll: (run) => afterAll(run),
    },
    options,
  );
}

/**
 * vitest's `test` with the fixture `mock`: a sandbox of a mock that is started once for each file. Such tests may run concurrently, so that nothing of the process can
 * be set for one of them.
 *
 * @example
 * const test = testWithMock({ profile: 'klinky', clock: 'frozen' });
 *
 * test.concurrent('waits as told', async ({ mock, expect }) => {
 *   await new Client({ baseUrl: mock.url }).links();
 *   expect(mock).toHaveBehaved();
 * });
 */
export function testWithMock(
  options?: Omit<TestMockOptions, 'env' | 'intercept' | 'sandbox'>,
): TestAPI<{ readonly mock: TestMock }> {
  return base.extend<{ readonly mock429Session: Session; readonly mock: TestMock }>({
    mock429Session: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures that are needed from the pattern.
      async ({}, use) => {
        const session = await startSession(options);
        await use(session);
        await session.close();
      },
      { scope: 'file' },
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
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration must be the same as vitest's.
  interface Matchers<T = any> {
    /** Fails where the clients of a mock or a sandbox did not behave, or where no requests came. */
    toHaveBehaved(options?: BehavedOptions): T;
  }
}
