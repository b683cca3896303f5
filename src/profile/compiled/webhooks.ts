/**
 * Compiles the webhooks of a profile: what raises an event, and how a delivery is written and signed.
 * @module
 */
import { createHmac } from 'node:crypto';
import { compileTemplate, type Template } from '../../limits/render/template.js';
import type { Profile } from '../schema/schema.js';

/** The webhooks of a provider, compiled. */
export interface Webhooks {
  /** Template of the id of an event. */
  readonly id: Template;
  /** Template of the body. */
  readonly body: Template;
  /** Template of the header fields. */
  readonly headers: Template;
  /** How bodies are signed; `undefined` if they are not. */
  readonly signature: WebhookSignature | undefined;
  /** Waits before each retry in milliseconds, already compressed; empty if there are none. */
  readonly retries: readonly number[];
  /** Endpoints that clients register over the provider's API. */
  readonly registered: RegisteredEndpoints | undefined;
  /** The events by type. */
  readonly events: ReadonlyMap<string, WebhookEvent>;
  /** The events that an operation raises when it succeeds, by operationId. */
  readonly byOperation: ReadonlyMap<string, readonly WebhookEvent[]>;
  /** The events that the end of a job raises, by collection. */
  readonly byJob: ReadonlyMap<string, readonly WebhookEvent[]>;
  /** operationIds that may change the registered endpoints. */
  readonly registering: ReadonlySet<string>;
}

/** One type of event. */
export interface WebhookEvent {
  readonly type: string;
  /** States of the job that raise it; `undefined`: any. */
  readonly states: readonly string[] | undefined;
  readonly data: Template;
}

/** How bodies are signed. */
export interface WebhookSignature {
  /** Template of the text that is signed. */
  readonly content: Template;
  /** The HMAC of a text. */
  readonly sign: (secret: string, content: string) => string;
}

/** Endpoints that are items of a collection. */
export interface RegisteredEndpoints {
  readonly collection: string;
  readonly url: Template;
  readonly secret: Template | undefined;
  readonly events: Template | undefined;
}

/** Compiles the webhooks of a profile; `undefined` if it has none. @param compress divides the waits */
export function compileWebhooks(profile: Profile, compress: number): Webhooks | undefined {
  const spec = profile.webhooks;
  if (!spec) return undefined;
  const events = Object.entries(spec.events).map(([type, event]) => ({
    event: { type, states: event.state, data: compileTemplate(event.data) },
    job: event.job,
    operations: event.operations ?? [],
  }));
  const byOperation = new Map<string, WebhookEvent[]>();
  const byJob = new Map<string, WebhookEvent[]>();
  for (const { event, job, operations } of events) {
    for (const operation of operations) append(byOperation, operation, event);
    if (job !== undefined) append(byJob, job, event);
  }
  const { signature, registered } = spec;
  return {
    id: compileTemplate(spec.id),
    body: compileTemplate(spec.body),
    headers: compileTemplate(spec.headers),
    signature: signature && {
      content: compileTemplate(signature.content),
      sign: (secret, content) => createHmac(signature.algorithm, secret).update(content).digest(signature.encoding),
    },
    retries: (spec.retries?.after ?? []).map((ms) => Math.round(ms / compress)),
    registered: registered && {
      collection: registered.collection,
      url: compileTemplate(registered.url),
      secret: optional(registered.secret),
      events: optional(registered.events),
    },
    events: new Map(events.map(({ event }) => [event.type, event])),
    byOperation,
    byJob,
    registering: operationsOn(profile, registered?.collection),
  };
}

/** The fact of a caller that alone separates a collection into scopes; `undefined` if it is separated in another way. */
export function scopeFact({ collections }: Profile, collection: string): string | undefined {
  const [part, ...more] = collections[collection]?.scope ?? [];
  const [, fact] = /^\$\{\s*caller\.([\w-]+)\s*\}$/.exec(part ?? '') ?? [];
  return more.length === 0 ? fact : undefined;
}

/** The operations whose behaviour uses a collection. */
export function operationsOn({ operations }: Profile, collection: string | undefined): ReadonlySet<string> {
  const using = Object.entries(operations).filter(
    ([, spec]) => collection !== undefined && (spec as { collection?: unknown }).collection === collection,
  );
  return new Set(using.map(([id]) => id));
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function optional(text: string | undefined): Template | undefined {
  return text === undefined ? undefined : compileTemplate(text);
}
