/**
 * The interface of a behaviour: a name, the schema of its options, and a function that produces a response. A behaviour runs synchronously after admission,
 * at the moment of sending. It changes state only through its context.
 * @module
 */

import type { z } from 'zod';
import type { RequestFacts } from '../limits/facts.js';
import type { HeaderFields } from '../limits/render/header-text.js';
import type { Scope, Template } from '../limits/render/template.js';
import type { Condition } from '../limits/rules/matching.js';
import type { Quantity } from '../limits/rules/quantity.js';
import type { Zod } from '../limits/zod.js';
import type { OpenApiDocument } from '../openapi/document/document.js';
import type { Operation } from '../openapi/document/operation.js';
import type { JobState } from '../state/journal/entry.js';
import type { JobItem } from '../state/resources/item.js';
import type { IdSource, ResourceStore } from '../state/store.js';
import type { ReplyStream } from './streams/reply-stream.js';

/** The result of a behaviour. */
export type Reply = Success | Failure;

/** A response. */
export interface Success {
  readonly status: number;
  readonly body?: unknown;
  /** The body as it is sent, if it is already serialised. */
  readonly text?: string | Uint8Array;
  /** Sends the body in chunks, in place of `body` and `text`. */
  readonly stream?: ReplyStream;
  /** Whether the body is a shared object that never changes, so that its JSON can be cached. */
  readonly constantBody?: boolean;
  readonly headers?: Readonly<HeaderFields>;
  readonly contentType?: string;
  /** Computes the value to hash for the entity tag, if the body contains values that change with time alone. */
  readonly entity?: () => unknown;
  /** Renders the body again, if it reports the state of policies: settlement may change that after the behaviour has run. */
  readonly renew?: () => unknown;
  /** Jobs that this request created. They take over the units that it reserved. */
  readonly jobs?: readonly JobItem[];
  /** The state of the job that the body shows, or of the batch of jobs, if it shows one. */
  readonly job?: JobState | undefined;
}

/** One of the profile's errors, with facts for its template. */
export interface Failure {
  readonly error: string;
  /** Default: the error's own. */
  readonly status?: number;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Whether a reply is one of the profile's errors. */
export function isFailure(reply: Reply): reply is Failure {
  return 'error' in reply;
}

/** What a behaviour may read and change. */
export interface Context {
  readonly facts: RequestFacts;
  readonly operation: Operation;
  /** Epoch ms by the sandbox's clock. */
  readonly now: number;
  /** The validated query parameters, converted, with defaults. */
  readonly query: Readonly<Record<string, unknown>>;
  /** The validated body, with defaults. */
  readonly body: unknown;
  readonly resources: ResourceStore;
  readonly ids: IdSource;
  /** The scope of templates. */
  readonly scope: Scope;
  /** Which sample the client prefers (`Prefer`); `undefined` if it has no preference. */
  readonly preference: Preference | undefined;
  /** Divides durations (`--compress`). */
  readonly compress: number;
  /** The run time and outcome of new jobs, if the control API has set them. */
  readonly jobDefaults: { runTimeMs?: number; outcome?: string };
  /** Whether jobs that this request creates may be changed while it is handled: they take over reserved units, or an event listener may change them. */
  readonly jobsMayChange: boolean;
  /** The name of the profile's error for a status. */
  errorFor(status: number): string;
  /** Handles another request of the same client at once, as if it had been sent by itself. */
  send(part: Part): PartAnswer;
  /** Writes a line to the log. */
  log(message: string): void;
  /** Reports that a job has started. */
  jobStarted(collection: Collection, item: JobItem): void;
  /** Reports that a job's end has moved, so that its leases are updated. */
  jobMoved(item: JobItem): void;
  /** Posts the job, as it is shown then, to the URL when it ends. */
  webhook(collection: Collection, item: JobItem, url: string): void;
}

/** A request within a request. */
export interface Part {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  /** Header fields, besides those of the request around it. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Names of header fields, in lower case, that the request around it keeps to itself. */
  readonly without: ReadonlySet<string>;
  readonly body: unknown;
}

/** The answer to a request within a request. */
export interface PartAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or a text. */
  readonly body: unknown;
}

/** Which sample of an operation a client prefers. */
export interface Preference {
  /** Name of an example. */
  readonly example?: string | undefined;
  /** Whether data is made even if the document has examples. */
  readonly isMade?: boolean | undefined;
}

/** The parts of a profile that several operations share. */
export interface Library {
  readonly document: OpenApiDocument;
  /** Whether examples of the document that are not valid by their schema are replaced by made data. */
  readonly strictExamples: boolean;
  /** Whether a documented header is sent: not if the profile says when it is. */
  readonly sendsHeader: (name: string) => boolean;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** A collection as the profile declares it, compiled. */
export interface Collection {
  readonly id: string;
  /** Templates or facts (as in `partitionBy`) whose values separate the collection into scopes. */
  readonly scope: readonly Template[];
  /** Template of an item's id. */
  readonly idOf: Template;
  /** The items that a new scope starts with. */
  readonly seed: (context: Context) => readonly Record<string, unknown>[];
  readonly newestFirst: boolean;
  readonly unique: readonly UniqueRule[];
  /** The life cycle of the items if they are jobs. */
  readonly life: Life | undefined;
  /** Template of the credential that an item represents, if items are credentials. */
  readonly credential: Template | undefined;
}

/** A uniqueness rule. Fields are given by their paths. */
export interface UniqueRule {
  readonly fields: readonly (readonly string[])[];
  /** An item that has one of these fields is exempt from the rule. */
  readonly unless: readonly (readonly string[])[];
  readonly error: string;
}

/** The life cycle of the items of a collection, if they are jobs. */
export interface Life {
  /** Milliseconds. */
  readonly runTimeMs: number;
  /** The state of a running job. */
  readonly running: string;
  /** The default state of an ended job. */
  readonly outcome: string;
  /** Template of the item by state. */
  readonly views: ReadonlyMap<string, Template>;
}

/** A behaviour, as the registry holds it. */
export interface Behaviour<Options = unknown> {
  readonly name: string;
  /** The strict schema of the options under the operationId in the profile. */
  options(z: Zod): z.ZodType<Options>;
  /** Compiles the options for an operation. @returns the function that handles its requests */
  compile(options: Options, operation: Operation, library: Library): (context: Context) => Reply;
  /** Names in the options that must exist elsewhere in the profile. */
  references?(options: Options): {
    readonly collections?: readonly string[];
    readonly errors?: readonly string[];
    readonly examples?: readonly string[];
    /** Collections whose items must have a life cycle. */
    readonly lives?: readonly string[];
  };
  /** Templates in the options, for the check of the names they use. */
  templates?(options: Options): readonly unknown[];
  /** Conditions in the options, likewise. */
  conditions?(options: Options): readonly (Condition | undefined)[];
  /** Quantities in the options, likewise. */
  quantities?(options: Options): readonly (Quantity | undefined)[];
}

/** Infers the type of the options. */
export function defineBehaviour<Options>(behaviour: Behaviour<Options>): Behaviour<Options> {
  return behaviour;
}
