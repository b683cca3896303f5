/**
 * Advice: what a provider asks of its clients, as checks with their numbers.
 * @module
 */
import { z } from 'zod';
import { type CheckName, checkNamed, checkNames } from '../../verdict/checks/index.js';
import { duration, evidence } from './basics.js';

const common = {
  says: z.string().describe('What is asked of a client, in our own words'),
  severity: z.enum(['error', 'warn']).optional().describe("error fails a verdict; the check's own when left out"),
  evidence,
};

type AdviceSchema = ReturnType<typeof adviceSchema>;

export const advice = z
  .strictObject({
    without: z
      .array(z.enum(checkNames))
      .default([])
      .describe('Checks that are left out although they are made for every profile'),
    ...(Object.fromEntries(checkNames.map((name) => [name, adviceSchema(name).optional()])) as Record<
      CheckName,
      z.ZodOptional<AdviceSchema>
    >),
  })
  .prefault({})
  .describe('What a verdict judges clients by');

function adviceSchema(name: CheckName) {
  const { title, options } = checkNamed(name);
  return z
    .strictObject({ ...common, ...(options(z, duration).shape as Record<never, never>) })
    .describe(`Offence: ${title}`);
}
