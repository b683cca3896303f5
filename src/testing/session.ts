/**
 * What the helpers of all runners share: a mock that is started once, and a sandbox for each test.
 * @module
 */
import type { Interception, InterceptOptions } from '../interception.js';
import { createMock, type Mock } from '../mock.js';
import type { MockSandbox } from '../mock-sandbox.js';
import { type MockOptions, OptionError } from '../options/options.js';
import { suggest } from '../profile/errors.js';
import type { FailOn } from '../verdict/report/fail-on.js';
import { assertBehaved } from './assert.js';
import { profilesByVariable, setVariables, type Variables } from './variables.js';

/** Options of a helper: those of `createMock()`, and how tests use the mock. */
export interface TestMockOptions extends MockOptions {
  /**
   * Environment variables that hold the mock's base URL while a test runs: a name, a list of names, or the profile of each (`{ KLINKY_URL: 'klinky' }`), which is
   * needed where several profiles are served. A client that reads them when it is loaded needs `sandbox: 'file'`.
   */
  readonly env?: Variables;
  /** Whether clients that use the provider's real URL are led to the mock while a test runs, as by `mock.intercept()`. Default: `false`. */
  readonly intercept?: boolean | InterceptOptions;
  /**
   * `test` (default): each test has a sandbox of its own, which is removed after it. `file`: all tests of the file have the same base URL, and the mock is reset after
   * each, clock and accounts included.
   */
  readonly sandbox?: 'test' | 'file';
  /** Whether each test also fails where its client did not behave, and from which severity on. Default: `false`, so that only `toHaveBehaved()` judges. */
  readonly verdict?: FailOn | false;
}

/** The mock of a test: a sandbox, and where it is on a port. */
export interface TestMock extends MockSandbox {
  /** Base URL without a trailing slash. With several profiles, `urlOf()` is the base URL of each. */
  readonly url: string;
  /** Base URL of a profile. @throws OptionError where it is not served */
  urlOf(profile: string): string;
}

/** The mock while one test runs. */
export interface OpenMock {
  readonly mock: TestMock;
  /** Judges the client, if the options say so. @throws AssertionError */
  judge(): void;
  /** Resets or removes the sandbox, and restores the environment and interceptions. */
  end(): void;
}

/** A started mock. */
export interface Session {
  /** Begins a test. */
  open(): OpenMock;
  /** Stops the mock. */
  close(): Promise<void>;
}

/** Starts a mock on a free port of this machine. @throws ProfileError, OptionError */
export async function startSession(options: TestMockOptions = {}): Promise<Session> {
  const { env = [], intercept = false, sandbox = 'test', verdict = false, ...mockOptions } = options;
  if (sandbox !== 'test' && sandbox !== 'file')
    throw new OptionError(`sandbox must be "test" or "file", not ${JSON.stringify(sandbox)}`);
  if (verdict !== false && verdict !== 'error' && verdict !== 'warn')
    throw new OptionError(`verdict must be "error", "warn" or false, not ${JSON.stringify(verdict)}`);
  // The clients run in this process, beside the server: without holds it would often be open whether a client knew a refusal.
  const mock = await createMock({ judge: true, holdRefusals: 'always', ...mockOptions });
  try {
    const variables = Object.entries(profilesByVariable(env, mock.profiles));
    const { url } = await mock.listen();
    let opened = 0;
    const open = (): OpenMock => {
      opened += 1;
      const name = `test-${opened}`;
      const own = sandbox === 'test' ? mock.sandbox(name) : mock;
      const current = at(mock, own, sandbox === 'test' ? `${url}/~${name}` : url);
      const restore = setVariables(
        Object.fromEntries(variables.map(([variable, id]) => [variable, current.urlOf(id)])),
      );
      const interception: Interception | undefined =
        intercept === false ? undefined : own.intercept(intercept === true ? {} : intercept);
      return {
        mock: current,
        judge: () => {
          if (verdict !== false) assertBehaved(current, { failOn: verdict, allowNoRequests: true });
        },
        end: () => {
          interception?.restore();
          restore();
          if (sandbox === 'file') mock.reset({ clock: true, accounts: true });
          else if (mock.sandboxes().some((one) => one.name === name)) mock.removeSandbox(name);
        },
      };
    };
    return { open, close: () => mock.close() };
  } catch (error) {
    await mock.close();
    throw error;
  }
}

function at(mock: Mock, sandbox: MockSandbox, url: string): TestMock {
  return Object.assign(Object.create(sandbox) as MockSandbox, {
    url,
    urlOf(profile: string) {
      if (!mock.profiles.includes(profile))
        throw new OptionError(`no profile "${profile}" is served; ${suggest(profile, mock.profiles)}`);
      return mock.profiles.length === 1 ? url : `${url}/${profile}`;
    },
  });
}
