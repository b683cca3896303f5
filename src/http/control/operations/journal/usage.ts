/**
 * The operation that reads the usage page.
 * @module
 */
import type { UsageOptions } from '../../../../sandbox/control/usage.js';
import { defineOperation, describeRoutes } from '../../define-operation.js';

const routes = describeRoutes(({ createRoute, json, problems, z, instant, keyHash, maskedFacts, profileId }) => {
  const count = (description: string, example: number) => z.number().openapi({ description, example });
  const callCounts = {
    minute: count('Calls in the current minute', 12),
    hour: count('Calls in the current hour', 140),
    day: count('Calls in the current day', 2_100),
  };

  const source = (description: string, example: Record<'minute' | 'hour' | 'day', string | null>) =>
    z
      .object({
        minute: z
          .string()
          .nullable()
          .openapi({ description: 'Policy that counts the minute', example: example.minute }),
        hour: z.string().nullable().openapi({ description: 'Policy that counts the hour', example: example.hour }),
        day: z.string().nullable().openapi({ description: 'Policy that counts the day', example: example.day }),
      })
      .openapi({ description, example });

  const keyUsage = z
    .object({
      key: z
        .string()
        .openapi({ description: 'The credential, masked; anonymous for calls without one', example: 'ad_live_…bbbb' }),
      keyHash,
      account: z
        .string()
        .optional()
        .openapi({ description: 'Account of its latest call; left out without a caller', example: 'default' }),
      ...callCounts,
      trend: z
        .array(z.number())
        .readonly()
        .openapi({ description: 'Calls by day, as in the trend of the profile', example: [0, 0, 0, 0, 0, 900, 2_100] }),
    })
    .openapi('KeyUsage', { description: 'The calls of one credential' });

  const limitFields = {
    policy: z.string().openapi({ description: 'Id of the policy', example: 'workspace-day' }),
    partition: maskedFacts.readonly().openapi({
      description: 'Key of the bucket; credentials masked',
      example: { workspace: 'default' },
    }),
    keyHash,
    used: count('Units used, as in GET /quotas', 160_001),
    limit: count('Units per window', 200_000),
    resetAt: instant.nullable().openapi({ description: 'When the window resets', example: '2026-05-13T00:00:00.000Z' }),
  };
  const limitUsage = z.object(limitFields).openapi('LimitUsage', { description: 'A live bucket and its limit' });
  const warning = z
    .object({
      ...limitFields,
      percent: count('Share of the limit that is used, in whole per cent, rounded down', 80),
      message: z.string().openapi({
        description: 'The text of the banner',
        example:
          'More than 80 % of workspace-day is used: 160001 of 200000 requests; it resets at 2026-05-13T00:00:00.000Z.',
      }),
    })
    .openapi('UsageWarning', { description: 'A bucket above the share at which its policy warns' });

  const profileUsage = z
    .object({
      profile: profileId,
      timeZone: z.string().openapi({ description: 'Time zone of the hours and days', example: 'UTC' }),
      total: z.object(callCounts).openapi({
        description: 'The calls of all callers',
        example: { minute: 12, hour: 140, day: 2_100 },
      }),
      countedBy: z
        .object({
          total: source('Source of total', { minute: 'workspace-minute', hour: null, day: 'workspace-day' }),
          keys: source('Source of the counts of each key', { minute: 'token-minute', hour: null, day: 'token-day' }),
        })
        .openapi({
          description: 'Policies whose buckets are the counts; null: calls are counted apart from the policies',
          example: {
            total: { minute: 'workspace-minute', hour: null, day: 'workspace-day' },
            keys: { minute: 'token-minute', hour: null, day: 'token-day' },
          },
        }),
      trend: z
        .array(
          z.object({
            day: z.string().openapi({ description: 'Date in the time zone', example: '2026-05-12' }),
            calls: count('Calls on this day', 2_100),
          }),
        )
        .readonly()
        .openapi({
          description: 'The last seven days, the oldest first, today last',
          example: [{ day: '2026-05-12', calls: 2_100 }],
        }),
      keys: z
        .array(keyUsage)
        .readonly()
        .openapi({ description: 'Keys with calls in these days, the one with the most calls today first' }),
      moreKeys: count('Keys that are left out because of limit', 0),
      evictedKeys: count('Keys that are no longer counted apart, because more than 1,000 were used', 0),
      limits: z
        .array(limitUsage)
        .readonly()
        .openapi({ description: 'Live buckets of policies with a window, the one nearest to its limit first' }),
      moreLimits: count('Buckets that are left out because of limit', 0),
      warnings: z
        .array(warning)
        .readonly()
        .openapi({ description: 'Buckets above the share at which their policy warns (warnAbove)' }),
      moreWarnings: count('Warnings that are left out because of limit', 0),
    })
    .openapi('ProfileUsage', { description: 'The usage of one profile' });

  const getUsage = createRoute({
    method: 'get',
    path: '/usage',
    operationId: 'readUsage',
    tags: ['quotas'],
    summary: 'Read the usage page',
    description:
      'Calls in the current minute, hour and day, a trend of seven days, a breakdown by key, and soft warnings. A call is a request that was admitted and that the policies count: not one that was refused, nor one whose units are all given back (a 304, where the profile says so). Where the buckets of a policy are the count, their numbers are shown, as in GET /quotas; the policy may also count refusals.',
    request: {
      query: z.strictObject({
        profile: z
          .string()
          .optional()
          .openapi({ param: { name: 'profile', in: 'query' }, description: 'Only this profile', example: 'klinky' }),
        limit: z
          .string()
          .regex(/^[1-9]\d{0,8}$/, { error: 'is not a number of entries; write a whole number from 1 up' })
          .transform(Number)
          .optional()
          .openapi({
            param: { name: 'limit', in: 'query' },
            type: 'integer',
            minimum: 1,
            description: 'The most keys, limits and warnings of each profile; default: 100',
            example: 100,
          }),
      }),
    },
    responses: {
      200: json(
        z
          .object({
            at: instant.openapi({
              description: 'Time of the clock of the sandbox',
              example: '2026-05-12T08:00:00.000Z',
            }),
            profiles: z.array(profileUsage).readonly().openapi({ description: 'In the order of the options' }),
          })
          .openapi('Usage', { description: 'The usage of the served profiles' }),
        'The usage',
      ),
      ...problems(400),
    },
  });

  return { getUsage };
});

/** Reads the usage page. */
export const usage = defineOperation({
  run: ({ sandbox }, options?: UsageOptions) => sandbox.usage(options),
  http: (kit, run) => kit.call(routes(kit).getUsage, (c) => c.json(run(kit.contextOf(c), c.req.valid('query')), 200)),
});
