/**
 * The schema of policies.
 * @module
 */
import { z } from 'zod';
import { algorithms } from '../../limits/algorithms/index.js';
import { durationTypeError, MAX_DURATION_MS, readDuration } from '../../limits/duration.js';
import { isFormulaLength } from '../../limits/varying-window.js';
import type { Zod } from '../../limits/zod.js';
import { conditionSchema, cost, evidence, kebab, name, quantity } from './basics.js';

const windowLength = z
  .union([
    z.enum(['second', 'minute', 'hour', 'day', 'week', 'month']),
    z.string({ error: durationTypeError }).superRefine((text, context) => {
      const ms = readDuration(text);
      if (typeof ms === 'number' ? ms > 0 : isFormulaLength(text)) return;
      const isDuration = typeof ms !== 'number' && !ms.fault.startsWith('is not a duration');
      const message =
        'is not a window length; write a duration (60s, 1h), second, minute, hour, day, week, month, or a formula over facts in seconds';
      context.addIssue({ code: 'custom', message: isDuration ? ms.fault : message });
    }),
  ])
  .describe(
    'A duration (60s, 1h); a calendar unit: second, minute, hour, day, week, month; or a formula over facts, in seconds. Requests with different lengths have buckets of their own',
  );

const windowStart = z.string().refine((text) => text === 'first-request' || text === 'utc' || isTimeZone(text), {
  error: 'is not a window start; use first-request, utc, or a time zone such as Europe/Berlin',
});

/** A table by the value of a fact. Each of its values becomes a version of the policy, with buckets of its own. */
function tableOf(z: Zod, value: z.ZodType) {
  const table: z.ZodType = z
    .strictObject({
      by: z.string().describe('The path of the fact that decides, such as operation, body.model or caller.zone'),
      get values() {
        return z
          .record(z.string(), z.union([value, table]))
          .describe('Value of the fact → this setting; * in a key stands for any characters');
      },
      get else() {
        return z.union([value, table]).describe('For any other value, and where the fact is absent');
      },
    })
    .describe(
      'Settings of a window by the value of a fact. Each becomes a version of the policy, with buckets of its own',
    )
    .meta({ title: 'Window table' });
  return table;
}

/** The window of a policy. */
export const windowSchema = z.strictObject({
  length: z
    .union([windowLength, tableOf(z, windowLength)])
    .describe(
      'A duration (60s, 1h), a calendar unit (second, minute, hour, day, week, month), or a formula over facts in seconds; or a table of them by the value of a fact',
    ),
  start: z
    .union([windowStart, tableOf(z, windowStart)])
    .describe(
      'When a window starts. first-request: at the first request of a partition; utc: on the UTC clock, aligned to the epoch; a time zone: on its calendar; or a table of them by the value of a fact',
    ),
});

const refusalError = z.strictObject({
  when: conditionSchema.optional().describe('Requests that get this error; all when left out'),
  share: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe(
      'Share of these refusals (0–1) that get this error, chosen by the seed of the sandbox; all when left out',
    ),
  error: name.describe('The error that is sent'),
});

const refusal = z.strictObject({
  error: z
    .union([name, z.array(refusalError).min(1)])
    .describe('The error that is sent; of a list, the first that applies'),
  impossible: name
    .optional()
    .describe('The error that is sent when the cost is above the whole quota; the same when left out'),
  charges: z
    .union([z.enum(['self', 'none']), z.array(kebab)])
    .default('none')
    .describe('What a refusal charges: this policy, nothing, or the listed policies'),
  final: z.boolean().default(false).describe('After a refusal, the policies below are neither checked nor charged'),
  retryAfter: z
    .union([
      z.enum(['truthful', 'reset']),
      z
        .int()
        .positive()
        .max(MAX_DURATION_MS / 1_000),
    ])
    .default('truthful')
    .describe('Retry-After: the seconds until a request is admitted, the seconds to the reset, or a fixed number'),
});

const policyParts = {
  quota: quantity.describe(
    'Units per window: a number, a formula over facts, or a table by fact; none: no limit unless a plan or an account sets one',
  ),
  window: windowSchema.optional().describe('The time in which the quota holds; some algorithms have none'),
  partitionBy: z
    .array(z.string())
    .describe(
      'What is counted separately: caller facts (key), ip, operation, method, path, or paths such as params.id, header.x-team; of several (params.userId ?? user) the first that is given. An empty list: one count for everybody',
    ),
  groups: z
    .record(z.string(), z.record(z.string(), z.string().min(1)))
    .optional()
    .describe(
      'Values of a fact of partitionBy that are counted together: fact → value, in which * stands for any characters → name of the group. Other values are counted by themselves',
    ),
  absent: z
    .enum(['skip', 'shared', 'refuse'])
    .optional()
    .describe(
      'What happens to a request that lacks one of these facts. skip: this policy does not apply to it; shared: all such requests share one bucket; refuse: it is refused. skip when left out',
    ),
  unit: z
    .string()
    // A header reports it as a string of RFC 9651.
    .regex(/^[ !#-[\]-~]+$/, { error: 'is not a unit; use ASCII letters without quotes and backslashes' })
    .default('requests')
    .describe('What is counted: requests, concurrent-requests, tokens, points, usd …'),
  scale: z
    .int()
    .positive()
    .max(1_000_000_000)
    .default(1)
    .describe('Units are counted in multiples of 1/scale (100: cents of a dollar)'),
  asked: z
    .enum(['arrival', 'caller'])
    .default('caller')
    .describe('When the policy is checked. arrival: before the credential is; caller: after it'),
  applies: z
    .union([conditionSchema.transform((one) => [one]), z.array(conditionSchema)])
    .optional()
    .describe('Requests to which it applies; all when left out'),
  cost: cost.optional().describe('Units a request takes; 1 when left out. A request that costs 0 is never refused'),
  needs: quantity
    .optional()
    .describe(
      'Units that must be free for a request to be admitted, where that is more than its cost: with a cost of 0 and needs: 1, requests are admitted until the quota is used up, and charged what they took in the end',
    ),
  mostPerRequest: quantity
    .optional()
    .describe('The most that one request may cost; one that costs more is refused, however much is left'),
  actualCost: cost
    .optional()
    .describe(
      'Units that it took in the end, known from the response (paths response.…); where no rule has a value, what was charged stays',
    ),
  free: z.array(conditionSchema).default([]).describe('Responses that cost nothing: their units are given back'),
  refusal: refusal.describe('What happens when the policy refuses a request'),
  warnAbove: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('Share of the quota above which the server emits a warning, once per window'),
  evidence,
};

/** A policy: one of the registered algorithms with its settings. */
export const policySchema = z.discriminatedUnion('algorithm', [...policyVariants()] as unknown as [
  PolicySchema,
  ...PolicySchema[],
]);

type PolicySchema = ReturnType<typeof policyVariant>;

function policyVariants(): PolicySchema[] {
  return Object.values(algorithms).map((algorithm) =>
    policyVariant(algorithm.name, algorithm.title, algorithm.schema(z)),
  );
}

function policyVariant(algorithm: string, title: string, params: z.ZodObject) {
  return z.strictObject({
    algorithm: z.literal(algorithm).describe(title),
    ...policyParts,
    ...(params.shape as Record<never, never>),
  });
}

/** What a plan changes of a policy: any of its keys. A changed window or algorithm makes a version of the policy, with buckets of its own. */
export const policyPatch = z
  .strictObject({
    algorithm: z
      .enum(Object.keys(algorithms) as [string, ...string[]])
      .optional()
      .describe('Another algorithm'),
    ...allOptional(policyParts),
    ...allOptional(
      Object.assign({}, ...Object.values(algorithms).map((one) => one.schema(z).shape)) as typeof policyParts,
    ),
  })
  .describe('Any keys of a policy')
  .meta({ title: 'Policy change' });

/** The same keys, none of which is required. A wrapped schema loses its description, so it is given again. */
function allOptional(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => {
      // A plan that leaves a key out changes nothing, so it has no default.
      const inner = schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema;
      return [key, inner.optional().describe(schema.description ?? '')];
    }),
  );
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
