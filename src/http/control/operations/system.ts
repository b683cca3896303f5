/**
 * Whether the server is up, and what the control API can do.
 * @module
 */
import { defineCall, describeRoutes } from '../define-operation.js';
import { healthOf } from '../health.js';

const routes = describeRoutes(({ createRoute, json, problems, z }) => {
  const health = z
    .object({
      status: z.literal('ok').openapi({ description: 'It answers, so it is ready', example: 'ok' }),
      version: z.string().openapi({ description: 'Version of mock429', example: '0.1.0' }),
      profiles: z.array(z.string()).openapi({ description: 'Ids of what is served', example: ['klinky'] }),
    })
    .openapi('Health', { description: 'The server is ready' });

  const document = z
    .looseObject({ openapi: z.string().openapi({ description: 'Version of OpenAPI', example: '3.1.0' }) })
    .openapi('OpenApiDocument', { description: 'An OpenAPI 3.1 document' });

  const getHealth = createRoute({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    tags: ['system'],
    summary: 'Check whether the server is ready',
    description: 'Answers as soon as the server listens.',
    responses: { 200: json(health, 'It is'), ...problems() },
  });

  const getDocument = createRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    tags: ['system'],
    summary: 'Read this document',
    description: "The control API's own OpenAPI document; those of the providers are not in it.",
    responses: { 200: json(document, 'The document'), ...problems() },
  });

  return { getHealth, getDocument };
});

export const health = defineCall((kit) =>
  kit.call(routes(kit).getHealth, (c) => c.json(healthOf(kit.version, c.env.sandbox.profiles), 200)),
);

export const openApi = defineCall((kit) =>
  kit.call(routes(kit).getDocument, (c) => c.json(kit.document() as { openapi: string }, 200)),
);
