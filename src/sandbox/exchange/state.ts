/**
 * The state of one exchange: a request on its way to its response.
 * @module
 */
import type { Preference } from '../../behaviours/behaviour.js';
import { withScope } from '../../behaviours/collections/shared.js';
import type { Admission, Decision, Instant, PolicyQuery } from '../../limits/engine.js';
import { dig } from '../../limits/facts.js';
import { statesOf } from '../../limits/quota-status.js';
import { statedInstant } from '../../limits/render/formats.js';
import type { PolicyStatus } from '../../limits/render/headers.js';
import type { Scope, Stamp } from '../../limits/render/template.js';
import { workBegins } from '../../runtime/current-work.js';
import type { JobState, ReportedQuota, Skipped, StreamProgress } from '../../state/journal/entry.js';
import { type Core, type Departure, instantOf, type Port, requestName } from '../core.js';
import { maskedPath } from '../masking/path.js';
import type { ProviderState } from '../provider-state.js';
import { type Answer, type Draft, draftError } from './answer.js';
import { PolicyStatuses, statusFor } from './policy-queries.js';
import { type Arrival, Request } from './request.js';
import type { CacheState } from './stored/response-cache.js';
import { createScope, type ScopeSource } from './template-scope.js';

/** Handles a request that another one contains. */
export type PartHandler = (
  core: Core,
  providerState: ProviderState,
  arrival: Arrival,
  port: Port,
  isPart: true,
) => Answer | Promise<Answer>;

/** The state of one exchange. Values that few requests need are computed lazily. */
export class Exchange implements ScopeSource {
  readonly request: Request;
  /** The buckets at arrival. After a reset, the request must not touch the new ones. */
  readonly buckets: ProviderState['buckets'];
  /** The counts of calls at arrival, for the same reason. */
  readonly calls: ProviderState['calls'];
  /** Whether the request is counted as a call. */
  isCall = false;
  /** The requests in flight at arrival, for the same reason: ids are reused after a restore. */
  readonly inFlight: ProviderState['inFlight'];
  /** The sequence number from 1, and the name made from it. */
  readonly number: number;
  readonly id: string;
  /** The current instant. All steps of one synchronous turn share it. */
  instant: Instant;
  /** Virtual and real epoch ms of arrival. */
  readonly at: number;
  readonly realAt: number;
  /** Real epoch ms of arrival, with fractions. */
  readonly beganAt: number;
  /** The admission of each phase that has been evaluated. */
  admissions: readonly Admission[] = NONE;
  /** The queries to the policies, in the profile's order, and the decisions on them. */
  queries: readonly PolicyQuery[] = NONE;
  decisions: readonly Decision[] = NONE;
  /** Policies that do not apply. */
  skipped: readonly Skipped[] = NONE;
  /** Refunded units by policy; unset if there are none. */
  refunds: Map<string, number> | undefined;
  /** Policies whose soft limit this request was the first to exceed. */
  warnings: readonly string[] = NONE;
  /** The sample that the client prefers, if it has a preference. */
  preference: Preference | undefined;
  /** Unset until the response cache has been looked up. */
  cacheState: CacheState | undefined;
  /** The state of the job that the response shows; unset if it shows none. */
  job: JobState | undefined;
  /** The wait that a refusal, or a fault that imitates one, reports: seconds, and epoch ms if the instant is known. */
  reportedWait: { seconds: number | undefined; at: number | undefined } | undefined;
  /** Set if a policy refused the request. */
  refusal: PolicyRefusal | undefined;
  /** The facts of the refusal, or of the one that a fault imitates, for templates. */
  refusalFacts: Readonly<Record<string, unknown>> | undefined;
  /** Whether units that were reserved for jobs have been handed over to them, or released. */
  transferred = false;
  /** The quotas that the headers report. */
  readonly reportedQuotas: ReportedQuota[] = [];
  /** What has been sent of a streamed body. */
  streamed: StreamProgress | undefined;
  /** Handles a request within this one; unset in such a request itself. */
  handlePart: PartHandler | undefined;
  readonly departure: Departure = { row: undefined, leftAt: null, answeredAt: null };
  settled = false;
  /** What is done with a body that settlement has changed. */
  renewals: readonly ((body: unknown) => void)[] = NONE;
  checked: ScopeSource['checked'];
  #comeBackAt: number[] | undefined;
  #told: number[] | undefined;
  #scope: Scope | undefined;
  #requestId: string | undefined;
  #statuses: PolicyStatuses | undefined;
  #renewed = false;
  /** Policies whose status is being computed. */
  #asking: Set<string> | undefined;

  constructor(
    readonly core: Core,
    readonly providerState: ProviderState,
    arrival: Arrival,
    readonly port: Port,
  ) {
    const { provider } = providerState;
    const match = provider.router.match(arrival.method, arrival.path);
    this.request = new Request(arrival, match, provider.bodyReader(match?.operation));
    if (provider.readsPolicies) this.request.policyStatus = (policy) => this.policyStatus(policy);
    this.buckets = providerState.buckets;
    this.calls = providerState.calls;
    this.inFlight = providerState.inFlight;
    core.counts.requests += 1;
    core.hooks.counter?.arrived();
    this.number = core.counts.requests;
    this.id = requestName(core.name, this.number);
    this.instant = instantOf(core);
    this.at = this.instant.now;
    this.realAt = core.clock.real();
    workBegins(this, this.realAt);
    this.beganAt = arrival.beganAt ?? core.clock.precise();
  }

  /** Names the work in log lines about slow work. */
  describeWork(): string {
    const { core, providerState, request } = this;
    const of = core.name === '' ? providerState.provider.id : `~${core.name} ${providerState.provider.id}`;
    return `the request ${this.id} (${of}: ${request.method} ${maskedPath(providerState, request)})`;
  }

  /** The scope of templates. */
  get scope(): Scope {
    this.#scope ??= createScope(this);
    return this.#scope;
  }

  /** The provider's own id of the request, if the profile defines one. */
  get requestId(): string | undefined {
    this.#requestId ??= requestIdText(this);
    return this.#requestId;
  }

  /** The current status of the queried policies. */
  get statuses(): PolicyStatuses {
    this.#statuses ??= this.#readStatuses();
    return this.#statuses;
  }

  #readStatuses(): PolicyStatuses {
    const { providerState, buckets, request, queries, instant, currentDecisions, decisions, refunds } = this;
    return new PolicyStatuses(
      providerState,
      buckets,
      request,
      queries,
      instant.now,
      currentDecisions,
      decisions,
      refunds,
    );
  }

  /** How a policy stands for this request; `undefined` if it does not apply, or if its own numbers depend on it. */
  policyStatus(policy: string): PolicyStatus | undefined {
    const queried = this.statuses.get(policy);
    this.#asking ??= new Set();
    if (queried || this.#asking.has(policy)) return queried;
    this.#asking.add(policy);
    const { providerState, buckets, request, instant } = this;
    const status = statusFor(providerState, buckets, request, policy, instant.now);
    this.#asking.delete(policy);
    return status;
  }

  /** The decisions, if no bucket has changed and no time has passed since. */
  get currentDecisions(): readonly Decision[] | undefined {
    return this.#renewed ? undefined : this.decisions;
  }

  /** The delay in milliseconds: the longest of all policies that admitted the request. */
  get delayMs(): number {
    let longest = 0;
    for (const { delayMs } of this.admissions) if (delayMs > longest) longest = delayMs;
    return longest;
  }

  /** The states of the queried buckets, in the order of the queries. Read again only if something has changed since admission. */
  get states(): readonly unknown[] {
    const { buckets, queries, instant, admissions } = this;
    if (this.#renewed) return statesOf(buckets, queries, instant);
    return admissions.length === 1 ? admissions[0]!.states : admissions.flatMap(({ states }) => states);
  }

  /** Instants (virtual epoch ms) to retry at that the response reports elsewhere than in `Retry-After`. */
  get comeBackAt(): readonly number[] {
    return this.#comeBackAt ?? NONE;
  }

  /** The same, for instants that the profile says are told (`tells`). */
  get told(): readonly number[] {
    return this.#told ?? NONE;
  }

  /** Records that the response reports an instant to retry at. */
  reportWait(at: number): void {
    if (this.#comeBackAt === undefined) this.#comeBackAt = [at];
    else this.#comeBackAt.push(at);
  }

  /** The same, for an instant that the profile says is told. */
  reportTold(at: number): void {
    if (this.#told === undefined) this.#told = [at];
    else this.#told.push(at);
  }

  /** Discards the quotas and instants that were recorded as reported. */
  reportNothing(): void {
    this.reportedQuotas.length = 0;
    this.#comeBackAt = undefined;
    this.#told = undefined;
  }

  /** Calls the listener with the body, if settlement changes it: where it has been stored, the body as it is sent must be. */
  onRenewed(listener: (body: unknown) => void): void {
    this.renewals = [...this.renewals, listener];
  }

  /** Adds the queries of a phase and the decisions on them. */
  addAdmission(queries: readonly PolicyQuery[], admission: Admission): void {
    const first = this.admissions.length === 0;
    this.admissions = first ? [admission] : [...this.admissions, admission];
    this.queries = first ? queries : [...this.queries, ...queries];
    this.decisions = first ? admission.decisions : [...this.decisions, ...admission.decisions];
    this.#statuses = undefined;
  }

  /** Invalidates the cached status of the policies, because time has passed or a charge has changed. */
  renew(instant = this.instant): void {
    this.instant = instant;
    this.#renewed = true;
    this.#statuses = undefined;
  }
}

/** How a policy refused a request. */
export interface PolicyRefusal {
  readonly policy: string;
  /** The wait in seconds; `undefined` if no wait helps. */
  readonly seconds: number | undefined;
  /** Name of the profile's error that answers. */
  readonly error: string;
  /** Ids of all policies that refused it. */
  readonly violated: readonly string[];
}

const NONE: readonly never[] = [];

/** Records the instants that a refusal's body and headers report. @param extra further facts of its template */
function noteStamps(exchange: Exchange, stamps: readonly Stamp[], extra: Readonly<Record<string, unknown>> = {}): void {
  const { reportedWait, instant } = exchange;
  const { now } = instant;
  for (const { path, format } of stamps) {
    const [root, policy] = path;
    if (root === 'retryAfter' && reportedWait!.seconds !== undefined)
      exchange.reportWait(now + reportedWait!.seconds * 1_000);
    if (root === 'retryAt' && reportedWait!.at !== undefined)
      exchange.reportWait(statedInstant(format, reportedWait!.at, now));
    const resetAt =
      root === 'refusal' ? dig(extra, path, 0) : root === 'policies' ? resetOfRefusing(exchange, policy!) : undefined;
    if (typeof resetAt === 'number') exchange.reportWait(statedInstant(format, resetAt, now));
  }
}

/** When the policy resets, if it is the one that refused the request. Templates name it without its version: `minute` for `minute@pro`. */
function resetOfRefusing({ statuses, refusal }: Exchange, policy: string): number | null | undefined {
  const status = statuses.get(policy);
  return status?.policy === refusal?.policy ? status?.resetAt : undefined;
}

function requestIdText({ providerState, request, scope, instant }: Exchange): string | undefined {
  const { requestId } = providerState.provider;
  if (!requestId) return undefined;
  const own = requestId.echo && requestId.header !== undefined ? request.header(requestId.header) : undefined;
  return own ?? String(requestId.template.render(scope, instant.now));
}

/** Drafts one of the profile's errors. @param facts further facts for its template @param status instead of the error's own */
export function errorDraft(
  exchange: Exchange,
  name: string,
  facts?: Readonly<Record<string, unknown>>,
  status?: number,
): Draft {
  const error = exchange.providerState.provider.errors.get(name)!;
  const extra = status === undefined ? facts : { ...facts, status };
  if (exchange.reportedWait !== undefined && error.stamps.length > 0) noteStamps(exchange, error.stamps, extra);
  const scope = extra ? withScope(exchange.scope, extra) : exchange.scope;
  const draft = draftError(error, scope, exchange.instant.now, status);
  if (draft.constantBody || exchange.refusal) return draft;
  draft.body = withoutCredentials(exchange, draft.body);
  const { renew } = draft;
  return renew ? { ...draft, renew: () => withoutCredentials(exchange, renew()) } : draft;
}

/** Masks a credential from the request that the body of an error quotes. */
function withoutCredentials({ request, providerState }: Exchange, body: unknown): unknown {
  const { secrets } = providerState.origin;
  const masked = secrets.value(body);
  if (masked === body) return body;
  // A match in the provider's own text, such as a description of its key format, stays.
  const { path, rawQuery } = request.arrival;
  const sent = secrets.isIn(`${path}?${rawQuery}`) || secrets.text(request.decodedText) !== request.decodedText;
  return sent ? masked : body;
}
