/**
 * The smallest parts of the schema: names, evidence, and the parts that behaviours share.
 * @module
 */
import { z } from 'zod';
import * as pieces from '../../behaviours/options.js';
import { quantity as quantityOf } from '../../limits/schema.js';

/** One value or a list; parsed to a list. */
export const listOf = <T extends z.ZodType>(item: T) => pieces.listOf(z, item);
/** A condition on requests and outcomes. */
export const conditionSchema = pieces.conditionSchema(z);
/** A cost in units. */
export const cost = pieces.cost(z);
/** A duration; parsed to milliseconds. */
export const duration = pieces.duration(z);
/** Any JSON with templates. */
export const json = pieces.json(z);
/** A quantity: a number, a formula, or a table. */
export const quantity = quantityOf(z);
/** The name of a header field. */
export const headerName = pieces.headerName(z);
/** The value of a header field. */
export const headerText = pieces.headerText(z);

/** A name, such as that of an error. */
export const name = z.string().regex(/^[A-Za-z][\w.-]*$/, {
  error: 'is not a name; use letters, digits, "-", "." and "_", starting with a letter',
});
/** An id in kebab case. */
export const kebab = z.string().regex(/^[a-z][a-z0-9-]*$/, {
  error: 'is not an id; use lower-case letters, digits and "-", starting with a letter',
});
/** The id of a policy. That of a version (`minute@pro`) is made when the profile is read. */
export const policyId = z.string().regex(/^[a-z][a-z0-9-]*(?:@[\w.-]+)*$/, {
  error: 'is not an id; use lower-case letters, digits and "-", starting with a letter',
});
/** An amount in the profile's own units. */
export const amount = z.number().nonnegative();

/** How certain a rule is, and which page says so. */
export const evidence = z
  .strictObject({
    level: z
      .enum(['documented', 'inferred', 'assumed'])
      .describe('documented: a page says it; inferred: it follows from a page; assumed: no page says it'),
    source: z.string().optional().describe('The page: one of the keys of sources'),
    note: z.string().optional().describe('What the page leaves open, or why this reading was chosen'),
  })
  .describe('How sure this rule is, and which page says so; inherited from the top-level key evidence when left out')
  .meta({ title: 'Evidence' });
