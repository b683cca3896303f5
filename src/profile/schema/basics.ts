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
    level: z
      .enum(['documented', 'inferred', 'assumed'])
      .describe('documented: a page says it; inferred: it follows from a page; assumed: no page says it'),
    source: z.string().optional().describe('The page: one of the keys of sources'),
    note: z.string().optional().describe('What the page leaves open, or why this reading was chosen'),
  })
  .describe('How sure this rule is, and which page says so')
  .meta({ title: 'Evidence' });
