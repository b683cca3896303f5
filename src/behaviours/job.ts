/**
 * `job.create`, `job.batch` and `job.cancel`: work that takes time. A job is an item of a collection with a `life`; `collection.read` and `collection.list`
 * show it by its state at the moment.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../limits/facts.js';
import { compileTemplate, type Scope, type Template } from '../limits/render/template.js';
import type { Zod } from '../limits/zod.js';
import { type Item, isRunning, type Job, type JobItem } from '../state/item.js';
import { type Collection, type Context, defineBehaviour, type Failure, type Reply } from './behaviour.js';
import { listAt } from './collection-bulk.js';
import { endStates, newItem, shelfOf, viewOf, withRoot, withScope } from './collections.js';
import { duration, json, status } from './options.js';

const createOptions = (z: Zod) =>
  z.strictObject({
    collection: z.string(),
    item: json(z).describe('Template of the new job; names body, new.uuid …'),
    runTime: duration(z).optional().describe("How long it runs; the collection's run time when left out"),
    status: status(z).default(201),
    body: json(z).default('${item}'),
    webhook: z.string().optional().describe('Template of the URL to tell when the job has ended'),
    exclusive: z
      .strictObject({ by: z.string().describe('Field: one running job for each of its values'), error: z.string() })
      .optional(),
    cooldown: z
      .strictObject({
        by: z.string().describe('Field'),
        duration: duration(z),
        error: z.string().describe('Names detail.seconds, what is left of the wait'),
      })
      .optional()
      .describe('How long after one job the next may be started'),
  });

type CreateOptions = z.infer<ReturnType<typeof createOptions>>;

export const jobCreate = defineBehaviour<CreateOptions>({
  name: 'job.create',
  options: createOptions,
  references: ({ collection, exclusive, cooldown }) => ({
    collections: [collection],
    lives: [collection],
    errors: [exclusive?.error, cooldown?.error].filter((name) => name !== undefined),
  }),
  templates: ({ item, body, webhook }) => [item, body, webhook],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const make = compileTemplate(options.item);
    const body = compileTemplate(options.body);
    const webhook = compileTemplate(options.webhook ?? null);
    return (context): Reply => {
      const data = make.render(context.scope, context.now) as Record<string, unknown>;
      const refused = refusal(options, collection, data, context);
      if (refused) return refused;
      const item = start(collection, data, options.runTime, context);
      notify(item, collection, webhook, context.scope, context);
      const shown = body.render(withRoot(context.scope, 'item', viewOf(collection, item, context)), context.now);
      return { status: options.status, body: shown, jobs: [item] };
    };
  },
});

const batchOptions = (z: Zod) =>
  z.strictObject({
    collection: z.string().describe('Collection of the jobs'),
    batches: z.string().describe('Collection of the batches'),
    list: z.string().describe('Path of the list in the body'),
    item: json(z).describe('Template of each job; names entry and index'),
    batch: json(z).describe('Template of the batch; names jobs.ids and jobs.items'),
    webhook: z.string().optional(),
    status: status(z).default(201),
    body: json(z).describe(
      'Template of the answer; names batch, jobs.ids, jobs.items, jobs.running (how many), jobs.state (running or ended)',
    ),
  });

export const jobBatch = defineBehaviour<z.infer<ReturnType<typeof batchOptions>>>({
  name: 'job.batch',
  options: batchOptions,
  references: ({ collection, batches }) => ({ collections: [collection, batches], lives: [collection] }),
  templates: ({ item, batch, body, webhook }) => [item, batch, body, webhook],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const batches = collections.get(options.batches)!;
    const make = compileTemplate(options.item);
    const makeBatch = compileTemplate(options.batch);
    const webhook = compileTemplate(options.webhook ?? null);
    const body = compileTemplate(options.body);
    const path = options.list.split('.');
    return (context): Reply => {
      const jobs = listAt(context.body, path).map((entry, index) => {
        const scope = withScope(context.scope, { entry, index });
        const item = start(collection, make.render(scope, context.now) as Record<string, unknown>, undefined, context);
        notify(item, collection, webhook, scope, context);
        return item;
      });
      const { items, running, state } = jobsFacts(collection, jobs, context);
      const scope = withRoot(context.scope, 'jobs', { ids: jobs.map(({ id }) => id), items, running, state });
      const data = makeBatch.render(scope, context.now) as Record<string, unknown>;
      context.resources.add(shelfOf(batches, context), newItem(batches, context, data));
      return { status: options.status, body: body.render(withRoot(scope, 'batch', data), context.now), jobs };
    };
  },
});

const readBatchOptions = (z: Zod) =>
  z.strictObject({
    collection: z.string(),
    batches: z.string(),
    id: z.string(),
    jobs: z.string().describe("Field of the batch that lists its jobs' ids"),
    status: status(z).default(200),
    body: json(z).describe(
      'Template of the answer; names batch, jobs.items, jobs.running (how many), jobs.state (running or ended)',
    ),
    missing: z.string(),
  });

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
      const batch = shelfOf(batches, context).items.get(String(id.render(context.scope, context.now)));
      if (!batch) return { error: options.missing };
      const shelf = shelfOf(collection, context);
      const jobs = listAt(batch.data, options.jobs.split('.'))
        .map((job) => shelf.items.get(String(job)))
        .filter((job) => job !== undefined);
      const facts = { batch: batch.data, jobs: jobsFacts(collection, jobs, context) };
      return { status: options.status, body: body.render(withScope(context.scope, facts), context.now) };
    };
  },
});

const cancelOptions = (z: Zod) =>
  z.strictObject({
    collection: z.string(),
    id: z.string(),
    state: z.string().describe('The state that it ends in'),
    status: status(z).default(200),
    body: json(z).default('${item}'),
    missing: z.string(),
    ended: z
      .string()
      .optional()
      .describe('Error for a job that has ended already; without it the job is shown as it is'),
  });

export const jobCancel = defineBehaviour<z.infer<ReturnType<typeof cancelOptions>>>({
  name: 'job.cancel',
  options: cancelOptions,
  references: ({ collection, missing, ended }) => ({
    collections: [collection],
    errors: ended === undefined ? [missing] : [missing, ended],
  }),
  templates: ({ id, body }) => [id, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const id = compileTemplate(options.id);
    const body = compileTemplate(options.body);
    return (context): Reply => {
      const item = shelfOf(collection, context).items.get(String(id.render(context.scope, context.now))) as
        | JobItem
        | undefined;
      if (!item?.job) return { error: options.missing };
      if (isRunning(item.job, context.now)) {
        Object.assign(item.job, { endsAt: context.now, outcome: options.state });
        context.jobMoved(item);
      } else if (options.ended !== undefined) {
        return { error: options.ended };
      }
      return {
        status: options.status,
        body: body.render(withRoot(context.scope, 'item', viewOf(collection, item, context)), context.now),
      };
    };
  },
});

function start(
  collection: Collection,
  data: Record<string, unknown>,
  runTime: number | undefined,
  context: Context,
): JobItem {
  const life = collection.life!;
  const runTimeMs = context.jobDefaults.runTimeMs ?? (runTime ?? life.runTimeMs) / context.compress;
  const { outcome = life.outcome } = context.jobDefaults;
  const job: Job = {
    endsAt: context.now + Math.round(runTimeMs),
    // A state that other collections' jobs end in means nothing to this one.
    outcome: outcome === life.outcome || endStates(life).includes(outcome) ? outcome : life.outcome,
    holds: [],
  };
  const made = context.resources.add(shelfOf(collection, context), newItem(collection, context, data, undefined, job));
  context.jobStarted(collection, made as JobItem);
  return made as JobItem;
}

/** What templates may name as `jobs`, of the jobs of one batch. */
function jobsFacts(collection: Collection, jobs: readonly Item[], context: Context) {
  const items: unknown[] = [];
  let running = 0;
  for (const job of jobs) {
    items.push(viewOf(collection, job, context));
    if (job.job && isRunning(job.job, context.now)) running += 1;
  }
  return { items, running, state: running > 0 ? 'running' : 'ended' };
}

function notify(item: JobItem, collection: Collection, webhook: Template, scope: Scope, context: Context): void {
  const url = webhook.render(scope, context.now);
  if (typeof url === 'string' && url !== '') context.webhook(collection, item, url);
}

function refusal(
  { exclusive, cooldown }: CreateOptions,
  collection: Collection,
  data: Record<string, unknown>,
  context: Context,
): Failure | undefined {
  if (!exclusive && !cooldown) return undefined;
  const started = [...shelfOf(collection, context).items.values()].filter(
    (item): item is JobItem => item.job !== undefined,
  );
  const same = (field: string) =>
    started.filter((item: Item) => dig(item.data, field.split('.')) === dig(data, field.split('.')));
  if (exclusive && same(exclusive.by).some(({ job }) => isRunning(job, context.now))) return { error: exclusive.error };
  if (cooldown) {
    const last = Math.max(...same(cooldown.by).map(({ createdAt }) => createdAt));
    const left = last + cooldown.duration / context.compress - context.now;
    if (left > 0 && last <= context.now) return { error: cooldown.error, detail: { seconds: Math.ceil(left / 1_000) } };
  }
  return undefined;
}
