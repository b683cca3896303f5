/**
 * Pieces of schema that several calls share.
 * @module
 */
import { z } from '@hono/zod-openapi';

export const problemSchema = z
  .object({
    type: z
      .string()
      .openapi({ description: 'Stable name of the kind of problem', example: 'urn:mock429:problem:unknown-policy' }),
    title: z.string().openapi({ description: 'The kind of problem in words', example: 'Unknown policy' }),
    status: z.int().openapi({ description: 'The HTTP status', example: 400 }),
    code: z.string().openapi({ description: 'Last part of type; to be compared', example: 'unknown-policy' }),
    detail: z.string().openapi({
      description: 'What is wrong, and what to do',
      example: 'klinky has no policy "key-minit"; did you mean "key-minute"?',
    }),
    field: z.string().optional().openapi({ description: 'Dotted path of the field at fault', example: 'policy' }),
  })
  .openapi('Problem', { description: 'An error, as RFC 9457 defines it' });

export const evidenceSchema = z
  .object({
    level: z.enum(['documented', 'inferred', 'assumed']).openapi({
      description: 'documented: a page says it; inferred: it follows from a page; assumed: no page says it',
      example: 'documented',
    }),
    source: z.string().optional().openapi({ description: "Id of one of the profile's sources", example: 'limits' }),
    note: z.string().optional().openapi({ description: 'What else is to be said', example: 'window start inferred' }),
  })
  .openapi('Evidence', { description: 'How sure a rule is' });

/** A map of credentials and other caller facts as it is shown. */
export const maskedFacts = z.record(z.string(), z.string());

export const profileId = z.string().openapi({ description: 'Id of a profile that is served', example: 'klinky' });

export const instant = z.iso.datetime();

const NOW = '2026-05-12T08:00:00.000Z';

/** A reading of the clock of a sandbox. */
export const clockReading = z
  .object({
    now: instant.openapi({ description: 'What the clock shows, ISO 8601 with milliseconds', example: NOW }),
    epochMs: z.int().openapi({ description: 'The same in milliseconds since 1970', example: Date.parse(NOW) }),
    mode: z.enum(['system', 'frozen', 'offset']).openapi({
      description: "system: the machine's time; frozen: stands still; offset: runs, but has been moved or scaled",
      example: 'frozen',
    }),
    rate: z.number().openapi({ description: 'Virtual milliseconds per real one', example: 1 }),
  })
  .openapi('Clock', { description: 'How the clock of the sandbox stands' });
