/**
 * Reads XML bodies to the shape of their schema: names, attributes, wrapped lists (OpenAPI, "XML Object"). Texts become the types of the schema.
 * @module
 */
import { createRequire } from 'node:module';
import { isObject, type JsonObject } from '../../document/json.js';
import type { JsonSchema } from '../../schema/schemas.js';
import { setOwn } from '../own.js';
import type { Structures } from '../structures.js';

const require = createRequire(import.meta.url);

/** An element. */
interface Element {
  /** Without its prefix. */
  readonly name: string;
  /** By name without prefix. Namespaces and those of `xsi` and `xml` are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
  /** Whether it has `xsi:nil="true"`. */
  readonly isNil: boolean;
}

/** Most tags, attributes and entities. A parser needs microseconds for each. */
const MAX_MARKS = 200_000;
/** Most elements within each other. */
const MAX_DEPTH = 100;

/** Reads XML. @throws SyntaxError if it is not well-formed, or nested too deep */
export function readXml(text: string, schema: JsonSchema, structures: Structures): unknown {
  return new XmlReader(structures).value(parse(text), schema);
}

class XmlReader {
  constructor(readonly structures: Structures) {}

  /** The value of an element. */
  value(element: Element, schema: JsonSchema): unknown {
    const { values } = this.structures;
    if (element.isNil) return null;
    const kinds = this.structures.kinds(schema);
    const types = values.shapes.types(schema);
    const hasStructure = element.children.length > 0 || element.attributes.size > 0;
    if (types === undefined) return hasStructure ? this.#object(element, schema) : element.text;
    const candidates: unknown[] = [];
    for (const kind of kinds) {
      if (kind === 'object') candidates.push(this.#object(element, schema));
      else if (kind === 'array') candidates.push(this.#items(element.children, schema));
      else if (!hasStructure || kinds.length === 1) candidates.push(this.#scalar(element.text, schema));
    }
    return candidates.length === 0 ? this.#object(element, schema) : values.choose(candidates, schema);
  }

  #scalar(text: string, schema: JsonSchema): unknown {
    const isText = this.structures.values.allows(schema, 'string', true);
    return this.structures.scalar(isText ? text : text.trim(), schema);
  }

  #items(elements: readonly Element[], schema: JsonSchema): unknown[] {
    return elements.map((one, i) => this.value(one, this.structures.values.shapes.item(schema, i)));
  }

  #object(element: Element, schema: JsonSchema): Record<string, unknown> {
    const { shapes } = this.structures.values;
    const object: Record<string, unknown> = {};
    const used = new Set<unknown>();
    for (const property of shapes.propertyNames(schema)) {
      const of = shapes.property(schema, property);
      const value = this.#property(element, property, of, used);
      if (value !== undefined) setOwn(object, property, value);
    }
    for (const [name, text] of element.attributes) {
      if (used.has(name)) continue;
      setOwn(object, name, this.#scalar(text, shapes.property(schema, name)));
    }
    const others = new Map<string, Element[]>();
    for (const child of element.children) {
      if (used.has(child)) continue;
      const same = others.get(child.name);
      if (same) same.push(child);
      else others.set(child.name, [child]);
    }
    for (const [name, same] of others) {
      const of = shapes.property(schema, name);
      setOwn(object, name, same.length === 1 ? this.value(same[0]!, of) : same.map((one) => this.value(one, of)));
    }
    return object;
  }

  /** The value of a property; `undefined` if the element does not have it. @param used receives the elements and attributes that it is read from */
  #property(element: Element, property: string, schema: JsonSchema, used: Set<unknown>): unknown {
    const { values } = this.structures;
    const xml = this.#xmlOf(schema);
    const name = nameIn(xml) ?? property;
    if (xml?.['attribute'] === true || xml?.['nodeType'] === 'attribute') {
      const text = element.attributes.get(name);
      used.add(name);
      return text === undefined ? undefined : this.#scalar(text, schema);
    }
    if (xml?.['nodeType'] === 'text' || xml?.['nodeType'] === 'cdata') return this.#scalar(element.text, schema);
    const find = (names: readonly (string | undefined)[]) => {
      const found = element.children.filter((child) => names.includes(child.name));
      for (const child of found) used.add(child);
      return found;
    };
    if (values.allows(schema, 'array')) {
      const isWrapped = xml?.['wrapped'] === true || xml?.['nodeType'] === 'element';
      if (isWrapped) {
        const [wrapper] = find([name]);
        if (wrapper === undefined) return undefined;
        return wrapper.isNil ? null : this.#items(wrapper.children, schema);
      }
      const itemName = nameIn(this.#xmlOf(values.shapes.item(schema, 0)));
      const found = find([itemName ?? name]);
      if (found.length > 0) return this.#items(found, schema);
      // Some documents name the list, and mean its items.
      const alike = find([name, property]);
      return alike.length === 0 ? undefined : this.#items(alike, schema);
    }
    const found = find([name]);
    if (found.length === 0) return undefined;
    return found.length === 1 ? this.value(found[0]!, schema) : found.map((one) => this.value(one, schema));
  }

  #xmlOf(schema: JsonSchema): JsonObject | undefined {
    const xml = this.structures.values.shapes.keyword(schema, 'xml');
    return isObject(xml) ? xml : undefined;
  }
}

function nameIn(xml: JsonObject | undefined): string | undefined {
  return typeof xml?.['name'] === 'string' ? xml['name'].replace(/^.*:/, '') : undefined;
}

/** Nodes as fast-xml-parser returns them in order: one key for the name, and `:@` for the attributes. */
type ParsedNode = Readonly<Record<string, unknown>>;

function parse(text: string): Element {
  if (marksIn(text) > MAX_MARKS) throw new SyntaxError(`it has more than ${MAX_MARKS} tags, attributes and entities`);
  const { XMLParser, XMLValidator } = require('fast-xml-parser') as typeof import('fast-xml-parser');
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    // Entities of a document type could expand without end. The five of XML are decoded below.
    processEntities: false,
    maxNestedTags: MAX_DEPTH,
  });
  let nodes: ParsedNode[];
  try {
    nodes = parser.parse(text) as ParsedNode[];
  } catch (error) {
    throw new SyntaxError((error as Error).message);
  }
  // The parser accepts more than XML, but ends at the greatest depth, which the validator does not.
  const problem = XMLValidator.validate(text);
  if (problem !== true) throw new SyntaxError(`${problem.err.msg} (line ${problem.err.line})`);
  const root = nodes.map((node) => elementOf(node, 0)).find((one) => one !== undefined);
  if (root === undefined) throw new SyntaxError('it has no element');
  return root;
}

function marksIn(text: string): number {
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LESS_THAN || code === AMPERSAND || code === EQUALS) marks += 1;
  }
  return marks;
}

const LESS_THAN = 0x3c;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;

function elementOf(node: ParsedNode, depth: number): Element | undefined {
  if (depth > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} levels deep`);
  const tag = Object.keys(node).find((key) => key !== ':@');
  if (tag === undefined || tag === '#text' || !Array.isArray(node[tag])) return undefined;
  const inner = node[tag] as ParsedNode[];
  const children: Element[] = [];
  let text = '';
  for (const child of inner) {
    if (typeof child['#text'] === 'string') text += decodeEntities(child['#text']);
    else {
      const element = elementOf(child, depth + 1);
      if (element) children.push(element);
    }
  }
  const attributes = new Map<string, string>();
  let isNil = false;
  for (const [name, value] of Object.entries((node[':@'] ?? {}) as Record<string, string>)) {
    if (/^(?:xsi:|\w+:)nil$/.test(name)) isNil = value === 'true' || value === '1';
    else if (!/^(?:xmlns|xsi|xml)(?::|$)/.test(name)) attributes.set(name.replace(/^.*:/, ''), decodeEntities(value));
  }
  return { name: tag.replace(/^.*:/, ''), attributes, children, text, isNil };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name]! : whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
