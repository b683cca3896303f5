/**
 * The sandboxes of the server.
 * @module
 */
import { defineCall, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, problems, z, instant, clockReading }) => {
  const name = z.string().openapi({
    description: 'As it stands in URLs after "/~"',
    example: 't1',
  });

  const sandbox = z
    .object({
      name,
      madeAt: instant.openapi({
        description: 'When it was first used, in real time',
        example: '2026-05-12T08:00:00.000Z',
      }),
      usedAt: instant.openapi({
        description: 'When it was last used, in real time',
        example: '2026-05-12T08:00:09.000Z',
      }),
      requests: z.int().openapi({ description: 'Requests to providers since it was made, resets or not', example: 12 }),
      bytes: z.int().openapi({ description: 'Memory that it takes: an estimate', example: 262_144 }),
      clock: clockReading,
    })
    .openapi('Sandbox', { description: 'An isolated copy of everything, clock included' });

  const getSandboxes = createRoute({
    method: 'get',
    path: '/sandboxes',
    operationId: 'listSandboxes',
    tags: ['sandbox'],
    summary: 'List the named sandboxes',
    description:
      'They are made at first use. There may be so many (--max-sandboxes), which may take so much memory together (--max-sandbox-bytes), and one that is unused for long goes (--sandbox-idle); one in which a request waits stays.',
    responses: {
      200: json(
        z
          .object({ sandboxes: z.array(sandbox).openapi({ description: 'The one unused for longest first' }) })
          .openapi('Sandboxes', { description: 'The sandboxes that have a name' }),
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
    description: 'Requests that wait in it end at once. If the name is used again, a new sandbox is made.',
    request: { params: z.object({ name: name.openapi({ param: { name: 'name', in: 'path' } }) }) },
    responses: { 204: { description: 'It is gone' }, ...problems(404) },
  });

  return { getSandboxes, deleteSandbox };
});

export const listSandboxes = defineCall((kit) =>
  kit.call(routes(kit).getSandboxes, (c) => c.json({ sandboxes: c.env.sandboxes.list() }, 200)),
);

export const removeSandbox = defineCall((kit) =>
  kit.call(routes(kit).deleteSandbox, (c) => {
    c.env.sandboxes.remove(c.req.valid('param').name);
    return c.body(null, 204);
  }),
);
