/**
 * `job.batch` and `job.read-batch`: many jobs in one request.
 * @module
 */
import type { z } from 'zod';
import { compileTemplate, renewable } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import type { JobState } from '../../state/journal/entry.js';
import { type Item, isRunning } from '../../state/resources/item.js';
import { type Collection, type Context, defineBehaviour, type Reply } from '../behaviour.js';
import { listAt } from '../collections/bulk.js';
import { collectionStoreOf, jsonOf, newItem, viewOf, withRoot, withScope } from '../collections/shared.js';
import { itemId, json, missing, status } from '../options.js';
import { startJob, urlOf } from './start.js';

const batchOptions = (z: Zod) =>
  z
    .strictObject({
      collection: z.string().describe('Collection of the jobs'),
      list: z.string().describe('Path of the list in the body'),
      item: json(z).describe('Template of each job; may use entry and index'),
      batch: z
        .strictObject({
          collection: z.string().describe('Collection of the batches'),
          item: json(z).describe('Template of the batch; may use jobs.ids and jobs.items'),
        })
        .optional()
        .describe('Stores which jobs were created together, for job.read-batch'),
      webhook: z.string().optional().describe('Template of a URL that gets a POST when a job has ended'),
      status: status(z).default(201),
      body: json(z).describe(
        'Template of the body; may use batch, jobs.ids, jobs.items, jobs.running (how many), jobs.state (running or ended)',
      ),
    })
    .describe('Creates a job for each entry of a list');

/** The behaviour `job.batch`. */
export const jobBatch = defineBehaviour<z.infer<ReturnType<typeof batchOptions>>>({
  name: 'job.batch',
  options: batchOptions,
  references: ({ collection, batch }) => ({
    collections: batch ? [collection, batch.collection] : [collection],
    lives: [collection],
  }),
  templates: ({ item, batch, body, webhook }) => [item, batch?.item, body, webhook],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const batches = options.batch && collections.get(options.batch.collection)!;
    const itemTemplate = compileTemplate(options.item);
    const batchTemplate = compileTemplate(options.batch?.item ?? null);
    const webhook = compileTemplate(options.webhook ?? null);
    const body = compileTemplate(options.body);
    const path = options.list.split('.');
    return (context): Reply => {
      const jobs = listAt(context.body, path).map((entry, index) => {
        const scope = withScope(context.scope, { entry, index });
        const data = itemTemplate.render(scope, context.now) as Record<string, unknown>;
        return startJob(collection, data, undefined, urlOf(webhook, scope, context), context);
      });
      const { items, running, state } = jobsFacts(collection, jobs, context);
      const scope = withRoot(context.scope, 'jobs', { ids: jobs.map(({ id }) => id), items, running, state });
      if (!batches) return { status: options.status, ...renewable(body, scope, context.now), jobs };
      const data = batchTemplate.render(scope, context.now) as Record<string, unknown>;
      context.resources.add(collectionStoreOf(batches, context), newItem(batches, context, data), jsonOf(data));
      return { status: options.status, ...renewable(body, withRoot(scope, 'batch', data), context.now), jobs };
    };
  },
});

const readBatchOptions = (z: Zod) =>
  z
    .strictObject({
      collection: z.string().describe('Collection of the jobs'),
      batches: z.string().describe('Collection of the batches'),
      id: itemId(z),
      jobs: z.string().describe("Field of the batch that lists its jobs' ids"),
      status: status(z).default(200),
      body: json(z).describe(
        'Template of the body; may use batch, jobs.items, jobs.running (how many), jobs.state (running or ended)',
      ),
      missing: missing(z),
    })
    .describe('Reads a batch of jobs');

/** The behaviour `job.read-batch`. */
export const jobReadBatch = defineBehaviour<z.infer<ReturnType<typeof readBatchOptions>>>({
  name: 'job.read-batch',
  options: readBatchOptions,
  references: ({ collection, batches, missing }) => ({ collections: [collection, batches], errors: [missing] }),
  templates: ({ id, body }) => [id, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const batches = collections.get(options.batches)!;
    const id = compileTemplate(options.id);
    const body = compileTemplate(options.body);
    return (context): Reply => {
      const batch = collectionStoreOf(batches, context).get(String(id.render(context.scope, context.now)));
      if (!batch) return { error: options.missing };
      const collectionStore = collectionStoreOf(collection, context);
      const jobs = listAt(batch.data, options.jobs.split('.'))
        .map((job) => collectionStore.get(String(job)))
        .filter((job) => job !== undefined);
      const shown = jobsFacts(collection, jobs, context);
      const scope = withScope(context.scope, { batch: batch.data, jobs: shown });
      return { status: options.status, ...renewable(body, scope, context.now), job: shown.state };
    };
  },
});

/** The facts of a batch's jobs that templates read as `jobs`. */
function jobsFacts(collection: Collection, jobs: readonly Item[], context: Context) {
  const items: unknown[] = [];
  let running = 0;
  for (const job of jobs) {
    items.push(viewOf(collection, job, context));
    if (job.job && isRunning(job.job, context.now)) running += 1;
  }
  const state: JobState = running > 0 ? 'running' : 'ended';
  return { items, running, state };
}
