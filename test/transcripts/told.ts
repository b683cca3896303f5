/**
 * Reads what has come of a stream of server-sent events.
 * @module
 */
import type { Json, JsonValue } from './scenario.js';

/** The events that have come in full, comments left out: `{ id?, event, data }`. */
export function toldEvents(text: string): Json[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = block.split('\n').flatMap((line): [string, JsonValue][] => {
      const [, name, value] = /^(\w+): (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, name === 'data' ? dataOf(value!) : value!]];
    });
    return fields.length === 0 ? [] : [Object.fromEntries(fields)];
  });
}

/** The data of an event: JSON, or a text such as `[DONE]`. */
function dataOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
