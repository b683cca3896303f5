/**
 * Schema of a journal entry.
 * @module
 */
import { z } from '@hono/zod-openapi';
import type { JournalEntry } from '../../../state/journal/entry.js';
import type { FactSchemas } from '../../../state/journal/fact.js';
import { entryFacts } from '../../../state/journal/facts.js';
import { maskedFacts, profileId } from '../schemas.js';

const EPOCH_MS = Date.parse('2026-05-12T08:00:00.000Z');

const decision = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    bucket: z.string().openapi({ description: 'Id of the bucket, as GET /quotas has it', example: 'Yk3vW0aYb_9xQm2f' }),
    partition: maskedFacts.openapi({
      description: 'Key of the bucket; credentials masked',
      example: { key: 'klinky_live_…bbbb' },
    }),
    allowed: z.boolean().openapi({ description: 'Whether this policy admitted it', example: true }),
    cost: z.number().openapi({ description: 'Units requested', example: 1 }),
    used: z
      .number()
      .openapi({ description: 'Units used after the decision, those of this request included', example: 1 }),
    limit: z.number().openapi({ description: 'Units per window', example: 100 }),
    remaining: z.number().openapi({ description: 'Units left at admission', example: 99 }),
    resetAt: z
      .number()
      .nullable()
      .openapi({ description: 'When the window resets, epoch ms; null for concurrency', example: EPOCH_MS + 60_000 }),
    retryAt: z.number().nullable().openapi({
      description: 'The first instant at which this policy can admit the request, epoch ms; null: never, or unknown',
      example: EPOCH_MS,
    }),
    charged: z.number().openapi({ description: 'Units charged after settlement, refunds deducted', example: 1 }),
    refunded: z.number().openapi({ description: 'Units refunded because of the outcome', example: 0 }),
    delayMs: z.number().optional().openapi({
      description:
        'Virtual milliseconds that the policy delayed the request, until it was admitted; absent if it did not',
      example: 2_000,
    }),
  })
  .openapi('Decision', { description: 'The decision of one policy' });

const told = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    remaining: z.number().openapi({ description: 'Units left', example: 99 }),
    resetAt: z
      .number()
      .nullable()
      .openapi({ description: 'When it resets, epoch ms; null for concurrency', example: EPOCH_MS + 60_000 }),
  })
  .openapi('Told', { description: 'The state of one policy that the headers of the answer reported' });

const skipped = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-month' }),
    why: z.enum(['applies', 'no-limit', 'no-partition']).openapi({
      description:
        'applies: the policy is for other requests; no-limit: the account has no limit; no-partition: the request lacks a fact of the bucket key',
      example: 'applies',
    }),
  })
  .openapi('SkippedPolicy', { description: 'A policy that did not apply to the request' });

const peer = z
  .object({
    connection: z.int().openapi({ description: 'Number of the connection, from 1', example: 3 }),
    openedAt: z.number().openapi({
      description: "When the connection was opened, by the machine's clock, epoch ms with fractions",
      example: EPOCH_MS - 3.5,
    }),
    userAgent: z.string().optional().openapi({ description: 'User-Agent of its first request', example: 'node' }),
    opener: z
      .object({
        pid: z.int().openapi({ description: 'Id of the process', example: 4_211 }),
        ancestors: z
          .array(z.int())
          .readonly()
          .openapi({
            description: 'Parent process, its parent, and so on: at most 3',
            example: [4_200],
          }),
        startedAt: z.number().openapi({
          description: "When the process was started, by the machine's clock, epoch ms; accurate to about 10 ms",
          example: EPOCH_MS - 900,
        }),
        beside: z
          .array(z.int())
          .readonly()
          .openapi({
            description:
              'Processes that still ran when this one opened its first connection: others that had sent requests, and the parents of such processes, except for its own ancestors',
            example: [4_205],
          }),
      })
      .optional()
      .openapi({
        description:
          'The process on this machine that opened the connection; present while clients are judged, where the operating system reports it',
        example: { pid: 4_211, ancestors: [4_200], startedAt: EPOCH_MS - 900, beside: [4_205] },
      }),
  })
  .openapi('Peer', { description: "The client's end of the connection; omitted in-process" });

const arrived = z.object({
  earliestAt: z.number().openapi({
    description: "The earliest possible instant of its arrival, by the machine's clock",
    example: EPOCH_MS - 1.5,
  }),
  lagMs: z.number().openapi({
    description: 'Recent scheduling delay of the machine, real milliseconds',
    example: 0.4,
  }),
});

const parts: FactSchemas = { decision, told, skipped, peer, arrived, maskedFacts, profileId };

/** Schema of a journal entry: one request and its answer. It has a key for each fact of `state/journal/facts.ts`. */
export const journalEntry = z
  .object(
    Object.fromEntries(
      Object.entries(entryFacts).map(([name, { schema, description, example }]) => [
        name,
        schema(z, parts).openapi({ description, ...(example === undefined ? {} : { example }) }),
      ]),
    ) as { [Name in keyof typeof entryFacts]: z.ZodType<JournalEntry[Name]> },
  )
  .openapi('JournalEntry', { description: 'One request and its answer' });
