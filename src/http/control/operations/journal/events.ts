/**
 * The event stream of a sandbox.
 * @module
 */
import { parseDuration } from '../../../../limits/duration.js';
import { Problem } from '../../../../sandbox/control/problem.js';
import { eventStream, MAX_DROPPED, MAX_READERS, QUEUE_SIZE } from '../../../web/event-stream.js';
import { BACKLOG, INTERVAL_MS, TICK_ENTRIES, tickStream } from '../../../web/tick-stream.js';
import { defineCall, describeRoutes } from '../../define-operation.js';

const routes = describeRoutes(({ createRoute, problems, z }) => {
  const EXAMPLE = `: events of mock429

  id: 17
  event: clock
  data: {"at":1778572800000,"now":"2026-05-12T08:00:00.000Z","epochMs":1778572800000,"mode":"frozen","rate":1}

  `;

  const getEvents = createRoute({
    method: 'get',
    path: '/events',
    operationId: 'streamEvents',
    tags: ['journal'],
    summary: 'Stream events',
    description: `Server-sent events of the sandbox: request (an admitted request was answered) and refusal, with the journal entry; warning (a soft limit was exceeded), reset, clock (moved, stopped or started), job (started, changed, ended) and webhook (an attempt to deliver one). The stream begins with a comment and contains all events after it. A reader with more than ${QUEUE_SIZE} queued events loses the oldest, and an event dropped reports how many; a reader that has lost more than ${MAX_DROPPED} is disconnected. At most ${MAX_READERS} readers at a time.

With every=250ms the stream sends events named tick instead, at most one in that time and none while nothing happens. A tick has exact counts of the requests since the last one (requests, refused, failed, and refusedBy policy), the entries of at most limit of them (refused and failed ones preferred; omitted says how many are left out), their rows in the journal, oldest (the oldest row that the journal still has), total since the sandbox was created, first (the id of the first request since the journal was last emptied), the clock, and the other events (eventsDropped where there were more than 100). Their ids count requests. The first tick comes at once, with the newest ${BACKLOG} entries. A program that shows live traffic to a person reads ticks: their cost does not grow with the traffic.`,
    request: {
      query: z.strictObject({
        every: z
          .string()
          .optional()
          .openapi({
            param: { name: 'every', in: 'query' },
            description: `Sends ticks at this interval of real time instead of events, from ${INTERVAL_MS.least}ms to 60s`,
            example: '250ms',
          }),
        limit: z
          .string()
          .regex(/^[1-9]\d{0,2}$/, {
            error: `is not a number of entries; write a whole number from 1 to ${TICK_ENTRIES.most}`,
          })
          .transform(Number)
          .optional()
          .openapi({
            param: { name: 'limit', in: 'query' },
            type: 'integer',
            minimum: 1,
            maximum: TICK_ENTRIES.most,
            description: `Most entries in a tick; default: ${TICK_ENTRIES.usual}`,
            example: 50,
          }),
      }),
      headers: z.object({
        'Last-Event-ID': z
          .string()
          .optional()
          .openapi({
            param: { name: 'Last-Event-ID', in: 'header' },
            description: 'Sends first the events after the one with this id, out of the newest 256 events',
            example: '17',
          }),
      }),
    },
    responses: {
      200: {
        description: 'The events; the stream ends with the sandbox or the server',
        content: {
          'text/event-stream': {
            schema: z.string().openapi({ description: 'Events in the format of the HTML standard' }),
            example: EXAMPLE,
          },
        },
      },
      ...problems(400, 409),
    },
  });

  return { getEvents };
});

/** Streams the events of a sandbox. */
export const events = defineCall((kit) =>
  kit.call(routes(kit).getEvents, (c) => {
    const after = eventId(c.req.header('last-event-id'));
    const { limit, ...query } = c.req.valid('query');
    const every = interval(query.every);
    checkLimit(limit, every);
    const headers = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };
    // A HEAD request reads no body, so its disconnect would go unnoticed.
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    c.env.markDelayed?.();
    if (every !== undefined) {
      const options = { every, limit: limit ?? TICK_ENTRIES.usual, after };
      return new Response(tickStream(c.env.sandbox, options, c.req.raw.signal), { headers });
    }
    return new Response(eventStream(c.env.sandbox.events, after, c.req.raw.signal), { headers });
  }),
);

function eventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const detail = `${JSON.stringify(text)} is not the id of an event; send one that an event had, or leave it out`;
  throw new Problem(400, 'bad-value', detail, 'Last-Event-ID');
}

function interval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= INTERVAL_MS.least && ms <= INTERVAL_MS.most) return ms;
  const detail = `${JSON.stringify(text)} is not an interval; write a duration from ${INTERVAL_MS.least}ms to 60s, such as 250ms`;
  throw new Problem(400, 'bad-duration', detail, 'every');
}

function checkLimit(limit: number | undefined, every: number | undefined): void {
  if (limit === undefined) return;
  if (every === undefined)
    throw new Problem(
      400,
      'limit-without-every',
      'needs an interval, such as every=250ms; events have no limit',
      'limit',
    );
  if (limit <= TICK_ENTRIES.most) return;
  throw new Problem(400, 'bad-value', `${limit} is more than ${TICK_ENTRIES.most}; write that or less`, 'limit');
}
