/**
 * The schema of a fault. In a module of its own, so that a server without faults does not load the schema library.
 * @module
 */
import { z } from 'zod';
import { isServerHeader } from '../../profile/server-headers.js';
import { Problem } from '../control/problem.js';

const statusRange = { error: 'is not a status that can be answered with; use one from 200 to 599' };
const delayRange = { error: 'is not a delay; use milliseconds from 0 to 31536000000 (a year)' };

const probabilityRange = { error: 'is not a probability; use a number from 0 (never) to 1 (always)' };
const part = { error: 'is not a part of a body; use a share below 1 (0.5) or a whole number of bytes (100)' };
const waits = { error: "is not a Retry-After; use 'http-date', 'missing' or a whole number of seconds" };
const expiry = { error: 'is not a time to live; use milliseconds above 0, at most 31536000000 (a year)' };
const nth = z.int().positive({ error: 'is not the number of a request; use 1 or more' });

const faultObject = z.strictObject({
  match: z
    .strictObject({
      profile: z.string().optional(),
      method: z.string().toUpperCase().optional(),
      path: z
        .string()
        .startsWith('/', { error: 'is not a path; start it with "/", without query, profile or sandbox prefix' })
        .optional()
        .describe('Exact; without query, profile or sandbox prefix'),
      operationId: z.string().optional(),
      key: z.string().optional().describe('The credential, in full'),
      nth: nth.optional().describe('Only the nth request of those'),
      everyNth: nth.optional().describe('Every nth request of those'),
      probability: z.number(probabilityRange).min(0, probabilityRange).max(1, probabilityRange).optional(),
      seed: z
        .int()
        .optional()
        .describe("Another seed, another sequence; the fault's own when left out. The same seed, the same sequence"),
    })
    .refine(({ nth, everyNth }) => nth === undefined || everyNth === undefined, {
      error: 'is either the nth request or every nth; leave out nth or everyNth',
      path: ['everyNth'],
    })
    .refine(({ seed, probability }) => seed === undefined || probability !== undefined, {
      error: 'is for a probability; give one, or leave out the seed',
      path: ['seed'],
    })
    .default({}),
  times: z
    .int()
    .positive({ error: 'is not a number of times; use 1 or more, or leave it out' })
    .optional()
    .describe('How many requests it answers; unlimited when left out'),
  status: z.int().min(200, statusRange).max(599, statusRange).optional(),
  body: z.json().optional(),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/),
      z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, {
        error: 'cannot stand in a header; use one line of Latin-1 text',
      }),
      {
        error: ({ code }) =>
          code === 'invalid_key' ? 'is not the name of a header; use letters, digits and "-"' : undefined,
      },
    )
    .optional(),
  delayMs: z
    .number()
    .nonnegative(delayRange)
    .max(31_536_000_000, delayRange)
    .optional()
    .describe('Virtual milliseconds until the response is made'),
  drop: z.boolean().optional().describe('Closes the connection in place of answering'),
  truncateBody: z
    .number(part)
    .nonnegative(part)
    .refine((size) => size < 1 || Number.isSafeInteger(size), part)
    .optional()
    .describe('How much of the body is sent before the connection closes: a share below 1, or a number of bytes'),
  retryAfter: z
    .union([z.enum(['http-date', 'missing']), z.int().nonnegative(waits)], waits)
    .optional()
    .describe("What becomes of the answer's Retry-After"),
  onRefusals: z.boolean().optional().describe('Whether it is for requests that a policy refuses, too'),
  expiresInMs: z.number(expiry).positive(expiry).max(31_536_000_000, expiry).optional(),
});

/** The settings that change an answer; `EFFECTS` adds those that delay or drop it. */
const OF_ANSWERS = ['status', 'body', 'headers', 'truncateBody', 'retryAfter'] as const;
const EFFECTS = [...OF_ANSWERS, 'delayMs', 'drop'] as const;

/** How to do without a header that only the server may write; `undefined` where it may be set. To close the connection after an answer is legal. */
function refuseHeader(name: string, value: string): string | undefined {
  if (!isServerHeader(name)) return undefined;
  switch (name.toLowerCase()) {
    case 'connection':
      return /^\s*close\s*$/i.test(value) ? undefined : 'leave it out, or set it to close';
    case 'content-length':
      return 'leave it out; truncateBody sends less than it announces';
    default:
      return 'leave it out';
  }
}

/** The schema of a fault as the control API takes it. */
export const faultSchema = faultObject
  .superRefine(({ headers = {} }, context) => {
    for (const [name, value] of Object.entries(headers)) {
      const fix = refuseHeader(name, value);
      if (fix === undefined) continue;
      const message = `is a header that the server itself writes; ${fix}`;
      context.addIssue({ code: 'custom', message, path: ['headers', name] });
    }
  })
  .superRefine((fault, context) => {
    const idle = fault.drop ? OF_ANSWERS.find((part) => fault[part] !== undefined) : undefined;
    if (idle === undefined) return;
    const message = `is for an answer, and a dropped connection has none; leave out drop or ${idle}`;
    context.addIssue({ code: 'custom', message, path: [idle] });
  })
  .refine((fault) => EFFECTS.some((effect) => fault[effect] !== undefined), {
    error: `the fault has no effect; give one of: ${EFFECTS.join(', ')}`,
  });

/** A fault as a caller gives it. */
export type FaultInput = z.input<typeof faultSchema>;
/** A fault with its defaults filled in. */
export type FaultSpec = z.output<typeof faultSchema>;

/** Validates a fault. @throws Problem */
export function checkFault(input: FaultInput): FaultSpec {
  const result = faultSchema.safeParse(input);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new Problem(400, 'bad-fault', message, path.length === 0 ? undefined : path.join('.'));
}
