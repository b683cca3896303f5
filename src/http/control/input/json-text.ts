/**
 * Parses JSON that a person may have typed. An error names the position and the expected token, which `JSON.parse` does not always do.
 * @module
 */

/** The parsed value, or a description of the syntax error. */
export type JsonText = { readonly value: unknown } | { readonly fault: string };

/** Default nesting limit: a deeper value could exhaust the stack of code that recurses into it. */
const MAX_DEPTH = 100;

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

type Want = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'after';

interface Fault {
  readonly at: number;
  readonly expected: string;
}

/** Parses JSON. @param maxDepth deepest nesting of objects and lists */
export function parseJson(text: string, maxDepth = MAX_DEPTH): JsonText {
  const value = read(text, maxDepth);
  // Scan the text character by character only where it has an error.
  const fault = value ? undefined : findFault(text, maxDepth);
  if (!fault) return value ?? { value: JSON.parse(text) as unknown };
  const { at, expected } = fault;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const found = at >= text.length ? 'the end' : JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
  return { fault: `line ${line}, column ${column}: expected ${expected}, found ${found}` };
}

/** Parses the text; `undefined` where it is not JSON, or is nested too deeply. */
function read(text: string, maxDepth: number): { readonly value: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isDeeper(value, maxDepth) ? undefined : { value };
  } catch {
    return undefined;
  }
}

/** Whether a value is nested deeper than the limit. It iterates level by level, because recursion could overflow the stack. */
function isDeeper(value: unknown, maxDepth: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const objects = level.filter((item) => item !== null && typeof item === 'object');
    if (objects.length > 0 && depth === maxDepth) return true;
    level = objects.flatMap((item) => Object.values(item as object));
  }
  return false;
}

/** Finds the first syntax error. It keeps its own stack, so that deep nesting cannot overflow the call stack. */
function findFault(text: string, maxDepth: number): Fault | undefined {
  const open: ('{' | '[')[] = [];
  let want = 'value' as Want;
  let at = 0;
  const closes = (char: string | undefined) => open.length > 0 && char === (open.at(-1) === '{' ? '}' : ']');
  for (;;) {
    at = endOf(SPACE, text, at)!;
    const char = text[at];
    if ((want === 'key-or-end' || want === 'value-or-end' || want === 'after') && closes(char)) {
      open.pop();
      at += 1;
      want = 'after';
    } else if (want === 'after') {
      if (open.length === 0) return char === undefined ? undefined : { at, expected: 'nothing more' };
      if (char !== ',') return { at, expected: open.at(-1) === '{' ? '"," or "}"' : '"," or "]"' };
      at += 1;
      want = open.at(-1) === '{' ? 'key' : 'value';
    } else if (want === 'colon') {
      if (char !== ':') return { at, expected: '":"' };
      at += 1;
      want = 'value';
    } else if (char === '"') {
      const end = stringEnd(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      want = want === 'key' || want === 'key-or-end' ? 'colon' : 'after';
    } else if (want === 'key' || want === 'key-or-end') {
      return { at, expected: want === 'key' ? 'a key in double quotes' : 'a key in double quotes or "}"' };
    } else if (char === '{' || char === '[') {
      if (open.length === maxDepth) return { at, expected: `no more than ${maxDepth} levels` };
      open.push(char);
      at += 1;
      want = char === '{' ? 'key-or-end' : 'value-or-end';
    } else {
      const end = endOf(SCALAR, text, at);
      if (end === undefined) return { at, expected: want === 'value-or-end' ? 'a value or "]"' : 'a value' };
      at = end;
      want = 'after';
    }
  }
}

/** The position after the string that starts at `at`, or its first error. */
function stringEnd(text: string, at: number): number | Fault {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code < 0x20) return { at: i, expected: 'the rest of a string (line breaks and tabs are written \\n and \\t)' };
    if (code !== 0x5c) continue;
    const end = endOf(ESCAPE, text, i);
    if (end === undefined) return { at: i, expected: 'an escape such as \\n, \\" or \\u00e9' };
    i = end - 1;
  }
  return { at: text.length, expected: "a string's closing quote" };
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
