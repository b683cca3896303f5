/**
 * Faults: answers arranged in place of the provider's.
 * @module
 */
import { suggest } from '../../../profile/errors.js';
import { Problem } from '../../../sandbox/control/problem.js';
import type { Fault } from '../../../sandbox/faults/faults.js';
import type { FaultInput } from '../../../sandbox/faults/schema.js';
import { maskedFault, maskedFaults } from '../../../sandbox/masking/masking.js';
import { defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, instant }) => {
  /** What a fault may be is for the sandbox to say; this tells apart types and names, and what a reader wants to know. */
  const matchParts = {
    profile: z.string().optional().openapi({ description: 'Id of a profile; any, when left out', example: 'klinky' }),
    method: z.string().optional().openapi({ description: 'HTTP method; any, when left out', example: 'GET' }),
    path: z.string().optional().openapi({
      description: 'Exact path, without query, profile or sandbox prefix',
      example: '/api/v1/public/links',
    }),
    operationId: z
      .string()
      .optional()
      .openapi({ description: "operationId of the provider's document", example: 'listLinks' }),
    key: z
      .string()
      .optional()
      .openapi({ description: 'The credential; given in full, shown masked', example: 'klinky_live_aaaabbbb' }),
    nth: z.int().optional().openapi({ minimum: 1, description: 'Only the nth request of those, once', example: 3 }),
    everyNth: z.int().optional().openapi({ minimum: 1, description: 'Every nth request of those', example: 3 }),
    probability: z.number().optional().openapi({
      minimum: 0,
      maximum: 1,
      description: 'Share of those requests, drawn by number: the same requests meet the same luck every time',
      example: 0.1,
    }),
    seed: z.int().optional().openapi({
      description: "Another sequence for the probability; the fault's own, when left out",
      example: 7,
    }),
  };

  const parts = {
    times: z.int().optional().openapi({
      minimum: 1,
      description: 'How many requests it answers; unlimited, when left out',
      example: 1,
    }),
    status: z
      .int()
      .optional()
      .openapi({ minimum: 200, maximum: 599, description: "Status in place of the provider's", example: 503 }),
    body: z
      .any()
      .optional()
      .openapi({
        type: ['object', 'array', 'string', 'number', 'boolean', 'null'],
        description: "Body in place of the provider's: a string is sent as text, anything else as JSON",
        example: { error: 'down for maintenance' },
      }),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'Headers added to the response', example: { 'Retry-After': '5' } }),
    delayMs: z.number().optional().openapi({
      minimum: 0,
      description: "Milliseconds, by the sandbox's clock, until the response is made; a year at most",
      example: 2_000,
    }),
    drop: z
      .boolean()
      .optional()
      .openapi({ description: 'Closes the connection in place of answering', example: false }),
    truncateBody: z.number().optional().openapi({
      minimum: 0,
      description:
        'Closes the connection after part of the body, whose Content-Length is announced in full: a share below 1, or a whole number of bytes',
      example: 0.5,
    }),
    retryAfter: z
      .union([z.enum(['http-date', 'missing']), z.int()], {
        error: 'is not a Retry-After; use "http-date", "missing" or a whole number of seconds',
      })
      .optional()
      .openapi({
        description:
          "What becomes of the answer's Retry-After: the same instant as an HTTP date, none at all, or so many seconds, true or not",
        example: 'http-date',
      }),
    onRefusals: z.boolean().optional().openapi({
      description: 'Whether it is for requests that a policy refuses, too; they use up no other fault',
      example: true,
    }),
    expiresInMs: z.number().optional().openapi({
      description: "Milliseconds, by the sandbox's clock, until it is gone; a year at most",
      example: 60_000,
    }),
  };

  const faultInput = z
    .strictObject({
      match: z
        .strictObject(matchParts)
        .optional()
        .openapi({ description: 'Which requests; all, when left out', example: { operationId: 'listLinks' } }),
      ...parts,
    })
    .openapi('FaultInput', {
      description:
        'With a status, a body or drop it takes the place of the behaviour; otherwise the behaviour runs, and its answer is changed',
    });

  const fault = z
    .object({
      id: z.string().openapi({ description: 'Its name', example: 'fault-1' }),
      matched: z.int().openapi({
        description:
          'Requests that were such as it is for, whether or not it was their turn; nth and everyNth go by it',
        example: 0,
      }),
      used: z.int().openapi({ description: 'Requests that it has answered, or changed the answer of', example: 0 }),
      expiresAt: instant.optional().openapi({
        description: "When it is gone, by the sandbox's clock, where it was given a time to live",
        example: '2026-05-12T08:01:00.000Z',
      }),
      match: z.object(matchParts).openapi({ description: 'Which requests', example: { operationId: 'listLinks' } }),
      ...parts,
    })
    .openapi('Fault', { description: 'A fault that is arranged' });

  const getFaults = createRoute({
    method: 'get',
    path: '/faults',
    operationId: 'listFaults',
    tags: ['faults'],
    summary: 'List the faults',
    description:
      'The first whose turn it is answers a request. One that has been used as often as it may, or has expired, is gone.',
    responses: {
      200: json(
        z
          .object({ faults: z.array(fault).openapi({ description: 'In the order in which they were arranged' }) })
          .openapi('Faults', { description: 'The faults that are arranged' }),
        'The faults',
      ),
      ...problems(),
    },
  });

  const input = jsonBody(faultInput, { match: { operationId: 'listLinks' }, times: 1, status: 503 });
  const postFault = createRoute({
    method: 'post',
    path: '/faults',
    operationId: 'addFault',
    tags: ['faults'],
    summary: 'Add a fault',
    description:
      'It takes the place of the behaviour, after admission and before settlement, so its outcome is counted like any other. A refused request uses up no fault, but one with onRefusals.',
    middleware: input.middleware,
    request: { body: input.body },
    responses: { 201: json(fault, 'The fault, with its id'), ...problems(400, 409, 413) },
  });

  const deleteFaults = createRoute({
    method: 'delete',
    path: '/faults',
    operationId: 'removeFaults',
    tags: ['faults'],
    summary: 'Remove all faults',
    description: 'Requests that a fault already delays keep their delay.',
    responses: { 204: { description: 'There are none any more' }, ...problems() },
  });

  const deleteFault = createRoute({
    method: 'delete',
    path: '/faults/{id}',
    operationId: 'removeFault',
    tags: ['faults'],
    summary: 'Remove one fault',
    description: 'Requests that it already delays keep their delay.',
    request: {
      params: z.object({
        id: z
          .string()
          .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of the fault', example: 'fault-1' }),
      }),
    },
    responses: { 204: { description: 'It is gone' }, ...problems(404) },
  });

  return { getFaults, postFault, deleteFaults, deleteFault };
});

export const listFaults = defineOperation({
  run: ({ sandbox }) => maskedFaults(sandbox),
  http: (kit, run) => kit.call(routes(kit).getFaults, (c) => c.json({ faults: run(kit.contextOf(c)) }, 200)),
});

export const addFault = defineOperation({
  run: ({ sandbox, checkFault }, fault: FaultInput): Fault => sandbox.addFault(checkFault(fault)),
  http: (kit, run) =>
    kit.call(routes(kit).postFault, (c) => {
      const context = kit.contextOf(c);
      const added = run(context, c.req.valid('json'));
      // Relative to the URL of the call, which may begin with a sandbox.
      return c.json(maskedFault(context.sandbox.secrets, added), 201, { Location: `faults/${added.id}` });
    }),
});

export const removeFault = defineOperation({
  run: ({ sandbox }, id?: string) => sandbox.faults.remove(id),
  http: (kit, run) => [
    kit.call(routes(kit).deleteFaults, (c) => {
      run(kit.contextOf(c));
      return c.body(null, 204);
    }),
    kit.call(routes(kit).deleteFault, (c) => {
      const context = kit.contextOf(c);
      const { id } = c.req.valid('param');
      if (run(context, id)) return c.body(null, 204);
      const known = context.sandbox.faults.list().map((fault) => fault.id);
      const advice = known.length === 0 ? 'none is arranged' : suggest(id, known);
      throw new Problem(
        404,
        'unknown-fault',
        `there is no fault "${id}", or it is used up or expired; ${advice}`,
        'id',
      );
    }),
  ],
});
