/**
 * Webhooks that are sent when a job ends. The URL is stored with the job, so that a restored job still sends its webhook.
 * @module
 */
import type { Collection } from '../../behaviours/behaviour.js';
import { viewOf } from '../../behaviours/collections/shared.js';
import type { Scope } from '../../limits/render/template.js';
import type { JobItem, Webhook } from '../../state/resources/item.js';
import type { Core } from '../core.js';
import { fresh } from '../exchange/template-scope.js';
import type { ProviderState } from '../provider-state.js';
import { send } from '../webhooks/send.js';

/** Sends the webhook when the job ends. */
export function notifyEnd(
  core: Core,
  providerState: ProviderState,
  collection: Collection,
  item: JobItem,
  webhook: Webhook,
): void {
  item.job.webhook = webhook;
  wait(core, providerState, collection, item, webhook);
}

/** Schedules the webhooks of restored jobs. */
export function resumeWebhooks(core: Core, providerState: ProviderState): void {
  const jobs = [...providerState.resources.jobs()].sort((a, b) => a.item.serial - b.item.serial);
  for (const { collection, item } of jobs) {
    const { webhook } = item.job;
    if (webhook) wait(core, providerState, providerState.provider.collections.get(collection)!, item, webhook);
  }
}

function wait(
  core: Core,
  providerState: ProviderState,
  collection: Collection,
  item: JobItem,
  { url, base }: Webhook,
): void {
  let cancel = () => {};
  const schedule = () => {
    cancel();
    const { endsAt } = item.job;
    if (endsAt === null) return;
    const notify = () => {
      providerState.webhooks.delete(item.id);
      delete item.job.webhook;
      core.counts.changes += 1;
      const now = core.clock.now();
      const body = viewOf(collection, item, { scope: scopeOf(providerState, base, now), now });
      const none = { type: null, event: null, account: null, endpoint: null, secret: null };
      return send(core, providerState, providerState.deliveries.add({ ...none, url, body, at: now }));
    };
    // Not flushed on close: the job has not ended.
    cancel = core.clock.at(endsAt, notify, false);
  };
  providerState.webhooks.set(item.id, { cancel: () => cancel(), schedule });
  schedule();
}

/** The scope of the body's template. No request is being answered, so only `request.base` of one is available. */
function scopeOf(providerState: ProviderState, base: string, now: number): Scope {
  return ([root, name = '']) => {
    if (root === 'now') return now;
    if (root === 'new') return fresh(providerState.ids, name, now);
    return root === 'request' && name === 'base' ? base : undefined;
  };
}
