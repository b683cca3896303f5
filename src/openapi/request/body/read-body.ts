/**
 * Reads the bodies of requests by the media types of their operation.
 * @module
 */
import { memoiseWeakly } from '../../../runtime/memoise.js';
import type { OpenApiDocument } from '../../document/document.js';
import type { Operation } from '../../document/operation.js';
import { contentKind, essence } from '../../media-type.js';
import type { Checks } from '../../schema/checks.js';
import { ANY } from '../../schema/reading/shapes.js';
import type { JsonSchema } from '../../schema/schemas.js';
import { Structures } from '../structures.js';
import type { Violation } from '../violations.js';
import { textOf } from './charset.js';
import { type Encoding, readEncodings } from './encodings.js';
import { type FormReading, readForm } from './form.js';
import { parseJson } from './json.js';
import { readMultipart } from './multipart.js';
import type { ReceivedBody } from './received.js';
import { type SelectedMedia, selectMedia } from './select-media.js';
import { readXml } from './xml.js';

/** A body that was read. */
export interface BodyContent {
  /** `undefined` if there is none, or if it cannot be read. */
  readonly value: unknown;
  /** The media type by which it was read, as the document writes it. */
  readonly type: string | undefined;
  readonly violations: readonly Violation[];
}

/** Reads a body without codings. */
export type ReadBody = (body: ReceivedBody, contentType: string | undefined) => BodyContent;

const NONE: readonly never[] = [];

/** No body. */
export const NO_CONTENT: BodyContent = { value: undefined, type: undefined, violations: NONE };

/** Creates the function that returns how the bodies of an operation are read. Without an operation, they are read by their Content-Type alone. */
export function createBodyReaders(
  document: OpenApiDocument,
  checks: Checks,
): (operation: Operation | undefined) => ReadBody {
  const compiled = memoiseWeakly((operation: Operation) => compileReader(document, checks, operation));
  return (operation) => (operation === undefined ? readUnknown : compiled(operation));
}

/** Reads JSON and forms; other bodies have no value. */
const readUnknown: ReadBody = (body, contentType) => {
  const kind = contentKind(contentType ?? '');
  if (kind === 'form') return { ...NO_CONTENT, value: Object.fromEntries(new URLSearchParams(body.text)) };
  if (kind === 'multipart') return { ...NO_CONTENT, value: {} };
  return kind === 'json' || kind === 'text' ? readJson(body, contentType, undefined) : NO_CONTENT;
};

function compileReader(document: OpenApiDocument, checks: Checks, operation: Operation): ReadBody {
  if (!operation.body) return readUnknown;
  const types = Object.keys(operation.body.content);
  const isOnlyJson = types.length > 0 && types.every((type) => contentKind(type) === 'json' && !type.includes('*'));
  if (isOnlyJson) return (body, contentType) => readOnlyJson(body, contentType, types);
  const readings = new Map<string, FormReading>();
  return (body, contentType) => {
    const media = selectMedia(types, contentType);
    if (media === undefined) return otherType(types, contentType!);
    return readAs(media, body, contentType, () => {
      const key = media.type ?? '';
      let reading = readings.get(key);
      if (reading === undefined) {
        reading = readingOf(document, checks, operation, media);
        readings.set(key, reading);
      }
      return reading;
    });
  };
}

/** JSON is accepted under the names that clients give to any text, because many do not name it. */
function readOnlyJson(body: ReceivedBody, contentType: string | undefined, types: readonly string[]): BodyContent {
  const type = types.length === 1 ? types[0]! : (selectMedia(types, contentType)?.type ?? types[0]!);
  const kind = contentType === undefined ? 'json' : contentKind(contentType);
  if (kind === 'json' || kind === 'form' || kind === 'text') return readJson(body, contentType, type);
  const content = essence(contentType!) === 'application/octet-stream' ? readJson(body, contentType, type) : undefined;
  return content === undefined || content.violations.length > 0 ? otherType(types, contentType!) : content;
}

function readJson(body: ReceivedBody, contentType: string | undefined, type: string | undefined): BodyContent {
  const text = textOf(body, contentType);
  if (text === undefined) return unknownCharset(contentType!);
  try {
    return { value: parseJson(text), type, violations: NONE };
  } catch (error) {
    return failed('json', (error as Error).message, type);
  }
}

function readAs(
  { kind, type }: SelectedMedia,
  body: ReceivedBody,
  contentType: string | undefined,
  readingOf: () => FormReading,
): BodyContent {
  if (kind === 'binary' || kind === 'image') return { value: body.latin1, type, violations: NONE };
  const violations: Violation[] = [];
  if (kind === 'multipart') {
    const value = readMultipart(body, contentType ?? '', readingOf(), violations);
    return { value, type, violations };
  }
  const text = textOf(body, contentType);
  if (text === undefined) return unknownCharset(contentType!);
  switch (kind) {
    case 'json':
      return readJson(body, contentType, type);
    case 'form':
      return { value: readForm(text, readingOf(), violations), type, violations };
    case 'json-lines':
    case 'json-sequence':
      return { value: readItems(text, kind === 'json-lines' ? /\r?\n/ : '\x1e', violations), type, violations };
    case 'xml': {
      const { schema, structures } = readingOf();
      try {
        return { value: readXml(text, schema, structures), type, violations };
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return failed('xml', error.message, type);
      }
    }
    default: {
      const { schema, structures } = readingOf();
      return {
        value: structures.values.allows(schema, 'string', true) ? text : structures.scalar(text.trim(), schema),
        type,
        violations,
      };
    }
  }
}

function readItems(text: string, delimiter: RegExp | string, violations: Violation[]): unknown[] {
  const items: unknown[] = [];
  for (const one of text.split(delimiter)) {
    if (one.trim() === '') continue;
    try {
      items.push(parseJson(one));
    } catch (error) {
      violations.push({ in: 'body', field: `[${items.length}]`, keyword: 'json', message: (error as Error).message });
      break;
    }
  }
  return items;
}

function readingOf(
  document: OpenApiDocument,
  checks: Checks,
  { body }: Operation,
  { type }: SelectedMedia,
): FormReading {
  const media = type === undefined ? undefined : body?.content[type];
  const { values } = checks;
  const { schemas } = values.shapes;
  const schema: JsonSchema =
    media?.schema === undefined ? ANY : (schemas.at(schemas.addressOf(media.schema, 'request')) ?? ANY);
  const encodings = media === undefined ? new Map<string, Encoding>() : readEncodings(document, media.pointer);
  return { schema, encodings, structures: new Structures(values) };
}

function failed(keyword: string, message: string, type: string | undefined): BodyContent {
  return { value: undefined, type, violations: [{ in: 'body', field: '', keyword, message }] };
}

function otherType(types: readonly string[], given: string): BodyContent {
  const violation: Violation = {
    in: 'header',
    field: 'Content-Type',
    keyword: 'media-type',
    message: `must be ${types.join(' or ')}, not ${given}`,
    expected: [...types],
  };
  return { ...NO_CONTENT, violations: [violation] };
}

function unknownCharset(given: string): BodyContent {
  const message = `names a charset that is not known: ${given}`;
  const violation: Violation = {
    in: 'header',
    field: 'Content-Type',
    keyword: 'media-type',
    message,
    expected: ['utf-8'],
  };
  return { ...NO_CONTENT, violations: [violation] };
}
