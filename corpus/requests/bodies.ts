/**
 * Bodies by media type.
 * @module
 */
import { isObject, type Json, type JsonObject, objectOf } from '../api/json.js';
import type { Content } from '../api/operation.js';
import type { Source } from '../api/source.js';
import { flatten } from '../schema/flatten.js';
import { queryPairs, textOf } from './parameters.js';
import { isClearXml, xmlText } from './xml.js';

/** The kinds of bodies that the corpus can write. */
export type Kind = 'json' | 'form' | 'multipart' | 'text' | 'bytes' | 'xml';

/** How bodies of a media type are written; `undefined` where the corpus does not write them (CSV, newline-delimited JSON …). */
export function kindOf(mediaType: string): Kind | undefined {
  const type = mediaType.split(';')[0]!.trim().toLowerCase();
  if (/^(?:\*\/\*|application\/\*|application\/(?:.+\+)?json|text\/json)$/.test(type)) return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'multipart/form-data') return 'multipart';
  if (/^(?:application|text)\/(?:.+\+)?xml$/.test(type)) return 'xml';
  if (/^text\/(?:plain|html|markdown|\*)$/.test(type)) return 'text';
  if (/^(?:application\/(?:octet-stream|pdf|zip|gzip)|(?:image|audio|video)\/.+)$/.test(type)) return 'bytes';
  return undefined;
}

/** The type that is sent where the document has a range, such as `*` + `/*`. */
export function concreteType(mediaType: string): string {
  if (!mediaType.includes('*')) return mediaType;
  if (mediaType.startsWith('text/')) return 'text/plain';
  return /^(?:image|audio|video)/.test(mediaType)
    ? mediaType.replace('*', mediaType.startsWith('image') ? 'png' : 'mpeg')
    : 'application/json';
}

const BOUNDARY = 'mock429-corpus-boundary';

/** Writes a value as a body of a media type. */
export function writeBody(source: Source, content: Content, value: Json): { type: string; bytes: Buffer } {
  const type = concreteType(content.mediaType);
  switch (kindOf(content.mediaType)) {
    case 'form':
      return { type, bytes: Buffer.from(formText(content, objectOf(value))) };
    case 'multipart':
      return {
        type: `multipart/form-data; boundary=${BOUNDARY}`,
        bytes: Buffer.from(multipartText(source, content, objectOf(value))),
      };
    case 'xml':
      return { type, bytes: Buffer.from(xmlText(source, content.schema, value)) };
    case 'text':
    case 'bytes':
      return { type, bytes: Buffer.from(textOf(value)) };
    default:
      return { type, bytes: Buffer.from(JSON.stringify(value)) };
  }
}

function formText({ encoding }: Content, value: JsonObject): string {
  return Object.entries(value)
    .flatMap(([name, one]) => {
      const { style, explode } = objectOf(encoding[name]);
      const wanted = typeof style === 'string' ? style : 'form';
      return queryPairs(name, one!, wanted, typeof explode === 'boolean' ? explode : wanted === 'form');
    })
    .join('&');
}

function multipartText(source: Source, { schema, encoding }: Content, value: JsonObject): string {
  const properties = objectOf(flatten(source, schema, () => 0).schema['properties']);
  const part = (name: string, one: Json) => {
    const own = flatten(source, properties[name], () => 0).schema;
    const declared = objectOf(encoding[name])['contentType'];
    const file = own['format'] === 'binary' || own['contentMediaType'] !== undefined;
    const usual = typeof one === 'object' ? 'application/json' : file ? 'application/octet-stream' : undefined;
    const type = typeof declared === 'string' && !declared.includes('*') ? declared.split(',')[0]!.trim() : usual;
    const name_ = `Content-Disposition: form-data; name="${name.replaceAll('"', '%22')}"${file ? '; filename="file.bin"' : ''}`;
    return [`--${BOUNDARY}`, name_, ...(type === undefined ? [] : [`Content-Type: ${type}`]), '', textOf(one)].join(
      '\r\n',
    );
  };
  const parts = Object.entries(value).flatMap(([name, one]) =>
    Array.isArray(one) && !one.some((item) => typeof item === 'object')
      ? one.map((item: Json) => part(name, item))
      : [part(name, one!)],
  );
  return `${parts.map((one) => `${one}\r\n`).join('')}--${BOUNDARY}--\r\n`;
}

/** Whether a server can read the value back as it was. */
export function isClearBody(content: Content, value: Json): boolean {
  switch (kindOf(content.mediaType)) {
    case 'form':
      return (
        isObject(value) &&
        Object.keys(value).length > 0 &&
        Object.entries(value).every(([name, one]) => isClearField(content, name, one!))
      );
    case 'multipart':
      return (
        isObject(value) &&
        Object.keys(value).length > 0 &&
        Object.values(value).every((one) => one !== null && (!Array.isArray(one) || one.length > 0))
      );
    case 'xml':
      return isClearXml(value);
    case 'text':
    case 'bytes':
      return typeof value === 'string' && value !== '';
    default:
      return true;
  }
}

/** OpenAPI defines one level of parts in a form; what is deeper is left to the reader. */
function isClearField({ encoding }: Content, name: string, value: Json): boolean {
  const plain = (one: Json | undefined) => one !== null && typeof one !== 'object';
  const { style, explode } = objectOf(encoding[name]);
  if (plain(value)) return true;
  if (Array.isArray(value)) {
    const joined = explode === false || (style !== undefined && style !== 'form' && style !== 'deepObject');
    return (
      value.length > 0 &&
      value.every((one: Json) => plain(one) && !(joined && /[,|\s]/.test(textOf(one)))) &&
      style !== 'deepObject'
    );
  }
  // An exploded object would put its properties beside the others.
  return (
    style === 'deepObject' && isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(plain)
  );
}
