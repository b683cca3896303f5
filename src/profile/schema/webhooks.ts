/**
 * The schema of webhooks: the requests that a provider sends to its customers, as data.
 * @module
 */
import { z } from 'zod';
import { duration, evidence, headerName, headerText, json, listOf, name } from './basics.js';

const signature = z.strictObject({
  algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256').describe('Hash function of the HMAC'),
  encoding: z.enum(['hex', 'base64']).default('hex').describe('How its bytes are written; hex in lower case'),
  content: z
    .string()
    .default('${raw}')
    .describe('Template of the text that is signed; may use raw (the body as it is sent), event and sentAt'),
  evidence,
});

const retries = z.strictObject({
  after: z
    .array(duration)
    .max(20)
    .describe('Waits on the sandbox’s clock, each counted from the attempt before; given up after the last'),
  evidence,
});

const registered = z.strictObject({
  collection: z.string().describe('The collection whose items are endpoints; one of the keys of collections'),
  url: z.string().default('${item.url}').describe('Template of the URL of an item'),
  secret: z.string().optional().describe('Template of its signing secret; none when left out'),
  events: z
    .string()
    .optional()
    .describe('Template of the list of events that it wants; all when left out, or when it has no value'),
});

const webhookEvent = z.strictObject({
  job: z
    .string()
    .optional()
    .describe('Sends the event when a job of this collection ends; its data may use item (as it is shown) and job'),
  state: listOf(z.string()).optional().describe('States in which the job ends; any when left out'),
  operations: z
    .array(z.string())
    .optional()
    .describe(
      'Sends the event when one of these operations succeeds (2xx); its data may use answer.body and whatever templates of the operation may use',
    ),
  data: json.default({}).describe('Template of event.data'),
  evidence,
});

/** The webhooks of a provider. */
export const webhooks = z
  .strictObject({
    id: z.string().default('${new.uuid}').describe('Template of the id of an event, event.id'),
    body: json
      .default('${event.data}')
      .describe(
        'Template of the body, which is sent as JSON; may use event.id, event.type, event.at, event.account, event.data',
      ),
    headers: z
      .record(headerName, headerText)
      .default({})
      .describe('Header fields of a delivery; their values are templates, and may use signature, event and sentAt'),
    signature: signature
      .optional()
      .describe('How a body is signed with the secret of its endpoint; unsigned when left out'),
    retries: retries
      .optional()
      .describe('When a delivery that was not answered 2xx is sent again; never when left out'),
    registered: registered
      .optional()
      .describe('Endpoints that clients register over the provider’s API. Others are registered by POST /webhooks'),
    events: z
      .record(name, webhookEvent)
      .describe('The events by type. One without job and operations is sent by POST /webhooks/events only'),
  })
  .describe('Requests that the provider sends to its customers');

/** The webhooks of a profile. */
export type WebhooksSpec = z.output<typeof webhooks>;
