/**
 * Writes values as XML, by the `xml` objects of their schemas (OpenAPI, "XML Object"): names, attributes, namespaces, wrapped lists.
 * @module
 */
import { createRequire } from 'node:module';
import type { OpenApiDocument } from '../../document/document.js';
import { isObject, type Json, type JsonObject, pointerKeys } from '../../document/json.js';

const require = createRequire(import.meta.url);

/** A node, as `fast-xml-parser` writes it with `preserveOrder`. */
type Node = { readonly [name: string]: readonly Node[] | string | Readonly<Record<string, string>> };

/** What the `xml` object of a schema says. */
interface XmlNames {
  readonly name: string;
  readonly prefix: string | undefined;
  readonly namespace: string | undefined;
  /** `text` and `cdata`: the content of the element around it. `none`: a list without an element of its own. */
  readonly as: 'element' | 'attribute' | 'text' | 'cdata' | 'none';
}

/** Nested values that are written. Deeper ones are left out. */
const MAX_DEPTH = 100;

/** Writes a value. @param pointer of its schema; `undefined` if it has none */
export function writeXml(document: OpenApiDocument, pointer: string | undefined, value: Json): string {
  const { XMLBuilder } = require('fast-xml-parser') as typeof import('fast-xml-parser');
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    cdataPropName: '#cdata',
    suppressEmptyNode: true,
  });
  const schema = pointer === undefined ? undefined : document.plain(pointer);
  const writer = new Writer(document);
  const fallback = (pointer && componentName(document, pointer)) ?? 'root';
  const nodes = writer.root(fallback, schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(builder.build(nodes as never))}`;
}

/** The name of the component that a schema is, or refers to. */
function componentName(document: OpenApiDocument, pointer: string): string | undefined {
  const [section, kind, name] = pointerKeys(document.target(pointer)).slice(-3);
  return section === 'components' && kind === 'schemas' ? name : undefined;
}

class Writer {
  constructor(readonly document: OpenApiDocument) {}

  /** A document has one element at its root, so a list is wrapped in any case. */
  root(name: string, given: Json | undefined, value: Json): Node[] {
    const schemas = this.#schemas(given);
    const names = this.#names(name, schemas);
    if (!Array.isArray(value)) return [this.#element(names, schemas, value, 0)];
    const items = this.#items(schemas);
    return [
      element(
        names,
        value.flatMap((one) => this.#value(itemName(names.name), items, one, 1)),
      ),
    ];
  }

  /** A value as nodes of the element around it. @param name its property */
  #value(name: string, given: readonly Json[], value: Json, depth: number): Node[] {
    if (depth > MAX_DEPTH) return [];
    const schemas = given.flatMap((one) => this.#schemas(one));
    const names = this.#names(name, schemas);
    if (names.as === 'text') return [{ '#text': textOf(value) }];
    if (names.as === 'cdata') return [{ '#cdata': [{ '#text': textOf(value) }] }];
    if (!Array.isArray(value)) return [this.#element(names, schemas, value, depth)];
    const isWrapped = schemas.some(
      ({ xml }) => isObject(xml) && (xml['wrapped'] === true || xml['nodeType'] === 'element'),
    );
    // Items have the name of their own schema, or of the property: only a wrapper that is named otherwise has no influence on them.
    const items = value.flatMap((one) =>
      this.#value(isWrapped ? name : names.name, this.#items(schemas), one, depth + 1),
    );
    return isWrapped ? [element(names, items)] : items;
  }

  #element(names: XmlNames, schemas: readonly JsonObject[], value: Json, depth: number): Node {
    if (!isObject(value)) return element(names, value === null ? [] : [{ '#text': textOf(value) }]);
    const attributes: Record<string, string> = {};
    const children: Node[] = [];
    for (const [name, one] of Object.entries(value)) {
      const own = this.#property(schemas, name);
      const inner = this.#names(
        name,
        own.flatMap((schema) => this.#schemas(schema)),
      );
      if (inner.as === 'attribute') attributes[qualified(inner)] = textOf(one);
      else children.push(...this.#value(name, own, one, depth + 1));
    }
    return element(names, children, attributes);
  }

  /** The schemas of a property. */
  #property(schemas: readonly JsonObject[], name: string): Json[] {
    return schemas.flatMap(({ properties, additionalProperties }) => {
      if (isObject(properties) && Object.hasOwn(properties, name)) return [properties[name]!];
      return isObject(additionalProperties) ? [additionalProperties] : [];
    });
  }

  #items(schemas: readonly JsonObject[]): Json[] {
    return schemas.flatMap(({ items }) => (isObject(items) ? [items] : []));
  }

  #names(name: string, schemas: readonly JsonObject[]): XmlNames {
    const xml = schemas.map((schema) => schema['xml']).filter(isObject);
    const text = (key: string) => xml.map((one) => one[key]).find((one) => typeof one === 'string');
    const nodeType = text('nodeType');
    const isAttribute = nodeType === 'attribute' || xml.some(({ attribute }) => attribute === true);
    return {
      name: validName(text('name') ?? name),
      prefix: text('prefix'),
      namespace: text('namespace'),
      as: isAttribute
        ? 'attribute'
        : nodeType === 'text' || nodeType === 'cdata' || nodeType === 'none'
          ? nodeType
          : 'element',
    };
  }

  /** A schema with all that it refers to and is composed of. */
  #schemas(given: Json | undefined, seen = new Set<Json>()): JsonObject[] {
    if (!isObject(given) || seen.has(given) || seen.size > 200) return [];
    seen.add(given);
    const { $ref, allOf, anyOf, oneOf } = given;
    const target = typeof $ref === 'string' ? this.document.follow(given) : undefined;
    const inner = [target, ...[allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []))];
    return [given, ...inner.flatMap((one) => this.#schemas(one, seen))];
  }
}

function element(names: XmlNames, children: readonly Node[], attributes: Readonly<Record<string, string>> = {}): Node {
  const { prefix, namespace } = names;
  const declared = namespace === undefined ? {} : { [prefix === undefined ? 'xmlns' : `xmlns:${prefix}`]: namespace };
  const all = { ...declared, ...attributes };
  return { [qualified(names)]: children, ...(Object.keys(all).length === 0 ? {} : { ':@': all }) };
}

function qualified({ prefix, name }: XmlNames): string {
  return prefix === undefined ? name : `${prefix}:${name}`;
}

/** The name of the items of a list at the root. */
function itemName(name: string): string {
  return /[^s]s$/.test(name) ? name.slice(0, -1) : 'item';
}

/** A property's name as a name that XML allows. */
function validName(name: string): string {
  const clean = name.replace(/[^\p{L}\p{N}_.-]/gu, '_');
  return /^[\p{L}_]/u.test(clean) ? clean : `_${clean}`;
}

function textOf(value: Json): string {
  if (value === null) return '';
  // Characters that XML does not allow at all.
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(
    /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu,
    '',
  );
}
