/**
 * The profile's schema: everything that makes a provider, as data. Strict: a key that is not known is an error.
 *
 * The policies' and operations' parts come from the registries of algorithms and behaviours.
 * @module
 */
import { z } from 'zod';
import { behaviours } from '../behaviours/index.js';
import * as pieces from '../behaviours/options.js';
import { algorithms } from '../limits/algorithms/index.js';
import { parseDuration } from '../limits/duration.js';
import { FORMAT_NAMES } from '../limits/render/formats.js';

const listOf = <T extends z.ZodType>(item: T) => pieces.listOf(z, item);
const conditionSchema = pieces.conditionSchema(z);
const cost = pieces.cost(z);
const duration = pieces.duration(z);
const json = pieces.json(z);

const name = z.string().regex(/^[A-Za-z][\w.-]*$/, {
  error: 'is not a name; use letters, digits, "-", "." and "_", starting with a letter',
});
const kebab = z.string().regex(/^[a-z][a-z0-9-]*$/, {
  error: 'is not an id; use lower-case letters, digits and "-", starting with a letter',
});
const amount = z.number().nonnegative();

export const evidence = z
  .strictObject({
    level: z.enum(['documented', 'inferred', 'assumed']),
    source: z.string().optional().describe('One of the keys of sources'),
    note: z.string().optional(),
  })
  .describe('How sure this rule is: a page says it, it follows from one, or nobody says it and it was chosen');

const source = z.strictObject({
  title: z.string(),
  url: z.url().optional(),
  date: z.string().optional().describe('Date of the page, or the day it was read'),
});

const windowLength = z.union([
  z.enum(['second', 'minute', 'hour', 'day', 'week', 'month']),
  z.string().refine((text) => parseDuration(text) !== undefined && parseDuration(text)! > 0, {
    error: 'is not a window length; write a duration (60s, 1h) or second, minute, hour, day, week, month',
  }),
]);

export const windowSchema = z.strictObject({
  length: windowLength,
  start: z
    .string()
    .refine((text) => text === 'first-request' || text === 'utc' || isTimeZone(text), {
      error: 'is not a window start; use first-request, utc, or a time zone such as Europe/Berlin',
    })
    .describe(
      'first-request: when the partition is first used; utc: on the UTC clock, laid end to end from the epoch; a time zone: on its calendar',
    ),
});

const refusal = z.strictObject({
  error: name.describe('The error that answers'),
  impossible: name
    .optional()
    .describe('The error that answers when the cost is above the whole quota; the same when left out'),
  charges: z
    .union([z.enum(['self', 'none']), z.array(kebab)])
    .default('none')
    .describe('What a refusal charges: this policy, nothing, or the listed policies'),
  final: z
    .boolean()
    .default(false)
    .describe('A refusal here ends the asking: policies below are neither asked nor charged'),
  retryAfter: z
    .union([z.enum(['truthful', 'reset']), z.int().positive()])
    .default('truthful')
    .describe('Retry-After: the truth, the seconds to the reset, or a fixed number'),
});

const policyParts = {
  quota: z
    .union([amount, z.literal('none')])
    .describe('Units per window; none: no limit unless a plan or an account sets one'),
  window: windowSchema.optional(),
  partitionBy: z
    .array(z.string())
    .describe(
      'What is counted apart: caller facts (key), ip, operation, method, path, or paths such as params.id, header.x-team',
    ),
  unit: z
    .string()
    .default('requests')
    .describe('What is counted: requests, concurrent-requests, tokens, points, usd …'),
  scale: z.int().positive().default(1).describe('Counted in fractions of 1/scale (100: cents of a dollar)'),
  asked: z.enum(['arrival', 'caller']).default('caller').describe('arrival: before the caller is known'),
  applies: z
    .union([conditionSchema.transform((one) => [one]), z.array(conditionSchema)])
    .optional()
    .describe('Requests it speaks of; all when left out'),
  cost: cost.optional().describe('Units a request takes; 1 when left out. A request that costs 0 is never refused'),
  actualCost: cost.optional().describe('What it took after all, known from the response (paths response.…)'),
  free: z.array(conditionSchema).default([]).describe('Outcomes that cost nothing'),
  refusal,
  warnAbove: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('Records a warning, once per window, when more than this share is used'),
  evidence,
};

export const policySchema = z.discriminatedUnion('algorithm', [...policyVariants()] as unknown as [
  PolicySchema,
  ...PolicySchema[],
]);

type PolicySchema = ReturnType<typeof policyVariant>;

function policyVariants(): PolicySchema[] {
  return Object.values(algorithms).map((algorithm) => policyVariant(algorithm.name, algorithm.params(z)));
}

function policyVariant(algorithm: string, params: z.ZodObject) {
  return z.strictObject({ algorithm: z.literal(algorithm), ...policyParts, ...(params.shape as Record<never, never>) });
}

const header = z.strictObject({
  policy: z
    .union([kebab, z.array(kebab)])
    .optional()
    .describe('The policy it reports; of several, the one with the smallest share left'),
  value: z
    .enum([
      'limit',
      'remaining',
      'used',
      'reset',
      'retry-after',
      'policy',
      'window-seconds',
      'ratelimit',
      'ratelimit-policy',
    ])
    .optional(),
  format: z.enum(FORMAT_NAMES).optional().describe('How an instant is written; epoch-seconds when left out'),
  text: z.string().optional().describe('A template, in place of policy and value'),
  on: z.enum(['every-response', 'refusal', 'success']).default('every-response'),
  when: conditionSchema.optional(),
  below: z.number().gt(0).lte(1).optional().describe('Only when less than this share is left'),
  evidence,
});

const error = z.strictObject({
  status: z.int().min(400).max(599).or(z.literal(200)),
  when: conditionSchema
    .optional()
    .describe(
      'Requests for which a fault with this status gives this error, where several errors have it; any when left out',
    ),
  headers: z.record(z.string(), z.string()).optional(),
  contentType: z.string().optional(),
  body: json.optional().describe('A template'),
  evidence,
});

const credential = z.strictObject({
  header: z.string().optional(),
  query: z.string().optional(),
  scheme: z.string().optional().describe('What stands in front of the credential in the header, such as Bearer'),
  pattern: z.string().describe('Regular expression of a well-formed credential; named groups become caller facts'),
  fact: kebab.describe('The caller fact that holds the credential; masked wherever it is shown'),
  facts: z.record(z.string(), z.string()).default({}).describe('Further facts of every caller with such a credential'),
  security: z.string().optional().describe('The security scheme of the OpenAPI document that it is'),
  missing: name.describe('The error when it is absent'),
  invalid: name.describe('The error when it is not well formed'),
  evidence,
});

const fixture = z.strictObject({
  key: z.string(),
  credential: z.string(),
  pattern: z
    .string()
    .optional()
    .describe('Regular expression of the keys that are meant, where it is more than this one'),
  facts: z.record(z.string(), z.string()).default({}),
  account: z.string().optional(),
  plan: z.string().optional().describe('Plan of that account'),
  error: name.optional().describe('The error that it is refused with before anything is counted'),
  says: z.string().describe('What it is for'),
});

const plan = z.strictObject({
  title: z.string().optional(),
  quotas: z.record(kebab, amount).default({}),
  denied: name.optional().describe('The error for callers on this plan, before anything is counted'),
  evidence,
});

const guard = z.strictObject({
  when: conditionSchema,
  error: name,
  at: z
    .enum(['before-validation', 'after-validation', 'after-requirements'])
    .default('before-validation')
    .describe('When it is asked; after-requirements: once what the operation requires holds'),
  evidence,
});

const validationRule = z.strictObject({
  when: conditionSchema.optional(),
  in: listOf(z.enum(['query', 'path', 'header', 'body'])).optional(),
  field: z.string().optional().describe('The field; * stands for any run of characters'),
  keyword: listOf(z.string()).optional().describe('JSON Schema keywords; json for a body that does not parse'),
  error: name,
});

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

const operation = z.discriminatedUnion(
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

const collection = z.strictObject({
  scope: z
    .array(z.string())
    .default([])
    .describe('Templates of what its items are apart by, such as ${caller.account}'),
  id: z.string().default('${item.id}').describe('Template of an item’s id'),
  seed: z
    .union([
      z.array(json),
      z.strictObject({ count: z.int().nonnegative(), item: json.describe('A template; names index') }),
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

const claim = z.strictObject({
  says: z.string().describe('What the documents claim, in our own words'),
  ...evidence.shape,
  rule: z.string().optional().describe('Where in this profile: policies.<id>, headers.<name> …'),
  variants: z.array(kebab).default([]).describe('Variants that read it otherwise'),
});

const variant = z.strictObject({
  says: z.string().describe('How it differs from the default, and who says so'),
  patch: z
    .record(z.string(), json)
    .describe(
      'Merged over the profile, key by key; null removes a key, lists are replaced, and the key * speaks of every key that is there',
    ),
  evidence,
});

export const profileSchema = z.strictObject({
  id: kebab,
  title: z.string(),
  baseUrl: z.url().describe('Where the real provider answers'),
  openapi: z.string().describe('The OpenAPI document, relative to this file'),
  sources: z.record(kebab, source),
  callers: z.strictObject({
    under: z.array(z.string()).default([]).describe('Path prefixes under which even unknown paths need a caller'),
    credentials: z.record(kebab, credential),
  }),
  accounts: z.strictObject({
    fact: kebab.describe('The caller fact that names the account: account, workspace, team …'),
    default: z.string().default('default').describe('The account of keys that belong to no other'),
    plan: z.string().describe('The plan of accounts that have no other'),
    evidence,
  }),
  plans: z.record(kebab, plan),
  fixtures: z.array(fixture).default([]),
  policies: z.record(kebab, policySchema).describe('In the order in which they are asked'),
  headers: z.record(z.string(), header).default({}),
  errors: z.record(name, error),
  answers: z
    .strictObject({
      notFound: name,
      methodNotAllowed: name,
      tooLarge: name,
      clientError: name.describe('For a 4xx that is asked for by a fault'),
      serverError: name.describe('For a 5xx that is asked for by a fault'),
    })
    .describe('Which error answers what no operation speaks of'),
  validation: z
    .array(validationRule)
    .describe('Which error answers a request that does not fit the document; the first rule that fits a violation'),
  guards: z.array(guard).default([]).describe('Errors for some admitted requests, before their behaviour'),
  requestId: z
    .strictObject({
      template: z.string().describe('Such as ${new.uuid}'),
      header: z.string().optional(),
      echo: z.boolean().default(false).describe("Takes the caller's own from that header"),
      evidence,
    })
    .optional(),
  cache: z
    .strictObject({
      ttl: duration,
      header: z.string(),
      operations: z.union([z.literal('all'), z.array(z.string())]).default('all'),
      bypass: z.array(z.string()).default([]),
      except: z.array(z.int()).default([]).describe('Statuses whose responses do not carry the header'),
      evidence,
    })
    .optional()
    .describe('A cache on the server: same caller, path and query, byte for byte'),
  etag: z.strictObject({ methods: z.array(z.string()).default(['GET']), evidence }).optional(),
  idempotency: z
    .strictObject({
      header: z.string(),
      operations: z.array(z.string()),
      ttl: duration,
      replay: z.enum(['stored-response', 'conflict']).default('stored-response'),
      conflict: name,
      evidence,
    })
    .optional(),
  collections: z.record(kebab, collection).default({}),
  operations: z
    .record(z.string(), operation)
    .default({})
    .describe('operationId → what it does; one that is not listed answers with the document’s example'),
  variants: z.record(kebab, variant).default({}),
  claims: z.record(kebab, claim).default({}).describe('What the documents claim, for the fidelity table'),
});

export type Profile = z.output<typeof profileSchema>;
export type PolicySpec = Profile['policies'][string] & { readonly holds?: 'request' | 'job' };
export type WindowSpec = z.output<typeof windowSchema>;

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
