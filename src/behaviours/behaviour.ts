/**
 * What a behaviour is: a value with its options' schema and a function that makes an answer. Behaviours run after admission, in one go, at the moment of
 * sending; all they may touch is what the context gives them.
 * @module
 */

import type { z } from 'zod';
import type { RequestFacts } from '../limits/facts.js';
import type { Scope, Template } from '../limits/render/template.js';
import type { Zod } from '../limits/zod.js';
import type { OpenApiDocument, Operation } from '../openapi/document.js';
import type { JobItem } from '../state/resources/item.js';
import type { IdSource, ResourceStore } from '../state/store.js';

/** What a behaviour answers. */
export type Reply = Success | Failure;

export interface Success {
  readonly status: number;
  readonly body?: unknown;
  /** The body as JSON, where that has been written already. */
  readonly text?: string;
  /** The body is the same object whenever it says the same, and is never changed: what is made of it may be kept with it. */
  readonly steady?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** What the entity tag is made of, where the body holds what changes with time alone. */
  readonly entity?: () => unknown;
  /** Jobs that this request created: they hold the units that it reserved. */
  readonly jobs?: readonly JobItem[];
}

/** One of the profile's errors, with what its template may name. */
export interface Failure {
  readonly error: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export function isFailure(reply: Reply): reply is Failure {
  return 'error' in reply;
}

export interface Context {
  readonly facts: RequestFacts;
  readonly operation: Operation;
  readonly now: number;
  /** Query parameters, converted and with defaults. */
  readonly query: Readonly<Record<string, unknown>>;
  /** The checked body, with defaults. */
  readonly body: unknown;
  readonly resources: ResourceStore;
  readonly ids: IdSource;
  /** Everything that templates may name. */
  readonly scope: Scope;
  /** Divides durations, as `--compress` says. */
  readonly compress: number;
  /** How long jobs run and how they end, where the control API says so. */
  readonly jobDefaults: { runTimeMs?: number; outcome?: string };
  /** Whether the jobs that this request makes may be changed while it is answered: they hold what it has reserved, or somebody hears of them. */
  readonly keepsJobs: boolean;
  /** Tells that a job has begun. */
  jobStarted(collection: Collection, item: JobItem): void;
  /** Brings what a job holds into line with its end, which has moved. */
  jobMoved(item: JobItem): void;
  /** Posts the job to the URL once it has ended, as it is shown then. */
  webhook(collection: Collection, item: JobItem, url: string): void;
}

/** What the profile declares once and several operations share. */
export interface Library {
  readonly document: OpenApiDocument;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** A collection as the profile declares it, compiled. */
export interface Collection {
  readonly id: string;
  /** Facts (as in `partitionBy`, or template paths) by which its items are apart. */
  readonly scope: readonly Template[];
  readonly idOf: Template;
  readonly seed: (context: Context) => readonly Record<string, unknown>[];
  readonly newestFirst: boolean;
  readonly unique: readonly UniqueRule[];
  readonly life: Life | undefined;
  /** The credential that an item is, where items are credentials. */
  readonly credential: Template | undefined;
}

/** Fields by their paths. */
export interface UniqueRule {
  readonly fields: readonly (readonly string[])[];
  /** An item that has one of these is not held to the rule. */
  readonly unless: readonly (readonly string[])[];
  readonly error: string;
}

/** How the items of a collection live, where they are jobs. */
export interface Life {
  readonly runTimeMs: number;
  readonly running: string;
  readonly outcome: string;
  /** Template of the item per state. */
  readonly views: ReadonlyMap<string, Template>;
}

export interface Behaviour<Options = unknown> {
  readonly name: string;
  /** Strict; its input is what stands under the operationId in the profile. */
  options(z: Zod): z.ZodType<Options>;
  compile(options: Options, operation: Operation, library: Library): (context: Context) => Reply;
  /** Names in the options that must exist elsewhere in the profile. */
  references?(options: Options): {
    readonly collections?: readonly string[];
    readonly errors?: readonly string[];
    readonly examples?: readonly string[];
    /** Collections whose items must have a life. */
    readonly lives?: readonly string[];
  };
  /** Templates in the options, for the check of what they name. */
  templates?(options: Options): readonly unknown[];
}

export function defineBehaviour<Options>(behaviour: Behaviour<Options>): Behaviour<Options> {
  return behaviour;
}
