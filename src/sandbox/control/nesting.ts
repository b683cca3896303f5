/**
 * How deep JSON is nested, told from its text. What walks a value as deep as some text can be would exhaust the stack.
 * @module
 */

/** Levels of a request's body; PHP's parser stops there by default, others a little sooner or later (RFC 8259 section 9 lets a parser have a limit). */
export const MAX_LEVELS = 512;

/** Whether objects and lists lie in each other more than so many levels deep. The text need not be JSON. */
export function isDeeper(text: string, levels: number): boolean {
  // Most texts have not that many brackets in all.
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
