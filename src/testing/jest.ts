/**
 * Helpers for jest: a mock for the tests of a file, and the matcher `toHaveBehaved`.
 * @module
 */
import { createRequire } from 'node:module';
import type { BehavedOptions } from './behaved.js';
import { matchers } from './matchers.js';
import type { TestMock, TestMockOptions } from './session.js';
import { type Hooks, useMockIn } from './use-mock.js';

export { assertBehaved } from './assert.js';
export type { BehavedOptions, Judged } from './behaved.js';
export { type MatcherContext, type MatcherResult, matchers } from './matchers.js';
export type { TestMock, TestMockOptions } from './session.js';

const require = createRequire(import.meta.url);

const globals = jestGlobals();
globals.expect.extend(matchers);

/**
 * Starts a mock before the tests of this file and stops it after them. Each test has a sandbox of its own.
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
  const { beforeAll, beforeEach, afterEach, afterAll } = globals;
  // jest takes a parameter of a hook for a callback that it waits for.
  return useMockIn({ beforeAll, beforeEach: (run) => beforeEach(() => run()), afterEach, afterAll }, options);
}

interface JestGlobals extends Hooks {
  readonly expect: { extend(matchers: object): void };
}

/** jest gives the globals of a test file under this name, without a package of it. Bun does so too, but only in projects that have no jest. */
function jestGlobals(): JestGlobals {
  try {
    return require('Bun' in globalThis ? 'bun:test' : '@jest/globals') as JestGlobals;
  } catch (cause) {
    throw new Error('mock429/jest is for test files that jest runs; elsewhere use assertBehaved() of mock429', {
      cause,
    });
  }
}

declare global {
  namespace jest {
    interface Matchers<R> {
      /** Fails where the clients of a mock or a sandbox did not behave, or where no requests came. */
      toHaveBehaved(options?: BehavedOptions): R;
    }
  }
}

// biome-ignore lint/suspicious/noTsIgnore: an expected error would be one where jest is installed.
/** @ts-ignore: projects without jest have no module of this name. */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> {
    /** Fails where the clients of a mock or a sandbox did not behave, or where no requests came. */
    toHaveBehaved(options?: BehavedOptions): R;
  }
}
