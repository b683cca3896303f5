/**
 * Writes values as content of any media type.
 * @module
 */
import type { OpenApiDocument } from '../../document/document.js';
import { isObject, type Json } from '../../document/json.js';
import { contentKind, essence } from '../../media-type.js';
import { bytesOf, sampleFile } from './binary.js';
import { writeCsv } from './csv.js';
import { BOUNDARY, writeForm, writeMultipart } from './forms.js';
import { writeEvents, writeJsonLines, writeJsonSequence } from './sequences.js';
import { writeXml } from './xml.js';

/** A value that is to be sent. */
export interface Written {
  /** The media type, with a boundary if the content has parts. */
  readonly contentType: string;
  /** `undefined` for JSON that is written when it is sent, as `JSON.stringify` does it. */
  readonly content: string | Uint8Array | undefined;
}

/** Writes a value. @param value `undefined` if the document shows neither an example nor a schema @param isMade whether the value was made, and is no example @param schema pointer of its schema */
export function writeContent(
  document: OpenApiDocument,
  mediaType: string,
  value: Json | undefined,
  isMade: boolean,
  schema: string | undefined,
): Written {
  const type = essence(mediaType);
  const { numbers } = document;
  const json = (one: Json) => numbers.json(one);
  const texts = numbers.asTexts(value ?? {});
  const content = (text: string | Uint8Array): Written => ({ contentType: mediaType, content: text });
  // An image in SVG is XML, but not by a schema.
  switch (type.startsWith('image/') ? 'image' : contentKind(mediaType)) {
    case 'json':
      return { contentType: mediaType, content: numbers.jsonIfOther(value) };
    case 'json-lines':
      return content(writeJsonLines(value ?? {}, json));
    case 'json-sequence':
      return content(writeJsonSequence(value ?? {}, json));
    case 'event-stream':
      return content(writeEvents(value ?? 'message', json));
    case 'xml':
      // An example may be written as XML already.
      return content(
        typeof value === 'string' && (!isMade || value.startsWith('<')) ? value : writeXml(document, schema, texts),
      );
    case 'csv':
      return content(typeof value === 'string' && !isMade ? value : writeCsv(value === undefined ? '' : texts));
    case 'form':
      return content(typeof value === 'string' ? value : writeForm(texts));
    case 'multipart': {
      if (typeof value === 'string' && !isMade) return content(value);
      const contentType = /;\s*boundary=/i.test(mediaType) ? mediaType : `${mediaType}; boundary=${BOUNDARY}`;
      return { contentType, content: writeMultipart(texts, type === 'multipart/form-data') };
    }
    case 'text':
      return content(textOf(document, type, value, isMade));
    default:
      return content(fileOf(document, type, value, isMade, schema));
  }
}

const HTML =
  '<!DOCTYPE html>\n<html lang="en">\n<head><title>Example</title></head>\n<body><p>Example</p></body>\n</html>\n';

function textOf({ numbers }: OpenApiDocument, type: string, value: Json | undefined, isMade: boolean): string {
  // A text without a pattern or a format is made as "string".
  if (type === 'text/html' && (value === undefined || (isMade && value === 'string'))) return HTML;
  if (value === undefined) return 'text';
  if (typeof value === 'string') return value;
  // YAML includes JSON.
  return typeof value === 'object' && value !== null ? numbers.json(value, 2) : String(numbers.asTexts(value));
}

/** A file: an example as it is, base64 as the bytes that it stands for, else a small file of the type. */
function fileOf(
  document: OpenApiDocument,
  type: string,
  value: Json | undefined,
  isMade: boolean,
  pointer: string | undefined,
): string | Uint8Array {
  if (value === undefined || isMade) return sampleFile(type);
  if (typeof value !== 'string') return document.numbers.json(value);
  const schema = pointer === undefined ? undefined : document.follow(document.plain(pointer));
  const isBase64 = isObject(schema) && (schema['format'] === 'byte' || schema['contentEncoding'] === 'base64');
  return isBase64 && /^[A-Za-z0-9+/]+=*$/.test(value) ? bytesOf(value) : value;
}
