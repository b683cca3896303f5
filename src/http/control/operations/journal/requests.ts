/**
 * Operations on the journal, and the reset.
 * @module
 */
import { Problem } from '../../../../sandbox/control/problem.js';
import type { RequestFilter, RequestWait } from '../../../../sandbox/journal/query.js';
import type { ResetOptions } from '../../../../sandbox/reset.js';
import type { JournalEntry } from '../../../../state/journal/entry.js';
import { defineChange, defineOperation, describeRoutes, NO_CALL } from '../../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, journalEntry }) => {
  function wholeNumber(name: string, description: string, example: number) {
    return z
      .string()
      .regex(/^[1-9]\d{0,8}$/, { error: 'is not a number of entries; write a whole number from 1 up' })
      .transform(Number)
      .optional()
      .openapi({ param: { name, in: 'query' }, type: 'integer', minimum: 1, description, example });
  }

  const filter = z.strictObject({
    status: z
      .string()
      .regex(/^(?:0|[1-5](?:\d\d|[xX]{2}))$/, { error: 'is not a status; write 429, or a class such as 4xx' })
      .optional()
      .openapi({
        param: { name: 'status', in: 'query' },
        description: 'Only this status, or this class of statuses',
        example: '429',
      }),
    operation: z
      .string()
      .optional()
      .openapi({
        param: { name: 'operation', in: 'query' },
        description: 'Only this operationId',
        example: 'listLinks',
      }),
    profile: z
      .string()
      .optional()
      .openapi({ param: { name: 'profile', in: 'query' }, description: 'Only this profile', example: 'klinky' }),
    key: z
      .string()
      .min(1, { error: 'is not a credential; give it in full' })
      .optional()
      .openapi({
        param: { name: 'key', in: 'query' },
        description: 'Only requests with this credential, given in full; it is not stored',
        example: 'klinky_live_aaaabbbb',
      }),
    since: z
      .string()
      .optional()
      .openapi({
        param: { name: 'since', in: 'query' },
        description:
          "Only requests answered after the one with this id (all, where the journal no longer has it), or requests that arrived at or after this ISO instant of the sandbox's clock",
        example: '17',
      }),
    limit: wholeNumber('limit', 'Only this many of the newest matches', 100),
    wait: z
      .string()
      .optional()
      .openapi({
        param: { name: 'wait', in: 'query' },
        description:
          'Waits for count matching requests. After this time it answers with those that exist. Real time, at most 60s, independent of the sandbox clock',
        example: '5s',
      }),
    count: wholeNumber('count', 'Number of requests to wait for, existing ones included; default: 1', 3),
  });

  const resetOptions = z
    .strictObject({
      clock: z
        .boolean()
        .optional()
        .openapi({ description: 'Whether to reset the clock to its initial state', example: true }),
      accounts: z
        .boolean()
        .optional()
        .openapi({ description: "Whether to reset the accounts to the profile's", example: false }),
      profiles: z.boolean().optional().openapi({
        description: 'Whether to restore the variants and default plans that the server was started with',
        example: false,
      }),
    })
    .openapi('ResetOptions', { description: 'What to reset besides counters, journal, faults, jobs and resources' });

  const getRequests = createRoute({
    method: 'get',
    path: '/requests',
    operationId: 'listRequests',
    tags: ['journal'],
    summary: 'Read the journal',
    description:
      'The newest requests to the providers, in the order in which they were answered: the newest last. The journal is a ring of fixed size.',
    request: { query: filter },
    responses: {
      200: json(
        z
          .object({ requests: z.array(journalEntry).openapi({ description: 'The newest last' }) })
          .openapi('Journal', { description: 'Requests and their answers' }),
        'The matching entries',
      ),
      ...problems(400, 409),
    },
  });

  const deleteRequests = createRoute({
    method: 'delete',
    path: '/requests',
    operationId: 'clearRequests',
    tags: ['journal'],
    summary: 'Empty the journal',
    description: 'Counters and everything else stay.',
    responses: { 204: { description: 'The journal is empty' }, ...problems() },
  });

  const options = jsonBody(resetOptions, { clock: true }, { required: false });
  const postReset = createRoute({
    method: 'post',
    path: '/reset',
    operationId: 'reset',
    tags: ['sandbox'],
    summary: 'Reset the sandbox',
    description:
      'Removes counters, journal, faults, jobs and resources. Requests in flight end at once and refund nothing. Clock and accounts, and the plans and variants of profiles, stay unless requested.',
    middleware: options.middleware,
    request: { body: options.body },
    responses: { 204: { description: 'The sandbox is reset' }, ...problems(400, 413) },
  });

  return { getRequests, deleteRequests, postReset };
});

/** Reads the journal. The call of `waitForRequests` serves it as well. */
export const requests = defineOperation({
  run: ({ sandbox }, filter?: RequestFilter) => sandbox.requests(filter),
  http: NO_CALL,
});

/** Waits for matching requests. */
export const waitForRequests = defineOperation({
  run: async (
    { sandbox },
    { signal, ...wait }: RequestWait & { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<JournalEntry[]> => {
    const entries = await sandbox.waitForRequests(wait, signal);
    signal?.throwIfAborted();
    return entries;
  },
  http: (kit) =>
    kit.call(routes(kit).getRequests, async (c) => {
      const { wait, count, ...filter } = c.req.valid('query');
      const { sandbox } = c.env;
      if (wait === undefined && count !== undefined)
        throw new Problem(
          400,
          'count-without-wait',
          'needs a wait, such as wait=5s; limit takes the newest so many',
          'count',
        );
      if (wait !== undefined) c.env.markDelayed?.();
      const entries =
        wait === undefined
          ? sandbox.requests(filter)
          : await sandbox.waitForRequests({ ...filter, wait, count }, c.req.raw.signal);
      return c.json({ requests: entries }, 200);
    }),
});

/** Empties the journal. */
export const clearRequests = defineChange({
  run({ sandbox }) {
    sandbox.journal.clear();
    // Streams of ticks notice it.
    sandbox.counts.changes += 1;
  },
  http: (kit, run) =>
    kit.call(routes(kit).deleteRequests, async (c) => {
      await run(kit.contextOf(c));
      return c.body(null, 204);
    }),
});

/** Resets the sandbox. */
export const reset = defineChange({
  run: ({ sandbox }, options?: ResetOptions) => sandbox.reset(options),
  http: (kit, run) =>
    kit.call(routes(kit).postReset, async (c) => {
      const { clock = false, accounts = false, profiles = false } = c.req.valid('json');
      await run(kit.contextOf(c), { clock, accounts, profiles });
      return c.body(null, 204);
    }),
});
