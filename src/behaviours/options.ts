/**
 * Schema parts that behaviours and the profile share.
 * @module
 */
import type { z } from 'zod';
import { MAX_UNITS } from '../limits/amounts.js';
import { durationTypeError, parseDuration, readDuration } from '../limits/duration.js';
import { compileFormula, FormulaError } from '../limits/formula.js';
import { HEADER_NAME, HEADER_TEXT } from '../limits/render/header-text.js';
import type { Zod } from '../limits/zod.js';

/** Any JSON. Strings in it may be templates. */
export const json = (z: Zod) =>
  z.json().describe('Any JSON. Strings may contain ${placeholders}').meta({ title: 'Template' });

/** One value or a list; parsed to a list. */
export function listOf<T extends z.ZodType>(z: Zod, item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);
}

/** A duration such as `60s`; parsed to milliseconds. */
export const duration = (z: Zod) =>
  z
    .string({ error: durationTypeError })
    .superRefine((text, context) => {
      const ms = readDuration(text);
      if (typeof ms !== 'number') context.addIssue({ code: 'custom', message: ms.fault });
    })
    .transform((text) => parseDuration(text)!)
    .describe('A duration, such as 60s, 5m, 1h30m, 2d or PT1H')
    .meta({ title: 'Duration' });

const statusCode = (z: Zod) => z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);

const parts = (z: Zod) => ({
  operation: listOf(z, z.string()).optional().describe('operationIds of the OpenAPI document'),
  method: listOf(z, z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .optional()
    .describe('HTTP methods'),
  path: listOf(z, z.string()).optional().describe('Paths of requests; * stands for any characters'),
  tag: listOf(z, z.string()).optional().describe('Tags of the OpenAPI document'),
  caller: z
    .record(z.string(), listOf(z, z.string()))
    .optional()
    .describe('Caller facts and the values that match: kind, plan, and the facts that credentials and fixtures give'),
  fact: z
    .record(z.string(), listOf(z, z.string()))
    .optional()
    .describe(
      'Facts of the request by path (body.campaignId, query.x, params.id; body.leads.*.id: of any item) and the values that match',
    ),
  status: listOf(z, statusCode(z)).optional().describe('Status codes of the response, or classes such as 5xx'),
  error: listOf(z, z.string()).optional().describe('Errors of this profile that the response is'),
});

/** A condition on requests and, where there is a response, on outcomes. All parts must hold. */
export const conditionSchema = (z: Zod) =>
  z
    .strictObject({
      ...parts(z),
      not: z.strictObject(parts(z)).meta({ title: 'Condition' }).optional().describe('A condition that must not hold'),
    })
    .describe('Requests, and where there is one responses, to which a rule applies. All parts must hold')
    .meta({ title: 'Condition' });

const amount = (z: Zod) => z.number().nonnegative().max(MAX_UNITS);

const costRule = (z: Zod) =>
  z.strictObject({
    when: conditionSchema(z).optional().describe('Requests to which this rule applies; all when left out'),
    units: z
      .union([amount(z), z.string()])
      .optional()
      .describe('A number, or the path of one, such as body.max_tokens'),
    count: z.string().optional().describe('The path of a list: as many units as it has items'),
    price: z
      .strictObject({
        by: z.string().describe('Path of the name, such as body.model'),
        values: z.record(z.string(), amount(z)).describe('Name → units'),
        else: amount(z).describe('Units for any other name'),
      })
      .optional()
      .describe('Units that depend on a name in the request'),
    times: z
      .union([amount(z), z.string()])
      .optional()
      .describe('Multiplies the units: a number, or the path of one, such as body.n'),
    each: z.string().optional().describe('The path of a list: the rule is applied to each item and summed'),
  });

/** A cost: a number, or rules of which the first that applies decides. Parsed to rules. */
export const cost = (z: Zod) =>
  z
    .union([amount(z).transform((units) => [{ units }]), z.array(costRule(z))])
    .describe('Units: a number, or a list of rules of which the first whose condition holds decides')
    .meta({ title: 'Cost' });

/** When the parts of a body are sent. */
export const pace = (z: Zod) =>
  z
    .strictObject({
      first: duration(z)
        .optional()
        .describe('From the head of the response to the first event or line; 0 when left out'),
      every: duration(z).optional().describe('From each event or line to the next; 0 when left out'),
    })
    .describe(
      'Sends the body as a stream on the clock of the sandbox: event by event for text/event-stream, else line by line',
    );

/** A number, or a formula over facts of the request. */
export const formula = (z: Zod) =>
  z
    .union([
      z.number().nonnegative(),
      z.string().superRefine((text, context) => {
        try {
          compileFormula(text);
        } catch (error) {
          if (!(error instanceof FormulaError)) throw error;
          context.addIssue({ code: 'custom', message: `is no formula: ${error.message}` });
        }
      }),
    ])
    .meta({ title: 'Formula' });

/** The status of a final response. */
export const status = (z: Zod) => z.int().min(200).max(599).describe('Status of the response');

/** The collection that a behaviour works on. */
export const collectionId = (z: Zod) => z.string().describe('One of the keys of collections');

/** The id of the item that a request names. */
export const itemId = (z: Zod) => z.string().describe('Template of the id, such as ${params.link_id}');

/** The error for an item that does not exist. */
export const missing = (z: Zod) => z.string().describe('Error when there is no such item');

/** The media type of a response. */
export const contentType = (z: Zod) =>
  headerText(z).describe('Content-Type of the response; application/json when left out');

/** The name of a header field. */
export const headerName = (z: Zod) =>
  z
    .string()
    .regex(HEADER_NAME, { error: 'is not the name of a header; use letters, digits and "-"' })
    .describe('Name of a header field');

/** The value of a header field. Values that placeholders insert are sanitised when the template is rendered. */
export const headerText = (z: Zod) =>
  z.string().regex(HEADER_TEXT, { error: 'cannot stand in a header; use one line of ASCII text' });
