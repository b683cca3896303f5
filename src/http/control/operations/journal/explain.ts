/**
 * Explains why a request was admitted or refused.
 * @module
 */
import { defineOperation, describeRoutes } from '../../define-operation.js';

const routes = describeRoutes(({ createRoute, json, problems, z, evidenceSchema, journalEntry }) => {
  const policy = z
    .object({
      policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
      part: z.enum(['admitted', 'refused', 'not-asked', 'not-applicable']).openapi({
        description:
          'Its part in the answer. not-asked: the request was answered before it was evaluated; not-applicable: it is for other requests, callers or plans',
        example: 'refused',
      }),
      text: z.string().openapi({
        description: 'Its decision and the reason, the units charged and refunded, and when it can admit the request',
        example:
          'It refused: 100 of 100 requests were used by key klinky_live_…bbbb, and the request asks for 1. There is room for it at 2026-05-12T08:01:00.000Z (42 s after it came).',
      }),
      rule: z.string().openapi({
        description: 'The rule in English',
        example: '100 per 1 min, counted from the first request, for each key',
      }),
      evidence: evidenceSchema,
      source: z
        .object({
          id: z.string().openapi({ description: 'Id in the profile', example: 'limits' }),
          title: z.string().openapi({ description: 'Title of the page', example: 'Rate limits' }),
          url: z
            .string()
            .optional()
            .openapi({ description: 'URL of the page', example: 'https://klinky.example/limits' }),
          date: z.string().optional().openapi({ description: 'Its date', example: '2026-05-12' }),
        })
        .nullable()
        .openapi({
          description: 'The page that the evidence refers to',
          example: { id: 'limits', title: 'Rate limits', url: 'https://klinky.example/limits' },
        }),
    })
    .openapi('PolicyExplanation', { description: 'The part of one policy in the answer to a request' });

  const explanation = z
    .object({
      request: journalEntry,
      summary: z.string().openapi({
        description: 'One or two sentences',
        example:
          'GET /api/v1/public/links (listLinks) was refused by key-minute and answered 429 (rateLimited): 100 of 100 requests were used by key klinky_live_…bbbb, and the request asks for 1.',
      }),
      policies: z.array(policy).readonly().openapi({ description: 'All policies of the profile, in evaluation order' }),
      text: z.string().openapi({
        description: 'The explanation as text, as sent to a client that prefers text/plain',
        example: 'GET /api/v1/public/links (listLinks) was refused by key-minute …',
      }),
    })
    .openapi('Explanation', { description: 'Why a request was admitted or refused' });

  const getExplanation = createRoute({
    method: 'get',
    path: '/explain',
    operationId: 'explainRequest',
    tags: ['journal'],
    summary: 'Explain why a request was admitted or refused',
    description:
      'In English, policy by policy: the decision and its reason, the units charged and refunded, when the request can be admitted, and the page of the provider that states the rule. As JSON, or as text for clients that prefer text/plain.',
    request: {
      query: z.strictObject({
        request: z
          .string()
          .openapi({ param: { name: 'request', in: 'query' }, description: 'Its id in the journal', example: '17' }),
      }),
    },
    responses: {
      200: {
        description: 'The explanation',
        content: {
          ...json(explanation, '').content,
          'text/plain': { schema: z.string().openapi({ description: 'The explanation as text' }) },
        },
      },
      ...problems(400, 404),
    },
  });

  return { getExplanation };
});

/** Explains a request of the journal. */
export const explain = defineOperation({
  run: ({ sandbox }, request: string) => sandbox.explain(request),
  http: (kit, run) =>
    kit.call(routes(kit).getExplanation, (c) => {
      const explained = run(kit.contextOf(c), c.req.valid('query').request);
      const types = ['application/json', 'text/plain'];
      const type = kit.accepts(c, { header: 'Accept', supports: types, default: types[0]! });
      return type === 'text/plain' ? c.text(explained.text, 200) : c.json(explained, 200);
    }),
});
