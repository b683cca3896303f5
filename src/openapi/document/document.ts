/**
 * An OpenAPI 3.1 document (or 3.0 where it does not differ): its operations, and the resolution of local references.
 * @module
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header' | 'cookie';
  readonly required: boolean;
  /** JSON pointer of its schema. */
  readonly schema: string | undefined;
  /** The value if the parameter is omitted. */
  readonly default: Json | undefined;
}

/** An operation of the document. */
export interface Operation {
  /** The operationId; `GET /path` if there is none. */
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** Including the server's path: `/api/v1/public/links/{link_id}`. */
  readonly path: string;
  readonly tags: readonly string[];
  /** JSON pointer of the operation object. */
  readonly pointer: string;
  readonly parameters: readonly Parameter[];
  /** The request body: JSON pointers of its schemas, by media type. */
  readonly body: { readonly required: boolean; readonly schemas: Readonly<Record<string, string>> } | undefined;
  /** Names of the accepted security schemes, any of which suffices; empty if none is required. */
  readonly security: readonly string[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** An error in the document, with its path of keys. */
export class DocumentError extends Error {
  override name = 'DocumentError';
  constructor(
    readonly code: string,
    readonly at: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** An OpenAPI document. */
export class OpenApiDocument {
  readonly operations: readonly Operation[];
  /** Path of the first server's URL, without a trailing slash. */
  readonly basePath: string;
  #root: JsonObject | (() => JsonObject);

  /** @param known what a build has read from the document; `root` is then only parsed when needed @throws DocumentError */
  constructor(root: JsonObject | (() => JsonObject), known?: Pick<OpenApiDocument, 'basePath' | 'operations'>) {
    this.#root = root;
    if (!known) checkVersion(this.root);
    this.basePath = known?.basePath ?? serverPath(this.root);
    this.operations = known?.operations ?? this.#readOperations();
  }

  /** The whole document. */
  get root(): JsonObject {
    if (typeof this.#root === 'function') this.#root = this.#root();
    return this.#root;
  }

  /** The value at a local reference or pointer (`#/components/schemas/Link`). References on the way are resolved. @throws DocumentError */
  at(pointer: string, seen: readonly string[] = []): Json | undefined {
    let value: Json | undefined = this.root;
    const keys = pointerKeys(pointer);
    for (const [i, key] of keys.entries()) {
      value = this.follow(value, seen, keys.slice(0, i));
      value = value !== null && typeof value === 'object' ? (value as JsonObject)[key] : undefined;
      if (value === undefined) return undefined;
    }
    return this.follow(value, [...seen, pointer], keys);
  }

  /** The pointer to the same value without references on the way, as JSON Schema validators need it. */
  canonical(pointer: string): string {
    let at = '#';
    for (const key of pointerKeys(pointer)) {
      const value = this.#plain(at);
      const reference = isObject(value) ? value['$ref'] : undefined;
      if (typeof reference === 'string') at = this.canonical(reference);
      at = `${at}/${escapeKey(key)}`;
    }
    return at;
  }

  #plain(pointer: string): Json | undefined {
    let value: Json | undefined = this.root;
    for (const key of pointerKeys(pointer))
      value = value !== null && typeof value === 'object' ? (value as JsonObject)[key] : undefined;
    return value;
  }

  /** Resolves a value that may be a reference. @param at path of the value, for the error @throws DocumentError */
  follow(value: Json | undefined, seen: readonly string[] = [], at: readonly string[] = []): Json | undefined {
    const reference = isObject(value) ? value['$ref'] : undefined;
    if (typeof reference !== 'string') return value;
    if (!reference.startsWith('#')) {
      throw new DocumentError(
        'openapi/remote-ref',
        at,
        `reference "${reference}" leaves the document; bundle it into one file first`,
      );
    }
    if (seen.includes(reference))
      throw new DocumentError('openapi/circular-ref', at, `reference "${reference}" refers to itself`);
    const target = this.at(reference, [...seen, reference]);
    if (target === undefined)
      throw new DocumentError('openapi/dangling-ref', at, `reference "${reference}" cannot be resolved`);
    return target;
  }

  #readOperations(): Operation[] {
    const operations: Operation[] = [];
    const ids = new Map<string, string>();
    const paths = this.root['paths'] ?? {};
    for (const [path, item] of Object.entries(this.follow(paths) as JsonObject)) {
      const pathItem = this.follow(item);
      if (!isObject(pathItem)) continue;
      for (const method of METHODS) {
        const operation = pathItem[method];
        if (!isObject(operation)) continue;
        const read = this.#readOperation(path, method, pathItem, operation);
        const other = ids.get(read.id);
        if (other !== undefined) {
          throw new DocumentError(
            'openapi/duplicate-operation',
            ['paths', path, method],
            `operationId "${read.id}" is taken by ${other}; rename one`,
          );
        }
        ids.set(read.id, `${read.method} ${read.path}`);
        operations.push(read);
      }
    }
    return operations;
  }

  #readOperation(path: string, method: string, pathItem: JsonObject, operation: JsonObject): Operation {
    const itemPointer = `#/paths/${escapeKey(path)}`;
    const pointer = `${itemPointer}/${method}`;
    const parameters = new Map<string, Parameter>();
    for (const [owner, list] of [
      [itemPointer, pathItem['parameters']],
      [pointer, operation['parameters']],
    ] as const) {
      for (const i of Array.isArray(list) ? list.keys() : []) {
        const parameter = this.#readParameter(`${owner}/parameters/${i}`);
        if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
    }
    const security = operation['security'] ?? this.root['security'];
    const requirements = Array.isArray(security) ? security.filter(isObject) : [];
    return {
      id: typeof operation['operationId'] === 'string' ? operation['operationId'] : `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: this.basePath + path,
      tags: Array.isArray(operation['tags']) ? operation['tags'].map(String) : [],
      pointer,
      parameters: [...parameters.values()],
      body: this.#readBody(`${pointer}/requestBody`),
      // An empty requirement among others makes the credential optional.
      security: requirements.some((one) => Object.keys(one).length === 0)
        ? []
        : requirements.flatMap((one) => Object.keys(one)),
    };
  }

  #readParameter(pointer: string): Parameter | undefined {
    const parameter = this.at(pointer);
    if (!isObject(parameter) || typeof parameter['name'] !== 'string') return undefined;
    const schema = this.follow(parameter['schema']);
    return {
      name: parameter['name'],
      default: isObject(schema) ? schema['default'] : undefined,
      in: parameter['in'] as Parameter['in'],
      required: parameter['required'] === true,
      schema: parameter['schema'] === undefined ? undefined : this.canonical(`${pointer}/schema`),
    };
  }

  #readBody(pointer: string): Operation['body'] {
    const body = this.at(pointer);
    if (!isObject(body)) return undefined;
    const content = isObject(body['content']) ? body['content'] : {};
    const schemas: Record<string, string> = {};
    for (const [type, media] of Object.entries(content)) {
      if (isObject(media) && media['schema'] !== undefined)
        schemas[type] = this.canonical(`${pointer}/content/${escapeKey(type)}/schema`);
    }
    return { required: body['required'] === true, schemas };
  }
}

function checkVersion(root: JsonObject | null | undefined): void {
  const version = isObject(root) ? root['openapi'] : undefined;
  if (typeof version === 'string' && /^3\.[01]\./.test(version)) return;
  const [at, problem, fix] =
    version !== undefined
      ? [['openapi'], `OpenAPI ${JSON.stringify(version)} cannot be read`, 'convert it to 3.0 or 3.1']
      : isObject(root) && root['swagger'] !== undefined
        ? [['swagger'], 'this is a Swagger document, the predecessor of OpenAPI', 'convert it to OpenAPI 3.0 or 3.1']
        : [
            [],
            'this is not an OpenAPI document: it has no key openapi',
            'give the path of an OpenAPI 3.0 or 3.1 document',
          ];
  throw new DocumentError('openapi/version', at, `${problem}; ${fix}`);
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Escapes a key for a JSON pointer (RFC 6901). */
export function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function pointerKeys(pointer: string): string[] {
  return pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter((key, i) => i > 0 || key !== '')
    .map((key) => decodeKey(key).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decodeKey(key: string): string {
  try {
    return key.includes('%') ? decodeURIComponent(key) : key;
  } catch {
    return key;
  }
}

function serverPath(root: JsonObject): string {
  const servers = root['servers'];
  const first = Array.isArray(servers) ? servers[0] : undefined;
  const url = isObject(first) && typeof first['url'] === 'string' ? first['url'] : '/';
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  return path.replace(/\/+$/, '');
}
