/**
 * `useMock()` for runners that have hooks: starts a mock before the tests of a file, and gives each test its own.
 * @module
 */
import { type OpenMock, type Session, startSession, type TestMock, type TestMockOptions } from './session.js';

/** The hooks of a runner, by the names that jest and vitest give them. */
export interface Hooks {
  beforeAll(run: () => Promise<void>): void;
  beforeEach(run: (context?: unknown) => void): void;
  afterEach(run: () => void): void;
  afterAll(run: () => Promise<void>): void;
}

/**
 * Registers the hooks of a mock.
 *
 * @param isNested whether a hook that begins a test while another one runs belongs to a part of that test; an error otherwise
 * @returns the mock of the test that runs
 */
export function useMockIn(
  hooks: Hooks,
  options: TestMockOptions | undefined,
  isNested: (outer: unknown, inner: unknown) => boolean = () => false,
): TestMock {
  let session: Session | undefined;
  let open: { readonly test: OpenMock; readonly context: unknown; depth: number } | undefined;
  hooks.beforeAll(async () => {
    session = await startSession(options);
  });
  hooks.beforeEach((context) => {
    if (open === undefined) open = { test: session!.open(), context, depth: 1 };
    else if (isNested(open.context, context)) open.depth += 1;
    else
      throw new Error(
        'mock429: useMock() serves one test at a time, and another one runs. Run the tests of this file one after another, or give each a sandbox of its own: mock.sandbox(name) of createMock(), or testWithMock() of mock429/vitest',
      );
  });
  hooks.afterEach(() => {
    if (open === undefined) return;
    open.depth -= 1;
    if (open.depth > 0) return;
    const { test } = open;
    open = undefined;
    try {
      test.judge();
    } finally {
      test.end();
    }
  });
  hooks.afterAll(async () => {
    open?.test.end();
    await session?.close();
    session = undefined;
  });
  return current(() => open?.test.mock);
}

/** An object that stands for the mock of the test that runs. */
function current(find: () => TestMock | undefined): TestMock {
  return new Proxy({} as TestMock, {
    get(_, name) {
      const mock = find();
      if (mock !== undefined) return Reflect.get(mock, name) as unknown;
      // Runners look at symbols and at `then` of whatever they print or wait for.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      throw new Error(
        `mock429: mock.${name} is there while a test of this file runs: use it in a test, in beforeEach or in afterEach, and not while the file is loaded`,
      );
    },
    has: (_, name) => name in (find() ?? {}),
  });
}
