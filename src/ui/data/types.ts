/**
 * The shapes that the page reads from the control API. They are the types of the server, so that the compiler finds a field that the API no longer has.
 * @module
 */
export type { ProfileView } from '../../http/control/views/profile.js';
export type { Tick } from '../../http/web/tick-stream.js';
export type { ClockReading } from '../../runtime/clock.js';
export type { InFlightRequest } from '../../sandbox/control/in-flight.js';
export type { Quota, QuotaList } from '../../sandbox/control/quotas.js';
export type { CountedBy, ProfileUsage, Usage } from '../../sandbox/control/usage.js';
export type { MockEvent } from '../../sandbox/events.js';
export type { Explanation } from '../../sandbox/explain/request.js';
export type { Fault } from '../../sandbox/faults/faults.js';
export type { FaultInput } from '../../sandbox/faults/schema.js';
export type { Job, JobDefaults, JobUpdate } from '../../sandbox/jobs/jobs.js';
export type { SandboxInfo } from '../../sandbox/sandboxes.js';
export type { WebhookDelivery, WebhookEndpoint } from '../../sandbox/webhooks/control.js';
export type { Account } from '../../state/accounts.js';
export type { JournalEntry } from '../../state/journal/entry.js';
export type { Finding, Report } from '../../verdict/report/report.js';
