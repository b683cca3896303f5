/**
 * The context that the parts of a sandbox share: clock, journal, faults, jobs, log and options.
 * @module
 */

import type { Instant } from '../limits/engine.js';
import { digits } from '../limits/render/digits.js';
import type { JournalStore } from '../state/store.js';
import type { SandboxEvent } from './events.js';
import type { BodyStream } from './exchange/streaming/body-stream.js';
import type { JobWatch } from './jobs/watch.js';
import type { FaultStore, SandboxClock } from './store.js';

/** The shared parts and options of one sandbox. */
export interface Core {
  /** Name of the sandbox; empty for the main one. */
  readonly name: string;
  readonly clock: SandboxClock;
  readonly journal: JournalStore;
  readonly faults: FaultStore;
  readonly jobs: JobWatch;
  /** Whether clients are judged. If so, a call also records facts that only the verdict needs. */
  readonly judging: boolean;
  /** Whether the `Prefer` header of a request is honoured. */
  readonly prefer: boolean;
  /** Writes a line to the log. */
  readonly log: WriteLog;
  /** Posts a body as JSON to the URL of a webhook. Never rejects. @param headers header fields besides those of every delivery */
  readonly deliver: (url: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<DeliveryResult>;
  readonly hooks: SandboxHooks;
  /** Running counts of requests and changes. */
  readonly counts: SandboxCounts;
  /** Sends an event to all listeners. A number is the journal row of an answered request. */
  emit(event: SandboxEvent | number): void;
}

/** Counts of a sandbox since it was created. A reset does not change them. */
export interface SandboxCounts {
  /** Requests to providers that have arrived; also the number of the newest. */
  requests: number;
  /** Requests that a policy has refused, or that were answered 429. */
  refused: number;
  /** Deliveries of webhooks that were answered 2xx. */
  delivered: number;
  /** Deliveries of webhooks that were given up. */
  undelivered: number;
  /** Changes that neither a request nor an event reports. */
  changes: number;
}

/** What came of a delivery: the status of the response, or why there was none. `isFinal`: it would fail again, so it is not retried. */
export type DeliveryResult = { readonly status: number } | { readonly failed: string; readonly isFinal?: true };

/** Writes a line to the log of the mock. @param topic `refusal`: the line tells of a request that a policy has refused */
export type WriteLog = (level: 'info' | 'warn', message: string, topic?: 'refusal') => void;

/** Functions that all sandboxes of a mock call, if somebody has set them. */
export interface SandboxHooks {
  /**
   * Is called with each answered request. It must not throw.
   * @param sandbox name of the sandbox
   * @param row its row in the journal
   * @param isRefused whether a policy has refused it, or it was answered 429
   */
  answered?: ((sandbox: string, journal: JournalStore, row: number, isRefused: boolean) => void) | undefined;
  /** Counts what happens, from the first scrape of the metrics on. */
  counter?: EventCounter | undefined;
}

/** Counts events of all sandboxes. Its methods must not throw. */
export interface EventCounter {
  /** A request to a provider has arrived. */
  arrived(): void;
  /**
   * A request has been answered.
   * @param profile id of the profile
   * @param status status of the response; 0 where the connection was closed before any
   * @param refusedBy the policy that refused it
   * @param retryAfter seconds that the response asks the client to wait
   */
  answered(profile: string, status: number, refusedBy: string | undefined, retryAfter: number | undefined): void;
  /** The delivery of a webhook is over. @param outcome `delivered`: answered 2xx; `failed`: given up */
  webhook(outcome: 'delivered' | 'failed'): void;
}

/** The facts about the sending of a response. A small object, so that the exchange can be garbage-collected before the response is sent. */
export interface Departure {
  /** The journal row, once it is written. */
  row: number | undefined;
  /** Real epoch ms with fractions at which the response was sent; `null` until then, or if the client was gone. */
  leftAt: number | null;
  /** Virtual epoch ms at that moment; `null` also while the clock is frozen. */
  answeredAt: number | null;
}

/** The connection over which a response is sent. */
export interface Port {
  /**
   * Calls the listener once the response has been sent or its connection is closed.
   *
   * @param beforeNext whether it must have run before a client that has the response can be admitted again, at any replica
   */
  onDone(listener: () => void, beforeNext?: boolean): void;
  /** Receives what is known of the sending of the response, before anything else. */
  track?(departure: Departure, request: string): void;
  /** Takes over a stream that has just been created. @returns what is sent in its place. Default: the transport starts the stream */
  takeStream?(stream: BodyStream): BodyStream;
  /** Whether the client closed the connection before the response was written, so that it never saw the answer. Default: `false`. */
  readonly lost?: boolean;
}

/** The name of a request: `17`, or `t1-17` in sandbox `t1`. @param sandbox name of the sandbox; empty for the main one */
export function requestName(sandbox: string, number: number): string {
  return sandbox === '' ? digits(number) : `${sandbox}-${digits(number)}`;
}

/** The current instant of the sandbox's clock, with the horizon up to which buckets must be kept. */
export function instantOf(core: Core): Instant {
  const now = core.clock.now();
  return { now, horizon: core.clock.horizon(now) };
}
