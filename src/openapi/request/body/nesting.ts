/**
 * The nesting depth of JSON, computed from its text. A recursive function would exhaust the stack on a value that is nested deeply enough.
 * @module
 */

/** Levels of a request's body. RFC 8259 section 9 allows a limit; PHP's parser has the same default, others a slightly lower or higher one. */
export const MAX_LEVELS = 512;

/** Whether objects and lists are nested more than `levels` deep. The text may be invalid JSON. */
export function isDeeper(text: string, levels: number): boolean {
  // A short text has too few brackets.
  if (text.length <= levels) return false;
  let open = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) at += code === BACKSLASH ? 1 : 0;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      open += 1;
      if (open > levels) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) open -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
