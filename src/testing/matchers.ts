/**
 * The matcher `toHaveBehaved` for `expect.extend()` of jest, vitest and Playwright.
 * @module
 */
import { type BehavedOptions, behaviourOf, type Judged, type Paint } from './behaved.js';

/** What a matcher needs of the runner that calls it. Runners give more. */
export interface MatcherContext {
  readonly isNot?: boolean;
  /** Helpers for messages, colours among them in most versions. */
  readonly utils?: object;
}

/** What a matcher returns. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The custom matchers. `import 'mock429/jest'`, `'mock429/vitest'` and `'mock429/playwright'` register them. */
export const matchers: {
  toHaveBehaved(this: MatcherContext, mock: Judged, options?: BehavedOptions): MatcherResult;
} = {
  /** Whether the clients of a mock or a sandbox behaved. */
  toHaveBehaved(mock, options) {
    const { behaved, message } = behaviourOf(mock, options, colours(this?.utils));
    const call = `expect(mock).${this?.isNot ? 'not.' : ''}toHaveBehaved()`;
    return { pass: behaved, message: () => `${call}\n\n${message}` };
  },
};

function colours(utils: object = {}): Paint {
  const unchanged = (text: string) => text;
  const { EXPECTED_COLOR: expected = unchanged, RECEIVED_COLOR: received = unchanged } = utils as {
    readonly EXPECTED_COLOR?: (text: string) => string;
    readonly RECEIVED_COLOR?: (text: string) => string;
  };
  return { expected, received };
}
