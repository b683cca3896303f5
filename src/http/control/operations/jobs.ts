/**
 * Operations on jobs: list them, change how one ends, and set the defaults of new jobs.
 * @module
 */
import type { JobDefaultsUpdate, JobUpdate } from '../../../sandbox/jobs/jobs.js';
import { defineChange, defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, instant, maskedFacts, profileId }) => {
  const YEAR_MS = 31_536_000_000;

  const job = z
    .object({
      id: z.string().openapi({ description: "Id, as in the provider's responses", example: 'pred_6zfuace21uwe' }),
      profile: profileId,
      collection: z.string().openapi({ description: 'Its collection in the profile', example: 'predictions' }),
      state: z.string().openapi({ description: 'Its state by the clock', example: 'processing' }),
      outcome: z.string().openapi({ description: 'Its final state', example: 'succeeded' }),
      createdAt: instant.openapi({ description: 'When it was created', example: '2026-05-12T08:00:00.000Z' }),
      endsAt: instant.nullable().openapi({
        description: 'When it ends, or ended; null: it runs until it is ended',
        example: '2026-05-12T08:00:10.000Z',
      }),
      holds: z
        .array(
          z.object({
            policy: z.string().openapi({ description: 'Id of the policy', example: 'key-running' }),
            partition: maskedFacts.openapi({
              description: 'Key of the bucket; credentials masked',
              example: { key: 'sk_live_…bbbb' },
            }),
          }),
        )
        .openapi({
          description: 'The leases that it holds; empty once it has ended',
          example: [{ policy: 'key-running', partition: { key: 'sk_live_…bbbb' } }],
        }),
    })
    .openapi('Job', { description: 'An item that runs for a time: a prediction, an audit' });

  const jobUpdate = z
    .strictObject({
      profile: z.string().optional().openapi({
        description: 'Required only where jobs of several profiles have the same id',
        example: 'prediction',
      }),
      state: z.string().optional().openapi({
        description:
          'The running state keeps it running until another change; any other state ends it, now or at endsInMs',
        example: 'failed',
      }),
      endsInMs: z.number().optional().openapi({
        minimum: 0,
        maximum: YEAR_MS,
        description: "Milliseconds of the sandbox's clock from now to its end; at most a year",
        example: 60_000,
      }),
    })
    .openapi('JobUpdate', { description: 'How to change a running job; state, endsInMs, or both' });

  const jobDefaults = z
    .object({
      profile: profileId,
      runTimeMs: z
        .number()
        .nullable()
        .openapi({ description: "Run time of new jobs; null: the profile's own", example: 2_000 }),
      outcome: z
        .string()
        .nullable()
        .openapi({ description: "Final state of new jobs; null: the profile's own", example: 'failed' }),
      collections: z
        .array(
          z.object({
            collection: z.string().openapi({ description: 'Id of the collection', example: 'predictions' }),
            running: z.string().openapi({ description: 'State of a running job', example: 'processing' }),
            ends: z
              .array(z.string())
              .openapi({ description: 'Possible final states', example: ['succeeded', 'failed', 'canceled'] }),
            runTimeMs: z.number().openapi({
              description: 'Run time in the profile, unless the operation sets another',
              example: 10_000,
            }),
            outcome: z.string().openapi({ description: 'Final state in the profile', example: 'succeeded' }),
          }),
        )
        .openapi({
          description:
            'The collections whose items are jobs; an outcome applies only to collections that have that state',
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
    .openapi('JobDefaults', { description: 'Defaults for new jobs of a profile' });

  const jobDefaultsUpdate = z
    .strictObject({
      runTimeMs: z.number().nullable().optional().openapi({
        minimum: 0,
        maximum: YEAR_MS,
        description: "Milliseconds, not divided by --compress; null: restore the profile's own",
        example: 2_000,
      }),
      outcome: z
        .string()
        .nullable()
        .optional()
        .openapi({ description: "Final state of new jobs; null: restore the profile's own", example: 'failed' }),
    })
    .openapi('JobDefaultsUpdate', { description: 'Values to set; omitted values stay' });

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
    description: 'Running jobs and ended jobs, until a reset.',
    responses: {
      200: json(
        z
          .object({ jobs: z.array(job).openapi({ description: 'By profile, in order of creation' }) })
          .openapi('Jobs', { description: 'All jobs' }),
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
      'When the job ends by the clock, its leases are released and its webhook is sent. Where it ends now, this happens at once, and the call answers after the webhook was answered. An ended job cannot be changed.',
    middleware: update.middleware,
    request: { params: jobId, body: update.body },
    responses: { 200: json(job, 'The job afterwards'), ...problems(400, 404, 409, 413) },
  });

  const getDefaults = createRoute({
    method: 'get',
    path: '/profiles/{id}/jobs',
    operationId: 'getJobDefaults',
    tags: ['jobs'],
    summary: 'Read the defaults of new jobs of a profile',
    description: "The values that were set, the profile's own values, and the possible states.",
    request: { params: profileParam },
    responses: { 200: json(jobDefaults, 'The defaults'), ...problems(404) },
  });

  const defaults = jsonBody(jobDefaultsUpdate, { runTimeMs: 2_000, outcome: 'failed' });
  const putDefaults = createRoute({
    method: 'put',
    path: '/profiles/{id}/jobs',
    operationId: 'setJobDefaults',
    tags: ['jobs'],
    summary: 'Set the defaults of new jobs of a profile',
    description: 'The defaults apply until a reset. Running jobs are not changed.',
    middleware: defaults.middleware,
    request: { params: profileParam, body: defaults.body },
    responses: { 200: json(jobDefaults, 'The defaults afterwards'), ...problems(400, 404, 413) },
  });

  return { getJobs, putJob, getDefaults, putDefaults };
});

/** Lists the jobs. */
export const listJobs = defineOperation({
  run: ({ sandbox }) => sandbox.jobs.list(),
  http: (kit, run) => kit.call(routes(kit).getJobs, (c) => c.json({ jobs: run(kit.contextOf(c)) }, 200)),
});

/** Changes a running job. */
export const setJob = defineChange({
  run: ({ sandbox }, id: string, change: JobUpdate) => sandbox.jobs.set(id, change),
  http: (kit, run) =>
    kit.call(routes(kit).putJob, async (c) =>
      c.json(await run(kit.contextOf(c), c.req.valid('param').id, c.req.valid('json')), 200),
    ),
});

/** Reads the defaults of new jobs. */
export const jobDefaults = defineOperation({
  run: ({ sandbox }, profile: string) => sandbox.jobs.defaults(profile),
  http: (kit, run) =>
    kit.call(routes(kit).getDefaults, (c) => c.json(run(kit.contextOf(c), c.req.valid('param').id), 200)),
});

/** Sets the defaults of new jobs. */
export const setJobDefaults = defineChange({
  run: ({ sandbox }, profile: string, change: JobDefaultsUpdate) => sandbox.jobs.setDefaults(profile, change),
  http: (kit, run) =>
    kit.call(routes(kit).putDefaults, async (c) =>
      c.json(await run(kit.contextOf(c), c.req.valid('param').id, c.req.valid('json')), 200),
    ),
});
