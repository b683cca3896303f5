/**
 * An entry of the journal as the control API shows it.
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
      description: 'The first instant at which this policy has room for it, epoch ms; null: never, or unknown',
      example: EPOCH_MS,
    }),
    charged: z.number().openapi({ description: 'Units taken in the end, refunds included', example: 1 }),
    refunded: z.number().openapi({ description: 'Units given back because of the outcome', example: 0 }),
    delayMs: z.number().optional().openapi({
      description: 'Virtual milliseconds that the policy delayed the request, until its turn; absent if it did not',
      example: 2_000,
    }),
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
  .openapi('Told', { description: 'What the headers of a response say about one policy' });

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

const peer = z
  .object({
    connection: z.int().openapi({ description: 'Number of the connection, from 1', example: 3 }),
    openedAt: z.number().openapi({
      description: "When it was opened, by the machine's clock, epoch ms with fractions",
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
            description: 'The process that started it, the one that started that, and so on: at most 3',
            example: [4_200],
          }),
        startedAt: z.number().openapi({
          description: "When it was started, by the machine's clock, epoch ms; exact to about 10 ms",
          example: EPOCH_MS - 900,
        }),
        beside: z
          .array(z.int())
          .readonly()
          .openapi({
            description:
              'Other processes that had sent requests and were still there when it opened its first connection',
            example: [4_205],
          }),
      })
      .optional()
      .openapi({
        description:
          'The process on this machine that opened it; looked up while clients are judged, where the system tells',
        example: { pid: 4_211, ancestors: [4_200], startedAt: EPOCH_MS - 900, beside: [4_205] },
      }),
  })
  .openapi('Peer', { description: "The client's end of the connection; none in-process" });

const arrived = z.object({
  earliestAt: z.number().openapi({
    description: "The earliest instant at which it can have reached the machine, by the machine's clock",
    example: EPOCH_MS - 1.5,
  }),
  lagMs: z.number().openapi({
    description: 'By how much the machine lately gave a program the processor too late, real milliseconds',
    example: 0.4,
  }),
});

const parts: FactSchemas = { decision, told, skipped, peer, arrived, maskedFacts, profileId };

/** One request and how it was answered: a key for each fact of state/journal/facts.ts. */
export const journalEntry = z
  .object(
    Object.fromEntries(
      Object.entries(entryFacts).map(([name, { schema, description, example }]) => [
        name,
        schema(z, parts).openapi({ description, ...(example === undefined ? {} : { example }) }),
      ]),
    ) as { [Name in keyof typeof entryFacts]: z.ZodType<JournalEntry[Name]> },
  )
  .openapi('JournalEntry', { description: 'One request and how it was answered' });
