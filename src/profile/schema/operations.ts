/**
 * Operations and what they keep: behaviours, requirements, collections.
 * @module
 */
import { z } from 'zod';
import { behaviours } from '../../behaviours/index.js';
import { conditionSchema, duration, evidence, json, listOf, name } from './basics.js';

const requirement = z.strictObject({
  when: conditionSchema.optional().describe('Requests of which it is asked; all when left out'),
  item: z.strictObject({ collection: z.string(), id: z.string() }).optional().describe('An item that must exist'),
  sum: z
    .strictObject({ list: z.string(), of: z.string(), equals: z.number() })
    .optional()
    .describe('A field of a list whose values must add up'),
  distinct: z
    .strictObject({ list: z.string(), of: z.string() })
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
      list: z.string(),
      where: z.record(z.string(), listOf(z.string())).optional().describe('Field → values: the entries that are meant'),
      anyOf: z.array(z.string()),
    })
    .optional()
    .describe('Fields of which every entry of a list must have one; names detail.index'),
  error: name,
});

const operationParts = {
  requires: z
    .array(requirement)
    .default([])
    .describe('What must hold, asked in order once the request has been checked against the document'),
  evidence,
};

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
  return z.strictObject({ behaviour: z.literal(key), ...operationParts, ...(options.shape as Record<never, never>) });
}

const life = z.strictObject({
  runTime: duration,
  running: z.string().describe('State while it runs'),
  outcome: z.string().describe('State that it ends in'),
  views: z
    .record(z.string(), json)
    .describe('State → template of the item; names item, job.state, job.createdAt, job.endsAt, job.seconds'),
});

export const collection = z.strictObject({
  scope: z
    .array(z.string())
    .default([])
    .describe('Templates of what its items are apart by, such as ${caller.account}'),
  id: z.string().default('${item.id}').describe('Template of an item’s id'),
  seed: z
    .union([
      z.array(json),
      z.strictObject({ count: z.int().nonnegative().max(100_000), item: json.describe('A template; names index') }),
    ])
    .default([])
    .describe('What is there to begin with'),
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
  unique: z
    .array(
      z.strictObject({
        fields: z.array(z.string()).min(1),
        unless: z
          .array(z.string())
          .default([])
          .describe('An item that has one of these fields may repeat the values of another; one without them may not'),
        error: name,
      }),
    )
    .default([])
    .describe('Fields whose values no two items of the same scope share'),
  life: life.optional(),
  credential: z
    .string()
    .optional()
    .describe(
      'Template of the credential that an item is, such as ${item.key}: what collection.create makes is its maker’s account’s, and is invalid once collection.delete has taken it away or collection.update has renewed it',
    ),
  evidence,
});
