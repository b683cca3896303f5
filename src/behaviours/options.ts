/**
 * Pieces of schema that behaviours and the profile share.
 * @module
 */
import type { z } from 'zod';
import { MAX_UNITS } from '../limits/amounts.js';
import { durationTypeError, parseDuration, readDuration } from '../limits/duration.js';
import { HEADER_NAME, HEADER_TEXT } from '../limits/render/header-text.js';
import type { Zod } from '../limits/zod.js';

/** Any JSON; strings in it may be templates. */
export const json = (z: Zod) => z.json().describe('JSON; strings may hold ${placeholders}');

/** One value or a list of them; always a list afterwards. */
export function listOf<T extends z.ZodType>(z: Zod, item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);
}

/** A duration as people write it; milliseconds afterwards. */
export const duration = (z: Zod) =>
  z
    .string({ error: durationTypeError })
    .superRefine((text, context) => {
      const ms = readDuration(text);
      if (typeof ms !== 'number') context.addIssue({ code: 'custom', message: ms.fault });
    })
    .transform((text) => parseDuration(text)!)
    .describe('A duration such as 60s, 5m, 1h30m, 2d or PT1H');

const statusCode = (z: Zod) => z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);

const parts = (z: Zod) => ({
  operation: listOf(z, z.string()).optional().describe('operationIds'),
  method: listOf(z, z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])).optional(),
  path: listOf(z, z.string()).optional().describe('Paths; * stands for any run of characters'),
  tag: listOf(z, z.string()).optional().describe('Tags of the OpenAPI document'),
  caller: z
    .record(z.string(), listOf(z, z.string()))
    .optional()
    .describe('Caller facts: kind, plan, and what the credentials give'),
  fact: z
    .record(z.string(), listOf(z, z.string()))
    .optional()
    .describe(
      'Facts by path (body.campaignId, query.x, params.id; body.leads.*.id: of any item) and the values that match',
    ),
  status: listOf(z, statusCode(z)).optional().describe('Status codes or classes such as 5xx'),
  error: listOf(z, z.string()).optional().describe('Names of errors in this profile'),
});

/** Which requests (and, where there is one, which outcomes) a rule speaks of. All parts must hold. */
export const conditionSchema = (z: Zod) => z.strictObject({ ...parts(z), not: z.strictObject(parts(z)).optional() });

const amount = (z: Zod) => z.number().nonnegative().max(MAX_UNITS);

const costRule = (z: Zod) =>
  z.strictObject({
    when: conditionSchema(z).optional(),
    units: z
      .union([amount(z), z.string()])
      .optional()
      .describe('A number, or the path of one, such as body.max_tokens'),
    count: z.string().optional().describe('The path of a list: as many units as it has items'),
    price: z
      .strictObject({ by: z.string(), values: z.record(z.string(), amount(z)), else: amount(z) })
      .optional()
      .describe('A price by name; by is the path of the name'),
    times: z.union([amount(z), z.string()]).optional(),
    each: z.string().optional().describe('The path of a list: the rule is applied to each item and summed'),
  });

/** What something costs: a number, or rules of which the first that holds decides. */
export const cost = (z: Zod) => z.union([amount(z).transform((units) => [{ units }]), z.array(costRule(z))]);

/** A status that ends an exchange. */
export const status = (z: Zod) => z.int().min(200).max(599);

/** The name of a header field. */
export const headerName = (z: Zod) =>
  z.string().regex(HEADER_NAME, { error: 'is not the name of a header; use letters, digits and "-"' });

/** What a header field may say; placeholders in it are made fit when they are filled in. */
export const headerText = (z: Zod) =>
  z.string().regex(HEADER_TEXT, { error: 'cannot stand in a header; use one line of ASCII text' });
