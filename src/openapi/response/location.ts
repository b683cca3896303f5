/**
 * The address of what a response tells of: a resource that was created, or the target of a link.
 * @module
 */
import type { OpenApiDocument } from '../document/document.js';
import { child, isObject, type Json, pointerKeys } from '../document/json.js';
import type { Operation } from '../document/operation.js';
import { madeDataOf } from '../made/made.js';

/** What headers may depend on. */
export interface HeaderRequest {
  /** As it came, without query. */
  readonly path: string;
  /** Values of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Base URL of the provider, as the client sees it. */
  base(): string;
}

/** A response whose `Location` is wanted. */
export interface Target {
  readonly document: OpenApiDocument;
  readonly operation: Operation;
  readonly status: number;
  /** The body that is sent. */
  readonly body: Json | undefined;
  /** Pointer of the response object. */
  readonly response: string;
}

/** The value of `Location`, if the document has an operation that reads what was created: by a link of the response, else the path below that of the operation. */
export function locationOf(target: Target): ((request: HeaderRequest) => string) | undefined {
  return byLink(target) ?? byPath(target);
}

/** By a link (OpenAPI, "Link Object") to a GET operation. */
function byLink({ document, body, response }: Target): ((request: HeaderRequest) => string) | undefined {
  const holder = document.plain(response);
  const links = isObject(holder) ? document.follow(holder['links']) : undefined;
  for (const given of isObject(links) ? Object.values(links) : []) {
    const link = document.follow(given);
    if (!isObject(link)) continue;
    const operation = linked(document, link['operationId'], link['operationRef']);
    const parameters = isObject(link['parameters']) ? link['parameters'] : {};
    if (operation?.method !== 'GET') continue;
    return ({ base, params }) => {
      const path = operation.path.replace(/\{([^{}]+)\}/g, (_whole, name: string) => {
        const expression = parameters[name] ?? parameters[`path.${name}`];
        const value = evaluate(expression, params, body) ?? params[name] ?? idIn(document, operation, name, body);
        return encodeURIComponent(value);
      });
      return base() + path;
    };
  }
  return undefined;
}

function linked(document: OpenApiDocument, id: Json | undefined, reference: Json | undefined): Operation | undefined {
  if (typeof id === 'string') return document.operations.find((one) => one.id === id);
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  const pointer = document.target(document.canonical(reference));
  return document.operations.find((one) => one.pointer === pointer);
}

/** The value of a runtime expression, as far as it speaks of the path or of the response's body. */
function evaluate(
  expression: Json | undefined,
  params: Readonly<Record<string, string>>,
  body: Json | undefined,
): string | undefined {
  if (typeof expression === 'number') return String(expression);
  if (typeof expression !== 'string') return undefined;
  if (!expression.startsWith('$')) return expression;
  const [, name] = /^\$request\.path\.(.+)$/.exec(expression) ?? [];
  if (name !== undefined) return params[name];
  const [, pointer] = /^\$response\.body(#.*)$/.exec(expression) ?? [];
  if (pointer === undefined) return undefined;
  return scalar(pointerKeys(pointer).reduce<Json | undefined>((value, key) => child(value, key), body));
}

/** By the path of a GET operation one segment below that of the operation: `/pets/{id}` after `POST /pets`. */
function byPath({ document, operation, body, status }: Target): ((request: HeaderRequest) => string) | undefined {
  if (status !== 201 && status !== 202) return undefined;
  const own = operation.path.replace(/\{[^{}]+\}/g, '{}');
  const below = document.operations.find(
    ({ method, path }) =>
      method === 'GET' && /\/\{[^{}/]+\}$/.test(path) && parentOf(path).replace(/\{[^{}]+\}/g, '{}') === own,
  );
  if (below !== undefined) {
    const name = /\{([^{}/]+)\}$/.exec(below.path)![1]!;
    const id = encodeURIComponent(idIn(document, below, name, body));
    return ({ base, path }) => `${base()}${path.replace(/\/$/, '')}/${id}`;
  }
  // What PUT creates is at its own path.
  const self = document.operations.some(({ method, path }) => method === 'GET' && path === operation.path);
  return self && operation.method === 'PUT' ? ({ base, path }) => base() + path : undefined;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The id of what a body describes, else a value made for the parameter. */
function idIn(document: OpenApiDocument, operation: Operation, name: string, body: Json | undefined): string {
  const found = scalar(child(body, name)) ?? scalar(child(body, 'id')) ?? scalar(child(child(body, 'data'), 'id'));
  if (found !== undefined) return found;
  const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
  const made =
    parameter?.schema === undefined ? undefined : madeDataOf(document).at(parameter.schema, 'request', name).value;
  return scalar(made) ?? '1';
}

function scalar(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
