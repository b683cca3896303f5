/**
 * The schema of the header fields of responses.
 * @module
 */
import { z } from 'zod';
import { FORMAT_NAMES, FORMAT_TITLES, TELL_FORMAT_NAMES } from '../../limits/render/formats.js';
import { HEADER_VALUE_NAMES, HEADER_VALUES } from '../../limits/render/headers.js';
import { RATELIMIT_REVISIONS } from '../../limits/render/ratelimit-fields.js';
import { conditionSchema, evidence, headerText, kebab } from './basics.js';

/** How a stamp is read that tells a client when to come back. */
export const tellFormat = z
  .enum(TELL_FORMAT_NAMES)
  .describe('seconds and milliseconds: from now; or one of the formats of headers');

const rule = z.strictObject({
  policy: z
    .union([kebab, z.array(kebab)])
    .optional()
    .describe('The policy it reports; of several, the one with the smallest share left'),
  value: z
    .enum(HEADER_VALUE_NAMES)
    .optional()
    .describe(`What it reports. ${choices(HEADER_VALUES)}`),
  format: z
    .enum(FORMAT_NAMES)
    .optional()
    .describe(`How an instant is written; epoch-seconds when left out. ${choices(FORMAT_TITLES)}`),
  text: headerText
    .optional()
    .describe(
      'Text of the header, a template, in place of value; it may also use retryAfter, retryAt, refusal, response and status, and is left out where a placeholder has no value',
    ),
  on: z
    .enum(['every-response', 'refusal', 'success'])
    .default('every-response')
    .describe('Which responses have the header'),
  when: conditionSchema.optional().describe('Requests and responses that have the header; all when left out'),
  below: z
    .number()
    .gt(0)
    .lte(1)
    .optional()
    .describe('Only when less than this share (0–1) of the quota of policy is left'),
  above: z
    .number()
    .gte(0)
    .lt(1)
    .optional()
    .describe('Only when more than this share (0–1) of the quota of policy is left'),
  revision: z
    .literal([...RATELIMIT_REVISIONS])
    .optional()
    .describe(
      'Revision of the draft, for ratelimit and ratelimit-policy; 11 when left out. 7: limit=100, remaining=50, reset=30 and 100;w=60. With 6, limit, remaining, used and reset are its integers, reset in delta-seconds',
    ),
  partitionKey: z
    .boolean()
    .optional()
    .describe(
      'Adds the partition key as pk, for ratelimit and ratelimit-policy; it discloses what the policy counts by',
    ),
  tells: tellFormat
    .optional()
    .describe(
      'The text tells a refused client when to come back, in this format. Only for what is not known already: retry-after, reset, and texts with retryAfter, retryAt or resetAt are',
    ),
  evidence,
});

/** A header field of responses: one rule, or several of which the first that applies and has a value is sent. */
export const header = z
  .union([rule, z.array(rule).min(1)])
  .describe('One rule, or a list of rules, of which the first that applies and has a value is sent');

/** A rule about a header, as the profile has it. */
export type HeaderRuleSpec = z.output<typeof rule>;

/** A list of names with what they mean: `a: title of a; b: title of b`. */
function choices(titles: Readonly<Record<string, string>>): string {
  return Object.entries(titles)
    .map(([name, title]) => `${name}: ${title}`)
    .join('; ');
}
