/**
 * Reads the operations of a document. A part that cannot be read becomes a notice and costs only itself.
 * @module
 */
import { child, escapeKey, isObject, type Json, type JsonObject, pointerKeys, pointerOf } from './json.js';
import type { DocumentNotice } from './notice.js';
import {
  type MediaType,
  type Operation,
  PARAMETER_PLACES,
  type Parameter,
  type ParameterPlace,
  type ParameterStyle,
  type RequestBody,
} from './operation.js';
import { serverPaths } from './servers.js';

/** `query` is of OpenAPI 3.2. */
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

/** Header parameters that the document must describe elsewhere (OpenAPI, "Parameter Object"). */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

const STYLES: Readonly<Record<ParameterPlace, readonly ParameterStyle[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
  querystring: ['form'],
};

/** The parts of `OpenApiDocument` that reading needs. */
export interface ReadableDocument {
  readonly root: JsonObject;
  readonly notices: DocumentNotice[];
  at(pointer: string): Json | undefined;
  follow(value: Json | undefined): Json | undefined;
  canonical(pointer: string): string;
  target(pointer: string): string;
  plain(pointer: string): Json | undefined;
}

/** Reads all operations, in the order of the document. Notices go to `document.notices`. */
export function readOperations(document: ReadableDocument): Operation[] {
  const reader = new OperationReader(document);
  const paths = document.follow(document.root['paths']);
  for (const [path, item] of isObject(paths) ? Object.entries(paths) : []) {
    // Keys that start with x- are extensions.
    if (!path.startsWith('x-')) reader.readPath(path, item);
  }
  return reader.operations;
}

/** A value of the document, and its canonical pointer. */
interface Located {
  readonly pointer: string;
  readonly value: Json | undefined;
}

class OperationReader {
  readonly operations: Operation[] = [];
  readonly #ids = new Map<string, string>();
  readonly #defaultServers: string[];
  /** Targets by reference. Most references of a document are repeated. */
  readonly #targets = new Map<string, Located>();

  constructor(readonly document: ReadableDocument) {
    this.#defaultServers = serverPaths(document.root['servers']);
  }

  readPath(path: string, value: Json): void {
    const item: Located = { pointer: pointerOf(['paths', path]), value };
    // A path item may have operations of its own beside a reference; they take precedence.
    const target = this.#resolve(item);
    if (!isObject(target.value) && target.value !== null) {
      const what = target.pointer === item.pointer ? 'this is' : 'the reference leads to what is';
      const problem = `${what} no path item, so the path is not served`;
      this.#notice('path-item', item.pointer, problem, 'write a map with operations, or refer to one');
      return;
    }
    const owners = target.pointer === item.pointer ? [item] : [item, target];
    const servers = this.#first(owners, 'servers');
    const shared = this.#first(owners, 'parameters');
    const read = (method: string, operation: Located) => this.#readOperation(path, method, operation, shared, servers);
    for (const method of METHODS) {
      const operation = this.#first(owners, method);
      if (operation !== undefined) read(method.toUpperCase(), operation);
    }
    const more = this.#first(owners, 'additionalOperations');
    if (more === undefined || !isObject(more.value)) return;
    for (const method of Object.keys(more.value)) read(method, this.#child(more, method));
  }

  /** The value of a key of the first owner that has it. */
  #first(owners: readonly Located[], key: string): Located | undefined {
    const owner = owners.find(({ value }) => child(value, key) !== undefined);
    return owner && this.#resolve(this.#child(owner, key));
  }

  #child({ pointer, value }: Located, key: string): Located {
    return { pointer: `${pointer}/${escapeKey(key)}`, value: child(value, key) };
  }

  /** Follows a reference. One that leads nowhere stays: it has its own notice. */
  #resolve(located: Located): Located {
    const reference = isObject(located.value) ? located.value['$ref'] : undefined;
    if (typeof reference !== 'string') return located;
    let target = this.#targets.get(reference);
    if (target === undefined) {
      const pointer = this.document.target(this.document.canonical(reference));
      target = { pointer, value: this.document.plain(pointer) };
      this.#targets.set(reference, target);
    }
    return target.value === undefined ? located : target;
  }

  #notice(code: string, pointer: string, problem: string, fix: string): void {
    this.document.notices.push({ code: `openapi/${code}`, at: pointerKeys(pointer), problem, fix });
  }

  #readOperation(
    path: string,
    method: string,
    located: Located,
    shared: Located | undefined,
    pathServers: Located | undefined,
  ): void {
    const { pointer, value: operation } = located;
    if (!isObject(operation)) {
      this.#notice('operation', pointer, 'this is not an operation, so it is not served', 'write a map');
      return;
    }
    const servers =
      operation['servers'] !== undefined
        ? serverPaths(operation['servers'])
        : pathServers === undefined
          ? this.#defaultServers
          : serverPaths(pathServers.value);
    const [first, ...others] = servers.map((base) => base + this.#cleanPath(path, pointer));
    this.operations.push({
      id: this.#idOf(operation, method, path, pointer),
      method,
      path: first!,
      otherPaths: others,
      tags: Array.isArray(operation['tags']) ? operation['tags'].map(String) : [],
      pointer,
      parameters: this.#readParameters([shared, this.#child(located, 'parameters')]),
      body: this.#readBody(this.#child(located, 'requestBody')),
      ...readSecurity(operation['security'] ?? this.document.root['security']),
    });
  }

  /** A path key without a query or fragment, which OpenAPI does not allow there, and with its slash. */
  #cleanPath(path: string, pointer: string): string {
    const clean = path.replace(/[?#].*$/s, '');
    if (clean !== path && !this.document.notices.some(({ code, at }) => code === 'openapi/path' && at[1] === path)) {
      const problem = `the path "${path}" has a query or a fragment, which is ignored`;
      this.#notice('path', pointer, problem, 'describe the query by parameters');
    }
    return clean.startsWith('/') ? clean : `/${clean}`;
  }

  #idOf(operation: JsonObject, method: string, path: string, pointer: string): string {
    const fallback = `${method} ${path}`;
    const given = typeof operation['operationId'] === 'string' ? operation['operationId'].trim() : '';
    if (given === '') return fallback;
    const other = this.#ids.get(given);
    if (other === undefined) {
      this.#ids.set(given, fallback);
      return given;
    }
    const problem = `operationId "${given}" is taken by ${other}, so this operation is called "${fallback}"`;
    this.#notice('duplicate-operation', pointer, problem, 'rename one');
    return fallback;
  }

  #readParameters(owners: readonly (Located | undefined)[]): Parameter[] {
    const parameters = new Map<string, Parameter>();
    for (const owner of owners) {
      const list = owner && this.#resolve(owner);
      if (!Array.isArray(list?.value)) continue;
      for (const [i, value] of list.value.entries()) {
        const parameter = this.#readParameter(this.#resolve({ pointer: `${list.pointer}/${i}`, value }));
        if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
    }
    return [...parameters.values()];
  }

  #readParameter(located: Located): Parameter | undefined {
    const { pointer, value: parameter } = located;
    // A reference that leads nowhere has its own notice.
    if (isObject(parameter) && typeof parameter['$ref'] === 'string') return undefined;
    const place = isObject(parameter) ? parameter['in'] : undefined;
    if (!isObject(parameter) || typeof parameter['name'] !== 'string' || !isPlace(place)) {
      const problem = 'this parameter has no name, or is in none of path, query, header and cookie, so it is ignored';
      this.#notice('parameter', pointer, problem, 'add name and in');
      return undefined;
    }
    const { name } = parameter;
    if (place === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return undefined;
    const content = this.#resolve(this.#child(located, 'content'));
    const mediaType = isObject(content.value) ? Object.keys(content.value)[0] : undefined;
    const holder = mediaType === undefined ? located : this.#resolve(this.#child(content, mediaType));
    const schema = this.#child(holder, 'schema');
    const described = this.#resolve(schema).value;
    const style = STYLES[place].find((one) => one === parameter['style']) ?? STYLES[place][0]!;
    return {
      name,
      in: place,
      required: parameter['required'] === true || place === 'path',
      schema: schema.value === undefined ? undefined : schema.pointer,
      default: child(schema.value, 'default') ?? child(described, 'default'),
      style,
      explode:
        typeof parameter['explode'] === 'boolean' ? parameter['explode'] : style === 'form' || style === 'cookie',
      allowReserved: parameter['allowReserved'] === true,
      allowEmptyValue: parameter['allowEmptyValue'] === true,
      mediaType,
    };
  }

  #readBody(given: Located): RequestBody | undefined {
    const located = this.#resolve(given);
    const body = located.value;
    if (!isObject(body) || typeof body['$ref'] === 'string') return undefined;
    const content: Record<string, MediaType> = {};
    const types = this.#resolve(this.#child(located, 'content'));
    for (const type of isObject(types.value) ? Object.keys(types.value) : []) {
      const media = this.#resolve(this.#child(types, type));
      const [schema, itemSchema] = [this.#child(media, 'schema'), this.#child(media, 'itemSchema')];
      content[type] = {
        schema: schema.value === undefined ? undefined : schema.pointer,
        itemSchema: itemSchema.value === undefined ? undefined : itemSchema.pointer,
        pointer: media.pointer,
      };
    }
    return { required: body['required'] === true, content };
  }
}

function readSecurity(security: Json | undefined): Pick<Operation, 'security' | 'scopes'> {
  const requirements = Array.isArray(security) ? security.filter(isObject) : [];
  return { security: requirements.map((one) => Object.keys(one)), scopes: requirements.map(readScopes) };
}

function readScopes(requirement: JsonObject): Record<string, string[]> {
  const lists = Object.entries(requirement).map(([name, scopes]): [string, string[]] => [
    name,
    Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
  ]);
  return Object.fromEntries(lists.filter(([, scopes]) => scopes.length > 0));
}

function isPlace(place: Json | undefined): place is ParameterPlace {
  return (PARAMETER_PLACES as readonly unknown[]).includes(place);
}
