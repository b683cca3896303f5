/**
 * Makes every reference in a document a local pointer: references to other files, to `$id`, `$anchor` and `$self`. Files that are referred to become part of the
 * document, under the key `x-mock429-files`. What a reference cannot reach becomes a notice.
 * @module
 */
import { child, isObject, type Json, type JsonObject, pointerKeys, pointerOf } from './json.js';
import type { DocumentNotice } from './notice.js';
import { type DocumentPath, FILES_KEY, pathOf, walkDocument } from './walk.js';

/** The content of a referenced file, or why there is none. */
export type LinkedFile = { readonly value: Json } | { readonly problem: string; readonly fix: string };

/** How references leave a document. */
export interface LinkOptions {
  /** Absolute URL of the document: `file:///…`, `https://…`. */
  readonly url: string;
  /** Reads another file by its absolute URL, without fragment. */
  read(url: string): LinkedFile;
}

/** A linked document. */
export interface Linked {
  /** The same object if nothing had to be replaced, otherwise a copy. */
  readonly root: JsonObject;
  readonly notices: readonly DocumentNotice[];
  /** URLs of the files under `x-mock429-files`, in that order. */
  readonly files: readonly string[];
}

/** Links a document. References that are local pointers already are only checked. */
export function linkDocument(root: JsonObject, options: LinkOptions): Linked {
  const { needsLinking, dangling } = checkReferences(root);
  if (!needsLinking) return { root, notices: dangling(), files: [] };
  const linker = new Linker(structuredClone(root), options);
  linker.link();
  const { files, notices } = linker;
  return { root: linker.root, notices: [...notices, ...checkReferences(linker.root).dangling()], files };
}

interface References {
  /** Whether any reference is not a local pointer, or schemas name themselves. */
  readonly needsLinking: boolean;
  /** Notices about local references without a target. */
  dangling(): DocumentNotice[];
}

function checkReferences(root: JsonObject): References {
  let needsLinking = typeof root['$self'] === 'string';
  const places = new Map<string, (DocumentPath | undefined)[]>();
  walkDocument(root, (map, location) => {
    const { $ref: reference, $dynamicRef: dynamic, $anchor: anchor, $dynamicAnchor: dynamicAnchor } = map;
    if (typeof reference === 'string') {
      const known = places.get(reference);
      if (known) known.push(location);
      else places.set(reference, [location]);
    }
    needsLinking ||= isForeign(dynamic) || typeof anchor === 'string' || typeof dynamicAnchor === 'string';
  });
  needsLinking ||= [...places.keys()].some(isForeign);
  return {
    needsLinking,
    dangling: () =>
      [...places]
        .filter(([reference]) => !isForeign(reference))
        .flatMap(([reference, locations]) => {
          const end = endOf(root, reference);
          if (end === 'value') return [];
          const [where, fix] =
            end === 'circle'
              ? ['leads back to itself', 'write the part itself in the place of one of the references']
              : ['leads nowhere', 'correct it, or add its target'];
          const problem = `reference "${reference}" ${where}, so this part is left out`;
          return locations.map((location) => ({
            code: 'openapi/dangling-ref' as const,
            at: pathOf(location),
            problem,
            fix,
          }));
        }),
  };
}

function isForeign(reference: Json | undefined): boolean {
  return typeof reference === 'string' && reference !== '#' && !reference.startsWith('#/');
}

/** Whether a pointer has a target, with references on the way followed. A reference that only leads to itself has none. */
function exists(root: JsonObject, reference: string): boolean {
  return endOf(root, reference) === 'value';
}

/** What stands at the end of a reference and those that follow it. */
function endOf(root: JsonObject, reference: string, seen: readonly string[] = []): 'value' | 'nothing' | 'circle' {
  if (seen.includes(reference) || seen.length > 100) return 'circle';
  let value: Json | undefined = root;
  const keys = pointerKeys(reference);
  for (const [i, key] of keys.entries()) {
    const inner = isObject(value) && typeof value['$ref'] === 'string' ? value['$ref'] : undefined;
    if (inner !== undefined && child(value, key) === undefined) {
      const rest = keys
        .slice(i)
        .map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`)
        .join('');
      return endOf(root, inner.replace(/\/$/, '') + rest, [...seen, reference]);
    }
    value = child(value, key);
    if (value === undefined) return 'nothing';
  }
  const next = isObject(value) ? value['$ref'] : undefined;
  return typeof next === 'string' && next.startsWith('#') ? endOf(root, next, [...seen, reference]) : 'value';
}

interface Reference {
  readonly map: JsonObject;
  /** `$ref`, `$dynamicRef`, or a value of a discriminator's mapping. */
  readonly key: string;
  readonly location: DocumentPath | undefined;
  /** Absolute URL that relative references start from. */
  readonly base: string;
}

class Linker {
  readonly notices: DocumentNotice[] = [];
  readonly files: string[] = [];
  /** Pointers of files and of schemas with `$id`, by absolute URL without fragment. */
  readonly #resources = new Map<string, string>();
  /** Pointers of anchors, by absolute URL with fragment. */
  readonly #anchors = new Map<string, string>();
  readonly #references: Reference[] = [];

  constructor(
    readonly root: JsonObject,
    readonly options: LinkOptions,
  ) {}

  link(): void {
    const { root, options } = this;
    const self = typeof root['$self'] === 'string' ? absolute(root['$self'], options.url) : options.url;
    this.#resources.set(options.url, '#');
    this.#resources.set(self, '#');
    this.#index(root, self, undefined);
    // The list grows while files are read.
    for (let i = 0; i < this.#references.length; i++) this.#resolve(this.#references[i]!);
  }

  /** Notes the identifiers and the references of a file. */
  #index(file: JsonObject, url: string, within: DocumentPath | undefined): void {
    const bases = new Map<DocumentPath | undefined, string>();
    walkDocument(file, (map, inner) => {
      const location = inner === undefined ? within : joined(within, inner);
      let base = (inner && baseAbove(bases, inner)) ?? url;
      const pointer = pointerOf(pathOf(location));
      if (inner !== undefined && typeof map['$id'] === 'string') {
        base = absolute(map['$id'], base);
        this.#resources.set(base.replace(/#$/, ''), pointer);
        bases.set(inner, base);
      }
      for (const key of ['$anchor', '$dynamicAnchor'] as const) {
        if (typeof map[key] === 'string') this.#anchors.set(`${base.replace(/#.*$/s, '')}#${map[key]}`, pointer);
      }
      for (const key of ['$ref', '$dynamicRef']) {
        if (typeof map[key] === 'string') this.#references.push({ map, key, location, base });
      }
      if (inner?.key === 'mapping' && inner.within?.key === 'discriminator') {
        // Other values are names of schemas.
        for (const key of Object.keys(map)) if (isFile(map[key])) this.#references.push({ map, key, location, base });
      }
    });
  }

  #resolve({ map, key, location, base }: Reference): void {
    const reference = map[key] as string;
    const url = absolute(reference, base);
    const [resource, fragment = ''] = split(url);
    // A local pointer of the main document is what it should be.
    if (reference.startsWith('#/') && this.#resources.get(resource) === '#') return;
    const anchor = this.#anchors.get(`${resource}#${fragment}`);
    if (anchor !== undefined) {
      map[key] = anchor;
      return;
    }
    const start = this.#resources.get(resource) ?? this.#load(resource, location, reference);
    if (start === undefined) return;
    if (fragment !== '' && !fragment.startsWith('/')) {
      const problem = `reference "${reference}" names an anchor that does not exist, so this part is left out`;
      this.#notice('dangling-ref', location, problem, 'correct it, or add the anchor');
      return;
    }
    // Strictly, a pointer is relative to the schema with $id around it. Many documents mean the whole document.
    if (reference.startsWith('#/') && !exists(this.root, start + fragment) && exists(this.root, reference)) return;
    map[key] = `${start}${fragment}`;
  }

  /** Reads a file into the document. @returns its pointer */
  #load(url: string, location: DocumentPath | undefined, reference: string): string | undefined {
    const file = this.options.read(url);
    if ('problem' in file) {
      this.#notice(
        'remote-ref',
        location,
        `reference "${reference}" ${file.problem}, so this part is left out`,
        file.fix,
      );
      return undefined;
    }
    const { root } = this;
    if (!isObject(root[FILES_KEY])) root[FILES_KEY] = {};
    const files = root[FILES_KEY] as JsonObject;
    const name = String(Object.keys(files).length);
    files[name] = structuredClone(file.value);
    this.files.push(url);
    const pointer = pointerOf([FILES_KEY, name]);
    this.#resources.set(url, pointer);
    const within: DocumentPath = { key: name, within: { key: FILES_KEY, within: undefined } };
    if (isObject(files[name])) this.#index(files[name], url, within);
    return pointer;
  }

  #notice(code: string, location: DocumentPath | undefined, problem: string, fix: string): void {
    this.notices.push({ code: `openapi/${code}`, at: pathOf(location), problem, fix });
  }
}

function isFile(value: Json | undefined): boolean {
  return typeof value === 'string' && /\.(?:json|ya?ml)(?:#|$)/i.test(value);
}

function split(url: string): [resource: string, fragment: string] {
  const at = url.indexOf('#');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function absolute(reference: string, base: string): string {
  return URL.canParse(reference, base) ? new URL(reference, base).href : reference;
}

function joined(within: DocumentPath | undefined, inner: DocumentPath): DocumentPath {
  if (within === undefined) return inner;
  return { key: inner.key, within: inner.within === undefined ? within : joined(within, inner.within) };
}

/** The base URL that the nearest schema with `$id` above a place sets. */
function baseAbove(bases: ReadonlyMap<DocumentPath | undefined, string>, path: DocumentPath): string | undefined {
  if (bases.size === 0) return undefined;
  for (let at: DocumentPath | undefined = path; at; at = at.within) {
    const base = bases.get(at);
    if (base !== undefined) return base;
  }
  return undefined;
}
