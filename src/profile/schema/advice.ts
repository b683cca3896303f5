/**
 * The schema of advice: what a provider asks of its clients, as checks with their options.
 * @module
 */
import { z } from 'zod';
import { type CheckName, checkNamed, checkNames } from '../../verdict/checks/index.js';
import { duration, evidence } from './basics.js';

const common = {
  says: z.string().describe('What the provider asks of a client'),
  severity: z
    .enum(['error', 'warn'])
    .optional()
    .describe("error fails a verdict; the check's default severity when left out"),
  evidence,
};

type AdviceSchema = ReturnType<typeof adviceSchema>;

/** The advice of a profile. */
export const advice = z
  .strictObject({
    without: z
      .array(z.enum(checkNames))
      .default([])
      .describe('Checks that are made for every profile, but not for this one'),
    ...(Object.fromEntries(checkNames.map((name) => [name, adviceSchema(name).optional()])) as Record<
      CheckName,
      z.ZodOptional<AdviceSchema>
    >),
  })
  .prefault({})
  .describe('What the provider asks of its clients: the checks of the verdict, with their numbers');

function adviceSchema(name: CheckName) {
  const { title, options } = checkNamed(name);
  return z
    .strictObject({ ...common, ...(options(z, duration).shape as Record<never, never>) })
    .describe(`Finds clients that did this: ${title.charAt(0).toLowerCase()}${title.slice(1)}`);
}
