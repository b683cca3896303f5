/**
 * What happens, as it happens.
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
    summary: 'Stream the events of the sandbox',
    description: `Server-sent events of the sandbox: request (one that was admitted has been answered) and refusal, with the journal's entry; warning (a soft limit was passed), reset, clock (it was moved, stopped or started) and job (started, changed, ended). Begins with a comment; what happens after that is told. A reader for which more than ${QUEUE_SIZE} events wait loses the oldest, and is told how many by an event dropped; one that has lost more than ${MAX_DROPPED} is cut off. ${MAX_READERS} may read at a time.`,
    request: {
      headers: z.object({
        'Last-Event-ID': z
          .string()
          .optional()
          .openapi({
            param: { name: 'Last-Event-ID', in: 'header' },
            description: 'Tells first what came after the event of this id, as far as the newest 256 events go back',
            example: '17',
          }),
      }),
    },
    responses: {
      200: {
        description: 'The events; it does not end until the sandbox does, or the server',
        content: {
          'text/event-stream': {
            schema: z.string().openapi({ description: 'Events, as the HTML standard writes them' }),
            example: EXAMPLE,
          },
        },
      },
      ...problems(400, 409),
    },
  });

  return { getEvents };
});

export const events = defineCall((kit) =>
  kit.call(routes(kit).getEvents, (c) => {
    const after = eventId(c.req.header('last-event-id'));
    const headers = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };
    // A client that asks for the head alone reads nothing, and its leaving would go unnoticed.
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    c.env.waits?.();
    return new Response(eventStream(c.env.sandbox.events, after, c.req.raw.signal), { headers });
  }),
);

function eventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const detail = `${JSON.stringify(text)} is not the id of an event; send one that an event had, or leave it out`;
  throw new Problem(400, 'bad-value', detail, 'Last-Event-ID');
}
