/**
 * What a reader of limits finds in a configuration or a document, independent of its format.
 * @module
 */
import type { OpenApiDocument } from '../../../openapi/document/document.js';
import type { Json } from '../../../openapi/document/json.js';

/** Who has a count of their own. `caller`: each credential; `everyone`: one count for all; otherwise the path of a fact, such as `header.x-tenant`. */
export type CountedBy = 'caller' | 'account' | 'ip' | 'everyone' | `header.${string}` | 'path';

/** The requests to which a limit applies; all of the parts that are given. */
export interface AppliesTo {
  readonly operation?: readonly string[];
  readonly method?: readonly string[];
  /** `*` stands for any characters. */
  readonly path?: readonly string[];
}

/** A limit. */
export interface FoundLimit {
  /** What is limited, for the name of the policy. */
  readonly name?: string | undefined;
  /** Units per window; for a token bucket, the units that it holds. */
  readonly quota: number;
  /** `undefined` for a concurrency limit. */
  readonly window: Window | undefined;
  readonly algorithm: 'fixed-window' | 'sliding-window' | 'token-bucket' | 'concurrency';
  /** Units that a token bucket gets per window. */
  readonly refill?: number | undefined;
  readonly by: CountedBy;
  readonly applies?: AppliesTo | undefined;
  /** The plan to which it applies; all when left out. */
  readonly plan?: string | undefined;
  /** Where it was found, and what is a guess. */
  readonly note: string;
}

/** A window as profiles write it. */
export interface Window {
  /** `60s`, `month` … */
  readonly length: string;
  readonly start: 'first-request' | 'utc';
}

/** Something that was found and cannot be carried over. */
export interface LeftOut {
  /** Where it is: `plugins.2.config.redis`. */
  readonly place: string;
  /** Why, and what the author can do. */
  readonly why: string;
}

/** A header that a gateway is known to send. */
export interface FoundHeader {
  readonly name: string;
  readonly value: string;
  readonly format?: string;
  readonly on?: string;
  /** Length of the windows that it reports; all when left out. */
  readonly length?: string;
}

/** Everything that a reader finds. */
export interface FoundLimits {
  readonly limits: readonly FoundLimit[];
  readonly leftOut: readonly LeftOut[];
  /** Body of the 429 that a gateway is known to send. */
  readonly body?: Json | undefined;
  readonly headers?: readonly FoundHeader[] | undefined;
}

/** What a reader gets. */
export interface LimitsInput {
  readonly value: unknown;
  readonly document: OpenApiDocument;
  /** Reports a part that cannot be read. @throws ProfileError with its position */
  fail(path: readonly PropertyKey[], problem: string, fix: string): never;
}

/** A format of files that state limits. */
export interface LimitsFormat {
  readonly title: string;
  /** How to recognise it, in words, for the error about a file that has no known format. */
  readonly shape: string;
  matches(value: unknown): boolean;
  read(input: LimitsInput): FoundLimits;
}

/** Whether a value is a map. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The maps in a list; none if it is no list. */
export function mapsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** A positive whole number; reports anything else. */
export function wholeNumber(input: LimitsInput, value: unknown, path: readonly PropertyKey[]): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return input.fail(
    path,
    `must be a whole number, not ${JSON.stringify(value) ?? 'nothing'}`,
    'write a number such as 60',
  );
}

/** A rate per second as units per window of whole seconds: 0.5 a second is 1 in 2 s. `undefined` if there is none below 1,000 s. */
export function wholeRate(perSecond: number): { units: number; length: string } | undefined {
  for (let seconds = 1; seconds <= 1_000; seconds++) {
    const units = perSecond * seconds;
    if (units >= 1 && Math.abs(units - Math.round(units)) < 1e-9)
      return { units: Math.round(units), length: `${seconds}s` };
  }
  return undefined;
}

/** The operationIds of operations at a path of the document, as OpenAPI writes it, with any base path. @param method in any case; all when left out */
export function operationsAt(document: OpenApiDocument, path: string, method?: string): string[] {
  return document.operations
    .filter((one) => one.path === path || one.path === document.basePath + path || one.otherPaths.includes(path))
    .filter((one) => method === undefined || one.method === method.toUpperCase())
    .map(({ id }) => id);
}
