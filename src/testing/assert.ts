/**
 * `assertBehaved()`: the verdict as an assertion for runners that have no matchers of their own, such as node:test and mocha.
 * @module
 */
import { AssertionError } from 'node:assert';
import { type BehavedOptions, behaviourOf, type Judged } from './behaved.js';

/**
 * Asserts that the clients of a mock or a sandbox behaved. The message lists each finding with its requests and its advice.
 *
 * @example
 * assertBehaved(mock, { failOn: 'warn' });
 *
 * @throws AssertionError where they did not, or where no requests came
 */
export function assertBehaved(mock: Judged, options?: BehavedOptions): void {
  const { behaved, message } = behaviourOf(mock, options);
  if (!behaved)
    throw new AssertionError({
      message: `the client did not behave\n\n${message}`,
      operator: 'assertBehaved',
      stackStartFn: assertBehaved,
    });
}
