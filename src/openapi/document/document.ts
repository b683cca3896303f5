/**
 * An OpenAPI document, 3.0 to 3.2: its operations, its schemas, and the resolution of references within it.
 *
 * References to other files, `$id` and `$anchor` are replaced by local pointers before (`linkDocument`); Swagger 2.0 is converted before (`readDocument`).
 * @module
 */
import { memoise } from '../../runtime/memoise.js';
import { ExactNumbers } from './exact-numbers.js';
import { child, escapeKey, isObject, type Json, type JsonObject, pointerKeys } from './json.js';
import { DocumentError, type DocumentNotice } from './notice.js';
import type { Operation } from './operation.js';
import { readOperations } from './read-operations.js';
import { serverPaths } from './servers.js';

/** Pointers whose canonical form is cached. */
const MAX_POINTERS = 20_000;

/** What a build has read from a document. */
export type KnownDocument = Pick<OpenApiDocument, 'basePath' | 'operations'>;

/** The dialect of a document's schemas: OpenAPI 3.0 has its own, later versions use JSON Schema 2020-12. */
export type SchemaDialect = 'openapi-3.0' | 'json-schema';

/** An OpenAPI document. */
export class OpenApiDocument {
  readonly operations: readonly Operation[];
  /** Path of the first server's URL, without a trailing slash. */
  readonly basePath: string;
  /** The parts that cannot be used, in the order in which they were found. */
  readonly notices: DocumentNotice[] = [];
  /** URLs of the files under `x-mock429-files`, in that order. */
  files: readonly string[] = [];
  /** How its numbers are written that JavaScript cannot hold. */
  numbers = new ExactNumbers();
  #root: JsonObject | (() => JsonObject);
  readonly #canonical = memoise((pointer: string) => this.#findCanonical(pointer), { max: MAX_POINTERS });

  /** @param known what a build has read from the document; `root` is then only parsed when needed @throws DocumentError if this is no OpenAPI 3 document */
  constructor(root: JsonObject | (() => JsonObject), known?: KnownDocument) {
    this.#root = root;
    if (!known) checkVersion(this.root);
    this.basePath = known?.basePath ?? serverPaths(this.root['servers'])[0]!;
    this.operations = known?.operations ?? readOperations(this);
  }

  /** The whole document. */
  get root(): JsonObject {
    if (typeof this.#root === 'function') this.#root = this.#root();
    return this.#root;
  }

  /** The dialect of its schemas. */
  get dialect(): SchemaDialect {
    return /^3(?:$|\.0(?:\.|$))/.test(String(this.root['openapi'])) ? 'openapi-3.0' : 'json-schema';
  }

  /** The value at a local reference or pointer (`#/components/schemas/Link`); `undefined` if there is none. References on the way are resolved. */
  at(pointer: string, seen: readonly string[] = []): Json | undefined {
    let value: Json | undefined = this.root;
    for (const key of pointerKeys(pointer)) {
      value = child(value, key) ?? child(this.follow(value, seen), key);
      if (value === undefined) return undefined;
    }
    return this.follow(value, [...seen, pointer]);
  }

  /** The pointer to the same value without references on the way. A reference that cannot be resolved stays. */
  canonical(pointer: string): string {
    return this.#canonical(pointer);
  }

  #findCanonical(pointer: string): string {
    let at = '#';
    let value: Json | undefined = this.root;
    for (const key of pointerKeys(pointer)) {
      if (child(value, key) === undefined && isObject(value) && typeof value['$ref'] === 'string') {
        at = this.target(at);
        value = this.plain(at);
      }
      at = `${at}/${escapeKey(key)}`;
      value = child(value, key);
    }
    return at;
  }

  /** The pointer of the value that a reference at a canonical pointer leads to; the pointer itself if there is no reference, or no target. */
  target(pointer: string): string {
    let at = pointer;
    for (const seen = new Set<string>(); !seen.has(at); ) {
      seen.add(at);
      const value = this.plain(at);
      const reference = isObject(value) ? value['$ref'] : undefined;
      if (typeof reference !== 'string' || !reference.startsWith('#')) return at;
      const next = this.canonical(reference);
      if (this.plain(next) === undefined) return at;
      at = next;
    }
    return pointer;
  }

  /** The value at a pointer, reached without following references. */
  plain(pointer: string): Json | undefined {
    let value: Json | undefined = this.root;
    for (const key of pointerKeys(pointer)) value = child(value, key);
    return value;
  }

  /** Resolves a value that may be a reference; `undefined` if it leads nowhere or to itself. */
  follow(value: Json | undefined, seen: readonly string[] = []): Json | undefined {
    const reference = isObject(value) ? value['$ref'] : undefined;
    if (typeof reference !== 'string') return value;
    if (!reference.startsWith('#') || seen.includes(reference)) return undefined;
    return this.at(reference, [...seen, reference]);
  }
}

function checkVersion(root: JsonObject | null | undefined): void {
  const version = isObject(root) ? root['openapi'] : undefined;
  // YAML reads an unquoted 3.0 as the number 3.
  if (/^3(?:$|\.[0-2](?:\.|$))/.test(String(version))) return;
  const [at, problem, fix] =
    version !== undefined
      ? [['openapi'], `OpenAPI ${JSON.stringify(version)} cannot be read`, 'convert it to 3.0, 3.1 or 3.2']
      : [
          [],
          'this is not an OpenAPI document: it has no key openapi or swagger',
          'give the path of an OpenAPI document',
        ];
  throw new DocumentError('openapi/version', at, `${problem}; ${fix}`);
}
