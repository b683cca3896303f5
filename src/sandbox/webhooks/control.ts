/**
 * The control operations on webhooks: endpoints as a provider's dashboard registers them, events that a test raises, and what became of the deliveries.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import type { Endpoint } from '../../state/endpoints.js';
import { Problem } from '../control/problem.js';
import type { Core } from '../core.js';
import type { ProviderState } from '../provider-state.js';
import { findProviderState } from '../provider-states.js';
import type { Delivery, DeliveryState } from './deliveries.js';
import { baseScope, raise } from './raise.js';
import { settleDeliveries, shownUrl } from './send.js';
import { faultOfUrl } from './url.js';

/** An endpoint to register. */
export interface EndpointInput {
  /** Needed only if several served profiles send webhooks. */
  readonly profile?: string | undefined;
  /** Where deliveries go: an address of this machine, or a host that `--webhook-host` allows. */
  readonly url: string;
  /** The account whose events it receives. Default: those of every account. */
  readonly account?: string | undefined;
  /** The types of events that it receives. Default: all. */
  readonly events?: readonly string[] | undefined;
  /** The signing secret. Default: one is made, if the provider signs. */
  readonly secret?: string | undefined;
}

/** A registered endpoint. */
export interface WebhookEndpoint extends Endpoint {
  readonly profile: string;
}

/** An event to raise. */
export interface EventInput {
  readonly profile?: string | undefined;
  readonly type: string;
  /** Whose event it is. Default: the default account. */
  readonly account?: string | undefined;
  /** Its data in place of the profile's. */
  readonly data?: unknown;
}

/** A delivery as the control API shows it. */
export interface WebhookDelivery {
  readonly id: string;
  readonly profile: string;
  readonly type: string | null;
  readonly event: string | null;
  readonly account: string | null;
  readonly endpoint: string | null;
  /** Without query; on other hosts without its path. */
  readonly url: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Status of the last response; `null` if there was none. */
  readonly status: number | null;
  readonly error: string | null;
  /** ISO 8601, as all instants here. When the event happened. */
  readonly at: string;
  /** `null` before the first attempt. */
  readonly sentAt: string | null;
  /** `null` if there will be no other attempt. */
  readonly nextAt: string | null;
  readonly body: unknown;
}

/** The webhooks of one sandbox. */
export class WebhookControl {
  readonly #core: Core;
  readonly #providerStates: ReadonlyMap<string, ProviderState>;

  constructor(core: Core, providerStates: ReadonlyMap<string, ProviderState>) {
    this.#core = core;
    this.#providerStates = providerStates;
  }

  /** The endpoints registered here, by profile, then in order of registration. */
  endpoints(): WebhookEndpoint[] {
    return [...this.#providerStates.values()].flatMap(({ provider, endpoints }) =>
      endpoints.list().map((endpoint) => ({ profile: provider.id, ...endpoint })),
    );
  }

  /** Registers an endpoint. @returns it, with its secret in full @throws Problem */
  addEndpoint({ profile, url, account, events, secret }: EndpointInput): WebhookEndpoint {
    const providerState = this.#sender(profile);
    const { provider, endpoints, ids } = providerState;
    const fault = faultOfUrl(url);
    // The URL is not repeated: it may contain a password, which is not recognised in a text that is no URL.
    if (fault) throw new Problem(400, 'bad-url', `the URL ${fault.problem}; ${fault.fix}`, 'url');
    for (const type of events ?? []) checkType(providerState, type, 'events');
    const made = provider.webhooks!.signature ? (secret ?? `whsec_${ids.lower(32)}`) : (secret ?? null);
    // Jobs that have ended by now are not the new endpoint's.
    this.#core.jobs.catchUp();
    const endpoint = endpoints.add({ url, account: account ?? null, events: events ?? null, secret: made });
    this.#core.counts.changes += 1;
    this.#core.jobs.endpointsChanged();
    return { profile: provider.id, ...endpoint };
  }

  /** Removes one endpoint, or all of them. Deliveries that wait are still sent. @returns whether there was one */
  removeEndpoint(id?: string, profile?: string): boolean {
    let removed = false;
    this.#core.jobs.catchUp();
    for (const { provider, endpoints } of this.#providerStates.values()) {
      if (profile !== undefined && provider.id !== profile) continue;
      for (const endpoint of endpoints.list())
        if (id === undefined || endpoint.id === id) removed = endpoints.remove(endpoint.id) || removed;
    }
    this.#core.counts.changes += 1;
    return removed;
  }

  /** Raises an event and sends it. Resolves with its deliveries once they have been answered; empty if no endpoint receives it. @throws Problem */
  async send({ profile, type, account, data }: EventInput): Promise<WebhookDelivery[]> {
    const providerState = this.#sender(profile);
    const event = checkType(providerState, type, 'type');
    const at = this.#core.clock.now();
    const owner = account ?? providerState.provider.profile.accounts.default;
    const scope = baseScope(providerState, at);
    const deliveries = raise(this.#core, providerState, { event, account: owner, at, scope, data });
    await this.#core.clock.catchUp();
    await settleDeliveries(this.#core, this.#providerStates.values());
    return deliveries.map((delivery) => shown(providerState, delivery));
  }

  /** The deliveries that wait, and the newest 1,000 of each profile that are over, oldest first. */
  deliveries(profile?: string): WebhookDelivery[] {
    const states =
      profile === undefined ? [...this.#providerStates.values()] : [findProviderState(this.#providerStates, profile)];
    return states.flatMap((state) => state.deliveries.list().map((one) => shown(state, one)));
  }

  /** The state of the profile that sends webhooks. @throws Problem if it is not served, sends none, or is not the only one */
  #sender(profile: string | undefined): ProviderState {
    const senders = [...this.#providerStates.values()].filter(({ provider }) => provider.webhooks);
    if (profile === undefined && senders.length === 1) return senders[0]!;
    if (profile === undefined) {
      const known = senders.map(({ provider }) => provider.id).join(', ');
      const detail =
        senders.length === 0
          ? 'no served profile sends webhooks; declare webhooks in it'
          : `name the profile: ${known}`;
      throw new Problem(400, 'no-profile', detail, 'profile');
    }
    const providerState = findProviderState(this.#providerStates, profile, 400);
    if (providerState.provider.webhooks) return providerState;
    throw new Problem(400, 'no-webhooks', `${profile} sends no webhooks; declare webhooks in its profile`, 'profile');
  }
}

function checkType({ provider }: ProviderState, type: string, field: string) {
  const event = provider.webhooks!.events.get(type);
  if (event) return event;
  const fix = suggest(type, [...provider.webhooks!.events.keys()]);
  throw new Problem(400, 'unknown-event', `${provider.id} sends no "${type}"; ${fix}`, field);
}

function shown({ provider, origin: { secrets } }: ProviderState, delivery: Delivery): WebhookDelivery {
  const { id, type, event, account, endpoint, url, state, attempts, status, error, at, sentAt, dueAt, body } = delivery;
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    id,
    profile: provider.id,
    type,
    event,
    account: account === null ? null : secrets.target(account),
    endpoint,
    url: shownUrl(secrets, url),
    state,
    attempts,
    status,
    error,
    at: new Date(at).toISOString(),
    sentAt: iso(sentAt),
    nextAt: iso(dueAt),
    body,
  };
}
