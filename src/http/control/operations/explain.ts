/**
 * Why a request was answered as it was.
 * @module
 */
import { defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, problems, z, evidenceSchema, journalEntry }) => {
  const policy = z
    .object({
      policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
      part: z.enum(['admitted', 'refused', 'not-asked', 'not-applicable']).openapi({
        description:
          'What it had to do with the request. not-asked: something came before it; not-applicable: it speaks of other requests, callers or plans',
        example: 'refused',
      }),
      text: z.string().openapi({
        description: 'What it said and why, what it took and gave back, and when there is room',
        example:
          'It refused: 100 of 100 requests were used by key klinky_live_…bbbb, and the request asks for 1. There is room for it at 2026-05-12T08:01:00.000Z (42 s after it came).',
      }),
      rule: z.string().openapi({
        description: 'How it counts',
        example: '100 per 1 min, counted from the first request, for each key',
      }),
      evidence: evidenceSchema,
      source: z
        .object({
          id: z.string().openapi({ description: 'What the profile calls it', example: 'limits' }),
          title: z.string().openapi({ description: 'Title of the page', example: 'Rate limits' }),
          url: z.string().optional().openapi({ description: 'Where it is', example: 'https://klinky.example/limits' }),
          date: z.string().optional().openapi({ description: 'Its date', example: '2026-05-12' }),
        })
        .nullable()
        .openapi({
          description: 'The page to which the evidence refers',
          example: { id: 'limits', title: 'Rate limits', url: 'https://klinky.example/limits' },
        }),
    })
    .openapi('PolicyExplanation', { description: 'What one policy had to do with a request' });

  const explanation = z
    .object({
      request: journalEntry,
      summary: z.string().openapi({
        description: 'In a sentence or two',
        example:
          'GET /api/v1/public/links (listLinks) was refused by key-minute and answered 429 (rateLimited): 100 of 100 requests were used by key klinky_live_…bbbb, and the request asks for 1.',
      }),
      policies: z
        .array(policy)
        .readonly()
        .openapi({ description: "All of the profile's, in the order in which they are asked" }),
      text: z.string().openapi({
        description: 'All of this as text, which is what a client gets that accepts text/plain',
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
      'In English, policy by policy: what each said and why, what the request took and was given back, when there is room, and on which page of the provider the rule stands. As JSON, or as text for clients that would rather have text/plain.',
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
          'text/plain': { schema: z.string().openapi({ description: 'The same as text' }) },
        },
      },
      ...problems(400, 404),
    },
  });

  return { getExplanation };
});

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
