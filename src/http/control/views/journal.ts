/**
 * An entry of the journal as the control API shows it.
 * @module
 */
import { z } from '@hono/zod-openapi';
import { BROKEN } from '../../../state/journal/entry.js';
import { maskedFacts, profileId } from '../schemas.js';

const EPOCH_MS = Date.parse('2026-05-12T08:00:00.000Z');

const machineInstant = (description: string) =>
  z.number().openapi({
    description: `${description}. Epoch ms of the machine's clock, with fractions`,
    example: EPOCH_MS + 1.5,
  });

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
    caller: maskedFacts.optional().openapi({
      description: 'Who asked, if that is known; credentials masked',
      example: { key: 'klinky_live_…bbbb' },
    }),
    keyHash: z.string().optional().openapi({
      description: 'Short hash of the credential, valid or not, to tell callers apart',
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
    broken: z.enum(BROKEN).optional().openapi({
      description:
        'How the client was kept from a whole answer; cut: within the body, after the request had taken effect; dropped: by a fault, before anything took effect; gone: the client went away before, and nothing took effect',
      example: 'cut',
    }),
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
      .openapi({ description: 'Seconds that the response asks the client to wait, in whatever format', example: 42 }),
    comeBackAt: z
      .array(z.number())
      .readonly()
      .openapi({
        description:
          'The instants at which the answer told its client to come back, by the clock of the sandbox, epoch ms, ascending: Retry-After, other header fields and fields of the body, each as a client reads it',
        example: [EPOCH_MS + 42_000],
      }),
    told: z.array(told).readonly().openapi({ description: "What the answer's headers told of policies" }),
    bodyHash: z
      .string()
      .optional()
      .openapi({ description: 'Short hash of the body, if it had one', example: 'kD3vW0aYb_9x' }),
    bodyShape: z.string().optional().openapi({
      description:
        'Short hash of the body without timestamps and random ids, made while clients are judged: equal for two tries that differ in those alone',
      example: 'kD3vW0aYb_9x',
    }),
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
    ifNoneMatch: z
      .string()
      .optional()
      .openapi({ description: 'Its If-None-Match as it came', example: '"33a64df551425fcc"' }),
    etag: z.string().optional().openapi({ description: 'Entity tag of the answer', example: '"33a64df551425fcc"' }),
    cache: z
      .enum(['HIT', 'MISS', 'BYPASS'])
      .optional()
      .openapi({ description: "What the provider's cache said of it", example: 'MISS' }),
    at: z.number().openapi({ description: 'Arrival by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    sentAt: z.number().openapi({ description: 'Sending by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    answeredAt: z
      .number()
      .nullable()
      .openapi({
        description:
          'When the answer had been handed over, by the clock of the sandbox, epoch ms; null while it has not been, and where the clock stood still',
        example: EPOCH_MS + 2,
      }),
    realAt: z.number().openapi({ description: "Arrival by the machine's clock, epoch ms", example: EPOCH_MS }),
    durationMs: z.number().openapi({ description: 'Real milliseconds from arrival to sending', example: 1 }),
    delayMs: z.number().optional().openapi({
      description: 'Virtual milliseconds that limits delayed the request, until its turn; absent if none did',
      example: 2_000,
    }),
    beganAt: z.number().openapi({
      description: "When it arrived, by the machine's clock, epoch ms with fractions",
      example: EPOCH_MS + 0.25,
    }),
    leftAt: z
      .number()
      .nullable()
      .openapi({
        description:
          "When the answer had been handed over, by the machine's clock, epoch ms with fractions; null while it has not been, and where its client closed the connection before that",
        example: EPOCH_MS + 1.5,
      }),
    unreadAt: machineInstant(
      'The latest instant at which the operating system still held the answer unread for its client; looked up while clients are judged',
    ).optional(),
    readAt: machineInstant(
      "The earliest instant at which the client's process was seen asleep with the answer read; null while that has not been seen; looked up while clients are judged",
    )
      .nullable()
      .optional(),
    arrived: z
      .object({
        earliestAt: z.number().openapi({
          description: "The earliest instant at which it can have reached the machine, by the machine's clock",
          example: EPOCH_MS - 1.5,
        }),
        lagMs: z.number().openapi({
          description: 'By how much the machine lately gave a program the processor too late, real milliseconds',
          example: 0.4,
        }),
      })
      .optional()
      .openapi({
        description: 'How exact the instant of its arrival is; known while clients are judged',
        example: { earliestAt: EPOCH_MS - 1.5, lagMs: 0.4 },
      }),
    peer: peer.optional(),
    client: z.string().optional().openapi({
      description: 'What the client calls itself: its X-Mock429-Client header field',
      example: 'importer',
    }),
  })
  .openapi('JournalEntry', { description: 'One request and how it was answered' });
