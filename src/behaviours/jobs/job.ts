/**
 * `job.create` and `job.cancel`: work that takes time. A job is an item of a collection with a `life`; `collection.read` and `collection.list` show it in its
 * current state.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../../limits/facts.js';
import { compileTemplate, renewable } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import { type Item, isRunning, type JobItem } from '../../state/resources/item.js';
import { type Collection, type Context, defineBehaviour, type Failure, type Reply } from '../behaviour.js';
import { collectionStoreOf, viewOf, withRoot } from '../collections/shared.js';
import { collectionId, duration, itemId, json, missing, status } from '../options.js';
import { startJob, urlOf } from './start.js';

const createOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      item: json(z).describe('Template of the new job; may use body, new.uuid …'),
      runTime: duration(z).optional().describe("How long the job runs; the collection's run time when left out"),
      status: status(z).default(201),
      body: json(z).default('${item}').describe('Template of the body; may use item'),
      webhook: z.string().optional().describe('Template of a URL that gets a POST when the job has ended'),
      exclusive: z
        .strictObject({
          by: z.string().describe('Field of the job; one job runs for each of its values'),
          error: z.string().describe('Error for another'),
        })
        .optional()
        .describe('One running job at a time'),
      cooldown: z
        .strictObject({
          by: z.string().describe('Field of the job; each of its values waits by itself'),
          duration: duration(z).describe('Least time from one start to the next'),
          error: z
            .string()
            .describe('Error for a job before that; its template may use detail.seconds, the rest of the wait'),
        })
        .optional()
        .describe('The least time between the starts of two jobs'),
    })
    .describe('Creates a job');

type CreateOptions = z.infer<ReturnType<typeof createOptions>>;

/** The behaviour `job.create`. */
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
    const itemTemplate = compileTemplate(options.item);
    const body = compileTemplate(options.body);
    const webhook = compileTemplate(options.webhook ?? null);
    return (context): Reply => {
      const data = itemTemplate.render(context.scope, context.now) as Record<string, unknown>;
      const refused = refusal(options, collection, data, context);
      if (refused) return refused;
      const item = startJob(collection, data, options.runTime, urlOf(webhook, context.scope, context), context);
      const shown = renewable(body, withRoot(context.scope, 'item', viewOf(collection, item, context)), context.now);
      return { status: options.status, ...shown, jobs: [item] };
    };
  },
});

const cancelOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      id: itemId(z),
      state: z.string().describe('State in which the job ends'),
      status: status(z).default(200),
      body: json(z).default('${item}').describe('Template of the body; may use item'),
      missing: missing(z),
      ended: z
        .string()
        .optional()
        .describe('Error for a job that has ended already; without it the job is shown as it is'),
    })
    .describe('Ends a running job');

/** The behaviour `job.cancel`. */
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
      const item = collectionStoreOf(collection, context).get(String(id.render(context.scope, context.now))) as
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
        ...renewable(body, withRoot(context.scope, 'item', viewOf(collection, item, context)), context.now),
      };
    };
  },
});

function refusal(
  { exclusive, cooldown }: CreateOptions,
  collection: Collection,
  data: Record<string, unknown>,
  context: Context,
): Failure | undefined {
  if (!exclusive && !cooldown) return undefined;
  const started = collectionStoreOf(collection, context)
    .all()
    .filter((item): item is JobItem => item.job !== undefined);
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
