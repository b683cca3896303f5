/**
 * The whole sandbox, saved and restored.
 * @module
 */
import type { z } from '@hono/zod-openapi';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION, type Snapshot } from '../../../sandbox/snapshot/format.js';
import { MAX_PLAIN_LEVELS } from '../../../sandbox/snapshot/json.js';
import { checkVersion } from '../../../sandbox/snapshot/read.js';
import type { SnapshotOptions } from '../../../sandbox/snapshot/save.js';
import { defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z }) => {
  const AN_INSTANT = Date.parse('2026-05-12T08:00:00.000Z');

  const clock = z
    .strictObject({
      mode: z.enum(['system', 'frozen', 'offset']).openapi({ description: 'As in GET /clock', example: 'frozen' }),
      now: z
        .number()
        .nullable()
        .openapi({ description: "What it showed, epoch ms; null: the machine's time", example: AN_INSTANT }),
      realNow: z
        .number()
        .nullable()
        .openapi({ description: "When that was by the machine's clock, where it runs by itself", example: null }),
      rate: z.number().openapi({ description: 'Virtual milliseconds per real one', example: 1 }),
    })
    .openapi('SavedClock', { description: 'A clock that is to go on from there' });

  /** What the sandbox reads for itself. */
  const inner = z.record(z.string(), z.unknown());

  const snapshot = z
    .strictObject({
      format: z.literal(SNAPSHOT_FORMAT).openapi({ description: 'What this is', example: SNAPSHOT_FORMAT }),
      version: z.literal(SNAPSHOT_VERSION).openapi({ description: 'How it is written', example: SNAPSHOT_VERSION }),
      clock,
      requests: z.int().openapi({ description: 'Requests that had come', example: 17 }),
      faults: z
        .strictObject({
          made: z.int().openapi({ description: 'Faults that there had been', example: 1 }),
          list: z.array(inner).openapi({ description: 'Those that are left', example: [] }),
        })
        .openapi({ description: 'The faults', example: { made: 0, list: [] } }),
      profiles: z.record(z.string(), inner).openapi({
        description:
          'By profile: accounts, the defaults of jobs, ids, counters by policy, collections and what credentials came of them, what the cache and idempotency keys hold, soft warnings that have been given',
        example: {},
      }),
      journal: z
        .array(inner)
        .optional()
        .openapi({ description: 'The entries of the journal, oldest first', example: [] }),
    })
    .openapi('Snapshot', { description: 'A whole sandbox. Credentials are in it in full' });

  const getSnapshot = createRoute({
    method: 'get',
    path: '/snapshot',
    operationId: 'getSnapshot',
    tags: ['sandbox'],
    summary: 'Save the sandbox',
    description:
      'Everything that it remembers, always written in the same order: what is saved, restored and saved again is the same text. Requests in flight are not in it, nor is the journal unless asked for. A clock that stands still is restored at its instant; one that runs is restored as if it had run all the while, so freeze it for a snapshot that is to be kept. What is counted by a credential can only be restored with it, so a snapshot has credentials in full: keep it as you would keep them.',
    request: {
      query: z.strictObject({
        journal: z
          .enum(['true', 'false'], { error: 'is neither true nor false; write journal=true, or leave it out' })
          .optional()
          .openapi({
            param: { name: 'journal', in: 'query' },
            description: 'Whether the journal is in it',
            example: 'true',
          }),
      }),
    },
    responses: { 200: json(snapshot, 'The snapshot'), ...problems(400) },
  });

  const input = jsonBody(
    snapshot,
    {
      format: SNAPSHOT_FORMAT,
      version: SNAPSHOT_VERSION,
      clock: { mode: 'frozen', now: AN_INSTANT, realNow: null, rate: 1 },
      requests: 0,
      faults: { made: 0, list: [] },
      profiles: {},
    },
    // Of a version that is not known nothing else can be said to be wrong.
    { maxBytes: 268_435_456, maxDepth: MAX_PLAIN_LEVELS, check: checkVersion },
  );

  const putSnapshot = createRoute({
    method: 'put',
    path: '/snapshot',
    operationId: 'restoreSnapshot',
    tags: ['sandbox'],
    summary: 'Restore a sandbox',
    description:
      'It goes on as the one that was saved would, in place of what there is; all of it, or, where anything does not fit what is served, nothing. Requests in flight end at once, as with a reset. Webhooks of running jobs are waited for again. A profile that the snapshot does not speak of begins anew; without a journal in the snapshot the journal is empty.',
    middleware: input.middleware,
    request: { body: input.body },
    responses: { 204: { description: 'It is restored' }, ...problems(400, 413) },
  });

  return { getSnapshot, putSnapshot, snapshot };
});

export const snapshot = defineOperation({
  run: ({ sandbox }, options?: SnapshotOptions) => sandbox.snapshot(options),
  http: (kit, run) =>
    kit.call(routes(kit).getSnapshot, (c) => {
      const saved = run(kit.contextOf(c), { journal: c.req.valid('query').journal === 'true' });
      return c.json(saved as Snapshot & z.output<ReturnType<typeof routes>['snapshot']>, 200);
    }),
});

export const restore = defineOperation({
  run: ({ sandbox, checkFault }, saved: Snapshot) => sandbox.restore(saved, checkFault),
  http: (kit, run) =>
    kit.call(routes(kit).putSnapshot, (c) => {
      // The sandbox reads and checks it itself.
      run(kit.contextOf(c), c.req.valid('json') as unknown as Snapshot);
      return c.body(null, 204);
    }),
});
