/**
 * The schema of a profile: a provider as data. It is strict: an unknown key is an error.
 *
 * The parts of policies and operations come from the registries of algorithms and behaviours.
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
  policyId,
} from './basics.js';
import { inheritedEvidence } from './evidence.js';
import { header, tellFormat } from './headers.js';
import { collection, operation } from './operations.js';
import { policyPatch, policySchema, type windowSchema } from './policies.js';
import { webhooks } from './webhooks.js';

const source = z.strictObject({
  title: z.string().describe('Title of the page'),
  url: z.url().optional().describe('Where the page is'),
  date: z.string().optional().describe('Date of the page, or the day it was read'),
});

const error = z.strictObject({
  status: z.int().min(400).max(599).or(z.literal(200)).describe('Status of the response'),
  when: conditionSchema
    .optional()
    .describe(
      'Where several errors have the same status: requests for which a fault with that status sends this one; any when left out',
    ),
  headers: z
    .record(headerName, headerText)
    .optional()
    .describe('Header fields of the response; their values are templates'),
  contentType: headerText.optional().describe('Content-Type of the response; application/json when left out'),
  body: json.optional().describe('Body of the response, a template'),
  tells: z
    .record(z.string(), tellFormat)
    .optional()
    .describe(
      'Where the response tells when to come back, and in which format: paths such as body.retry_after and header.x-wait, or formulas over them. Only for what is not known already: Retry-After, and placeholders of retryAfter, retryAt and resetAt are',
    ),
  evidence,
});

const credential = z.strictObject({
  header: headerName.optional().describe('Header field that holds the credential'),
  query: z.string().optional().describe('Query parameter that holds the credential, in place of header'),
  cookie: z.string().optional().describe('Cookie that holds the credential, in place of header'),
  path: z.string().optional().describe('Path parameter that holds the credential, in place of header'),
  body: z
    .string()
    .optional()
    .describe('Field of the body (JSON, form or multipart) that holds the credential, in place of header'),
  scheme: z
    .string()
    .optional()
    .describe(
      'Authentication scheme before the credential in the header, such as Bearer; with Basic, the credential is the user of user:password',
    ),
  parameter: z
    .string()
    .optional()
    .describe(
      'Parameter of the header that is the credential, such as oauth_token of OAuth oauth_token="…"; user or password with Basic',
    ),
  parameters: z
    .record(z.string(), z.string())
    .default({})
    .describe('Caller fact → further parameter of the header that it holds; masked as the credential is'),
  pattern: z.string().describe('Regular expression of a well-formed credential; named groups become caller facts'),
  fact: kebab.describe('The caller fact that holds the credential; masked wherever it is shown'),
  facts: z
    .record(z.string(), z.string())
    .default({})
    .describe('Further facts of every caller with such a credential: constants, or templates such as ${header.x-team}'),
  security: z
    .string()
    .optional()
    .describe('The security scheme of the OpenAPI document that this credential satisfies'),
  missing: name.describe('The error when it is absent'),
  invalid: name.describe('The error when it is not well formed'),
  forbidden: name
    .optional()
    .describe('The error when a fixture does not have the scopes that the operation requires; invalid when left out'),
  evidence,
});

const anonymous = z
  .strictObject({
    plan: z.string().optional().describe('Plan of such callers; accounts.plan when left out'),
    account: z
      .string()
      .default('anonymous')
      .describe('Account to which they belong; a template such as ${ip} makes an account of each value'),
    facts: z
      .record(z.string(), z.string())
      .default({})
      .describe('Facts of such callers: constants, or templates such as ${ip}'),
    evidence,
  })
  .describe(
    'The caller of requests without a credential where none is needed: its kind is anonymous, and policies count it. When left out, such requests have no caller, and only policies with asked: arrival count them',
  );

const fixture = z.strictObject({
  key: z.string().describe('The credential itself'),
  credential: z.string().describe('Which kind of credential it is: one of the keys of callers.credentials'),
  pattern: z
    .string()
    .optional()
    .describe('Regular expression of all keys with this meaning, where there is more than one'),
  facts: z.record(z.string(), z.string()).default({}).describe('Further facts of this caller'),
  scopes: z.array(z.string()).optional().describe('The OAuth scopes that it has; all when left out'),
  account: z.string().optional().describe('Account to which it belongs; the default account when left out'),
  plan: z.string().optional().describe('Plan of that account'),
  error: name.optional().describe('The error with which it is refused, before anything is counted'),
  says: z.string().describe('What it is for, in a few words'),
});

const plan = z.strictObject({
  title: z.string().optional().describe("The provider's name of the plan"),
  quotas: z.record(kebab, amount).default({}).describe('Policy → quota, where it is not the policy’s own'),
  policies: z
    .record(kebab, policyPatch)
    .optional()
    .describe('Policy → what is different on this plan: its quota, refill, window, algorithm …'),
  denied: name.optional().describe('The error for all callers on this plan, before anything is counted'),
  evidence,
});

const guard = z.strictObject({
  when: conditionSchema.describe('Requests that get the error'),
  error: name.describe('The error that is sent'),
  at: z
    .enum(['before-validation', 'after-validation', 'after-requirements'])
    .default('before-validation')
    .describe('When it is checked; after-requirements: once everything that the operation requires holds'),
  evidence,
});

const validationRule = z.strictObject({
  when: conditionSchema.optional().describe('Requests to which the rule applies; all when left out'),
  in: listOf(z.enum(['query', 'path', 'header', 'cookie', 'body']))
    .optional()
    .describe('Where the violation is; anywhere when left out'),
  field: z.string().optional().describe('The field that violates the schema; * stands for any characters'),
  keyword: listOf(z.string())
    .optional()
    .describe(
      'JSON Schema keywords that are violated; json, xml, form or multipart for a body that does not parse, media-type for one of a type that the document does not have, style for a parameter that is not serialised as documented',
    ),
  error: name.describe('The error that is sent'),
});

const claim = z.strictObject({
  says: z.string().describe('What the documents claim, in our own words'),
  ...evidence.shape,
  rule: z.string().optional().describe('The part of this profile that implements it: policies.<id>, headers.<name> …'),
  variants: z.array(kebab).default([]).describe('Variants that read it otherwise'),
});

const variant = z.strictObject({
  says: z.string().describe('How it differs from the default, and who says so'),
  patch: z
    .record(z.string(), json)
    .describe(
      'Merged over the profile, key by key; null removes a key, lists are replaced, and the key * stands for every key that exists',
    ),
  evidence,
});

/** The schema of a profile file. */
export const profileSchema = z.strictObject({
  id: kebab.describe('Name of the provider in addresses, options and reports'),
  title: z.string().describe('Name of the provider for people'),
  baseUrl: z.url().describe('Base URL of the real provider'),
  openapi: z.string().describe('File of the OpenAPI document, relative to this file'),
  sources: z.record(kebab, source).describe('The provider’s pages, to which evidence refers'),
  evidence: inheritedEvidence,
  callers: z
    .strictObject({
      under: z.array(z.string()).default([]).describe('Path prefixes under which even unknown paths need a credential'),
      withoutSecurity: z
        .enum(['ignored', 'optional', 'required'])
        .default('ignored')
        .describe(
          'Credentials of requests to operations for which the document names no security. ignored: they are not read; optional: one that is sent must be valid and identifies the caller; required: a request needs one',
        ),
      several: z
        .enum(['first', 'all'])
        .default('first')
        .describe(
          'Requests with several credentials where one suffices. first: the first valid one of the list identifies the caller; all: the caller has the facts of all, and each must be valid',
        ),
      credentials: z.record(kebab, credential).describe('The kinds of credentials; a request may use any of them'),
      anonymous: anonymous.optional(),
    })
    .describe('How callers identify themselves'),
  accounts: z
    .strictObject({
      fact: kebab.describe('The caller fact that names the account: account, workspace, team …'),
      default: z.string().default('default').describe('The account of credentials that belong to no other'),
      plan: z.string().describe('The plan of accounts that have no other'),
      evidence,
    })
    .describe('Which account a caller belongs to'),
  plans: z.record(kebab, plan).describe('The plans (tiers) of accounts'),
  fixtures: z
    .array(fixture)
    .default([])
    .describe('Credentials with a meaning of their own: revoked, on another plan …'),
  policies: z
    .record(policyId, policySchema)
    .describe('The limits, in the order in which they are checked; all must admit a request'),
  headers: z
    .record(headerName, header)
    .default({})
    .describe(
      'Header fields that responses have: each has one rule, or a list of rules, of which the first that applies and has a value is sent',
    ),
  errors: z.record(name, error).describe('The responses that other keys name as errors'),
  answers: z
    .strictObject({
      notFound: name.describe('For a path that no operation has'),
      methodNotAllowed: name.describe('For a path whose operations have other methods'),
      tooLarge: name.describe('For a body that is larger than --max-body'),
      clientError: name.describe('For a 4xx that a fault asks for'),
      serverError: name.describe('For a 5xx that a fault asks for'),
    })
    .describe('Which error is sent where no operation applies'),
  validation: z
    .array(validationRule)
    .describe(
      'Which error is sent for a request that violates the OpenAPI document; the first rule that applies to the violation decides',
    ),
  guards: z
    .array(guard)
    .default([])
    .describe('Errors for some admitted requests, in place of what their operation does'),
  requestId: z
    .strictObject({
      template: z.string().describe('Template of an id, such as ${new.uuid}; other templates use it as ${request.id}'),
      header: headerName.optional().describe('Header field of responses that has the id'),
      echo: z.boolean().default(false).describe("Takes the caller's own id from that header, if it has one"),
      evidence,
    })
    .optional()
    .describe('An id for each request'),
  cache: z
    .strictObject({
      ttl: duration.describe('How long a response stays in the cache'),
      header: headerName.describe('Header field that says HIT, MISS or BYPASS'),
      operations: z
        .union([z.literal('all'), z.array(z.string())])
        .default('all')
        .describe('operationIds of GET operations that are cached'),
      bypass: z.array(z.string()).default([]).describe('operationIds that are never cached; their header says BYPASS'),
      except: z.array(z.int()).default([]).describe('Statuses whose responses do not carry the header'),
      evidence,
    })
    .optional()
    .describe('A cache of the server: the same caller, path and query get the same bytes'),
  etag: z
    .strictObject({
      methods: z
        .array(z.string())
        .default(['GET'])
        .describe('Methods whose responses with status 200 have an entity tag'),
      evidence,
    })
    .optional()
    .describe('Entity tags, and 304 for If-None-Match'),
  idempotency: z
    .strictObject({
      header: headerName.describe('Request header field that holds the key'),
      operations: z.array(z.string()).describe('operationIds that take a key'),
      ttl: duration.describe('How long a key is remembered'),
      replay: z
        .enum(['stored-response', 'conflict'])
        .default('stored-response')
        .describe('What the same request with the same key gets'),
      conflict: name.describe(
        'The error for a key that another request has used; with replay: conflict, for every repetition',
      ),
      stores: conditionSchema
        .optional()
        .describe(
          'Responses that are stored under their key, failures too, also those that a fault forces; successes of the operation when left out',
        ),
      headers: z
        .record(headerName, headerText)
        .default({})
        .describe('Header fields that a repeated response has besides; their values are templates'),
      evidence,
    })
    .optional()
    .describe('Idempotency keys: what a retry of a creation gets'),
  collections: z
    .record(kebab, collection)
    .default({})
    .describe('What the mock stores: items that operations list, read, create, change and delete'),
  operations: z
    .record(z.string(), operation)
    .default({})
    .describe('operationId → what it does; one that is not listed sends the OpenAPI document’s example'),
  webhooks: webhooks.optional(),
  advice,
  variants: z.record(kebab, variant).default({}).describe('Other readings of the documents, chosen with --variant'),
  claims: z.record(kebab, claim).default({}).describe('What the documents claim, for the fidelity table'),
});

/** A valid profile, with defaults filled in. */
export type Profile = z.output<typeof profileSchema>;
/** A policy of a profile. */
export type PolicySpec = Profile['policies'][string] & { readonly holds?: 'request' | 'job' };
/** The window of a policy. */
export type WindowSpec = z.output<typeof windowSchema>;
