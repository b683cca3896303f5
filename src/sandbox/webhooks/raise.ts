/**
 * Raises events: what happens at the provider becomes deliveries to the endpoints that want to know.
 *
 * Where no endpoint is registered, nothing is rendered and no id is taken, so that a sandbox without webhooks behaves as if its profile had none.
 * @module
 */
import { isFailure, type Reply } from '../../behaviours/behaviour.js';
import { viewOf, withRoot, withScope } from '../../behaviours/collections/shared.js';
import type { Scope } from '../../limits/render/template.js';
import type { WebhookEvent } from '../../profile/compiled/webhooks.js';
import type { JobItem } from '../../state/resources/item.js';
import type { Core } from '../core.js';
import type { Exchange } from '../exchange/state.js';
import { fresh } from '../exchange/template-scope.js';
import type { JobEnd } from '../jobs/end-queue.js';
import type { ProviderState } from '../provider-state.js';
import type { Delivery } from './deliveries.js';
import { schedule } from './send.js';
import { accountOf, hasTargets, targetsOf } from './targets.js';

/** An event that has happened. */
interface Happening {
  readonly event: WebhookEvent;
  /** Whose event it is; `undefined` if that is not known. */
  readonly account: string | undefined;
  /** Epoch ms, virtual. */
  readonly at: number;
  /** The scope of the template of its data. */
  readonly scope: Scope;
  /** Its data in place of the profile's. */
  readonly data?: unknown;
}

/** Makes a delivery of an event for each endpoint that receives it. */
export function raise(
  core: Core,
  providerState: ProviderState,
  { event, account, at, scope, data: given }: Happening,
): Delivery[] {
  const { provider, deliveries } = providerState;
  const { type } = event;
  const targets = targetsOf(providerState, type, account);
  if (targets.length === 0) return [];
  const { id: idTemplate, body: bodyTemplate } = provider.webhooks!;
  const base = baseScope(providerState, at);
  const id = String(idTemplate.render(base, at));
  const facts = { id, type, at, account: account ?? provider.profile.accounts.default };
  const data = given ?? event.data.render(withRoot(scope, 'event', facts), at);
  const body = bodyTemplate.render(withRoot(base, 'event', { ...facts, data }), at);
  core.counts.changes += 1;
  return targets.map((target) => {
    const { url, secret } = target;
    const delivery = deliveries.add({
      type,
      event: id,
      account: account ?? null,
      endpoint: target.id,
      url,
      secret,
      body,
      at,
    });
    schedule(core, providerState, delivery);
    return delivery;
  });
}

/** Raises the events of a job that has ended. */
export function raiseJobEnd(core: Core, { providerState, collection: id, id: jobId, outcome, endsAt }: JobEnd): void {
  const { provider, resources } = providerState;
  const events = provider.webhooks?.byJob.get(id);
  if (!events || !hasTargets(providerState)) return;
  const found = findJob(resources, id, jobId);
  if (!found) return;
  const { item, scope: owner } = found;
  const at = endsAt ?? core.clock.now();
  const base = baseScope(providerState, at);
  const collection = provider.collections.get(id)!;
  const view = viewOf(collection, item, { scope: base, now: Math.max(at, item.job.endsAt ?? at) });
  const scope = withScope(base, { item: view, job: { state: outcome, createdAt: item.createdAt, endsAt: at } });
  for (const event of events) {
    if (event.states && !event.states.includes(outcome)) continue;
    raise(core, providerState, { event, account: accountOf(providerState, id, owner), at, scope });
  }
}

/** Sends the events of jobs that have ended to the endpoints that there are, before an operation changes the endpoints. */
export function raiseEndsBefore({ core, providerState, instant }: Exchange, operation: string): void {
  if (providerState.provider.webhooks!.registering.has(operation)) core.jobs.catchUp(instant.now);
}

/** Raises the events of an operation that has succeeded, and takes note of endpoints that it has registered. */
export function raiseOperation(exchange: Exchange, operation: string, reply: Reply): void {
  const { core, providerState, request, instant, scope } = exchange;
  const webhooks = providerState.provider.webhooks!;
  if (isFailure(reply) || reply.status < 200 || reply.status > 299) return;
  // An end that is due must be noticed on time from now on.
  if (webhooks.registering.has(operation)) core.jobs.endpointsChanged();
  const events = webhooks.byOperation.get(operation);
  if (!events || !hasTargets(providerState)) return;
  const answer = { status: reply.status, body: reply.body };
  for (const event of events)
    raise(core, providerState, {
      event,
      account: request.caller?.account,
      at: instant.now,
      scope: withRoot(scope, 'answer', answer),
    });
}

/** The scope of templates while no request is answered. */
export function baseScope({ ids, provider }: ProviderState, now: number): Scope {
  return ([root, name = '']) => {
    if (root === 'now') return now;
    if (root === 'new') return fresh(ids, name, now);
    return root === 'request' && name === 'base' ? provider.profile.baseUrl : undefined;
  };
}

function findJob(
  resources: ProviderState['resources'],
  id: string,
  job: string,
): { item: JobItem; scope: string } | undefined {
  for (const { collection, scope, collectionStore } of resources.collectionStores()) {
    const item = collection === id ? collectionStore.get(job) : undefined;
    if (item?.job) return { item: item as JobItem, scope };
  }
  return undefined;
}
