/**
 * Writes sequences of values: server-sent events, JSON lines, JSON text sequences (RFC 7464).
 * @module
 */
import { isObject, type Json, type JsonObject } from '../../document/json.js';

/** A list is a sequence of its items; any other value is a sequence of one. */
function itemsOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}

/** Writes a value as JSON. */
type WriteJson = (value: Json) => string;

/** One line of JSON for each item. */
export function writeJsonLines(value: Json, json: WriteJson = JSON.stringify): string {
  return itemsOf(value)
    .map((item) => `${json(item)}\n`)
    .join('');
}

/** A record separator, JSON and a line feed for each item. */
export function writeJsonSequence(value: Json, json: WriteJson = JSON.stringify): string {
  return itemsOf(value)
    .map((item) => `\x1e${json(item)}\n`)
    .join('');
}

/** An event for each item. An object whose keys are those of events (OpenAPI 3.2, "Server-Sent Events") is an event as such; other values are its data. */
export function writeEvents(value: Json, json: WriteJson = JSON.stringify): string {
  // A text that is written as a stream already.
  if (typeof value === 'string' && /^(?::|(?:data|event|id|retry):)/m.test(value))
    return `${value.replace(/\s*$/, '')}\n\n`;
  return itemsOf(value)
    .map((item) => writeEvent(item, json))
    .join('');
}

const FIELDS = new Set(['data', 'event', 'id', 'retry']);

function writeEvent(item: Json, json: WriteJson): string {
  const isEvent = isObject(item) && item['data'] !== undefined && Object.keys(item).every((key) => FIELDS.has(key));
  const event: JsonObject = isEvent ? item : { data: item };
  const lines = ['event', 'id', 'retry', 'data'].flatMap((field) => {
    const value = event[field];
    if (value === undefined || value === null) return [];
    const text = typeof value === 'string' ? value : json(value);
    return text.split(/\r\n|\r|\n/).map((line) => `${field}: ${line}\n`);
  });
  return `${lines.join('')}\n`;
}
