/**
 * Operations on buckets and on requests in flight.
 * @module
 */
import type { QuotaChange, QuotaFilter } from '../../../sandbox/control/quotas.js';
import { defineChange, defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes((kit) => {
  const { createRoute, json, jsonBody, problems, z, instant, keyHash, maskedFacts, profileId } = kit;
  const quota = z
    .object({
      id: z
        .string()
        .openapi({ description: 'Stable for the same profile, policy and partition', example: 'pX1c0y9VbHq3aT7e' }),
      profile: profileId,
      policy: z.string().openapi({ description: 'Id of the policy', example: 'account-hour' }),
      partition: maskedFacts.openapi({
        description: 'Key of the bucket; credentials masked',
        example: { key: 'klinky_live_…bbbb' },
      }),
      keyHash,
      limit: z.number().openapi({ description: 'Units per window', example: 100 }),
      used: z
        .number()
        .openapi({ description: 'Units used; may exceed the limit where refusals are charged', example: 97 }),
      remaining: z.number().openapi({ description: 'Units left, never negative', example: 3 }),
      resetAt: instant
        .nullable()
        .openapi({ description: 'When the window resets; null for concurrency', example: '2026-05-12T09:00:00.000Z' }),
    })
    .openapi('Quota', { description: 'One live bucket' });

  const filter = z.strictObject({
    profile: z
      .string()
      .optional()
      .openapi({ param: { name: 'profile', in: 'query' }, description: 'Only this profile', example: 'klinky' }),
    policy: z
      .string()
      .optional()
      .openapi({ param: { name: 'policy', in: 'query' }, description: 'Only this policy', example: 'account-hour' }),
    sort: z
      .enum(['nearest'], { error: 'is not an order; write nearest, or leave it out' })
      .optional()
      .openapi({
        param: { name: 'sort', in: 'query' },
        description: 'nearest: those nearest to their limit first',
        example: 'nearest',
      }),
    limit: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, { error: 'is not a number of buckets; write a whole number from 1 up' })
      .transform(Number)
      .optional()
      .openapi({
        param: { name: 'limit', in: 'query' },
        type: 'integer',
        minimum: 1,
        description: 'At most this many',
        example: 100,
      }),
  });

  const amount = z.number().optional();

  const quotaChange = z
    .strictObject({
      profile: profileId
        .optional()
        .openapi({ description: 'Required where several profiles are served', example: 'klinky' }),
      policy: z
        .string()
        .optional()
        .openapi({ description: 'Id of the policy; required without id', example: 'account-hour' }),
      partition: z
        .record(z.string(), z.string())
        .optional()
        .openapi({
          description: 'Key of the bucket; credentials in full',
          example: { account: 'default' },
        }),
      id: z.string().optional().openapi({
        description: 'Id of a live bucket from GET /quotas, instead of profile, policy and partition',
        example: 'pX1c0y9VbHq3aT7e',
      }),
      remaining: amount.openapi({ description: 'Units to leave in the bucket', example: 3 }),
      used: amount.openapi({ description: 'Units to count as used, instead of remaining', example: 97 }),
      resetsInMs: amount.openapi({
        description:
          'Milliseconds from now until the window resets, at most its length. Only for windows that open at the first request: aligned windows reset by the clock, and a token bucket is full when all used units are refilled',
        example: 5_000,
      }),
    })
    .openapi('QuotaChange', {
      description: 'The bucket, exactly one of remaining and used, and optionally when it resets',
    });

  const inFlightRequest = z
    .object({
      id: z
        .string()
        .openapi({ description: 'Id of its journal entry, which is written once it is answered', example: '17' }),
      profile: profileId,
      method: z.string().openapi({ description: 'HTTP method', example: 'POST' }),
      path: z.string().openapi({ description: 'Path without query', example: '/api/v1/public/links' }),
      operation: z
        .string()
        .optional()
        .openapi({ description: 'operationId, if the path has one', example: 'createLink' }),
      caller: maskedFacts.openapi({
        description: 'Facts about the caller; credentials masked',
        example: { key: 'klinky_live_…bbbb' },
      }),
      since: instant.openapi({
        description: 'Arrival by the clock of the sandbox',
        example: '2026-05-12T08:00:00.000Z',
      }),
      until: instant
        .nullable()
        .openapi({ description: 'When its delay ends; null without one', example: '2026-05-12T08:00:05.000Z' }),
    })
    .openapi('InFlightRequest', { description: 'A request that is admitted but not answered yet' });

  const getQuotas = createRoute({
    method: 'get',
    path: '/quotas',
    operationId: 'listQuotas',
    tags: ['quotas'],
    summary: 'List every live bucket',
    description:
      'A bucket is live while its window is open or any of its units still count. With sort=nearest, those with the smallest share left come first. With a limit, only so many are described; total counts all that match.',
    request: { query: filter },
    responses: {
      200: json(
        z
          .object({
            quotas: z.array(quota).openapi({
              description: "By profile, then by policy in the profile's order, unless sort says otherwise",
            }),
            total: z
              .int()
              .optional()
              .openapi({ description: 'Number of matching buckets; present with a limit', example: 1 }),
          })
          .openapi('Quotas', { description: 'The live buckets' }),
        'The live buckets',
      ),
      ...problems(400),
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
      'Opens a window now where none is live; resetsInMs shifts its start, and so its reset. For a sliding window, the count of the current window is set. Policies that count requests in flight or running jobs cannot be set.',
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
    description: 'A request that a fault delays is in flight until the clock reaches the end of its delay.',
    responses: {
      200: json(
        z
          .object({
            inFlight: z.array(inFlightRequest).openapi({ description: 'By profile, in order of arrival' }),
          })
          .openapi('InFlight', { description: 'The requests in flight' }),
        'The requests in flight',
      ),
      ...problems(),
    },
  });

  return { getQuotas, putQuotas, getInFlight };
});

/** Lists the live buckets. */
export const quotas = defineOperation({
  run: ({ sandbox }, filter?: QuotaFilter) => sandbox.quotas(filter),
  http: (kit, run) =>
    kit.call(routes(kit).getQuotas, (c) => {
      const filter = c.req.valid('query');
      if (filter.limit === undefined) return c.json({ quotas: run(kit.contextOf(c), filter) }, 200);
      return c.json(c.env.sandbox.listQuotas(filter), 200);
    }),
});

/** Sets the remaining or used units of a bucket. */
export const setQuota = defineChange({
  run: ({ sandbox }, change: QuotaChange) => sandbox.setQuota(change),
  http: (kit, run) =>
    kit.call(routes(kit).putQuotas, async (c) => c.json(await run(kit.contextOf(c), c.req.valid('json')), 200)),
});

/** Lists the requests in flight. */
export const inFlight = defineOperation({
  run: ({ sandbox }) => sandbox.inFlight(),
  http: (kit, run) => kit.call(routes(kit).getInFlight, (c) => c.json({ inFlight: run(kit.contextOf(c)) }, 200)),
});
