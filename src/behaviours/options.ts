/**
 * Schema parts that behaviours and the profile share.
 * @module
 */
import type { z } from 'zod';
import { HEADER_NAME, HEADER_TEXT } from '../limits/render/header-text.js';
import type { CostRule } from '../limits/rules/cost.js';
import { GRAPHQL_MEASURES } from '../limits/rules/graphql-cost.js';
import type { Condition } from '../limits/rules/matching.js';
import { amount, duration, formula, quantity } from '../limits/schema.js';
import type { Zod } from '../limits/zod.js';
import { memoiseWeakly } from '../runtime/memoise.js';

/** Any JSON. Strings in it may be templates. */
export const json = (z: Zod) =>
  z.json().describe('Any JSON. Strings may contain ${placeholders}').meta({ title: 'Template' });

/** One value or a list; parsed to a list. */
export function listOf<T extends z.ZodType>(z: Zod, item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);
}

export { duration };

const statusCode = (z: Zod) => z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);

const factTest = memoiseWeakly((z: Zod) =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z
      .strictObject({
        given: z.boolean().optional().describe('Whether the fact is there at all'),
        above: quantity(z).optional().describe('Greater than this'),
        below: quantity(z).optional().describe('Less than this'),
        from: quantity(z).optional().describe('This or greater'),
        to: quantity(z).optional().describe('This or less'),
        oneOf: z
          .array(z.union([z.string(), z.number(), z.boolean()]))
          .min(1)
          .optional()
          .describe('One of these, in which * has no meaning'),
        matches: z.string().optional().describe('A regular expression that is found in the text'),
      })
      .refine((test) => Object.keys(test).length > 0, {
        error: 'tests nothing; give given, above, below, from, to, oneOf or matches',
      })
      .describe('A comparison; all parts must hold')
      .meta({ title: 'Comparison' }),
  ]),
);

/** A condition on requests and, where there is a response, on outcomes. All parts must hold. */
export const conditionSchema = memoiseWeakly((z: Zod): z.ZodType<Condition> => {
  const tests = z.record(z.string(), listOf(z, factTest(z)));
  const condition: z.ZodType<Condition> = z
    .strictObject({
      operation: listOf(z, z.string()).optional().describe('operationIds of the OpenAPI document'),
      method: listOf(z, z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
        .optional()
        .describe('HTTP methods'),
      path: listOf(z, z.string()).optional().describe('Paths of requests; * stands for any characters'),
      tag: listOf(z, z.string()).optional().describe('Tags of the OpenAPI document'),
      caller: tests
        .optional()
        .describe(
          'Caller facts and the values that match: kind, plan, and the facts that credentials and fixtures give. * stands for any characters',
        ),
      fact: tests
        .optional()
        .describe(
          'Facts by path (body.campaignId, query.x, params.id, header.x-team, cookie.c, policies.<id>.remaining, and once there is a response response.a.b and elapsed; body.leads.*.id: of any item), and the values that match or a comparison. * in a value stands for any characters',
        ),
      status: listOf(z, statusCode(z)).optional().describe('Status codes of the response, or classes such as 5xx'),
      error: listOf(z, z.string()).optional().describe('Errors of this profile that the response is'),
      get any() {
        return z.array(condition).min(1).optional().describe('Conditions of which one must hold');
      },
      get all() {
        return z.array(condition).min(1).optional().describe('Conditions that must all hold');
      },
      get not() {
        return condition.optional().describe('A condition that must not hold');
      },
    })
    .describe('Requests, and where there is one responses, to which a rule applies. All parts must hold')
    .meta({ title: 'Condition' });
  return condition;
});

const graphql = (z: Zod) =>
  z.strictObject({
    query: z.string().optional().describe('Path of the text of the query; body.query when left out'),
    variables: z.string().optional().describe('Path of its variables; body.variables when left out'),
    operationName: z
      .string()
      .optional()
      .describe('Path of the name of its operation; body.operationName when left out'),
    data: z
      .string()
      .optional()
      .describe('Path of the data that was returned, such as response.data: the objects in it are counted'),
    measure: z
      .enum(Object.keys(GRAPHQL_MEASURES) as [keyof typeof GRAPHQL_MEASURES])
      .optional()
      .describe(
        `What is measured; cost when left out. ${Object.entries(GRAPHQL_MEASURES)
          .map(([name, title]) => `${name}: ${title}`)
          .join('; ')}`,
      ),
    scalar: amount(z).optional().describe('Cost of a field without fields of its own; 0 when left out'),
    object: amount(z).optional().describe('Cost of a field that has fields; 1 when left out'),
    connection: amount(z)
      .optional()
      .describe(
        'Cost of a field that has a page argument; as an object when left out. What is within it counts once for each item of the page',
      ),
    mutation: amount(z).optional().describe('Cost of each field of a mutation; as an object when left out'),
    fields: z.record(z.string(), amount(z)).optional().describe('Costs of single fields by name'),
    free: z
      .array(z.string())
      .optional()
      .describe('Fields that cost nothing themselves; edges and pageInfo when left out'),
    pageArguments: z
      .array(z.string())
      .optional()
      .describe('Arguments that say the size of a page; first and last when left out'),
    page: amount(z)
      .optional()
      .describe(
        'Items of a connection without a page argument (a field that has nodes or edges); it counts once when left out',
      ),
    divide: z.number().positive().optional().describe('Divides the sum; 1 when left out'),
    round: z.enum(['up', 'nearest', 'none']).optional().describe('How the quotient becomes whole; up when left out'),
    atLeast: amount(z).optional().describe('The least cost; 0 when left out'),
  });

const costRule = (z: Zod) =>
  z.strictObject({
    when: conditionSchema(z).optional().describe('Requests to which this rule applies; all when left out'),
    units: quantity(z)
      .optional()
      .describe(
        'A number, a formula such as body.max_tokens ?? 16, or a table. Where a fact that it needs is absent, the next rule decides',
      ),
    count: z.string().optional().describe('The path of a list: as many units as it has items'),
    price: z
      .strictObject({
        by: formula(z).describe('Path of the name, such as body.model'),
        values: z.record(z.string(), quantity(z)).describe('Name → units'),
        else: quantity(z).describe('Units for any other name'),
      })
      .optional()
      .describe('Units that depend on a name in the request'),
    graphql: graphql(z).optional().describe('The cost of a GraphQL query'),
    times: quantity(z)
      .optional()
      .describe('Multiplies the units: a number, or the path of one, such as body.n; 1 where it is absent'),
    each: z.string().optional().describe('The path of a list: the rule is applied to each item and summed'),
  });

/** A cost: a number or formula, or rules of which the first that applies decides. Parsed to rules. */
export const cost = memoiseWeakly((z: Zod) =>
  z
    .union([
      amount(z).transform((units): CostRule[] => [{ units }]),
      formula(z).transform((units): CostRule[] => [{ units }]),
      z.array(costRule(z)).transform((rules): CostRule[] => rules),
    ])
    .describe(
      'Units: a number, a formula, or a list of rules of which the first whose condition holds and whose facts are there decides; 1 where none does',
    )
    .meta({ title: 'Cost' }),
);

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
