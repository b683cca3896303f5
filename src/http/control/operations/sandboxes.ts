/**
 * Calls that list and remove the named sandboxes of the server.
 * @module
 */
import { defineCall, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, problems, z, instant, clockReading }) => {
  const name = z.string().openapi({
    description: 'Name, as in URLs after "/~"',
    example: 't1',
  });

  const sandbox = z
    .object({
      name,
      madeAt: instant.openapi({
        description: 'First use, in real time',
        example: '2026-05-12T08:00:00.000Z',
      }),
      usedAt: instant.openapi({
        description: 'Last use, in real time',
        example: '2026-05-12T08:00:09.000Z',
      }),
      requests: z
        .int()
        .openapi({ description: 'Requests to providers since its creation, across resets', example: 12 }),
      bytes: z.int().openapi({ description: 'Memory in bytes, estimated', example: 262_144 }),
      clock: clockReading,
    })
    .openapi('Sandbox', { description: 'An isolated copy of all state, clock included' });

  const getSandboxes = createRoute({
    method: 'get',
    path: '/sandboxes',
    operationId: 'listSandboxes',
    tags: ['sandbox'],
    summary: 'List the named sandboxes',
    description:
      'A sandbox is created at first use. Limits: their number (--max-sandboxes), their total memory (--max-sandbox-bytes) and the idle time (--sandbox-idle). A sandbox with a delayed request is not evicted.',
    responses: {
      200: json(
        z
          .object({ sandboxes: z.array(sandbox).openapi({ description: 'Least recently used first' }) })
          .openapi('Sandboxes', { description: 'The named sandboxes' }),
        'The sandboxes',
      ),
      ...problems(),
    },
  });

  const deleteSandbox = createRoute({
    method: 'delete',
    path: '/sandboxes/{name}',
    operationId: 'removeSandbox',
    tags: ['sandbox'],
    summary: 'Remove a sandbox',
    description: 'Delayed requests in it end at once. The next use creates it again.',
    request: { params: z.object({ name: name.openapi({ param: { name: 'name', in: 'path' } }) }) },
    responses: { 204: { description: 'The sandbox is removed' }, ...problems(404) },
  });

  return { getSandboxes, deleteSandbox };
});

/** Lists the named sandboxes. */
export const listSandboxes = defineCall((kit) =>
  kit.call(routes(kit).getSandboxes, (c) => c.json({ sandboxes: c.env.sandboxes.list() }, 200)),
);

/** Removes a named sandbox. */
export const removeSandbox = defineCall((kit) =>
  kit.call(routes(kit).deleteSandbox, async (c) => {
    const { name } = c.req.valid('param');
    if (c.env.replicator) await c.env.replicator.removeSandbox(name);
    else c.env.sandboxes.remove(name);
    return c.body(null, 204);
  }),
);
