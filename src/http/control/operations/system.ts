/**
 * Calls about the server: readiness, and the OpenAPI document.
 * @module
 */
import { defineCall, describeRoutes } from '../define-operation.js';
import { healthOf } from '../health.js';

const routes = describeRoutes(({ createRoute, json, problems, z }) => {
  const health = z
    .object({
      status: z.literal('ok').openapi({ description: 'Always ok: a server that answers is ready', example: 'ok' }),
      version: z.string().openapi({ description: 'Version of mock429', example: '0.1.0' }),
      profiles: z.array(z.string()).openapi({ description: 'Ids of the served profiles', example: ['klinky'] }),
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
    responses: { 200: json(health, 'The server is ready'), ...problems() },
  });

  const getDocument = createRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    tags: ['system'],
    summary: 'Read this document',
    description: "The control API's own OpenAPI document. It does not contain those of the providers.",
    responses: { 200: json(document, 'The document'), ...problems() },
  });

  return { getHealth, getDocument };
});

/** Reports that the server is ready. */
export const health = defineCall((kit) =>
  kit.call(routes(kit).getHealth, (c) => c.json(healthOf(kit.version, c.env.sandbox.profiles), 200)),
);

/** Returns the control API's OpenAPI document. */
export const openApi = defineCall((kit) =>
  kit.call(routes(kit).getDocument, (c) => c.json(kit.document() as { openapi: string }, 200)),
);
