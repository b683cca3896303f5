/**
 * What a fault may say, and the check of it. Apart from the faults themselves, so that a server that is not asked for any need not load the schema library.
 * @module
 */
import { z } from 'zod';
import { Problem } from './problem.js';

const statusRange = { error: 'is not a status that can be answered with; use one from 200 to 599' };
const delayRange = { error: 'is not a delay; use milliseconds from 0 to 31536000000 (a year)' };

export const faultSchema = z.strictObject({
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
});

export type FaultInput = z.input<typeof faultSchema>;
export type FaultSpec = z.output<typeof faultSchema>;

/** @throws Problem when it is no fault */
export function checkFault(input: FaultInput): FaultSpec {
  const result = faultSchema.safeParse(input);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new Problem(400, 'bad-fault', message, path.join('.'));
}
