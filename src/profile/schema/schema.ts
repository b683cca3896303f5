/**
 * The profile's schema: everything that makes a provider, as data. Strict: a key that is not known is an error.
 *
 * The policies' and operations' parts come from the registries of algorithms and behaviours.
 * @module
 */
import { z } from 'zod';
import { advice } from './advice.js';
import {
  amount,
  conditionSchema,
  duration,
  evidence,
  headerName,
  headerText,
  json,
  kebab,
  listOf,
  name,
} from './basics.js';
import { collection, operation } from './operations.js';
import { header, policySchema, type windowSchema } from './policies.js';

const source = z.strictObject({
  title: z.string(),
  url: z.url().optional(),
  date: z.string().optional().describe('Date of the page, or the day it was read'),
});

const error = z.strictObject({
  status: z.int().min(400).max(599).or(z.literal(200)),
  when: conditionSchema
    .optional()
    .describe(
      'Requests for which a fault with this status gives this error, where several errors have it; any when left out',
    ),
  headers: z.record(headerName, headerText).optional(),
  contentType: headerText.optional(),
  body: json.optional().describe('A template'),
  evidence,
});

const credential = z.strictObject({
  header: headerName.optional(),
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
  headers: z.record(headerName, header).default({}),
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
      header: headerName.optional(),
      echo: z.boolean().default(false).describe("Takes the caller's own from that header"),
      evidence,
    })
    .optional(),
  cache: z
    .strictObject({
      ttl: duration,
      header: headerName,
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
      header: headerName,
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
  advice,
  variants: z.record(kebab, variant).default({}),
  claims: z.record(kebab, claim).default({}).describe('What the documents claim, for the fidelity table'),
});

export type Profile = z.output<typeof profileSchema>;
export type PolicySpec = Profile['policies'][string] & { readonly holds?: 'request' | 'job' };
export type WindowSpec = z.output<typeof windowSchema>;
