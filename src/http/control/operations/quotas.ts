/**
 * Buckets and what is in flight.
 * @module
 */
import type { QuotaChange } from '../../../sandbox/control/quotas.js';
import { defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, instant, maskedFacts, profileId }) => {
  const quota = z
    .object({
      id: z
        .string()
        .openapi({ description: 'Stable for the same profile, policy and partition', example: 'pX1c0y9VbHq3aT7e' }),
      profile: profileId,
      policy: z.string().openapi({ description: 'Id of the policy', example: 'account-hour' }),
      partition: maskedFacts.openapi({
        description: 'What is counted apart here; credentials masked',
        example: { key: 'klinky_live_…bbbb' },
      }),
      limit: z.number().openapi({ description: 'Units per window', example: 100 }),
      used: z
        .number()
        .openapi({ description: 'Units taken; may exceed the limit where refusals are charged', example: 97 }),
      remaining: z.number().openapi({ description: 'Units left, never negative', example: 3 }),
      resetAt: instant
        .nullable()
        .openapi({ description: 'When the window resets; null for concurrency', example: '2026-05-12T09:00:00.000Z' }),
    })
    .openapi('Quota', { description: 'One live bucket' });

  const amount = z.number().optional();

  const quotaChange = z
    .strictObject({
      profile: profileId
        .optional()
        .openapi({ description: 'Needed where several profiles are served', example: 'klinky' }),
      policy: z
        .string()
        .optional()
        .openapi({ description: 'Id of the policy; needed unless id is given', example: 'account-hour' }),
      partition: z
        .record(z.string(), z.string())
        .optional()
        .openapi({
          description: 'What the policy counts apart; credentials in full',
          example: { account: 'default' },
        }),
      id: z.string().optional().openapi({
        description: 'Id of a live bucket from GET /quotas, in place of profile, policy and partition',
        example: 'pX1c0y9VbHq3aT7e',
      }),
      remaining: amount.openapi({ description: 'Units that are to be left', example: 3 }),
      used: amount.openapi({ description: 'Units that are to be taken; in place of remaining', example: 97 }),
      resetsInMs: amount.openapi({
        description:
          'Milliseconds from now until the window is to reset, at most its length; for windows that open at the first request (those that go by the clock reset when the clock says, and a bucket that refills is whole when all has drained)',
        example: 5_000,
      }),
    })
    .openapi('QuotaChange', {
      description: 'Which bucket, exactly one of remaining and used, and perhaps when it resets',
    });

  const inFlightRequest = z
    .object({
      id: z.string().openapi({ description: 'Its id in the journal, once it has been answered', example: '17' }),
      profile: profileId,
      method: z.string().openapi({ description: 'HTTP method', example: 'POST' }),
      path: z.string().openapi({ description: 'Path without query', example: '/api/v1/public/links' }),
      operation: z
        .string()
        .optional()
        .openapi({ description: 'operationId, if the path has one', example: 'createLink' }),
      caller: maskedFacts.openapi({
        description: 'Who asked; credentials masked',
        example: { key: 'klinky_live_…bbbb' },
      }),
      since: instant.openapi({
        description: 'When it came, by the clock of the sandbox',
        example: '2026-05-12T08:00:00.000Z',
      }),
      until: instant
        .nullable()
        .openapi({ description: 'When its delay ends, if it has one', example: '2026-05-12T08:00:05.000Z' }),
    })
    .openapi('InFlightRequest', { description: 'A request that has been admitted and not been answered yet' });

  const getQuotas = createRoute({
    method: 'get',
    path: '/quotas',
    operationId: 'listQuotas',
    tags: ['quotas'],
    summary: 'List every live bucket',
    description: 'A bucket lives while its window is open or something in it still counts.',
    responses: {
      200: json(
        z
          .object({ quotas: z.array(quota).openapi({ description: "By profile, then in the policies' order" }) })
          .openapi('Quotas', { description: 'Every live bucket' }),
        'The live buckets',
      ),
      ...problems(),
    },
  });

  const change = jsonBody(quotaChange, {
    profile: 'klinky',
    policy: 'account-hour',
    partition: { account: 'default' },
    remaining: 3,
  });
  const putQuotas = createRoute({
    method: 'put',
    path: '/quotas',
    operationId: 'setQuota',
    tags: ['quotas'],
    summary: 'Set the remaining or used units of a bucket',
    description:
      "Opens a window at now where none is live; resetsInMs puts its beginning, and so its reset, elsewhere. Of a sliding counter the current window's count is set. What counts requests in flight or running jobs cannot be set.",
    middleware: change.middleware,
    request: { body: change.body },
    responses: { 200: json(quota, 'The bucket afterwards'), ...problems(400, 413) },
  });

  const getInFlight = createRoute({
    method: 'get',
    path: '/in-flight',
    operationId: 'listInFlight',
    tags: ['quotas'],
    summary: 'List the requests in flight',
    description: 'Requests that a fault delays wait here until the clock reaches the end of their delay.',
    responses: {
      200: json(
        z
          .object({
            inFlight: z.array(inFlightRequest).openapi({ description: 'In order of arrival, profile by profile' }),
          })
          .openapi('InFlight', { description: 'What is being answered' }),
        'The requests in flight',
      ),
      ...problems(),
    },
  });

  return { getQuotas, putQuotas, getInFlight };
});

export const quotas = defineOperation({
  run: ({ sandbox }) => sandbox.quotas(),
  http: (kit, run) => kit.call(routes(kit).getQuotas, (c) => c.json({ quotas: run(kit.contextOf(c)) }, 200)),
});

export const setQuota = defineOperation({
  run: ({ sandbox }, change: QuotaChange) => sandbox.setQuota(change),
  http: (kit, run) => kit.call(routes(kit).putQuotas, (c) => c.json(run(kit.contextOf(c), c.req.valid('json')), 200)),
});

export const inFlight = defineOperation({
  run: ({ sandbox }) => sandbox.inFlight(),
  http: (kit, run) => kit.call(routes(kit).getInFlight, (c) => c.json({ inFlight: run(kit.contextOf(c)) }, 200)),
});
