/**
 * mock429 in a program: `createMock()` and the types around it.
 * @module
 */
export type { ClockReading } from './clock.js';
export type { Listening } from './http/server.js';
export { ListenError } from './http/server.js';
export { createMock, type Mock, type MockClock, type MockSandbox } from './mock.js';
export { type MockOptions, OptionError } from './options.js';
export { ProfileError, type ProfileIssue } from './profile/errors.js';
export { builtInProfiles } from './profile/locate.js';
export type { FaultInput } from './sandbox/fault-schema.js';
export type { Fault } from './sandbox/faults.js';
export { Problem } from './sandbox/problem.js';
export type { Quota, QuotaChange } from './sandbox/quotas.js';
export type { Account } from './state/accounts.js';
export type { JournalDecision, JournalEntry } from './state/journal.js';
