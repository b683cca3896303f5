/**
 * Operations on the clock: read, set, advance.
 * @module
 */
import { durationTypeError } from '../../../limits/duration.js';
import type { ClockChange } from '../../../sandbox/control/clock-change.js';
import { Problem } from '../../../sandbox/control/problem.js';
import { defineChange, defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, clockReading }) => {
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
      frozen: z.boolean().optional().openapi({ description: 'true stops the clock, false starts it', example: true }),
      rate: z.number().optional().openapi({
        description: 'Virtual milliseconds per real one while it runs, from 0 to 1000000',
        example: 60,
      }),
    })
    .openapi('ClockChange', { description: 'Values to set; at least one field' });

  const advance = z
    .strictObject({
      ms: z.number().optional().openapi({ description: 'Milliseconds, 0 or more', example: 90_000 }),
      duration: z
        .string({ error: durationTypeError })
        .optional()
        .openapi({ description: 'The same as 90s, 5m, 1h30m, 2d or PT1H', example: '90s' }),
    })
    .openapi('ClockAdvance', { description: 'How far to advance; exactly one of the two fields' });

  const getClock = createRoute({
    method: 'get',
    path: '/clock',
    operationId: 'getClock',
    tags: ['clock'],
    summary: 'Read the clock',
    description: 'Everything in the sandbox uses this clock: windows, caches, jobs, delays and the Date header.',
    responses: { 200: json(clockReading, 'The clock'), ...problems() },
  });

  const change = jsonBody(clockChange, { now: '2026-05-12T08:00:00Z', frozen: true });
  const putClock = createRoute({
    method: 'put',
    path: '/clock',
    operationId: 'setClock',
    tags: ['clock'],
    summary: 'Set, freeze or scale the clock',
    description: 'Omitted fields stay as they are. Answers once responses that became due have been sent.',
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
    summary: 'Advance the clock',
    description:
      'Works on a frozen and on a running clock. Stops at each due delay, job end and webhook in order, and answers once those responses have been sent.',
    middleware: step.middleware,
    request: { body: step.body },
    responses: { 200: json(clockReading, 'The clock afterwards'), ...problems(400, 413) },
  });

  return { getClock, putClock, advanceClock };
});

/** Reads the clock. */
export const readClock = defineOperation({
  run: ({ sandbox }) => sandbox.clock.read(),
  http: (kit, run) => kit.call(routes(kit).getClock, (c) => c.json(run(kit.contextOf(c)), 200)),
});

/** Sets, freezes or scales the clock. */
export const setClock = defineChange({
  run: ({ sandbox }, change: ClockChange) => sandbox.setClock(change),
  http: (kit, run) =>
    kit.call(routes(kit).putClock, async (c) => {
      const body = c.req.valid('json');
      // An empty change would still detach the clock from the machine's time.
      if (Object.keys(body).length === 0)
        throw new Problem(400, 'nothing-to-set', 'give now, frozen or rate; GET /clock reads the clock');
      return c.json(await run(kit.contextOf(c), body), 200);
    }),
});

/** Advances the clock. */
export const advanceClock = defineChange({
  run: ({ sandbox }, by: number | string) => sandbox.advanceClock(by),
  http: (kit, run) =>
    kit.call(routes(kit).advanceClock, async (c) => {
      const { ms, duration } = c.req.valid('json');
      if ((ms === undefined) === (duration === undefined)) {
        throw new Problem(
          400,
          'ms-or-duration',
          'give either ms (90000) or duration ("90s"), and only one of them',
          'duration',
        );
      }
      return c.json(await run(kit.contextOf(c), ms ?? duration!), 200);
    }),
});
