/**
 * Schemas that several calls share.
 * @module
 */
import { z } from '@hono/zod-openapi';

/** Schema of an error response (RFC 9457). */
export const problemSchema = z
  .object({
    type: z
      .string()
      .openapi({ description: 'Stable identifier of the problem type', example: 'urn:mock429:problem:unknown-policy' }),
    title: z.string().openapi({ description: 'The problem type in words', example: 'Unknown policy' }),
    status: z.int().openapi({ description: 'The HTTP status', example: 400 }),
    code: z.string().openapi({ description: 'Last part of type, for comparison', example: 'unknown-policy' }),
    detail: z.string().openapi({
      description: 'What is wrong, and how to fix it',
      example: 'klinky has no policy "key-minit"; did you mean "key-minute"?',
    }),
    field: z.string().optional().openapi({ description: 'Dotted path of the invalid field', example: 'policy' }),
  })
  .openapi('Problem', { description: 'An error, as RFC 9457 defines it' });

/** Schema of the evidence of a rule. */
export const evidenceSchema = z
  .object({
    level: z.enum(['documented', 'inferred', 'assumed']).openapi({
      description: 'documented: a page states it; inferred: it follows from a page; assumed: no page states it',
      example: 'documented',
    }),
    source: z.string().optional().openapi({ description: "Id of one of the profile's sources", example: 'limits' }),
    note: z.string().optional().openapi({ description: 'Further remark', example: 'window start inferred' }),
  })
  .openapi('Evidence', { description: 'The evidence for a rule' });

/** Schema of the facts about a caller, with credentials masked. */
export const maskedFacts = z.record(z.string(), z.string());

/** Schema of the short hash of a credential. */
export const keyHash = z.string().optional().openapi({
  description: 'Short hash of the credential, as in the journal, to tell apart those whose masked forms are equal',
  example: 'e-cBZT6Py6SX',
});

/** Schema of a profile id. */
export const profileId = z.string().openapi({ description: 'Id of a served profile', example: 'klinky' });

/** Schema of an ISO 8601 instant. */
export const instant = z.iso.datetime();

const NOW = '2026-05-12T08:00:00.000Z';

/** Schema of a clock reading. */
export const clockReading = z
  .object({
    now: instant.openapi({ description: 'Current time of the clock, ISO 8601 with milliseconds', example: NOW }),
    epochMs: z.int().openapi({ description: 'The same in milliseconds since 1970', example: Date.parse(NOW) }),
    mode: z.enum(['system', 'frozen', 'offset']).openapi({
      description: "system: the machine's time; frozen: stopped; offset: runs, but has been moved or scaled",
      example: 'frozen',
    }),
    rate: z.number().openapi({ description: 'Virtual milliseconds per real one', example: 1 }),
  })
  .openapi('Clock', { description: 'State of the sandbox clock' });
