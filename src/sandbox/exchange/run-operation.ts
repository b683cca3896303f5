/**
 * Runs an operation for an admitted request: the document's checks, the profile's guards and requirements, then the operation's behaviour.
 * @module
 */

import {
  type Collection,
  type Context,
  type Failure,
  isFailure,
  type Part,
  type PartAnswer,
  type Reply,
} from '../../behaviours/behaviour.js';
import type { Lease } from '../../limits/algorithms/algorithm.js';
import type { Decision } from '../../limits/engine.js';
import { holderOf, type LeasePolicy } from '../../limits/policy.js';
import type { Scope } from '../../limits/render/template.js';
import type { Operation } from '../../openapi/document/operation.js';
import type { Match } from '../../openapi/request/router.js';
import type { Guard } from '../../profile/compiled/provider.js';
import type { JobItem } from '../../state/resources/item.js';
import type { IdSource, ResourceStore } from '../../state/store.js';
import { type Core, instantOf } from '../core.js';
import { forcedError } from '../faults/faults.js';
import { notifyEnd } from '../jobs/webhooks.js';
import { enterCalls } from '../journal/call-log.js';
import { maskedPath } from '../masking/path.js';
import type { ProviderState } from '../provider-state.js';
import { raiseEndsBefore, raiseOperation } from '../webhooks/raise.js';
import { sendPart } from './parts.js';
import type { Request } from './request.js';
import type { Exchange } from './state.js';
import { idempotencyKey, replayIdempotent, storeIdempotent } from './stored/idempotency.js';
import { violationFacts, violationsInWords } from './violations.js';

/** Validates the request and runs the operation. */
export function runOperation(exchange: Exchange, match: Match): Reply {
  const { providerState, request } = exchange;
  const { provider } = providerState;
  const { operation } = match;
  const beforeValidation = guarded(provider.guards.beforeValidation, request);
  if (beforeValidation) return beforeValidation;
  const checked = provider.validator(operation)(request);
  if (checked.violations.length > 0) {
    const { error, violation } = provider.violationError(checked.violations, (when) => when(request));
    const { core } = exchange;
    const target = `${request.method} ${maskedPath(providerState, request)} (${operation.id})`;
    const what = providerState.origin.secrets.text(violationsInWords(checked.violations), request.credential);
    core.log('info', `${provider.id}: ${target} is answered with ${error}: ${what}`);
    return { error, detail: violationFacts(violation, checked.violations) };
  }
  exchange.checked = checked;
  const afterValidation = guarded(provider.guards.afterValidation, request);
  if (afterValidation) return afterValidation;
  const { requires, run } = provider.behaviour(operation);
  const context = new RequestContext(exchange, match);
  for (const requirement of requires) {
    const failure = requirement(context);
    if (failure) return failure;
  }
  const afterRequirements = guarded(provider.guards.afterRequirements, request);
  if (afterRequirements) return afterRequirements;
  for (const log of provider.callLogs) if (log.readers.has(operation.id)) enterCalls(exchange.core, providerState);
  if (provider.webhooks) raiseEndsBefore(exchange, operation.id);
  const key = idempotencyKey(providerState, request);
  if (key === undefined) return raised(exchange, operation.id, run(context));
  const repeated = replayIdempotent(providerState, request, key, context.scope, context.now);
  if (repeated) return repeated;
  const reply = raised(exchange, operation.id, run(context));
  storeIdempotent(providerState, request, key, reply, context.now);
  if (!isFailure(reply) && reply.renew)
    exchange.onRenewed((body) => storeIdempotent(providerState, request, key, { ...reply, body }, context.now));
  return reply;
}

/** Raises the events of an operation. @returns the reply */
function raised(exchange: Exchange, operation: string, reply: Reply): Reply {
  if (exchange.providerState.provider.webhooks) raiseOperation(exchange, operation, reply);
  return reply;
}

function guarded(guards: readonly Guard[], request: Request): Failure | undefined {
  if (guards.length === 0) return undefined;
  for (const { when, error } of guards) if (when(request)) return { error };
  return undefined;
}

/** The context that behaviours see. */
class RequestContext implements Context {
  readonly facts: Request;
  readonly operation: Operation;
  readonly now: number;
  readonly query: Context['query'];
  readonly body: unknown;
  readonly scope: Scope;
  readonly preference: Context['preference'];
  readonly #core: Core;
  readonly #providerState: ProviderState;
  readonly #admissions: Exchange['admissions'];
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, { operation }: Match) {
    const { core, providerState, request, checked, scope, instant, admissions } = exchange;
    const { query, body } = checked!;
    this.facts = request;
    this.operation = operation;
    this.now = instant.now;
    this.query = query;
    this.body = body;
    this.scope = scope;
    this.preference = exchange.preference;
    this.#exchange = exchange;
    this.#core = core;
    this.#providerState = providerState;
    this.#admissions = admissions;
  }

  get resources(): ResourceStore {
    return this.#providerState.resources;
  }

  get ids(): IdSource {
    return this.#providerState.ids;
  }

  get compress(): number {
    return this.#providerState.provider.compress;
  }

  get jobDefaults(): ProviderState['jobDefaults'] {
    return this.#providerState.jobDefaults;
  }

  get jobsMayChange(): boolean {
    if (this.#core.jobs.hasListener) return true;
    return this.#admissions.some(({ decisions }) => decisions.some(isReservedForJobs));
  }

  errorFor(status: number): string {
    return forcedError(this.#providerState.provider, status, this.facts, this.#exchange.queries).name;
  }

  send(part: Part): PartAnswer {
    return sendPart(this.#exchange, part);
  }

  log(message: string): void {
    const { id } = this.#providerState.provider;
    this.#core.log('info', `${id}: ${message}`);
  }

  jobStarted(collection: Collection, item: JobItem): void {
    this.#core.jobs.started(this.#providerState, collection.id, item);
  }

  jobMoved(item: JobItem): void {
    moveJob(this.#core, this.#providerState, item);
  }

  webhook(collection: Collection, item: JobItem, url: string): void {
    notifyEnd(this.#core, this.#providerState, collection, item, {
      url,
      base: String(this.scope(['request', 'base'])),
    });
  }
}

/** Whether the decision reserved units for jobs that the request may create. */
export function isReservedForJobs({ query, charged }: Decision): boolean {
  return charged > 0 && holderOf(query.policy) === 'job';
}

/** The bucket in which the decision reserved units for jobs, as a list; empty if it did not. */
export function reservedBucket(decision: Decision): ReservedBucket[] {
  const { policy, partition } = decision.query;
  return policy.kind === 'lease' && isReservedForJobs(decision) ? [{ policy, partition }] : [];
}

/** Transfers the units that a request reserved to the jobs that it created, or releases them if it created none. */
export function transferToJobs(
  core: Core,
  providerState: ProviderState,
  buckets: readonly ReservedBucket[],
  lease: string,
  jobs: readonly JobItem[],
): void {
  for (const { policy, partition } of buckets) {
    for (const { job } of jobs) job.holds = [...job.holds, { policy: policy.id, partition }];
    const leases = jobs.map(({ id, job }): Lease => ({ id, until: job.endsAt }));
    providerState.buckets.transact(
      [{ policy, partition }],
      ([state]) => [state && policy.algorithm.transfer(state, lease, leases)],
      instantOf(core),
    );
  }
}

/** A bucket in which jobs hold units. */
export interface ReservedBucket {
  readonly policy: LeasePolicy;
  readonly partition: string;
}

/** Updates a job's leases and its webhook after its end has moved. */
export function moveJob(core: Core, providerState: ProviderState, item: JobItem): void {
  const lease: Lease = { id: item.id, until: item.job.endsAt };
  for (const { policy: id, partition } of item.job.holds) {
    const policy = providerState.provider.policy.get(id);
    if (policy?.kind === 'lease')
      providerState.buckets.transact(
        [{ policy, partition }],
        ([state]) => [policy.algorithm.transfer(state, item.id, [lease])],
        instantOf(core),
      );
  }
  providerState.webhooks.get(item.id)?.schedule();
  core.jobs.moved(providerState, item);
}
