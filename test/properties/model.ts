/**
 * What a naive model of a provider is.
 * @module
 */
import type fc from 'fast-check';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';

/** A request to the provider. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, with the `content-type` of `headers`; anything else as JSON. */
  readonly body?: unknown;
  readonly ip?: string;
}

/** What a model expects of a response; what is left out is not compared. */
export interface Expected {
  readonly status: number;
  /** `null`: must be absent. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The whole body. */
  readonly body?: unknown;
  /** Values by dotted path. */
  readonly parts?: Readonly<Record<string, unknown>>;
  /** Whether a limit refused the request; a status of 402 or 429 when left out. */
  readonly refused?: boolean;
}

/** An admitted request: `finish` makes the response, then `left` says that it has been sent (or that the client has gone, with no response). */
export interface Admitted {
  finish(now: number): Expected;
  left(): void;
}

/** A naive second implementation of a provider’s limits, with which the answers of the mock are compared. `now` is in epoch milliseconds. */
export interface Model<Call> {
  /** A request arrives: refused at once, or admitted. */
  arrive(call: Call, now: number): Expected | Admitted;
  /** Counters and what is stored are gone; accounts and their quotas stay. */
  reset(): void;
  /** What came back, where later requests depend on it. */
  observe?(call: Call, answer: Answer): void;
  /** Something that a user of the control plane does. */
  control?(sandbox: Sandbox, what: number, amount: number, now: number): void;
}

/** How requests to a provider are generated, and how its model is made. */
export interface ModelSpec<Call> {
  /** Id of the profile. */
  readonly id: string;
  /** Sets of variants that the model knows. */
  readonly variants: readonly (readonly string[])[];
  readonly plan?: string;
  /** Generates what the model is told of a request. */
  readonly call: fc.Arbitrary<Call>;
  /** The request, and the status that a fault forces on it. */
  request(call: Call, model: Model<Call>): Sent & { readonly force?: number | undefined };
  /** Makes a model, and sets quotas in the sandbox that are small enough to be reached. */
  create(variants: readonly string[], sandbox: Sandbox): Model<Call>;
  /** Stretches of time that matter to this provider, in milliseconds. */
  readonly stretches: readonly number[];
}

/** Whole seconds, rounded up. */
export const seconds = (ms: number) => Math.ceil(ms / 1_000);
/** `Retry-After`: whole seconds, rounded up, at least 1. */
export const retryAfter = (at: number, now: number) => Math.max(1, seconds(at - now));
