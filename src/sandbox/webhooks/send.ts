/**
 * Sends deliveries on the sandbox's clock, signed and retried as the profile says, and reports each attempt as an event.
 *
 * An attempt counts as sent at the instant at which it was due, also if the clock has passed that instant in one step. So the waits between attempts are those
 * of the profile, however the clock moves.
 * @module
 */

import { withScope } from '../../behaviours/collections/shared.js';
import type { Secrets } from '../../profile/callers/masking.js';
import type { Core } from '../core.js';
import { fresh } from '../exchange/template-scope.js';
import type { ProviderState } from '../provider-state.js';
import type { Deliveries, Delivery } from './deliveries.js';

/** Sends a delivery once the clock has reached its instant. */
export function schedule(core: Core, providerState: ProviderState, delivery: Delivery): void {
  const { deliveries } = providerState;
  // Dropped on close: the instant has not come.
  const cancel = core.clock.at(delivery.dueAt!, () => send(core, providerState, delivery, deliveries), false);
  deliveries.scheduled(delivery, cancel);
}

/** Sends everything that is due, retries included. Resolves once all of it has been answered. */
export async function settleDeliveries(core: Core, providerStates: Iterable<ProviderState>): Promise<void> {
  const states = [...providerStates].filter(({ provider }) => provider.webhooks !== undefined);
  while (states.some(({ deliveries }) => deliveries.isDue(core.clock.now()))) await core.clock.catchUp();
}

/** Sends a delivery that is due, and schedules the next attempt if it fails. @param deliveries those to which it belongs: a reset replaces them */
export async function send(
  core: Core,
  providerState: ProviderState,
  delivery: Delivery,
  deliveries: Deliveries = providerState.deliveries,
): Promise<void> {
  const sentAt = delivery.dueAt!;
  deliveries.begun(delivery);
  delivery.attempts += 1;
  delivery.sentAt = sentAt;
  const result = await core.deliver(delivery.url, delivery.body, headersOf(providerState, delivery, sentAt));
  // A reset has dropped it meanwhile.
  if (!deliveries.has(delivery)) return;
  delivery.status = 'status' in result ? result.status : null;
  delivery.error = 'status' in result ? null : result.failed;
  const isDelivered = delivery.status !== null && delivery.status >= 200 && delivery.status < 300;
  const wait =
    'isFinal' in result
      ? undefined
      : delivery.type === null
        ? undefined
        : providerState.provider.webhooks?.retries[delivery.attempts - 1];
  if (isDelivered || wait === undefined) deliveries.ended(delivery, isDelivered ? 'delivered' : 'failed');
  else delivery.dueAt = sentAt + wait;
  core.counts.changes += 1;
  report(core, providerState, delivery);
  if (delivery.state === 'pending') schedule(core, providerState, delivery);
}

/** The header fields of a delivery, signed if the provider signs and the endpoint has a secret. */
function headersOf({ provider, ids }: ProviderState, delivery: Delivery, sentAt: number): Record<string, string> {
  const { webhooks } = provider;
  if (!webhooks || delivery.type === null) return {};
  const { type, event: id, account, at, secret, body } = delivery;
  const known = { event: { id, type, account, at }, sentAt, now: sentAt };
  const base = withScope(([root, name = '']) => (root === 'new' ? fresh(ids, name, sentAt) : undefined), known);
  const { signature } = webhooks;
  let signed: string | undefined;
  if (signature && secret !== null) {
    const content = signature.content.render(withScope(base, { raw: JSON.stringify(body) }), sentAt);
    signed = signature.sign(secret, String(content));
  }
  const fields = webhooks.headers.render(withScope(base, { signature: signed }), sentAt) as Record<string, unknown>;
  const usesSignature = Object.entries(provider.profile.webhooks!.headers);
  return Object.fromEntries(
    Object.entries(fields)
      // A field that tells the signature is left out where there is none.
      .filter(
        ([name]) => signed !== undefined || !/\$\{\s*signature\b/.test(usesSignature.find(([one]) => one === name)![1]),
      )
      .map(([name, value]) => [name, String(value)]),
  );
}

/** Counts an attempt that has ended a delivery, and reports it as an event. */
export function report(core: Core, { provider, origin: { secrets } }: ProviderState, delivery: Delivery): void {
  const { id, type, event, account, endpoint, url, attempts, status, error, state, dueAt, sentAt } = delivery;
  if (state === 'delivered') core.counts.delivered += 1;
  else if (state === 'failed') core.counts.undelivered += 1;
  if (state === 'delivered' || state === 'failed') core.hooks.counter?.webhook(state);
  core.emit({
    type: 'webhook',
    at: sentAt!,
    data: {
      profile: provider.id,
      delivery: id,
      type,
      event,
      account: account === null ? null : secrets.target(account),
      endpoint,
      url: shownUrl(secrets, url),
      attempt: attempts,
      status,
      error,
      state,
      nextAt: dueAt,
    },
  });
}

/** A URL without user, password and query, with credentials masked; without its path on other hosts, where the path is often a secret. */
export function shownUrl(secrets: Pick<Secrets, 'target'>, text: string): string {
  if (!URL.canParse(text)) return '…';
  const { origin, hostname, pathname } = new URL(text);
  const isOwn = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return `${origin}${isOwn || pathname === '/' ? secrets.target(pathname) : '/…'}`;
}
