/**
 * Saves and parses the endpoints of webhooks and the deliveries that wait.
 * @module
 */
import type { Endpoint } from '../../state/endpoints.js';
import type { ProviderState } from '../provider-state.js';
import type { Delivery } from '../webhooks/deliveries.js';
import type { Node } from './node.js';

/** Endpoints and waiting deliveries. The numbers say how many have been made. */
export interface WebhooksSnapshot {
  readonly endpoints: readonly Endpoint[];
  readonly endpointsMade: number;
  readonly deliveries: readonly Delivery[];
  readonly deliveriesMade: number;
}

/** Saves what there is; `undefined` if there is nothing. Deliveries of single jobs are saved with their jobs. */
export function saveWebhooks({ endpoints, deliveries }: ProviderState): WebhooksSnapshot | undefined {
  const pending = deliveries.pending().filter(({ type }) => type !== null);
  if (endpoints.made === 0 && pending.length === 0) return undefined;
  return {
    endpoints: endpoints.list(),
    endpointsMade: endpoints.made,
    deliveries: pending.map((one) => ({ ...one })),
    deliveriesMade: deliveries.made,
  };
}

/** Parses what `saveWebhooks` has saved. @throws Problem */
export function readWebhooks(node: Node): WebhooksSnapshot {
  const parts = node.fields(['endpoints', 'endpointsMade', 'deliveries', 'deliveriesMade']);
  return {
    endpoints: parts.endpoints.list().map(readEndpoint),
    endpointsMade: parts.endpointsMade.count(),
    deliveries: parts.deliveries.list().map(readDelivery),
    deliveriesMade: parts.deliveriesMade.count(),
  };
}

function readEndpoint(node: Node): Endpoint {
  const { id, url, account, events, secret } = node.fields(['id', 'url', 'account', 'events', 'secret']);
  return {
    id: id.text(),
    url: url.text(),
    account: account.orNull((one) => one.text()),
    events: events.orNull((one) => one.list().map((type) => type.text())),
    secret: secret.orNull((one) => one.text()),
  };
}

function readDelivery(node: Node): Delivery {
  const parts = node.fields([
    ...(['id', 'type', 'event', 'account', 'endpoint', 'url', 'secret', 'body'] as const),
    ...(['at', 'attempts', 'dueAt', 'sentAt', 'state', 'status', 'error'] as const),
  ]);
  const text = (one: Node) => one.text();
  const instant = (one: Node) => one.instant();
  return {
    id: parts.id.text(),
    type: parts.type.text(),
    event: parts.event.orNull(text),
    account: parts.account.orNull(text),
    endpoint: parts.endpoint.orNull(text),
    url: parts.url.text(),
    secret: parts.secret.orNull(text),
    body: parts.body.value,
    at: parts.at.instant(),
    attempts: parts.attempts.count(),
    dueAt: parts.dueAt.instant(),
    sentAt: parts.sentAt.orNull(instant),
    state: parts.state.oneOf('pending'),
    status: parts.status.orNull((one) => one.count()),
    error: parts.error.orNull(text),
  };
}
