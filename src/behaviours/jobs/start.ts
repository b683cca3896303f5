/**
 * How jobs begin, one or many.
 * @module
 */
import type { Scope, Template } from '../../limits/render/template.js';
import type { JobItem, JobProgress } from '../../state/resources/item.js';
import type { Collection, Context } from '../behaviour.js';
import { collectionStoreOf, endStates, jsonOf, newItem } from '../collections/shared.js';

/** Puts a new job on its shelf. @param webhook the URL to tell when it has ended */
export function startJob(
  collection: Collection,
  data: Record<string, unknown>,
  runTime: number | undefined,
  webhook: string | undefined,
  context: Context,
): JobItem {
  const life = collection.life!;
  const runTimeMs = context.jobDefaults.runTimeMs ?? (runTime ?? life.runTimeMs) / context.compress;
  const { outcome = life.outcome } = context.jobDefaults;
  const job: JobProgress = {
    endsAt: context.now + Math.round(runTimeMs),
    // A state that other collections' jobs end in means nothing to this one.
    outcome: outcome === life.outcome || endStates(life).includes(outcome) ? outcome : life.outcome,
    holds: [],
  };
  const made = newItem(collection, context, data, undefined, job);
  // What it holds and whom it tells are noted on the item itself.
  const json = context.keepsJobs || webhook !== undefined ? undefined : jsonOf(data);
  const item = context.resources.add(collectionStoreOf(collection, context), made, json) as JobItem;
  context.jobStarted(collection, item);
  if (webhook !== undefined) context.webhook(collection, item, webhook);
  return item;
}

/** The URL that a template gives, if it gives one. */
export function urlOf(webhook: Template, scope: Scope, { now }: Context): string | undefined {
  const url = webhook.render(scope, now);
  return typeof url === 'string' && url !== '' ? url : undefined;
}
