/**
 * The documented headers of a response, with values from their examples, their schemas, or what the response is about.
 * @module
 */
import { headerText } from '../../limits/render/header-text.js';
import type { OpenApiDocument } from '../document/document.js';
import { escapeKey, isObject, type Json, type JsonObject } from '../document/json.js';
import type { Operation } from '../document/operation.js';
import { madeDataOf } from '../made/made.js';
import { contentKind } from '../media-type.js';
import { examplesAt } from './examples.js';
import { type HeaderRequest, locationOf, type Target } from './location.js';

/** A header of a response. A value that depends on the request is a function. */
export interface ResponseHeader {
  readonly name: string;
  readonly value: string | readonly string[] | ((request: HeaderRequest) => string);
}

/** Headers that the server writes itself, or that describe a transfer that it does not use. */
const OF_SERVER = new Set([
  ...['content-type', 'content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive'],
  ...['date', 'trailer', 'upgrade', 'te', 'expect'],
]);

/**
 * The headers of a documented response.
 *
 * @param pointer of the response object
 * @param status the status that is sent
 * @param body the body that is sent, for the path of what was created
 * @param useExamples whether examples are used, or all values are made
 */
export function headersOf(
  document: OpenApiDocument,
  operation: Operation,
  pointer: string,
  status: number,
  body: Json | undefined,
  useExamples: boolean,
): ResponseHeader[] {
  const response = document.plain(pointer);
  const headers = isObject(response) ? document.follow(response['headers']) : undefined;
  const found: ResponseHeader[] = [];
  for (const name of isObject(headers) ? Object.keys(headers) : []) {
    if (OF_SERVER.has(name.toLowerCase()) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) continue;
    const at = document.target(document.canonical(`${pointer}/headers/${escapeKey(name)}`));
    const value =
      valueOfExample(document, name, at, useExamples) ??
      derived(document, name, at, { operation, status, body, response: pointer }) ??
      madeValue(document, name, at);
    if (value !== undefined) found.push({ name, value });
  }
  return found;
}

function valueOfExample(
  document: OpenApiDocument,
  name: string,
  at: string,
  useExamples: boolean,
): string | readonly string[] | undefined {
  const header = document.plain(at);
  const examples = useExamples ? examplesAt(document, at) : [];
  const [first] = examples;
  if (first === undefined || !isObject(header)) return undefined;
  if (name.toLowerCase() === 'set-cookie')
    return examples.flatMap(({ value }) => cookies(document.numbers.asTexts(value)));
  return first.isSerialized && typeof first.value === 'string'
    ? headerText(first.value)
    : serialised(header, document.numbers.asTexts(first.value));
}

/** Values of `Location` and `Link` that tell of other operations, unless the schema of the header has a value of its own. */
function derived(
  document: OpenApiDocument,
  name: string,
  at: string,
  target: Omit<Target, 'document'>,
): ResponseHeader['value'] | undefined {
  const header = document.plain(at);
  const schema = isObject(header) ? document.follow(header['schema']) : undefined;
  const hasValue =
    isObject(schema) &&
    ['example', 'examples', 'default', 'const', 'enum', 'pattern', 'allOf', 'oneOf', 'anyOf'].some(
      (key) => schema[key] !== undefined,
    );
  if (hasValue || (isObject(schema) && schema['type'] !== undefined && schema['type'] !== 'string')) return undefined;
  switch (name.toLowerCase()) {
    case 'location':
      return locationOf({ ...target, document });
    case 'link':
      return ({ base, path }) => `<${base()}${path}?page=2>; rel="next"`;
    default:
      return undefined;
  }
}

function madeValue(document: OpenApiDocument, name: string, at: string): string | readonly string[] | undefined {
  const header = document.plain(at);
  if (!isObject(header)) return undefined;
  const [mediaType] = isObject(header['content']) ? Object.keys(header['content']) : [];
  if (mediaType !== undefined) {
    const media = document.target(document.canonical(`${at}/content/${escapeKey(mediaType)}`));
    const [example] = examplesAt(document, media);
    const value = example?.value ?? madeAt(document, `${media}/schema`, name);
    if (value === undefined) return undefined;
    const isText = typeof value === 'string' && contentKind(mediaType) !== 'json';
    return headerText(isText ? value : document.numbers.json(value));
  }
  const value = madeAt(document, `${at}/schema`, natural(name));
  // A header without a schema is a text.
  if (value === undefined) return 'string';
  const texts = document.numbers.asTexts(value);
  return name.toLowerCase() === 'set-cookie' ? cookies(texts) : serialised(header, texts);
}

function madeAt(document: OpenApiDocument, pointer: string, name: string): Json | undefined {
  if (document.plain(pointer) === undefined) return undefined;
  return madeDataOf(document).at(document.canonical(pointer), 'response', name).value;
}

/** The name by which a value is made. */
function natural(name: string): string {
  return /^(?:location|content-location)$/i.test(name) ? 'url' : name;
}

/** A value in the style `simple`, the only one of headers. */
function serialised({ explode }: JsonObject, value: Json): string {
  if (Array.isArray(value)) return headerText(value.map(textOf).join(','));
  if (!isObject(value)) return headerText(textOf(value));
  const pairs = Object.entries(value).map(([name, one]) => `${name}${explode === true ? '=' : ','}${textOf(one)}`);
  return headerText(pairs.join(','));
}

/** One line for each cookie. A text without a name is the value of a cookie. */
function cookies(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(cookies);
  if (isObject(value)) return Object.entries(value).map(([name, one]) => headerText(`${name}=${textOf(one)}`));
  return [headerText(textOf(value))];
}

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
