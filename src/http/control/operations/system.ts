/**
 * Whether the server is up, and what the control API can do.
 * @module
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { JsonObject } from '../../../openapi/document.js';
import { type ControlOptions, call, json, problems } from '../env.js';

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
  summary: 'Ask whether the server is ready',
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

export function systemCalls({ version }: ControlOptions, ownDocument: () => JsonObject) {
  return [
    call(getHealth, (c) => c.json({ status: 'ok' as const, version, profiles: c.env.sandbox.profiles }, 200)),
    call(getDocument, (c) => c.json(ownDocument() as z.output<typeof document>, 200)),
  ];
}
