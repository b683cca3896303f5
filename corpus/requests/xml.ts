/**
 * Bodies in XML: names, attributes, prefixes and wrapped lists as the `xml` keyword of the schema says.
 * @module
 */
import { isObject, type Json, type JsonObject, objectOf, stringOf } from '../api/json.js';
import type { Source } from '../api/source.js';
import { flatten } from '../schema/flatten.js';
import { textOf } from './parameters.js';

const NAME = /^[A-Za-z_][\w.-]*$/;

function schemaOf(source: Source, given: Json | undefined): JsonObject {
  return flatten(source, given, () => 0).schema;
}

/** The element of a value. The root is called as its component is, where `xml` gives no name. */
export function xmlText(source: Source, given: Json | undefined, value: Json): string {
  const component = stringOf(objectOf(given)['$ref'])?.split('/').at(-1);
  return `<?xml version="1.0" encoding="UTF-8"?>${element(source, given, component ?? 'root', value)}`;
}

function element(source: Source, given: Json | undefined, usual: string, value: Json): string {
  const schema = schemaOf(source, given);
  const { name, prefix, namespace } = objectOf(schema['xml']);
  const tag = `${typeof prefix === 'string' ? `${prefix}:` : ''}${stringOf(name) ?? usual}`;
  const declared =
    typeof namespace === 'string'
      ? ` xmlns${typeof prefix === 'string' ? `:${prefix}` : ''}="${escaped(namespace)}"`
      : '';
  if (Array.isArray(value)) return list(source, schema, tag, usual, value);
  if (!isObject(value)) return `<${tag}${declared}>${escaped(textOf(value))}</${tag}>`;
  let attributes = declared;
  let content = '';
  for (const [key, one] of Object.entries(value)) {
    const property = objectOf(schema['properties'])[key];
    const xml = objectOf(schemaOf(source, property)['xml']);
    if (xml['attribute'] === true) attributes += ` ${stringOf(xml['name']) ?? key}="${escaped(textOf(one!))}"`;
    else content += element(source, property, key, one!);
  }
  return `<${tag}${attributes}>${content}</${tag}>`;
}

/** Items without a name of their own are called as the property is, and in a wrapped list as the element around them. */
function list(source: Source, schema: JsonObject, tag: string, usual: string, items: readonly Json[]): string {
  const wrapped = objectOf(schema['xml'])['wrapped'] === true;
  const inner = items.map((one) => element(source, schema['items'], wrapped ? tag : usual, one)).join('');
  return wrapped ? `<${tag}>${inner}</${tag}>` : inner;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Whether a value can be read back from its elements: names that XML has, nothing empty, and no list within a list. */
export function isClearXml(value: Json): boolean {
  const clear = (one: Json | undefined): boolean => {
    if (one === null || one === undefined) return false;
    if (Array.isArray(one)) return one.length > 0 && one.every((item: Json) => !Array.isArray(item) && clear(item));
    if (isObject(one))
      return Object.keys(one).length > 0 && Object.entries(one).every(([key, item]) => NAME.test(key) && clear(item));
    return textOf(one).trim() !== '' && textOf(one).trim() === textOf(one);
  };
  return isObject(value) && clear(value);
}
