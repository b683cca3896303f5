/**
 * Operations that save and restore a sandbox.
 * @module
 */
import type { z } from '@hono/zod-openapi';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION, type Snapshot } from '../../../sandbox/snapshot/format.js';
import { MAX_PLAIN_LEVELS } from '../../../sandbox/snapshot/json.js';
import { checkVersion } from '../../../sandbox/snapshot/read.js';
import type { SnapshotOptions } from '../../../sandbox/snapshot/save.js';
import { defineChange, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z }) => {
  const AN_INSTANT = Date.parse('2026-05-12T08:00:00.000Z');

  const clock = z
    .strictObject({
      mode: z.enum(['system', 'frozen', 'offset']).openapi({ description: 'As in GET /clock', example: 'frozen' }),
      now: z
        .number()
        .nullable()
        .openapi({ description: "Time of the clock, epoch ms; null: the machine's time", example: AN_INSTANT }),
      realNow: z.number().nullable().openapi({
        description: "The same instant by the machine's clock, epoch ms, where the clock runs",
        example: null,
      }),
      rate: z.number().openapi({ description: 'Virtual milliseconds per real one', example: 1 }),
    })
    .openapi('SavedClock', { description: 'State from which a clock continues' });

  /** Parts that the sandbox itself reads and checks. */
  const inner = z.record(z.string(), z.unknown());

  const snapshot = z
    .strictObject({
      format: z.literal(SNAPSHOT_FORMAT).openapi({ description: 'Format name', example: SNAPSHOT_FORMAT }),
      version: z.literal(SNAPSHOT_VERSION).openapi({ description: 'Format version', example: SNAPSHOT_VERSION }),
      clock,
      requests: z.int().openapi({ description: 'Number of requests received so far', example: 17 }),
      faults: z
        .strictObject({
          made: z.int().openapi({ description: 'Number of faults added so far', example: 1 }),
          list: z.array(inner).openapi({ description: 'The active faults', example: [] }),
        })
        .openapi({ description: 'The faults', example: { made: 0, list: [] } }),
      profiles: z.record(z.string(), inner).openapi({
        description:
          'By profile: accounts, job defaults, ids, counters by policy, collections and the credentials that they issued, cached and idempotent responses, soft warnings given',
        example: {},
      }),
      journal: z
        .array(inner)
        .optional()
        .openapi({ description: 'The entries of the journal, oldest first', example: [] }),
    })
    .openapi('Snapshot', { description: 'The complete state of a sandbox, with credentials in full' });

  const getSnapshot = createRoute({
    method: 'get',
    path: '/snapshot',
    operationId: 'getSnapshot',
    tags: ['sandbox'],
    summary: 'Save the sandbox',
    description:
      'The complete state in a stable order: saving, restoring and saving again gives the same text. It does not contain requests in flight, and contains the journal only on request. A frozen clock is restored at its instant; a running clock is restored as if it had never stopped, so freeze it before you save a fixture. Counters by credential can be restored only with the credential, so a snapshot contains credentials in full: protect it as you protect them.',
    request: {
      query: z.strictObject({
        journal: z
          .enum(['true', 'false'], { error: 'is neither true nor false; write journal=true, or leave it out' })
          .optional()
          .openapi({
            param: { name: 'journal', in: 'query' },
            description: 'Whether to include the journal',
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
    // Check the version first: a snapshot of an unknown version has no other errors worth reporting.
    { maxBytes: 268_435_456, maxDepth: MAX_PLAIN_LEVELS, check: checkVersion },
  );

  const putSnapshot = createRoute({
    method: 'put',
    path: '/snapshot',
    operationId: 'restoreSnapshot',
    tags: ['sandbox'],
    summary: 'Restore a sandbox',
    description:
      'Replaces the state by the saved one. Where any part does not fit the served profiles, nothing is changed. Requests in flight end at once, as with a reset. Webhooks of running jobs are scheduled again. A profile that the snapshot lacks is reset; without a journal in the snapshot the journal is emptied.',
    middleware: input.middleware,
    request: { body: input.body },
    responses: { 204: { description: 'The sandbox is restored' }, ...problems(400, 413) },
  });

  return { getSnapshot, putSnapshot, snapshot };
});

/** Saves the state of a sandbox. It is a change, because logs of calls are entered before: at the same place of the log by all replicas. */
export const snapshot = defineChange({
  run: ({ sandbox }, options?: SnapshotOptions) => sandbox.snapshot(options),
  http: (kit, run) =>
    kit.call(routes(kit).getSnapshot, async (c) => {
      const saved = await run(kit.contextOf(c), { journal: c.req.valid('query').journal === 'true' });
      return c.json(saved as Snapshot & z.output<ReturnType<typeof routes>['snapshot']>, 200);
    }),
});

/** Restores the state of a sandbox. */
export const restore = defineChange({
  prepare: ({ sandbox }, saved: Snapshot) => sandbox.openEditionsOf(saved),
  run: ({ sandbox, checkFault }, saved: Snapshot) => sandbox.restore(saved, checkFault),
  http: (kit, run) =>
    kit.call(routes(kit).putSnapshot, async (c) => {
      const context = kit.contextOf(c);
      // Where the server has replicas, each of them reads the editions.
      if (!context.replicator) await context.sandbox.openEditionsOf(c.req.valid('json'));
      // The sandbox itself reads and checks the snapshot.
      await run(context, c.req.valid('json') as unknown as Snapshot);
      return c.body(null, 204);
    }),
});
