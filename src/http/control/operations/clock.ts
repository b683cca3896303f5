/**
 * The clock: reading, setting, advancing.
 * @module
 */
import { createRoute, z } from '@hono/zod-openapi';
import { Problem } from '../../../sandbox/control/problem.js';
import { call, json, problems } from '../env.js';
import { jsonBody } from '../input/body.js';
import { instant } from '../schemas.js';

const NOW = '2026-05-12T08:00:00.000Z';

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

const clockChange = z
  .strictObject({
    now: z
      .union([z.string(), z.number()], {
        error: 'is not an instant; write ISO 8601 (2026-05-12T08:00:00Z) or epoch milliseconds',
      })
      .optional()
      .openapi({
        anyOf: [{ type: 'string', format: 'date-time' }, { type: 'number' }],
        description:
          'Jumps to this instant, in either direction: ISO 8601 (UTC, where it names no zone) or epoch milliseconds',
        example: '2026-05-12T08:00:00Z',
      }),
    frozen: z.boolean().optional().openapi({ description: 'Stops the clock, or lets it run', example: true }),
    rate: z.number().optional().openapi({
      description: 'Virtual milliseconds per real one while it runs, from 0 to 1000000',
      example: 60,
    }),
  })
  .openapi('ClockChange', { description: 'What to set; one of the fields at least' });

const advance = z
  .strictObject({
    ms: z.number().optional().openapi({ description: 'Milliseconds, from 0 up', example: 90_000 }),
    duration: z.string().optional().openapi({ description: 'The same as 90s, 5m, 1h, 2d or PT1H', example: '90s' }),
  })
  .openapi('ClockAdvance', { description: 'How far to move forward; exactly one of the two' });

const getClock = createRoute({
  method: 'get',
  path: '/clock',
  operationId: 'getClock',
  tags: ['clock'],
  summary: 'Read the clock',
  description: 'Everything in the sandbox goes by this clock: windows, caches, jobs, delays and the Date header.',
  responses: { 200: json(clockReading, 'The clock'), ...problems() },
});

const change = jsonBody(clockChange, { now: '2026-05-12T08:00:00Z', frozen: true });
const putClock = createRoute({
  method: 'put',
  path: '/clock',
  operationId: 'setClock',
  tags: ['clock'],
  summary: 'Set, freeze or scale the clock',
  description:
    'Fields that are left out stay as they are. Answers once responses that became due have been handed over.',
  middleware: change.middleware,
  request: { body: change.body },
  responses: { 200: json(clockReading, 'The clock afterwards'), ...problems(400, 413) },
});

const step = jsonBody(advance, { duration: '90s' });
const advanceClock = createRoute({
  method: 'post',
  path: '/clock/advance',
  operationId: 'advanceClock',
  tags: ['clock'],
  summary: 'Move the clock forward',
  description:
    'Works frozen or running. Stops at each due delay, job end and webhook in order, and answers once those responses have been handed over.',
  middleware: step.middleware,
  request: { body: step.body },
  responses: { 200: json(clockReading, 'The clock afterwards'), ...problems(400, 413) },
});

export const clockCalls = [
  call(getClock, (c) => c.json(c.env.sandbox.clock.read(), 200)),
  call(putClock, async (c) => {
    const body = c.req.valid('json');
    // Setting nothing would still take the clock off the machine's time.
    if (Object.keys(body).length === 0)
      throw new Problem(400, 'nothing-to-set', 'give now, frozen or rate; GET /clock reads the clock');
    return c.json(await c.env.sandbox.setClock(body), 200);
  }),
  call(advanceClock, async (c) => {
    const { ms, duration } = c.req.valid('json');
    if ((ms === undefined) === (duration === undefined)) {
      throw new Problem(
        400,
        'ms-or-duration',
        'give either ms (90000) or duration ("90s"), and only one of them',
        'duration',
      );
    }
    return c.json(await c.env.sandbox.advanceClock(ms ?? duration!), 200);
  }),
];
