/**
 * The examples of media types, headers and schemas.
 * @module
 */
import type { OpenApiDocument } from '../document/document.js';
import { escapeKey, isObject, type Json, type JsonObject } from '../document/json.js';
import type { Operation } from '../document/operation.js';
import { madeDataOf } from '../made/made.js';
import type { Direction } from '../schema/schemas.js';

/** An example of the document. */
export interface Example {
  /** Name under `examples`; `undefined` for `example`. */
  readonly name: string | undefined;
  /** Pointer of the value. */
  readonly pointer: string;
  readonly value: Json;
  /** Whether the value is the content as it is sent, and not what the content means (OpenAPI 3.2, `serializedValue`). */
  readonly isSerialized: boolean;
}

/** The examples of a media type or header, in their order; those that are in other files of the example's own are left out. @param pointer of the media type or header */
export function examplesAt(document: OpenApiDocument, pointer: string): Example[] {
  const holder = document.plain(pointer);
  if (!isObject(holder)) return [];
  const found: Example[] = [];
  const named = document.follow(holder['examples']);
  // OpenAPI 3.0 and later have a map. A list is that of JSON Schema, which many documents write here by mistake.
  if (Array.isArray(named))
    for (const [i, value] of named.entries())
      found.push({ name: undefined, pointer: `${pointer}/examples/${i}`, value, isSerialized: false });
  for (const [name, given] of isObject(named) ? Object.entries(named) : []) {
    const at = `${pointer}/examples/${escapeKey(name)}`;
    const example = document.follow(given);
    if (!isObject(example)) continue;
    for (const key of ['value', 'dataValue', 'serializedValue']) {
      if (example[key] === undefined) continue;
      found.push({ name, pointer: `${at}/${key}`, value: example[key], isSerialized: key === 'serializedValue' });
      break;
    }
  }
  const { example } = holder;
  if (example !== undefined)
    found.push({ name: undefined, pointer: `${pointer}/example`, value: example, isSerialized: false });
  return found;
}

/** A value that is valid by the schema: its example, default or const, else one made from it. @param pointer canonical pointer of the schema */
export function schemaExample(document: OpenApiDocument, pointer: string, direction: Direction = 'request'): Json {
  return madeDataOf(document).at(pointer, direction).value;
}

/** The names of all examples of an operation's responses. */
export function exampleNames(document: OpenApiDocument, operation: Operation): string[] {
  const responses = document.at(`${operation.pointer}/responses`);
  const names: string[] = [];
  for (const response of isObject(responses) ? Object.values(responses) : []) {
    const content = document.follow(response);
    const media = isObject(content) ? document.follow(content['content']) : undefined;
    for (const type of isObject(media) ? Object.values(media) : []) {
      const examples = isObject(type) ? document.follow((type as JsonObject)['examples']) : undefined;
      if (isObject(examples)) names.push(...Object.keys(examples));
    }
  }
  return names;
}
