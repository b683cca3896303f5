/**
 * Operations on webhooks: endpoints, as the dashboard of a provider registers them; events; and their deliveries.
 * @module
 */
import type { Secrets } from '../../../profile/callers/masking.js';
import { suggest } from '../../../profile/errors.js';
import { Problem } from '../../../sandbox/control/problem.js';
import type { EndpointInput, EventInput, WebhookEndpoint } from '../../../sandbox/webhooks/control.js';
import { shownUrl } from '../../../sandbox/webhooks/send.js';
import { defineChange, defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, instant, profileId }) => {
  const profile = z.string().optional().openapi({
    description: 'Id of the profile; needed where several served profiles send webhooks',
    example: 'full-domination',
  });
  const url = 'http://127.0.0.1:9999/hooks';
  const types = z.array(z.string());

  const endpointInput = z
    .strictObject({
      profile,
      url: z.string().openapi({
        description: 'Where deliveries go: an address of this machine, or a host that --webhook-host allows',
        example: url,
      }),
      account: z
        .string()
        .optional()
        .openapi({ description: 'The account whose events it receives; default: every account', example: 'default' }),
      events: types.optional().openapi({ description: 'Types of events; default: all', example: ['audit.completed'] }),
      secret: z.string().min(1).optional().openapi({
        description: 'The signing secret; default: one is made, if the provider signs',
        example: 'whsec_test',
      }),
    })
    .openapi('WebhookEndpointInput', { description: 'An endpoint to register' });

  const endpoint = z
    .object({
      profile: profileId,
      id: z.string().openapi({ description: 'Id of the endpoint', example: 'endpoint-1' }),
      url: z.string().openapi({
        description: 'Where deliveries go; without query, and on other hosts without its path',
        example: url,
      }),
      account: z
        .string()
        .nullable()
        .openapi({ description: 'The account whose events it receives; null: every account', example: 'default' }),
      events: types.nullable().openapi({ description: 'Types of events; null: all', example: ['audit.completed'] }),
      secret: z.string().nullable().openapi({
        description: 'The signing secret, in full only in the answer that registers it; null if there is none',
        example: 'whsec_…',
      }),
    })
    .openapi('WebhookEndpoint', { description: 'A registered endpoint' });

  const delivery = z
    .object({
      id: z.string().openapi({ description: 'Id of the delivery', example: 'delivery-1' }),
      profile: profileId,
      type: z.string().nullable().openapi({
        description: 'Type of the event; null: the end of a job, told to the URL that its request named',
        example: 'audit.completed',
      }),
      event: z
        .string()
        .nullable()
        .openapi({ description: 'Id of the event; null where it has none', example: 'evt_01HSXXXXX' }),
      account: z
        .string()
        .nullable()
        .openapi({ description: 'The account whose event it is; null if not known', example: 'default' }),
      endpoint: z.string().nullable().openapi({
        description: "Id of the endpoint; null if it was registered over the provider's API",
        example: 'endpoint-1',
      }),
      url: z.string().openapi({ description: 'Without query; on other hosts without its path', example: url }),
      state: z.enum(['pending', 'delivered', 'failed']).openapi({
        description: 'pending: to be sent, or sent again; failed: given up',
        example: 'delivered',
      }),
      attempts: z.int().openapi({ description: 'How often it has been sent', example: 1 }),
      status: z.int().nullable().openapi({ description: 'Status of the last response; null: none', example: 200 }),
      error: z
        .string()
        .nullable()
        .openapi({ description: 'Why there was no response; null if there was one', example: null }),
      at: instant.openapi({ description: 'When the event happened', example: '2026-05-12T08:00:00.000Z' }),
      sentAt: instant.nullable().openapi({
        description: 'Last attempt; null before the first',
        example: '2026-05-12T08:00:00.000Z',
      }),
      nextAt: instant.nullable().openapi({ description: 'Next attempt; null if there is none', example: null }),
      body: z.any().openapi({ description: 'The body as JSON', example: { type: 'audit.completed' } }),
    })
    .openapi('WebhookDelivery', { description: 'An event on its way to one endpoint' });

  const deliveries = json(
    z
      .object({ deliveries: z.array(delivery).openapi({ description: 'Oldest first' }) })
      .openapi('WebhookDeliveries', { description: 'Deliveries' }),
    'The deliveries',
  );

  const input = jsonBody(endpointInput, { profile: 'full-domination', url });
  const eventInput = z
    .strictObject({
      profile,
      type: z.string().openapi({ description: 'Type of the event, one of the profile', example: 'content.published' }),
      account: z
        .string()
        .optional()
        .openapi({ description: 'Whose event it is; default: the default account', example: 'default' }),
      data: z
        .any()
        .optional()
        .openapi({ description: "Its data in place of the profile's", example: { contentId: 'cnt_1' } }),
    })
    .openapi('WebhookEventInput', { description: 'An event to raise' });
  const event = jsonBody(eventInput, { profile: 'full-domination', type: 'content.published' });
  const id = z
    .string()
    .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of the endpoint', example: 'endpoint-1' });
  const tags = ['webhooks'];

  return {
    getEndpoints: createRoute({
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      tags,
      summary: 'List the endpoints of webhooks',
      description: "Those registered here. Endpoints registered over a provider's API are listed by that API.",
      responses: {
        200: json(
          z
            .object({ endpoints: z.array(endpoint).openapi({ description: 'In order of registration' }) })
            .openapi('WebhookEndpoints', { description: 'The endpoints' }),
          'The endpoints, secrets masked',
        ),
        ...problems(),
      },
    }),
    postEndpoint: createRoute({
      method: 'post',
      path: '/webhooks',
      operationId: 'addWebhook',
      tags,
      summary: 'Register an endpoint for webhooks',
      description:
        "As the dashboard of a provider does. Events are sent on the sandbox's clock: with a frozen clock nothing is sent until it is advanced. They count against no limit. A reset with accounts removes endpoints; any other reset keeps them.",
      middleware: input.middleware,
      request: { body: input.body },
      responses: { 201: json(endpoint, 'The endpoint, with its secret in full'), ...problems(400, 413) },
    }),
    deleteEndpoints: createRoute({
      method: 'delete',
      path: '/webhooks',
      operationId: 'removeWebhooks',
      tags,
      summary: 'Remove all endpoints of webhooks',
      description: 'Deliveries that wait are still sent.',
      responses: { 204: { description: 'All endpoints are removed' }, ...problems() },
    }),
    deleteEndpoint: createRoute({
      method: 'delete',
      path: '/webhooks/{id}',
      operationId: 'removeWebhook',
      tags,
      summary: 'Remove one endpoint of webhooks',
      description: 'Deliveries that wait are still sent. Where several profiles have the id, all of them are removed.',
      request: { params: z.object({ id }) },
      responses: { 204: { description: 'The endpoint is removed' }, ...problems(404) },
    }),
    postEvent: createRoute({
      method: 'post',
      path: '/webhooks/events',
      operationId: 'sendWebhook',
      tags,
      summary: 'Raise an event',
      description:
        'Sends it now, whatever the clock: for events that happen outside the API, such as in a dashboard. Answers once all endpoints have answered.',
      middleware: event.middleware,
      request: { body: event.body },
      responses: { 200: deliveries, ...problems(400, 413) },
    }),
    getDeliveries: createRoute({
      method: 'get',
      path: '/webhooks/deliveries',
      operationId: 'listWebhookDeliveries',
      tags,
      summary: 'List the deliveries of webhooks',
      description: 'Those that wait, and the newest 1,000 of each profile that are over. A reset forgets them.',
      request: {
        query: z.strictObject({
          profile: z
            .string()
            .optional()
            .openapi({
              param: { name: 'profile', in: 'query' },
              description: 'Id of a profile; default: all',
              example: 'full-domination',
            }),
        }),
      },
      responses: { 200: deliveries, ...problems(400, 404) },
    }),
  };
});

/** Lists the endpoints, with secrets and URLs masked. */
export const listEndpoints = defineOperation({
  run: ({ sandbox }) => sandbox.webhooks.endpoints().map((endpoint) => masked(sandbox.secrets, endpoint)),
  http: (kit, run) =>
    kit.call(routes(kit).getEndpoints, (c) => c.json({ endpoints: run(kit.contextOf(c)).map(body) }, 200)),
});

/** Registers an endpoint. */
export const addEndpoint = defineChange({
  run: ({ sandbox }, endpoint: EndpointInput): WebhookEndpoint => sandbox.webhooks.addEndpoint(endpoint),
  http: (kit, run) =>
    kit.call(routes(kit).postEndpoint, async (c) => {
      const context = kit.contextOf(c);
      const added = await run(context, c.req.valid('json'));
      const url = shownUrl(context.sandbox.secrets, added.url);
      return c.json(body({ ...added, url }), 201, { Location: `webhooks/${added.id}` });
    }),
});

/** Removes one endpoint, or all of them. */
export const removeEndpoint = defineChange({
  run: ({ sandbox }, id?: string) => sandbox.webhooks.removeEndpoint(id),
  http: (kit, run) => [
    kit.call(routes(kit).deleteEndpoints, async (c) => {
      await run(kit.contextOf(c));
      return c.body(null, 204);
    }),
    kit.call(routes(kit).deleteEndpoint, async (c) => {
      const context = kit.contextOf(c);
      const { id } = c.req.valid('param');
      if (await run(context, id)) return c.body(null, 204);
      const known = context.sandbox.webhooks.endpoints().map((endpoint) => endpoint.id);
      const fix = known.length === 0 ? 'there are none' : suggest(id, known);
      throw new Problem(404, 'unknown-endpoint', `there is no endpoint "${id}"; ${fix}`, 'id');
    }),
  ],
});

/** Raises an event. */
export const sendEvent = defineChange({
  run: ({ sandbox }, event: EventInput) => sandbox.webhooks.send(event),
  http: (kit, run) =>
    kit.call(routes(kit).postEvent, async (c) =>
      c.json({ deliveries: await run(kit.contextOf(c), c.req.valid('json')) }, 200),
    ),
});

/** Lists deliveries. */
export const listDeliveries = defineOperation({
  run: ({ sandbox }, profile?: string) => sandbox.webhooks.deliveries(profile),
  http: (kit, run) =>
    kit.call(routes(kit).getDeliveries, (c) =>
      c.json({ deliveries: run(kit.contextOf(c), c.req.valid('query').profile) }, 200),
    ),
});

/** An endpoint whose secret shows its last four characters, and never more than half. Its URL is shown as those of deliveries. */
function masked(secrets: Secrets, endpoint: WebhookEndpoint): WebhookEndpoint {
  const { secret, url } = endpoint;
  return {
    ...endpoint,
    url: shownUrl(secrets, url),
    secret: secret && `…${secret.slice(-Math.min(4, Math.floor(secret.length / 2)) || secret.length)}`,
  };
}

/** A copy whose lists may be changed, as the types of the routes have it. */
function body({ events, ...rest }: WebhookEndpoint) {
  return { ...rest, events: events && [...events] };
}
