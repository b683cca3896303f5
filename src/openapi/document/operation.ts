/**
 * What is read from an operation of a document. Schemas are given by canonical pointers, so that they are converted and compiled when they are first used.
 * @module
 */
import type { Json } from './json.js';

/** The places of parameters. `querystring` (OpenAPI 3.2) is the whole query. */
export const PARAMETER_PLACES = ['path', 'query', 'header', 'cookie', 'querystring'] as const;

/** A place of parameters. */
export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

/** How a parameter is serialised (OpenAPI, "Style Values"). */
export type ParameterStyle =
  | 'simple'
  | 'label'
  | 'matrix'
  | 'form'
  | 'spaceDelimited'
  | 'pipeDelimited'
  | 'deepObject'
  | 'cookie';

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  /** Pointer of its schema: its own, or that of its `content`. */
  readonly schema: string | undefined;
  /** The value if the parameter is omitted. */
  readonly default: Json | undefined;
  /** The default style of its place if the document names none. */
  readonly style: ParameterStyle;
  readonly explode: boolean;
  /** Whether reserved characters may stand in the value unescaped. */
  readonly allowReserved: boolean;
  /** Whether an empty value means that the parameter has no value. */
  readonly allowEmptyValue: boolean;
  /** The media type, if the parameter is described by `content` (`application/json`). */
  readonly mediaType: string | undefined;
}

/** A media type of a request body. */
export interface MediaType {
  /** Pointer of its schema. */
  readonly schema: string | undefined;
  /** Pointer of the schema of one item of a sequential media type (OpenAPI 3.2). */
  readonly itemSchema: string | undefined;
  /** Pointer of the media type object, for its `encoding`. */
  readonly pointer: string;
}

/** The body of a request. */
export interface RequestBody {
  readonly required: boolean;
  /** By media type, as the document writes it: `application/json`, `text/*`. */
  readonly content: Readonly<Record<string, MediaType>>;
}

/** Names of security schemes that are all needed. Empty: no credential is needed. */
export type SecurityRequirement = readonly string[];

/** An operation of the document. */
export interface Operation {
  /** The operationId. `GET /path` if there is none, or if another operation has the same. */
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** Including the path of the server: `/api/v1/public/links/{link_id}`. */
  readonly path: string;
  /** The same path below the other servers. */
  readonly otherPaths: readonly string[];
  readonly tags: readonly string[];
  /** Pointer of the operation object. */
  readonly pointer: string;
  readonly parameters: readonly Parameter[];
  readonly body: RequestBody | undefined;
  /** The requirements, any of which suffices. Empty: no credential is asked for. */
  readonly security: readonly SecurityRequirement[];
  /** The OAuth scopes of each requirement, by the name of the scheme. A scheme without scopes is left out. */
  readonly scopes: readonly Readonly<Record<string, readonly string[]>>[];
}

/** Whether a credential has a meaning for the operation, be it that a request without one is accepted, too. */
export function usesCredentials({ security }: Pick<Operation, 'security'>): boolean {
  for (const names of security) if (names.length > 0) return true;
  return false;
}
