/**
 * Reads the operations of a document. A part that cannot be read becomes a notice and costs only itself.
 * @module
 */
import { child, isObject, type Json, type JsonObject, pointerKeys, pointerOf } from './json.js';
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
  for (const path of isObject(paths) ? Object.keys(paths) : []) {
    // Keys that start with x- are extensions.
    if (!path.startsWith('x-')) reader.readPath(path);
  }
  return reader.operations;
}

class OperationReader {
  readonly operations: Operation[] = [];
  readonly #ids = new Map<string, string>();
  readonly #defaultServers: string[];

  constructor(readonly document: ReadableDocument) {
    this.#defaultServers = serverPaths(document.root['servers']);
  }

  readPath(path: string): void {
    const pointer = pointerOf(['paths', path]);
    // A path item may have operations of its own beside a reference; they take precedence.
    const owners = [...new Set([pointer, this.document.target(pointer)])];
    const servers = this.#first(owners, 'servers');
    const shared = this.#first(owners, 'parameters');
    for (const method of METHODS) {
      const at = this.#first(owners, method);
      if (at !== undefined) this.#readOperation(path, method.toUpperCase(), at, shared, servers);
    }
    const more = this.#first(owners, 'additionalOperations');
    const others = more === undefined ? undefined : this.document.at(more);
    for (const method of isObject(others) ? Object.keys(others) : [])
      this.#readOperation(path, method, `${more}/${method}`, shared, servers);
  }

  /** The pointer of a key of the first owner that has it. */
  #first(owners: readonly string[], key: string): string | undefined {
    const owner = owners.find((one) => child(this.document.plain(one), key) !== undefined);
    return owner === undefined ? undefined : `${owner}/${key}`;
  }

  #notice(code: string, pointer: string, problem: string, fix: string): void {
    this.document.notices.push({ code: `openapi/${code}`, at: pointerKeys(pointer), problem, fix });
  }

  #readOperation(
    path: string,
    method: string,
    pointer: string,
    shared: string | undefined,
    pathServers: string | undefined,
  ): void {
    const { document } = this;
    const operation = document.at(pointer);
    if (!isObject(operation)) {
      this.#notice('operation', pointer, 'this is not an operation, so it is not served', 'write a map');
      return;
    }
    const servers =
      operation['servers'] !== undefined
        ? serverPaths(operation['servers'])
        : pathServers === undefined
          ? this.#defaultServers
          : serverPaths(document.at(pathServers));
    const at = document.target(pointer);
    const parameters = this.#readParameters([shared, `${at}/parameters`]);
    const [first, ...others] = servers.map((base) => base + this.#cleanPath(path, pointer));
    this.operations.push({
      id: this.#idOf(operation, method, path, pointer),
      method,
      path: first!,
      otherPaths: others,
      tags: Array.isArray(operation['tags']) ? operation['tags'].map(String) : [],
      pointer: at,
      parameters,
      body: this.#readBody(`${at}/requestBody`),
      ...readSecurity(operation['security'] ?? document.root['security']),
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

  #readParameters(owners: readonly (string | undefined)[]): Parameter[] {
    const parameters = new Map<string, Parameter>();
    for (const owner of owners) {
      const list = owner === undefined ? undefined : this.document.at(owner);
      for (const i of Array.isArray(list) ? list.keys() : []) {
        const parameter = this.#readParameter(`${owner}/${i}`);
        if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
    }
    return [...parameters.values()];
  }

  #readParameter(given: string): Parameter | undefined {
    const { document } = this;
    const pointer = document.target(document.canonical(given));
    const parameter = document.plain(pointer);
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
    const [mediaType, media] = isObject(parameter['content']) ? (Object.entries(parameter['content'])[0] ?? []) : [];
    const holder = mediaType === undefined ? parameter : document.follow(media);
    const schemaPointer =
      mediaType === undefined
        ? `${pointer}/schema`
        : `${document.canonical(`${pointer}/content/${escaped(mediaType)}`)}/schema`;
    const hasSchema = isObject(holder) && holder['schema'] !== undefined;
    const schema = hasSchema ? document.canonical(schemaPointer) : undefined;
    const value = schema === undefined ? undefined : document.at(schema);
    const style = STYLES[place].find((one) => one === parameter['style']) ?? STYLES[place][0]!;
    return {
      name,
      in: place,
      required: parameter['required'] === true || place === 'path',
      schema,
      default: isObject(value) ? value['default'] : undefined,
      style,
      explode:
        typeof parameter['explode'] === 'boolean' ? parameter['explode'] : style === 'form' || style === 'cookie',
      allowReserved: parameter['allowReserved'] === true,
      allowEmptyValue: parameter['allowEmptyValue'] === true,
      mediaType,
    };
  }

  #readBody(given: string): RequestBody | undefined {
    const { document } = this;
    const pointer = document.target(document.canonical(given));
    const body = document.plain(pointer);
    if (!isObject(body) || typeof body['$ref'] === 'string') return undefined;
    const content: Record<string, MediaType> = {};
    const types = document.follow(body['content']);
    for (const type of isObject(types) ? Object.keys(types) : []) {
      const at = document.target(document.canonical(`${pointer}/content/${escaped(type)}`));
      const media = document.plain(at);
      const schemaOf = (key: string) => (isObject(media) && media[key] !== undefined ? `${at}/${key}` : undefined);
      content[type] = { schema: schemaOf('schema'), itemSchema: schemaOf('itemSchema'), pointer: at };
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

function escaped(key: string): string {
  return pointerOf([key]).slice(2);
}

function isPlace(place: Json | undefined): place is ParameterPlace {
  return (PARAMETER_PLACES as readonly unknown[]).includes(place);
}
