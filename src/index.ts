/**
 * mock429 in a program: `createMock()` and the types around it.
 * @module
 */
export type { ClockReading } from './clock.js';
export { ListenError, type Listening } from './http/listening.js';
export { type Interception, type InterceptOptions, UnhandledFetchError } from './intercept.js';
export { createMock, type Mock } from './mock.js';
export type { MockClock, MockSandbox } from './mock-sandbox.js';
export { type MockOptions, OptionError } from './options.js';
export { ProfileError, type ProfileIssue } from './profile/errors.js';
export { builtInProfiles } from './profile/locate.js';
export type { Reloaded } from './reload.js';
export type { EventData, EventType, JobEvent, MockEvent, MockEventOf, SoftWarning } from './sandbox/events.js';
export type { Explanation, PolicyExplanation } from './sandbox/explain.js';
export type { FaultInput } from './sandbox/fault-schema.js';
export type { Fault } from './sandbox/faults.js';
export type { InFlightRequest } from './sandbox/in-flight.js';
export type { Job, JobDefaults, JobDefaultsUpdate, JobUpdate } from './sandbox/jobs.js';
export type { RequestFilter, RequestWait } from './sandbox/journal-query.js';
export { Problem } from './sandbox/problem.js';
export type { Quota, QuotaChange } from './sandbox/quotas.js';
export type { ReportOptions } from './sandbox/report.js';
export type { SandboxInfo } from './sandbox/sandboxes.js';
export type { Snapshot } from './sandbox/snapshot/format.js';
export type { SnapshotOptions } from './sandbox/snapshot/save.js';
export type { Account } from './state/accounts.js';
export type { Broken, JournalDecision, JournalEntry, Told } from './state/journal-entry.js';
export { type FailOn, reportFails } from './verdict/fail-on.js';
export {
  type RenderOptions,
  type ReportedRequest,
  type ReportFormat,
  type ReportFormatInfo,
  renderReport,
  reportFormats,
} from './verdict/render/index.js';
export type {
  CheckResult,
  CompletionTime,
  Figures,
  Finding,
  ProfileReport,
  Report,
  Severity,
  ShownAdvice,
  Throughput,
  Verdict,
} from './verdict/report.js';
