/**
 * A request on its way: what is known of it, and what every step may do with it.
 * @module
 */
import { withScope } from '../../behaviours/collections/shared.js';
import type { Admission, Decision, Instant, PolicyQuery } from '../../limits/engine.js';
import { dig } from '../../limits/facts.js';
import { statesOf } from '../../limits/quota-status.js';
import { statedInstant } from '../../limits/render/formats.js';
import type { Scope, Stamp } from '../../limits/render/template.js';
import { workBegins } from '../../runtime/current-work.js';
import type { ReportedQuota, Skipped } from '../../state/journal/entry.js';
import { type Core, instantOf, type Port, requestName } from '../core.js';
import { maskedPath } from '../masking/path.js';
import type { ProviderState } from '../provider-state.js';
import { type Draft, draftError } from './answer.js';
import { PolicyStatuses } from './policy-queries.js';
import { type Arrival, Request } from './request.js';
import type { CacheState } from './stored/response-cache.js';
import { createScope, type ScopeSource } from './template-scope.js';

/** What is known of a request on its way. What few requests need is made when it is asked for. */
export class Exchange implements ScopeSource {
  readonly request: Request;
  /** The world's store when the request came: counters of before a reset are not to be touched. */
  readonly buckets: ProviderState['buckets'];
  /** And so are the requests in flight: others may have the same names by then. */
  readonly inFlight: ProviderState['inFlight'];
  /** Numbers requests from 1, and names them. */
  readonly number: number;
  readonly id: string;
  /** When what happens now happens: one instant for all that is done in one go. */
  instant: Instant;
  /** Virtual and real epoch ms of arrival. */
  readonly at: number;
  readonly realAt: number;
  /** Real epoch ms, with fractions, at which it arrived. */
  readonly beganAt: number;
  admissions: readonly Admission[] = NONE;
  /** The queries to the policies, in the profile's order, and the decisions that answer them. */
  queries: readonly PolicyQuery[] = NONE;
  decisions: readonly Decision[] = NONE;
  /** Policies that had nothing to say. */
  skipped: readonly Skipped[] = NONE;
  /** Refunded per policy, if anything was. */
  refunds: Map<string, number> | undefined;
  /** Policies whose soft limit this request was the first to pass. */
  warnings: readonly string[] = NONE;
  cacheState: CacheState | undefined;
  /** What a refusal, or a fault that looks like one, tells to wait. */
  reportedWait: { seconds: number | undefined; at: number | undefined } | undefined;
  refusal: { policy: string; seconds: number | undefined } | undefined;
  /** What the headers told of policies. */
  readonly shown: ReportedQuota[] = [];
  /** Instants, virtual epoch ms, that the answer tells in other places than `Retry-After` as the time to come back. */
  comeBackAt: readonly number[] = NONE;
  readonly departure: Departure = { row: undefined, leftAt: null, answeredAt: null };
  settled = false;
  checked: ScopeSource['checked'];
  #scope: Scope | undefined;
  #requestId: string | undefined;
  #statuses: PolicyStatuses | undefined;
  #renewed = false;

  constructor(
    readonly core: Core,
    readonly providerState: ProviderState,
    arrival: Arrival,
    readonly port: Port,
  ) {
    this.request = new Request(arrival, providerState.provider.router.match(arrival.method, arrival.path));
    this.buckets = providerState.buckets;
    this.inFlight = providerState.inFlight;
    core.counts.requests += 1;
    this.number = core.counts.requests;
    this.id = requestName(core.name, this.number);
    this.instant = instantOf(core);
    this.at = this.instant.now;
    this.realAt = core.clock.real();
    workBegins(this, this.realAt);
    this.beganAt = arrival.beganAt ?? core.clock.precise();
  }

  /** In the words of the log, for what took long. */
  describeWork(): string {
    const { core, providerState, request } = this;
    const of = core.name === '' ? providerState.provider.id : `~${core.name} ${providerState.provider.id}`;
    return `the request ${this.id} (${of}: ${request.method} ${maskedPath(providerState, request)})`;
  }

  get scope(): Scope {
    this.#scope ??= createScope(this);
    return this.#scope;
  }

  /** What the provider calls it. */
  get requestId(): string | undefined {
    this.#requestId ??= requestIdText(this);
    return this.#requestId;
  }

  /** The current status of the queried policies. */
  get statuses(): PolicyStatuses {
    const { providerState, buckets, request, queries, instant } = this;
    this.#statuses ??= new PolicyStatuses(providerState, buckets, request, queries, instant.now, this.currentDecisions);
    return this.#statuses;
  }

  /** The decisions, if no bucket has changed and no time has passed since. */
  get currentDecisions(): readonly Decision[] | undefined {
    return this.#renewed ? undefined : this.decisions;
  }

  /** Milliseconds that the request has to wait for its turn: the longest delay of any policy that admitted it. */
  get delayMs(): number {
    let longest = 0;
    for (const { delayMs } of this.admissions) if (delayMs > longest) longest = delayMs;
    return longest;
  }

  /** The states of the queried buckets, in the order of the queries. They are read again only if something has changed since the admissions. */
  get states(): readonly unknown[] {
    const { buckets, queries, instant, admissions } = this;
    if (this.#renewed) return statesOf(buckets, queries, instant);
    return admissions.length === 1 ? admissions[0]!.states : admissions.flatMap(({ states }) => states);
  }

  /** The answer tells the client to come back at that instant. */
  reportWait(at: number): void {
    this.comeBackAt = [...this.comeBackAt, at];
  }

  /** Adds the queries of a phase, and what they were answered. */
  addAdmission(queries: readonly PolicyQuery[], admission: Admission): void {
    const first = this.admissions.length === 0;
    this.admissions = first ? [admission] : [...this.admissions, admission];
    this.queries = first ? queries : [...this.queries, ...queries];
    this.decisions = first ? admission.decisions : [...this.decisions, ...admission.decisions];
    this.#statuses = undefined;
  }

  /** Time has passed, or something was charged or given back: the status of the policies is read again. */
  renew(instant = this.instant): void {
    this.instant = instant;
    this.#renewed = true;
    this.#statuses = undefined;
  }
}

/** The answer's leaving: all that is still needed of an exchange by then, so that the rest is free to go. */
export interface Departure {
  /** Of the journal, once it has been written down. */
  row: number | undefined;
  /** The machine's epoch ms, with fractions. */
  leftAt: number | null;
  /** Virtual epoch ms; `null` where the clock stood still. */
  answeredAt: number | null;
}

const NONE: readonly never[] = [];

/** Notes the instants that a refusal's body and header fields tell. @param extra what its template may name besides */
function noteStamps(exchange: Exchange, stamps: readonly Stamp[], extra: Readonly<Record<string, unknown>> = {}): void {
  const { reportedWait, instant, refusal } = exchange;
  const { now } = instant;
  for (const { path, format } of stamps) {
    const [root, policy] = path;
    if (root === 'retryAfter' && reportedWait!.seconds !== undefined)
      exchange.reportWait(now + reportedWait!.seconds * 1_000);
    if (root === 'retryAt' && reportedWait!.at !== undefined)
      exchange.reportWait(statedInstant(format, reportedWait!.at, now));
    const resetAt =
      root === 'refusal'
        ? dig(extra, path, 0)
        : root === 'policies' && policy === refusal?.policy
          ? exchange.statuses.get(policy!)?.resetAt
          : undefined;
    if (typeof resetAt === 'number') exchange.reportWait(statedInstant(format, resetAt, now));
  }
}

function requestIdText({ providerState, request, scope, instant }: Exchange): string | undefined {
  const { requestId } = providerState.provider;
  if (!requestId) return undefined;
  const own = requestId.echo && requestId.header !== undefined ? request.header(requestId.header) : undefined;
  return own ?? String(requestId.template.render(scope, instant.now));
}

/** One of the profile's errors, with what its template may name besides. */
export function errorDraft(
  exchange: Exchange,
  name: string,
  extra?: Readonly<Record<string, unknown>>,
  status?: number,
): Draft {
  const error = exchange.providerState.provider.errors.get(name)!;
  if (exchange.reportedWait !== undefined && error.stamps.length > 0) noteStamps(exchange, error.stamps, extra);
  const draft = draftError(
    error,
    extra ? withScope(exchange.scope, extra) : exchange.scope,
    exchange.instant.now,
    status,
  );
  if (!draft.steady && !exchange.refusal) draft.body = withoutCredentials(exchange, draft.body);
  return draft;
}

/** An error's body that quotes the request: a credential that stood in its path, query or body is masked. */
function withoutCredentials({ request, providerState }: Exchange, body: unknown): unknown {
  const { secrets } = providerState.origin;
  const shown = secrets.value(body);
  if (shown === body) return body;
  // What the provider writes itself, such as the form of its keys, stays.
  const { path, rawQuery } = request.arrival;
  const sent =
    secrets.isIn(`${path}?${rawQuery}`) || secrets.text(request.arrival.body.text) !== request.arrival.body.text;
  return sent ? shown : body;
}
