/**
 * Operations on faults: answers that replace or change the provider's.
 * @module
 */
import { suggest } from '../../../profile/errors.js';
import { Problem } from '../../../sandbox/control/problem.js';
import type { Fault } from '../../../sandbox/faults/faults.js';
import type { FaultInput } from '../../../sandbox/faults/schema.js';
import { maskedFault, maskedFaults } from '../../../sandbox/masking/masking.js';
import { defineChange, defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, instant }) => {
  /** The schema checks types and names only. The sandbox checks the values. */
  const matchParts = {
    profile: z.string().optional().openapi({ description: 'Id of a profile; default: any', example: 'klinky' }),
    method: z.string().optional().openapi({ description: 'HTTP method; default: any', example: 'GET' }),
    path: z.string().optional().openapi({
      description: 'Exact path, without query, profile prefix and sandbox prefix',
      example: '/api/v1/public/links',
    }),
    operationId: z
      .string()
      .optional()
      .openapi({ description: "operationId of the provider's document", example: 'listLinks' }),
    key: z
      .string()
      .optional()
      .openapi({ description: 'The credential in full; masked in responses', example: 'klinky_live_aaaabbbb' }),
    nth: z.int().optional().openapi({ minimum: 1, description: 'Only the nth matching request', example: 3 }),
    everyNth: z.int().optional().openapi({ minimum: 1, description: 'Every nth matching request', example: 3 }),
    probability: z.number().optional().openapi({
      minimum: 0,
      maximum: 1,
      description:
        'Share of the matching requests. The draw depends only on the seed and on matched, so it is reproducible',
      example: 0.1,
    }),
    seed: z.int().optional().openapi({
      description: "Seed for the probability; default: the fault's id",
      example: 7,
    }),
  };

  const parts = {
    times: z.int().optional().openapi({
      minimum: 1,
      description: 'Number of requests that it answers; default: unlimited',
      example: 1,
    }),
    status: z
      .int()
      .optional()
      .openapi({ minimum: 200, maximum: 599, description: "Status instead of the provider's", example: 503 }),
    body: z
      .any()
      .optional()
      .openapi({
        type: ['object', 'array', 'string', 'number', 'boolean', 'null'],
        description: "Body instead of the provider's: a string is sent as text, any other value as JSON",
        example: { error: 'down for maintenance' },
      }),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'Headers added to the response', example: { 'Retry-After': '5' } }),
    delayMs: z.number().optional().openapi({
      minimum: 0,
      description: "Delay of the response in milliseconds of the sandbox's clock; at most a year",
      example: 2_000,
    }),
    drop: z.boolean().optional().openapi({ description: 'Closes the connection instead of answering', example: false }),
    truncateBody: z.number().optional().openapi({
      minimum: 0,
      description:
        'Closes the connection after part of the body, while Content-Length announces all of it: a share below 1, or a whole number of bytes',
      example: 0.5,
    }),
    retryAfter: z
      .union([z.enum(['http-date', 'missing']), z.int()], {
        error: 'is not a Retry-After; use "http-date", "missing" or a whole number of seconds',
      })
      .optional()
      .openapi({
        description:
          "Replaces the answer's Retry-After: http-date: the same instant as an HTTP date; missing: no header; a number: that many seconds",
        example: 'http-date',
      }),
    onRefusals: z.boolean().optional().openapi({
      description: 'Whether it also applies to requests that a policy refuses; no other fault does',
      example: true,
    }),
    expiresInMs: z.number().optional().openapi({
      description: "Lifetime in milliseconds of the sandbox's clock; at most a year",
      example: 60_000,
    }),
  };

  const faultInput = z
    .strictObject({
      match: z
        .strictObject(matchParts)
        .optional()
        .openapi({ description: 'Which requests match; default: all', example: { operationId: 'listLinks' } }),
      ...parts,
    })
    .openapi('FaultInput', {
      description:
        'With a status, a body or drop it replaces the behaviour; otherwise the behaviour runs, and the fault changes its answer',
    });

  const fault = z
    .object({
      id: z.string().openapi({ description: 'Id', example: 'fault-1' }),
      matched: z.int().openapi({
        description: 'Number of matching requests, whether or not the fault was applied; nth and everyNth use it',
        example: 0,
      }),
      used: z.int().openapi({ description: 'Number of requests to which it was applied', example: 0 }),
      expiresAt: instant.optional().openapi({
        description: "When it expires, by the sandbox's clock, where it has a lifetime",
        example: '2026-05-12T08:01:00.000Z',
      }),
      match: z
        .object(matchParts)
        .openapi({ description: 'Which requests match', example: { operationId: 'listLinks' } }),
      ...parts,
    })
    .openapi('Fault', { description: 'An active fault' });

  const getFaults = createRoute({
    method: 'get',
    path: '/faults',
    operationId: 'listFaults',
    tags: ['faults'],
    summary: 'List the faults',
    description: 'The first fault that applies answers a request. A fault that is used up or expired is removed.',
    responses: {
      200: json(
        z
          .object({ faults: z.array(fault).openapi({ description: 'In order of creation' }) })
          .openapi('Faults', { description: 'The active faults' }),
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
      'It replaces the behaviour, after admission and before settlement, so its outcome is counted like any other. A refused request uses up only faults with onRefusals.',
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
    responses: { 204: { description: 'All faults are removed' }, ...problems() },
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
    responses: { 204: { description: 'The fault is removed' }, ...problems(404) },
  });

  return { getFaults, postFault, deleteFaults, deleteFault };
});

/** Lists the faults, credentials masked. */
export const listFaults = defineOperation({
  run: ({ sandbox }) => maskedFaults(sandbox),
  http: (kit, run) => kit.call(routes(kit).getFaults, (c) => c.json({ faults: run(kit.contextOf(c)) }, 200)),
});

/** Adds a fault. */
export const addFault = defineChange({
  run: ({ sandbox, checkFault }, fault: FaultInput): Fault => sandbox.addFault(checkFault(fault)),
  http: (kit, run) =>
    kit.call(routes(kit).postFault, async (c) => {
      const context = kit.contextOf(c);
      const added = await run(context, c.req.valid('json'));
      // Relative to the URL of the call, which may have a sandbox prefix.
      return c.json(maskedFault(context.sandbox.secrets, added), 201, { Location: `faults/${added.id}` });
    }),
});

/** Removes one fault, or all of them. */
export const removeFault = defineChange({
  run: ({ sandbox }, id?: string) => sandbox.faults.remove(id),
  http: (kit, run) => [
    kit.call(routes(kit).deleteFaults, async (c) => {
      await run(kit.contextOf(c));
      return c.body(null, 204);
    }),
    kit.call(routes(kit).deleteFault, async (c) => {
      const context = kit.contextOf(c);
      const { id } = c.req.valid('param');
      if (await run(context, id)) return c.body(null, 204);
      const known = context.sandbox.faults.list().map((fault) => fault.id);
      const advice = known.length === 0 ? 'there are no faults' : suggest(id, known);
      throw new Problem(
        404,
        'unknown-fault',
        `there is no fault "${id}", or it is used up or expired; ${advice}`,
        'id',
      );
    }),
  ],
});
