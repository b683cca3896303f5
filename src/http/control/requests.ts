/**
 * The journal of requests, and the reset.
 * @module
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { JournalEntry } from '../../state/journal.js';
import { jsonBody } from './body.js';
import { call, json, problems } from './env.js';
import { profileId, shownFacts } from './schemas.js';

const EPOCH_MS = Date.parse('2026-05-12T08:00:00.000Z');

const decision = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    allowed: z.boolean().openapi({ description: 'Whether this policy admitted it', example: true }),
    limit: z.number().openapi({ description: 'Units per window', example: 100 }),
    remaining: z.number().openapi({ description: 'Units left at admission', example: 99 }),
    resetAt: z
      .number()
      .nullable()
      .openapi({ description: 'When the window resets, epoch ms; null for concurrency', example: EPOCH_MS + 60_000 }),
    charged: z.number().openapi({ description: 'Units taken in the end, refunds included', example: 1 }),
    refunded: z.number().openapi({ description: 'Units given back because of the outcome', example: 0 }),
  })
  .openapi('Decision', { description: 'What one policy said' });

const entry = z
  .object({
    id: z.string().openapi({ description: 'Its name, to be given as since', example: '17' }),
    profile: profileId,
    method: z.string().openapi({ description: 'HTTP method', example: 'GET' }),
    path: z.string().openapi({ description: 'Path with query, as it came', example: '/api/v1/public/links?limit=10' }),
    operation: z.string().optional().openapi({ description: 'operationId, if the path has one', example: 'listLinks' }),
    caller: shownFacts.optional().openapi({
      description: 'Who asked, if that is known; credentials masked',
      example: { key: 'klinky_live_…bbbb' },
    }),
    status: z.int().openapi({ description: 'Status of the response', example: 200 }),
    error: z
      .string()
      .optional()
      .openapi({ description: "Name of the profile's error that answered", example: 'rateLimited' }),
    admitted: z.boolean().openapi({ description: 'false: a policy refused it', example: true }),
    decisions: z.array(decision).readonly().openapi({ description: 'What each policy said, in the order of asking' }),
    warnings: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Policies whose soft limit it was the first to pass', example: ['token-day'] }),
    retryAfter: z
      .number()
      .optional()
      .openapi({ description: 'Whole seconds that a refusal told to wait', example: 42 }),
    at: z.number().openapi({ description: 'Arrival by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    sentAt: z.number().openapi({ description: 'Sending by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    realAt: z.number().openapi({ description: "Arrival by the machine's clock, epoch ms", example: EPOCH_MS }),
    durationMs: z.number().openapi({ description: 'Real milliseconds from arrival to sending', example: 1 }),
  })
  .openapi('JournalEntry', { description: 'One request and how it was answered' });

const filter = z.strictObject({
  status: z
    .string()
    .regex(/^[1-5](?:\d\d|[xX]{2})$/, { error: 'is not a status; write 429, or a class such as 4xx' })
    .optional()
    .openapi({
      param: { name: 'status', in: 'query' },
      description: 'Only this status, or class of statuses',
      example: '429',
    }),
  operation: z
    .string()
    .optional()
    .openapi({ param: { name: 'operation', in: 'query' }, description: 'Only this operationId', example: 'listLinks' }),
  since: z
    .string()
    .optional()
    .openapi({
      param: { name: 'since', in: 'query' },
      description:
        'Only what was answered after the request of this id; all that there is, where the journal no longer holds it',
      example: '17',
    }),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, { error: 'is not a number of entries; write a whole number from 1 up' })
    .transform(Number)
    .optional()
    .openapi({
      param: { name: 'limit', in: 'query' },
      type: 'integer',
      minimum: 1,
      description: 'Only the newest so many of what is left',
      example: 100,
    }),
});

const resetOptions = z
  .strictObject({
    clock: z
      .boolean()
      .optional()
      .openapi({ description: 'The clock as well, to how it was at the start', example: true }),
    accounts: z.boolean().optional().openapi({ description: "The accounts as well, to the profile's", example: false }),
  })
  .openapi('ResetOptions', { description: 'What goes besides counters, journal, faults, jobs and resources' });

const getRequests = createRoute({
  method: 'get',
  path: '/requests',
  operationId: 'listRequests',
  tags: ['journal'],
  summary: 'Read the journal',
  description:
    'The newest requests to the providers, in a ring of fixed size, in the order in which they were answered: the newest last.',
  request: { query: filter },
  responses: {
    200: json(
      z
        .object({ requests: z.array(entry).openapi({ description: 'The newest last' }) })
        .openapi('Journal', { description: 'What was asked and answered' }),
      'The entries that fit',
    ),
    ...problems(400),
  },
});

const deleteRequests = createRoute({
  method: 'delete',
  path: '/requests',
  operationId: 'clearRequests',
  tags: ['journal'],
  summary: 'Empty the journal',
  description: 'Counters and everything else stay.',
  responses: { 204: { description: 'It is empty' }, ...problems() },
});

const options = jsonBody(resetOptions, { clock: true }, false);
const postReset = createRoute({
  method: 'post',
  path: '/reset',
  operationId: 'reset',
  tags: ['sandbox'],
  summary: 'Begin anew',
  description:
    'Counters, journal, faults, jobs and resources are gone; requests in flight end at once and refund nothing. Clock and accounts stay, unless asked for.',
  middleware: options.middleware,
  request: { body: options.body },
  responses: { 204: { description: 'All is as at the start' }, ...problems(400, 413) },
});

export const journalCalls = [
  call(getRequests, (c) => c.json({ requests: select(c.env.sandbox.requests(), c.req.valid('query')) }, 200)),
  call(deleteRequests, (c) => {
    c.env.sandbox.journal.clear();
    return c.body(null, 204);
  }),
  call(postReset, (c) => {
    const { clock = false, accounts = false } = c.req.valid('json');
    c.env.sandbox.reset({ clock, accounts });
    return c.body(null, 204);
  }),
];

function select(
  entries: readonly JournalEntry[],
  { status, operation, since, limit }: z.output<typeof filter>,
): JournalEntry[] {
  const known = since === undefined ? -1 : entries.findIndex(({ id }) => id === since);
  const pattern = status === undefined ? undefined : new RegExp(`^${status.replace(/x/gi, '\\d')}$`);
  const fitting = entries
    .slice(known + 1)
    .filter(
      (one) =>
        (!pattern || pattern.test(String(one.status))) && (operation === undefined || one.operation === operation),
    );
  return limit === undefined ? fitting : fitting.slice(-limit);
}
