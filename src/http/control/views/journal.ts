/**
 * Schema of a journal entry.
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
              'Other processes that had sent requests and still ran when this one opened its first connection',
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

/** Schema of a journal entry: one request and its answer. */
export const journalEntry = z
  .object({
    id: z.string().openapi({ description: 'Id of the entry, for the parameter since', example: '17' }),
    sandbox: z
      .string()
      .openapi({ description: 'Name of the sandbox; empty for the one without a name', example: 't1' }),
    profile: profileId,
    method: z.string().openapi({ description: 'HTTP method', example: 'GET' }),
    path: z.string().openapi({
      description: 'Path with query, as received; credentials masked',
      example: '/api/v1/public/links?limit=10',
    }),
    pathHash: z.string().optional().openapi({
      description:
        'Short hash of the path as received, where a credential in it is masked; distinguishes paths that look alike',
      example: 'kD3vW0aYb_9x',
    }),
    operation: z.string().optional().openapi({ description: 'operationId, if the path has one', example: 'listLinks' }),
    caller: maskedFacts.optional().openapi({
      description: 'Facts about the caller, if known; credentials masked',
      example: { key: 'klinky_live_…bbbb' },
    }),
    keyHash: z.string().optional().openapi({
      description: 'Short hash of the credential of the request, valid or not; distinguishes callers',
      example: 'kD3vW0aYb_9x',
    }),
    status: z.int().openapi({
      description: 'Status of the response; 0: a fault or the client closed the connection before any response',
      example: 200,
    }),
    error: z
      .string()
      .optional()
      .openapi({ description: "Name of the profile's error that was sent", example: 'rateLimited' }),
    broken: z.enum(BROKEN).optional().openapi({
      description:
        'Why the client did not get a complete answer; cut: truncated within the body, after the request took effect; dropped: a fault closed the connection before the request took effect; gone: the client disconnected before the request took effect',
      example: 'cut',
    }),
    admitted: z.boolean().openapi({ description: 'false: a policy refused it', example: true }),
    refusedBy: z.string().optional().openapi({ description: 'The policy that refused it', example: 'key-minute' }),
    decisions: z
      .array(decision)
      .readonly()
      .openapi({ description: 'The decision of each policy, in evaluation order' }),
    skipped: z.array(skipped).readonly().openapi({ description: 'Policies that did not apply' }),
    warnings: z
      .array(z.string())
      .readonly()
      .openapi({
        description: 'Policies whose soft limit this request was the first to exceed',
        example: ['token-day'],
      }),
    retryAfter: z
      .number()
      .optional()
      .openapi({ description: 'Seconds to wait according to the answer, whatever the format', example: 42 }),
    comeBackAt: z
      .array(z.number())
      .readonly()
      .openapi({
        description:
          'The instants at which the client may retry according to the answer, by the clock of the sandbox, epoch ms, ascending: from Retry-After, other header fields and fields of the body, each as a client reads it',
        example: [EPOCH_MS + 42_000],
      }),
    told: z
      .array(told)
      .readonly()
      .openapi({ description: 'The state of policies that the headers of the answer reported' }),
    bodyHash: z
      .string()
      .optional()
      .openapi({ description: 'Short hash of the body, if it had one', example: 'kD3vW0aYb_9x' }),
    bodyShape: z.string().optional().openapi({
      description:
        'Short hash of the body without timestamps and random ids, present while clients are judged; equal for two attempts that differ in those alone',
      example: 'kD3vW0aYb_9x',
    }),
    items: z
      .int()
      .optional()
      .openapi({ description: 'Number of entries of the longest list in the body, if it has any', example: 10 }),
    idempotencyKey: z
      .string()
      .optional()
      .openapi({ description: 'Short hash of the idempotency key, if it had one', example: 'kD3vW0aYb_9x' }),
    conditional: z
      .boolean()
      .openapi({ description: 'Whether the request was conditional (If-None-Match)', example: false }),
    ifNoneMatch: z
      .string()
      .optional()
      .openapi({ description: 'Its If-None-Match as received', example: '"33a64df551425fcc"' }),
    etag: z.string().optional().openapi({ description: 'Entity tag of the answer', example: '"33a64df551425fcc"' }),
    cache: z
      .enum(['HIT', 'MISS', 'BYPASS'])
      .optional()
      .openapi({ description: "Result of the provider's cache", example: 'MISS' }),
    at: z.number().openapi({ description: 'Arrival by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    sentAt: z.number().openapi({ description: 'Sending by the clock of the sandbox, epoch ms', example: EPOCH_MS }),
    answeredAt: z
      .number()
      .nullable()
      .openapi({
        description:
          'When the answer had been sent, by the clock of the sandbox, epoch ms; null before that, and where the clock was frozen',
        example: EPOCH_MS + 2,
      }),
    realAt: z.number().openapi({ description: "Arrival by the machine's clock, epoch ms", example: EPOCH_MS }),
    durationMs: z.number().openapi({ description: 'Real milliseconds from arrival to sending', example: 1 }),
    delayMs: z.number().optional().openapi({
      description: 'Virtual milliseconds that limits delayed the request, until its turn; absent if none did',
      example: 2_000,
    }),
    beganAt: z.number().openapi({
      description: "Arrival by the machine's clock, epoch ms with fractions",
      example: EPOCH_MS + 0.25,
    }),
    leftAt: z
      .number()
      .nullable()
      .openapi({
        description:
          "When the answer had been sent, by the machine's clock, epoch ms with fractions; null before that, and where the client closed the connection first",
        example: EPOCH_MS + 1.5,
      }),
    unreadAt: machineInstant(
      'The latest instant at which the client had not read the answer, according to the operating system; present while clients are judged',
    ).optional(),
    readAt: machineInstant(
      "The earliest instant at which the client's process was seen asleep after it had read the answer; null before that; present while clients are judged",
    )
      .nullable()
      .optional(),
    arrived: z
      .object({
        earliestAt: z.number().openapi({
          description: "The earliest possible instant of its arrival, by the machine's clock",
          example: EPOCH_MS - 1.5,
        }),
        lagMs: z.number().openapi({
          description: 'Recent scheduling delay of the machine, real milliseconds',
          example: 0.4,
        }),
      })
      .optional()
      .openapi({
        description: 'Accuracy of the instant of arrival; present while clients are judged',
        example: { earliestAt: EPOCH_MS - 1.5, lagMs: 0.4 },
      }),
    peer: peer.optional(),
    client: z.string().optional().openapi({
      description: 'Name of the client: its X-Mock429-Client header field',
      example: 'importer',
    }),
  })
  .openapi('JournalEntry', { description: 'One request and its answer' });
