/**
 * Streams of a body that exists as a whole: an event or a line at a time.
 * @module
 */
import { contentKind } from '../../openapi/media-type.js';
import type { Success } from '../behaviour.js';

/** When the chunks of a body are sent; virtual milliseconds. */
export interface Pace {
  /** From the head to the first chunk. */
  readonly firstMs: number;
  /** From each chunk to the next. */
  readonly everyMs: number;
}

/** Makes a reply a stream of the same body: event by event for server-sent events, else line by line. A body of bytes is left as it is. */
export function streamed(reply: Success, { firstMs, everyMs }: Pace): Success {
  const { contentType } = reply;
  const text = textOf(reply);
  if (text === undefined) return reply;
  const pieces = piecesOf(text, contentType);
  const merge = new MergedBody(pieces, reply.body);
  return {
    ...reply,
    stream: {
      chunks: () => pieces.map((piece, i) => ({ afterMs: i === 0 ? firstMs : everyMs, text: piece })),
      bodyAfter: (chunks) => merge.after(chunks),
    },
  };
}

function textOf({ body, text, contentType }: Success): string | undefined {
  if (text !== undefined) return typeof text === 'string' ? text : undefined;
  if (typeof body === 'string' && contentType !== undefined && contentKind(contentType) !== 'json') return body;
  return body === undefined ? undefined : JSON.stringify(body);
}

/** The events or lines of a text, with what ends them. */
function piecesOf(text: string, contentType: string | undefined): readonly string[] {
  const isEvents = contentType !== undefined && contentKind(contentType) === 'event-stream';
  const end = isEvents ? /(?:\r\n|\r|\n){2,}/g : /\r\n|\n/g;
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(end)) {
    const to = match.index + match[0].length;
    pieces.push(text.slice(from, to));
    from = to;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/**
 * The body of a stream as one value: its JSON objects merged, later keys over earlier ones, so that rules find a count that one of the last events reports. The
 * value of the whole body if it has no such objects.
 */
class MergedBody {
  #count = 0;
  #merged: Record<string, unknown> | undefined;

  constructor(
    readonly pieces: readonly string[],
    readonly whole: unknown,
  ) {}

  after(chunks: number): unknown {
    const count = Math.min(chunks, this.pieces.length);
    if (count < this.#count) {
      this.#count = 0;
      this.#merged = undefined;
    }
    for (; this.#count < count; this.#count++) {
      const value = jsonIn(this.pieces[this.#count]!);
      if (value !== undefined) this.#merged = merge(this.#merged ?? {}, value);
    }
    if (this.#merged !== undefined) return this.#merged;
    return count === this.pieces.length ? this.whole : undefined;
  }
}

/** Begins each record of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = '\u001e';

/** The JSON object of an event or a line; `undefined` if it has none. */
function jsonIn(piece: string): Record<string, unknown> | undefined {
  const data = /^data:/m.test(piece)
    ? [...piece.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n')
    : piece;
  try {
    const value: unknown = JSON.parse(data.replace(RECORD_SEPARATOR, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function merge(base: Record<string, unknown>, added: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(added)) {
    const before = merged[key];
    // A null says nothing: providers send `usage: null` with each event but the last.
    if (value === null && before !== undefined) continue;
    merged[key] = isObject(value) && isObject(before) ? merge(before, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
