/**
 * The event stream of a sandbox.
 * @module
 */
import { Problem } from '../../../sandbox/control/problem.js';
import { eventStream, MAX_DROPPED, MAX_READERS, QUEUE_SIZE } from '../../web/event-stream.js';
import { defineCall, describeRoutes } from '../define-operation.js';

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
    description: `Server-sent events of the sandbox: request (an admitted request was answered) and refusal, with the journal entry; warning (a soft limit was exceeded), reset, clock (moved, stopped or started), job (started, changed, ended) and webhook (an attempt to deliver one). The stream begins with a comment and contains all events after it. A reader with more than ${QUEUE_SIZE} queued events loses the oldest, and an event dropped reports how many; a reader that has lost more than ${MAX_DROPPED} is disconnected. At most ${MAX_READERS} readers at a time.`,
    request: {
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
    const headers = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };
    // A HEAD request reads no body, so its disconnect would go unnoticed.
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    c.env.markDelayed?.();
    return new Response(eventStream(c.env.sandbox.events, after, c.req.raw.signal), { headers });
  }),
);

function eventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const detail = `${JSON.stringify(text)} is not the id of an event; send one that an event had, or leave it out`;
  throw new Problem(400, 'bad-value', detail, 'Last-Event-ID');
}
