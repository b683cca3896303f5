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

/** The colours of a runner; unchanged text where it has none. Bun's functions need their object. */
function colours(utils: RunnerColours = {}): Paint {
  return {
    expected: (text) => utils.EXPECTED_COLOR?.(text) ?? text,
    received: (text) => utils.RECEIVED_COLOR?.(text) ?? text,
  };
}

interface RunnerColours {
  EXPECTED_COLOR?(text: string): string;
  RECEIVED_COLOR?(text: string): string;
}
