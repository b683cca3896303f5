/**
 * Webhooks that wait for the end of their jobs. Whom to tell stands with the job itself, so that a job that is restored tells of its end as well.
 * @module
 */
import type { Collection } from '../../behaviours/behaviour.js';
import { viewOf } from '../../behaviours/collections/shared.js';
import type { Scope } from '../../limits/render/template.js';
import type { JobItem, Webhook } from '../../state/resources/item.js';
import type { Core } from '../core.js';
import { fresh } from '../exchange/template-scope.js';
import type { ProviderState } from '../provider-state.js';

/** Has the URL told of the job's end, when it comes. */
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

/** Waits for the jobs that are to tell of their end, once they have been restored. */
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
    const tell = () => {
      providerState.webhooks.delete(item.id);
      delete item.job.webhook;
      core.counts.changes += 1;
      const now = core.clock.now();
      return core.deliver(url, viewOf(collection, item, { scope: scopeOf(providerState, base, now), now }));
    };
    // A sandbox that is closed tells nobody of jobs that have not ended.
    cancel = core.clock.at(endsAt, tell, false);
  };
  providerState.webhooks.set(item.id, { cancel: () => cancel(), schedule });
  schedule();
}

/** What the body may name: no request is being answered, so nothing of one but where it had come to. */
function scopeOf(providerState: ProviderState, base: string, now: number): Scope {
  return ([root, name = '']) => {
    if (root === 'now') return now;
    if (root === 'new') return fresh(providerState.ids, name, now);
    return root === 'request' && name === 'base' ? base : undefined;
  };
}
