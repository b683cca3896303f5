/**
 * An entry of the journal as the control API shows it.
 * @module
 */
import { z } from '@hono/zod-openapi';
import { profileId, shownFacts } from './schemas.js';

const EPOCH_MS = Date.parse('2026-05-12T08:00:00.000Z');

const decision = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    bucket: z.string().openapi({ description: 'Id of the bucket, as GET /quotas has it', example: 'Yk3vW0aYb_9xQm2f' }),
    partition: shownFacts.openapi({
      description: 'What was counted apart; credentials masked',
      example: { key: 'klinky_live_…bbbb' },
    }),
    allowed: z.boolean().openapi({ description: 'Whether this policy admitted it', example: true }),
    cost: z.number().openapi({ description: 'Units that it asked for', example: 1 }),
    used: z.number().openapi({ description: 'Units taken when this had been decided, its own included', example: 1 }),
    limit: z.number().openapi({ description: 'Units per window', example: 100 }),
    remaining: z.number().openapi({ description: 'Units left at admission', example: 99 }),
    resetAt: z
      .number()
      .nullable()
      .openapi({ description: 'When the window resets, epoch ms; null for concurrency', example: EPOCH_MS + 60_000 }),
    retryAt: z.number().nullable().openapi({
      description: 'The first instant at which this policy had room for it, epoch ms; null: never, or nobody can tell',
      example: EPOCH_MS,
    }),
    charged: z.number().openapi({ description: 'Units taken in the end, refunds included', example: 1 }),
    refunded: z.number().openapi({ description: 'Units given back because of the outcome', example: 0 }),
  })
  .openapi('Decision', { description: 'What one policy said' });

const told = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    remaining: z.number().openapi({ description: 'Units left', example: 99 }),
    resetAt: z
      .number()
      .nullable()
      .openapi({ description: 'When it resets, epoch ms; null for concurrency', example: EPOCH_MS + 60_000 }),
  })
  .openapi('Told', { description: 'What the headers of an answer told of one policy' });

const skipped = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-month' }),
    why: z.enum(['applies', 'no-limit', 'no-partition']).openapi({
      description:
        'applies: it speaks of other requests; no-limit: the account has none; no-partition: the request lacks what is counted by',
      example: 'applies',
    }),
  })
  .openapi('SkippedPolicy', { description: 'A policy that had nothing to say' });

export const journalEntry = z
  .object({
    id: z.string().openapi({ description: 'Its name, to be given as since', example: '17' }),
    sandbox: z
      .string()
      .openapi({ description: 'The sandbox that it came to; empty for the one without a name', example: 't1' }),
    profile: profileId,
    method: z.string().openapi({ description: 'HTTP method', example: 'GET' }),
    path: z.string().openapi({
      description: 'Path with query, as it came but for credentials, which are masked',
      example: '/api/v1/public/links?limit=10',
    }),
    pathHash: z.string().optional().openapi({
      description:
        'Short hash of the path as it came, where a credential in it is masked: tells apart what looks alike',
      example: 'kD3vW0aYb_9x',
    }),
    operation: z.string().optional().openapi({ description: 'operationId, if the path has one', example: 'listLinks' }),
    caller: shownFacts.optional().openapi({
      description: 'Who asked, if that is known; credentials masked',
      example: { key: 'klinky_live_…bbbb' },
    }),
    keyHash: z.string().optional().openapi({
      description: 'Short hash of the credential that was shown, good or not: tells callers apart',
      example: 'kD3vW0aYb_9x',
    }),
    status: z.int().openapi({
      description: 'Status of the response; 0: the connection was closed before one, by a fault or by the client',
      example: 200,
    }),
    error: z
      .string()
      .optional()
      .openapi({ description: "Name of the profile's error that answered", example: 'rateLimited' }),
    admitted: z.boolean().openapi({ description: 'false: a policy refused it', example: true }),
    refusedBy: z.string().optional().openapi({ description: 'The policy that refused it', example: 'key-minute' }),
    decisions: z.array(decision).readonly().openapi({ description: 'What each policy said, in the order of asking' }),
    skipped: z.array(skipped).readonly().openapi({ description: 'Policies that were asked and had nothing to say' }),
    warnings: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Policies whose soft limit it was the first to pass', example: ['token-day'] }),
    retryAfter: z
      .number()
      .optional()
      .openapi({ description: 'Seconds that the answer told to wait, however it wrote them', example: 42 }),
    told: z.array(told).readonly().openapi({ description: "What the answer's headers told of policies" }),
    bodyHash: z
      .string()
      .optional()
      .openapi({ description: 'Short hash of the body, if it had one', example: 'kD3vW0aYb_9x' }),
    items: z
      .int()
      .optional()
      .openapi({ description: 'Entries of the longest list in its body, if that has any', example: 10 }),
    idempotencyKey: z
      .string()
      .optional()
      .openapi({ description: 'Short hash of the idempotency key, if it had one', example: 'kD3vW0aYb_9x' }),
    conditional: z
      .boolean()
      .openapi({ description: 'Whether it asked for what has changed only (If-None-Match)', example: false }),
    etag: z.string().optional().openapi({ description: 'Entity tag of the answer', example: '"33a64df551425fcc"' }),
    cache: z
      .enum(['HIT', 'MISS', 'BYPASS'])
      .optional()
      .openapi({ description: "What the provider's cache said of it", example: 'MISS' }),
    at: z.number().openapi({ description: 'Arrival by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    sentAt: z.number().openapi({ description: 'Sending by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    realAt: z.number().openapi({ description: "Arrival by the machine's clock, epoch ms", example: EPOCH_MS }),
    durationMs: z.number().openapi({ description: 'Real milliseconds from arrival to sending', example: 1 }),
    beganAt: z.number().openapi({
      description:
        "When it may have set out by the machine's clock, epoch ms with fractions: when its connection was opened, if it was the first on it, else when it arrived",
      example: EPOCH_MS + 0.25,
    }),
    leftAt: z
      .number()
      .nullable()
      .openapi({
        description:
          "When the answer had been handed over, by the machine's clock, epoch ms with fractions; null while it has not been",
        example: EPOCH_MS + 1.5,
      }),
  })
  .openapi('JournalEntry', { description: 'One request and how it was answered' });
