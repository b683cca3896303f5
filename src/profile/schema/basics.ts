/**
 * The schema's smallest pieces: names, evidence, and what behaviours share.
 * @module
 */
import { z } from 'zod';
import * as pieces from '../../behaviours/options.js';

export const listOf = <T extends z.ZodType>(item: T) => pieces.listOf(z, item);
export const conditionSchema = pieces.conditionSchema(z);
export const cost = pieces.cost(z);
export const duration = pieces.duration(z);
export const json = pieces.json(z);
export const headerName = pieces.headerName(z);
export const headerText = pieces.headerText(z);

export const name = z.string().regex(/^[A-Za-z][\w.-]*$/, {
  error: 'is not a name; use letters, digits, "-", "." and "_", starting with a letter',
});
export const kebab = z.string().regex(/^[a-z][a-z0-9-]*$/, {
  error: 'is not an id; use lower-case letters, digits and "-", starting with a letter',
});
export const amount = z.number().nonnegative();

export const evidence = z
  .strictObject({
    level: z.enum(['documented', 'inferred', 'assumed']),
    source: z.string().optional().describe('One of the keys of sources'),
    note: z.string().optional(),
  })
  .describe('How sure this rule is: a page says it, it follows from one, or nobody says it and it was chosen');
