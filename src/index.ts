/**
 * Public API of the package: `createMock()` and its types.
 * @module
 */

export {
  CertificateError,
  type HttpsSettings,
  type ListenAt,
  ListenError,
  type Listening,
  type ProxySettings,
} from './http/listening.js';
export { type Interception, type InterceptOptions, UnhandledFetchError } from './intercept.js';
export { createMock, type Mock } from './mock.js';
export type { MockClock, MockSandbox } from './mock-sandbox.js';
export { type MockOptions, OptionError } from './options/options.js';
export { ProfileError, type ProfileIssue } from './profile/errors.js';
export { builtInProfiles, catalogueProfiles } from './profile/locate.js';
export type { Reloaded } from './reload.js';
export type { ClockReading } from './runtime/clock.js';
export type { InFlightRequest } from './sandbox/control/in-flight.js';
export { Problem } from './sandbox/control/problem.js';
export type { ProfileChange, ProfileChanged } from './sandbox/control/profile-change.js';
export type { Quota, QuotaChange } from './sandbox/control/quotas.js';
export type {
  CallCounts,
  CountedBy,
  KeyUsage,
  LimitUsage,
  ProfileUsage,
  Usage,
  UsageOptions,
  UsageWarning,
} from './sandbox/control/usage.js';
export type { EventData, EventType, JobEvent, MockEvent, MockEventOf, SoftWarning } from './sandbox/events.js';
export type { Explanation, PolicyExplanation } from './sandbox/explain/request.js';
export type { Fault } from './sandbox/faults/faults.js';
export type { FaultInput } from './sandbox/faults/schema.js';
export type { Job, JobDefaults, JobDefaultsUpdate, JobUpdate } from './sandbox/jobs/jobs.js';
export type { RequestFilter, RequestWait } from './sandbox/journal/query.js';
export type { SandboxInfo } from './sandbox/sandboxes.js';
export type { Snapshot } from './sandbox/snapshot/format.js';
export type { SnapshotOptions } from './sandbox/snapshot/save.js';
export type { ReportOptions } from './sandbox/verdict/report.js';
export type { Account } from './state/accounts.js';
export type { Broken, JournalDecision, JournalEntry, ReportedQuota } from './state/journal/entry.js';
export {
  type RenderOptions,
  type ReportedRequest,
  type ReportFormat,
  type ReportFormatInfo,
  renderReport,
  reportFormats,
} from './verdict/render/index.js';
export { type FailOn, reportFails } from './verdict/report/fail-on.js';
export type {
  CheckResult,
  CompletionTime,
  Figures,
  Finding,
  ProfileReport,
  Report,
  ReportedAdvice,
  Severity,
  Throughput,
  Verdict,
} from './verdict/report/report.js';
