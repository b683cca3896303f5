/**
 * Helpers for node:test: a mock for the tests of a file, and the verdict as an assertion.
 * @module
 */
import { after, afterEach, before, beforeEach } from 'node:test';
import type { TestMock, TestMockOptions } from './session.js';
import { useMockIn } from './use-mock.js';

export { assertBehaved } from './assert.js';
export type { BehavedOptions, Judged } from './behaved.js';
export type { TestMock, TestMockOptions } from './session.js';

/**
 * Starts a mock before the tests of this file, or of the `describe` that it is called in, and stops it after them. Each test has a sandbox of its own, which its subtests
 * share. Tests must not run at the same time.
 *
 * @example
 * const mock = useMock({ profile: 'klinky', clock: 'frozen', env: 'KLINKY_URL' });
 *
 * test('waits as told', async () => {
 *   await new Client({ baseUrl: mock.url }).links();
 *   assertBehaved(mock);
 * });
 */
export function useMock(options?: TestMockOptions): TestMock {
  return useMockIn(
    {
      beforeAll: (run) => before(run),
      beforeEach: (run) => beforeEach((context) => run(context)),
      afterEach: (run) => afterEach(() => run()),
      afterAll: (run) => after(run),
    },
    options,
    isSubtest,
  );
}

/** Hooks of a file run for subtests too. Older versions of Node do not tell a test's full name; nothing can be told apart there. */
function isSubtest(outer: unknown, inner: unknown): boolean {
  const [parent, child] = [nameOf(outer), nameOf(inner)];
  return parent === undefined || child === undefined || child.startsWith(`${parent} > `);
}

function nameOf(context: unknown): string | undefined {
  return (context as { readonly fullName?: string } | undefined)?.fullName;
}
