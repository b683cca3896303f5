/**
 * Starts jobs.
 * @module
 */
import type { Scope, Template } from '../../limits/render/template.js';
import type { JobItem, JobProgress } from '../../state/resources/item.js';
import type { Collection, Context } from '../behaviour.js';
import { collectionStoreOf, endStates, jsonOf, newItem } from '../collections/shared.js';

/** Adds a new job to its collection. @param runTime milliseconds; default: the collection's @param webhook URL that is notified when it ends */
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
    // The default outcome applies to all collections of the profile; use it only if this collection has that state.
    outcome: outcome === life.outcome || endStates(life).includes(outcome) ? outcome : life.outcome,
    holds: [],
  };
  const newJob = newItem(collection, context, data, undefined, job);
  // An item stored as text cannot be changed later. Leases and the webhook are set on the item itself, so such jobs are stored as objects.
  const json = context.jobsMayChange || webhook !== undefined ? undefined : jsonOf(data);
  const item = context.resources.add(collectionStoreOf(collection, context), newJob, json) as JobItem;
  context.jobStarted(collection, item);
  if (webhook !== undefined) context.webhook(collection, item, webhook);
  return item;
}

/** The URL that a template renders to; `undefined` if it renders to none. */
export function urlOf(webhook: Template, scope: Scope, { now }: Context): string | undefined {
  const url = webhook.render(scope, now);
  return typeof url === 'string' && url !== '' ? url : undefined;
}
