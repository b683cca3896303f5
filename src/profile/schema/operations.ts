/**
 * The schema of operations and collections: behaviours, requirements, items.
 * @module
 */
import { z } from 'zod';
import { behaviours } from '../../behaviours/index.js';
import { conditionSchema, duration, evidence, json, listOf, name } from './basics.js';

const requirement = z.strictObject({
  when: conditionSchema.optional().describe('Requests to which it applies; all when left out'),
  item: z
    .strictObject({
      collection: z.string().describe('One of the keys of collections'),
      id: z.string().describe('Template of the id, such as ${params.id}'),
    })
    .optional()
    .describe('An item that must exist'),
  sum: z
    .strictObject({
      list: z.string().describe('Path of the list, such as body.variants'),
      of: z.string().describe('Field of its entries'),
      equals: z.number().describe('What the values add up to'),
    })
    .optional()
    .describe('A field of a list whose values must add up'),
  distinct: z
    .strictObject({
      list: z.string().describe('Path of the list, such as body.variants'),
      of: z.string().describe('Field of its entries'),
    })
    .optional()
    .describe('A field of a list whose values must differ'),
  anyOf: z.array(z.string()).optional().describe('Paths of which one at least must be given'),
  same: z
    .array(z.string())
    .min(2)
    .optional()
    .describe(
      'Paths, such as [caller.company, params.companyId], that must hold the same value; one that is not given holds any',
    ),
  each: z
    .strictObject({
      list: z.string().describe('Path of the list'),
      where: z
        .record(z.string(), listOf(z.string()))
        .optional()
        .describe('Field → values: the entries to which it applies; all when left out'),
      anyOf: z.array(z.string()).describe('Fields of which each entry must have one'),
    })
    .optional()
    .describe('Fields of which every entry of a list must have one; the error may use detail.index'),
  error: name.describe('The error where it does not hold'),
});

const operationParts = {
  requires: z
    .array(requirement)
    .default([])
    .describe('What must hold, checked in order once the request has been checked against the OpenAPI document'),
  evidence,
};

/** What an operation does: one of the registered behaviours with its options. */
export const operation = z.discriminatedUnion(
  'behaviour',
  operationVariants() as unknown as [OperationSchema, ...OperationSchema[]],
);

type OperationSchema = ReturnType<typeof operationVariant>;

function operationVariants(): OperationSchema[] {
  return Object.entries(behaviours).map(([key, { options }]) =>
    operationVariant(key, options(z) as unknown as z.ZodObject),
  );
}

function operationVariant(key: string, options: z.ZodObject) {
  return z.strictObject({
    behaviour: z.literal(key).describe(options.description ?? ''),
    ...operationParts,
    ...(options.shape as Record<never, never>),
  });
}

const life = z.strictObject({
  runTime: duration.describe('How long a job runs'),
  running: z.string().describe('State while a job runs'),
  outcome: z.string().describe('State in which a job ends'),
  views: z
    .record(z.string(), json)
    .describe('State → template of the item; may use item, job.state, job.createdAt, job.endsAt, job.seconds'),
});

/** A collection of stored items. */
export const collection = z.strictObject({
  scope: z
    .array(z.string())
    .default([])
    .describe('Templates that divide the collection: each value, such as of ${caller.account}, has its own items'),
  id: z.string().default('${item.id}').describe('Template of an item’s id'),
  seed: z
    .union([
      z.array(json),
      z.strictObject({
        count: z.int().nonnegative().max(100_000).describe('How many items'),
        item: json.describe('Template of an item; may use index'),
      }),
    ])
    .default([])
    .describe('Items that exist at the start: a list, or a number of items and a template'),
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first').describe('Order of lists'),
  unique: z
    .array(
      z.strictObject({
        fields: z.array(z.string()).min(1).describe('Fields that together must be unique'),
        unless: z
          .array(z.string())
          .default([])
          .describe('An item that has one of these fields may repeat the values of another; one without them may not'),
        error: name.describe('The error for a duplicate'),
      }),
    )
    .default([])
    .describe('Fields whose values no two items of the same scope may share'),
  life: life.optional().describe('Makes the items jobs: how long they run, and what they look like in each state'),
  calls: z
    .strictObject({
      callers: z
        .record(z.string(), listOf(z.string()))
        .default({})
        .describe('Caller fact → values: the callers whose calls are entered; all that are known when left out'),
      item: json.describe(
        'Template of an entry; may use caller, call.method, call.path, call.operation, call.status, call.at, call.userAgent, new.ulid …',
      ),
      keep: z.int().min(1).max(10_000).default(1_000).describe('How many entries are kept; the oldest go first'),
    })
    .optional()
    .describe('Makes the collection a log of the calls of its scope: each call is an entry from the next call on'),
  credential: z
    .string()
    .optional()
    .describe(
      'Template of the credential that an item is, such as ${item.key}: a created one belongs to the account of its creator, and is invalid once collection.delete has removed it or collection.update has renewed it',
    ),
  evidence,
});
