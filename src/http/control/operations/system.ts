/**
 * Calls about the server: readiness, metrics, and the OpenAPI document.
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

  const text = (example: string) => z.string().openapi({ description: 'Metrics, one sample a line', example });
  const sample = 'mock429_requests_total 17';
  const getMetrics = createRoute({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tags: ['system'],
    summary: 'Read metrics',
    description:
      'Metrics of the whole server for Prometheus, or in the format of OpenMetrics where Accept prefers it: admissions and refusals by profile, policy and status, the least that is left of each policy, requests in flight, waits told, findings, lag of the event loop, sandboxes, webhooks. Counters are exact from the first read on and never fall, whatever is reset. Of what was before it, they have what the journals still hold; mock429_journal_rows_lost_total counts the rest.',
    responses: {
      200: {
        description: 'The metrics',
        content: {
          'text/plain': { schema: text(sample) },
          'application/openmetrics-text': { schema: text(`${sample}\n# EOF`) },
        },
      },
      ...problems(),
    },
  });

  return { getHealth, getDocument, getMetrics };
});

/** Reports that the server is ready. */
export const health = defineCall((kit) =>
  kit.call(routes(kit).getHealth, (c) => c.json(healthOf(kit.version, c.env.sandbox.profiles), 200)),
);

/** Writes the metrics of the server. */
export const metrics = defineCall((kit) =>
  kit.call(routes(kit).getMetrics, async (c) => {
    const { scrape } = await import('../../metrics/metrics.js');
    const supports = ['text/plain', 'application/openmetrics-text'];
    const type = kit.accepts(c, { header: 'Accept', supports, default: 'text/plain' });
    const { contentType, text } = await scrape(c.env.sandboxes, type !== 'text/plain');
    return c.text(text, 200, { 'Content-Type': contentType });
  }),
);

/** Returns the control API's OpenAPI document. */
export const openApi = defineCall((kit) =>
  kit.call(routes(kit).getDocument, (c) => c.json(kit.document() as { openapi: string }, 200)),
);
