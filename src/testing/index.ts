/**
 * What the helpers of vitest, which are ES modules, use of the library.
 * @module
 */
export { assertBehaved } from './assert.js';
export type { BehavedOptions, Judged } from './behaved.js';
export { matchers } from './matchers.js';
export { type OpenMock, type Session, startSession, type TestMock, type TestMockOptions } from './session.js';
export { useMockIn } from './use-mock.js';
