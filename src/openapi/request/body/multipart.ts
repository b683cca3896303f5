/**
 * Reads multipart bodies (RFC 2046, RFC 7578) to the shape of their schema.
 * @module
 */
import { createRequire } from 'node:module';
import type { MultipartPart } from '@remix-run/multipart-parser';
import { contentKind, matchesRange, mediaTypeParameter } from '../../media-type.js';
import type { JsonSchema } from '../../schema/schemas.js';
import { setOwn } from '../own.js';
import { addTo, type Branch, emptyBranch, splitBrackets } from '../pairs.js';
import type { Violation } from '../violations.js';
import type { Encoding } from './encodings.js';
import type { FormReading } from './form.js';
import { parseJson } from './json.js';
import { decodeUtf8, ReceivedBody } from './received.js';

const require = createRequire(import.meta.url);

const MAX_PARTS = 10_000;
/** Bytes. */
const MAX_HEADERS = 16 * 1024;

/** Reads a multipart body: an object of its fields; a list of its parts if these have no names. `undefined` if it cannot be read. */
export function readMultipart(
  body: ReceivedBody,
  contentType: string,
  reading: FormReading,
  violations: Violation[],
): unknown {
  const report = (message: string) => violations.push({ in: 'body', field: '', keyword: 'multipart', message });
  const boundary = mediaTypeParameter(contentType, 'boundary');
  if (boundary === undefined || boundary === '') {
    report('cannot be read: its Content-Type has no boundary');
    return undefined;
  }
  let parts: MultipartPart[];
  try {
    parts = partsOf(body.bytes, boundary);
  } catch (error) {
    report(`cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  return parts.length > 0 && parts.every(({ name }) => name === undefined)
    ? unnamedParts(parts, reading, violations)
    : namedParts(parts, reading, violations);
}

function partsOf(bytes: Uint8Array, boundary: string): MultipartPart[] {
  const { parseMultipart } = require('@remix-run/multipart-parser') as typeof import('@remix-run/multipart-parser');
  const size = bytes.byteLength;
  // A part without an end is an error, but not a body that has no part at all.
  if (decodeUtf8(bytes.subarray(0, boundary.length + 8)).trim() === `--${boundary}--`) return [];
  return [
    ...parseMultipart(bytes, {
      boundary,
      maxHeaderSize: MAX_HEADERS,
      maxFileSize: size,
      maxTotalSize: size,
      maxParts: MAX_PARTS,
    }),
  ];
}

function unnamedParts(parts: readonly MultipartPart[], reading: FormReading, violations: Violation[]): unknown {
  const { schema, structures } = reading;
  const { shapes } = structures.values;
  const names = shapes.propertyNames(schema);
  if (names.length === 0 || structures.values.allows(schema, 'array'))
    return parts.map((part, i) => readPart(part, `[${i}]`, shapes.item(schema, i), undefined, reading, violations));
  // The parts of multipart/related are the properties in their order.
  const object: Record<string, unknown> = {};
  for (const [i, part] of parts.entries()) {
    const name = names[i] ?? `part${i + 1}`;
    const { encodings } = reading;
    setOwn(object, name, readPart(part, name, shapes.property(schema, name), encodings.get(name), reading, violations));
  }
  return object;
}

function namedParts(parts: readonly MultipartPart[], reading: FormReading, violations: Violation[]): unknown {
  const { schema, encodings, structures } = reading;
  const { shapes } = structures.values;
  const declared = new Set(shapes.propertyNames(schema));
  const byName = new Map<string, MultipartPart[]>();
  const nested: Branch = emptyBranch();
  for (const part of parts) {
    const name = part.name ?? '';
    const brackets = declared.has(name) ? undefined : splitBrackets(name);
    if (brackets !== undefined && brackets.path.join() !== '') {
      addTo(nested, [brackets.root, ...brackets.path], part.text);
      continue;
    }
    const key = brackets?.root ?? name;
    const same = byName.get(key);
    if (same) same.push(part);
    else byName.set(key, [part]);
  }
  const object: Record<string, unknown> = {};
  for (const [name, branch] of nested.children)
    setOwn(object, name, structures.branch(branch, shapes.property(schema, name)));
  for (const [name, same] of byName) {
    const property = shapes.property(schema, name);
    const read = (part: MultipartPart, of: JsonSchema) =>
      readPart(part, name, of, encodings.get(name), reading, violations);
    if (!structures.values.allows(property, 'array')) {
      const values = same.map((part) => read(part, property));
      setOwn(object, name, values.length === 1 ? values[0] : values);
      continue;
    }
    const [value, ...more] = same.map((part, i) => read(part, same.length === 1 ? property : shapes.item(property, i)));
    // A single part is an item of the list, or the whole list as JSON.
    const candidates =
      more.length > 0 ? [[value, ...more]] : Array.isArray(value) ? [value, [value]] : [[value], value];
    setOwn(object, name, structures.values.choose(candidates, property));
  }
  return object;
}

function readPart(
  part: MultipartPart,
  field: string,
  schema: JsonSchema,
  encoding: Encoding | undefined,
  { structures }: FormReading,
  violations: Violation[],
): unknown {
  const sent = part.headers['content-type'];
  checkPart(part, field, encoding, violations);
  const expected = encoding?.contentType;
  const type = sent ?? (expected?.includes(',') || expected?.includes('*') ? undefined : expected);
  const kind = type === undefined ? undefined : contentKind(type);
  if (part.filename !== undefined && kind !== 'json') return new ReceivedBody(part.bytes, part.size).latin1;
  if (kind === 'json') {
    try {
      return parseJson(part.text);
    } catch (error) {
      // A plain text is no JSON, but may be what is wanted.
      if (part.filename === undefined && sent !== undefined)
        violations.push({ in: 'body', field, keyword: 'json', message: (error as Error).message });
      return part.text;
    }
  }
  if (kind === 'binary' || kind === 'image' || isBinary(structures.values.shapes.keyword(schema, 'format')))
    return new ReceivedBody(part.bytes, part.size).latin1;
  return structures.repeated([part.text], schema);
}

function isBinary(format: unknown): boolean {
  return format === 'binary';
}

function checkPart(part: MultipartPart, field: string, encoding: Encoding | undefined, violations: Violation[]): void {
  if (encoding === undefined) return;
  const { contentType, requiredHeaders } = encoding;
  const sent = part.headers['content-type'];
  const types = contentType?.split(',').map((type) => type.trim());
  if (types && sent !== undefined && !types.some((type) => matchesRange(type, sent)))
    violations.push({
      in: 'body',
      field,
      keyword: 'encoding',
      message: `must be ${types.join(' or ')}, not ${sent}`,
      expected: types,
    });
  for (const name of requiredHeaders)
    if (part.headers[name] === undefined)
      violations.push({ in: 'body', field, keyword: 'encoding', message: `its part must have the header ${name}` });
}
