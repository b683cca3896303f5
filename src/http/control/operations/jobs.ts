/**
 * Jobs: what takes time, how it stands, and how it is to end.
 * @module
 */
import type { JobDefaultsUpdate, JobUpdate } from '../../../sandbox/jobs/jobs.js';
import { defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, instant, maskedFacts, profileId }) => {
  const YEAR_MS = 31_536_000_000;

  const job = z
    .object({
      id: z
        .string()
        .openapi({ description: 'Its id, as in the responses of the provider', example: 'pred_6zfuace21uwe' }),
      profile: profileId,
      collection: z
        .string()
        .openapi({ description: 'The collection of the profile that it is in', example: 'predictions' }),
      state: z.string().openapi({ description: 'How it stands by the clock', example: 'processing' }),
      outcome: z.string().openapi({ description: 'The state that it ends in, or has ended in', example: 'succeeded' }),
      createdAt: instant.openapi({ description: 'When it was created', example: '2026-05-12T08:00:00.000Z' }),
      endsAt: instant.nullable().openapi({
        description: 'When it ends, or ended; null: it has no end of its own',
        example: '2026-05-12T08:00:10.000Z',
      }),
      holds: z
        .array(
          z.object({
            policy: z.string().openapi({ description: 'Id of the policy', example: 'key-running' }),
            partition: maskedFacts.openapi({
              description: 'What is counted apart; credentials masked',
              example: { key: 'sk_live_…bbbb' },
            }),
          }),
        )
        .openapi({
          description: 'The places that it takes; none once it has ended',
          example: [{ policy: 'key-running', partition: { key: 'sk_live_…bbbb' } }],
        }),
    })
    .openapi('Job', { description: 'An item with a life: a prediction, an audit' });

  const jobUpdate = z
    .strictObject({
      profile: z.string().optional().openapi({
        description: 'Needed only where jobs of several profiles have the same id',
        example: 'prediction',
      }),
      state: z.string().optional().openapi({
        description: 'The running state keeps it running without an end; any other state ends it, now or at endsInMs',
        example: 'failed',
      }),
      endsInMs: z.number().optional().openapi({
        minimum: 0,
        maximum: YEAR_MS,
        description: "Milliseconds from now, by the sandbox's clock, to its end; a year at most",
        example: 60_000,
      }),
    })
    .openapi('JobUpdate', { description: 'What is to become of a running job; state, endsInMs, or both' });

  const jobDefaults = z
    .object({
      profile: profileId,
      runTimeMs: z
        .number()
        .nullable()
        .openapi({ description: "How long jobs to come run; null: the profile's own time", example: 2_000 }),
      outcome: z
        .string()
        .nullable()
        .openapi({ description: "How they end; null: the profile's own outcome", example: 'failed' }),
      collections: z
        .array(
          z.object({
            collection: z.string().openapi({ description: 'Id of the collection', example: 'predictions' }),
            running: z.string().openapi({ description: 'State of a job that runs', example: 'processing' }),
            ends: z
              .array(z.string())
              .openapi({ description: 'States that one may end in', example: ['succeeded', 'failed', 'canceled'] }),
            runTimeMs: z.number().openapi({
              description: 'How long one runs by the profile, unless the operation says otherwise',
              example: 10_000,
            }),
            outcome: z.string().openapi({ description: 'How one ends by the profile', example: 'succeeded' }),
          }),
        )
        .openapi({
          description: 'The collections whose items are jobs; an outcome that one does not know is none for it',
          example: [
            {
              collection: 'predictions',
              running: 'processing',
              ends: ['succeeded', 'failed', 'canceled'],
              runTimeMs: 10_000,
              outcome: 'succeeded',
            },
          ],
        }),
    })
    .openapi('JobDefaults', { description: 'What holds for the jobs to come of a profile' });

  const jobDefaultsUpdate = z
    .strictObject({
      runTimeMs: z.number().nullable().optional().openapi({
        minimum: 0,
        maximum: YEAR_MS,
        description: "Milliseconds, as they are (not compressed); null: the profile's own again",
        example: 2_000,
      }),
      outcome: z
        .string()
        .nullable()
        .optional()
        .openapi({ description: "A state that jobs end in; null: the profile's own again", example: 'failed' }),
    })
    .openapi('JobDefaultsUpdate', { description: 'What to set; what is left out stays' });

  const jobId = z.object({
    id: z
      .string()
      .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of the job', example: 'pred_6zfuace21uwe' }),
  });

  const profileParam = z.object({
    id: z
      .string()
      .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of the profile', example: 'prediction' }),
  });

  const getJobs = createRoute({
    method: 'get',
    path: '/jobs',
    operationId: 'listJobs',
    tags: ['jobs'],
    summary: 'List the jobs',
    description: 'Those that run and those that have ended, until they are reset.',
    responses: {
      200: json(
        z
          .object({ jobs: z.array(job).openapi({ description: 'Profile by profile, in the order of their creation' }) })
          .openapi('Jobs', { description: 'Every item with a life' }),
        'The jobs',
      ),
      ...problems(),
    },
  });

  const update = jsonBody(jobUpdate, { state: 'failed' });
  const putJob = createRoute({
    method: 'put',
    path: '/jobs/{id}',
    operationId: 'setJob',
    tags: ['jobs'],
    summary: 'End a running job, keep it running, or move its end',
    description:
      'The places that it takes are free, and its webhook is told, when it ends by the clock: at once where it ends now, and then this answers after the webhook has. What has ended stays as it is.',
    middleware: update.middleware,
    request: { params: jobId, body: update.body },
    responses: { 200: json(job, 'The job afterwards'), ...problems(400, 404, 409, 413) },
  });

  const getDefaults = createRoute({
    method: 'get',
    path: '/profiles/{id}/jobs',
    operationId: 'getJobDefaults',
    tags: ['jobs'],
    summary: 'Read how long new jobs of a profile run, and how they end',
    description: 'What has been set, what the profile says itself, and the states there are.',
    request: { params: profileParam },
    responses: { 200: json(jobDefaults, 'What holds'), ...problems(404) },
  });

  const defaults = jsonBody(jobDefaultsUpdate, { runTimeMs: 2_000, outcome: 'failed' });
  const putDefaults = createRoute({
    method: 'put',
    path: '/profiles/{id}/jobs',
    operationId: 'setJobDefaults',
    tags: ['jobs'],
    summary: 'Set how long new jobs of a profile run, and how they end',
    description: 'It holds until a reset. Jobs that run already go on as they are.',
    middleware: defaults.middleware,
    request: { params: profileParam, body: defaults.body },
    responses: { 200: json(jobDefaults, 'What holds afterwards'), ...problems(400, 404, 413) },
  });

  return { getJobs, putJob, getDefaults, putDefaults };
});

export const listJobs = defineOperation({
  run: ({ sandbox }) => sandbox.jobs.list(),
  http: (kit, run) => kit.call(routes(kit).getJobs, (c) => c.json({ jobs: run(kit.contextOf(c)) }, 200)),
});

export const setJob = defineOperation({
  run: ({ sandbox }, id: string, change: JobUpdate) => sandbox.jobs.set(id, change),
  http: (kit, run) =>
    kit.call(routes(kit).putJob, async (c) =>
      c.json(await run(kit.contextOf(c), c.req.valid('param').id, c.req.valid('json')), 200),
    ),
});

export const jobDefaults = defineOperation({
  run: ({ sandbox }, profile: string) => sandbox.jobs.defaults(profile),
  http: (kit, run) =>
    kit.call(routes(kit).getDefaults, (c) => c.json(run(kit.contextOf(c), c.req.valid('param').id), 200)),
});

export const setJobDefaults = defineOperation({
  run: ({ sandbox }, profile: string, change: JobDefaultsUpdate) => sandbox.jobs.setDefaults(profile, change),
  http: (kit, run) =>
    kit.call(routes(kit).putDefaults, (c) =>
      c.json(run(kit.contextOf(c), c.req.valid('param').id, c.req.valid('json')), 200),
    ),
});
