/**
 * Numbers of a document that JavaScript cannot hold, such as 9223372036854775807. They are calculated with as the nearest number that it holds, and written as the
 * document writes them.
 * @module
 */
import { isObject, type Json } from './json.js';
import type { DocumentNotice } from './notice.js';

/** Numbers below this are held exactly if they are integers. */
const FIRST_INEXACT = 2 ** 53;
/** Digits that JavaScript holds of any number. */
const HELD_DIGITS = 15;
/** Begins a text that stands for a number. A text of the document that begins like this gets it twice, with an apostrophe between. */
const MARK = '\0exact:';

/** How the numbers of a document are written. */
export class ExactNumbers {
  readonly #written = new Map<number, string>();
  /** Numbers that the document writes in several ways, although JavaScript cannot tell them apart. */
  readonly #alike = new Map<number, string[]>();

  /** @param texts the long numbers of a document, in its order */
  constructor(texts: Iterable<string> = []) {
    const groups = new Map<number, string[]>();
    for (const text of texts) {
      const value = Number(text);
      if (!mayBeInexact(value)) continue;
      const known = groups.get(value);
      if (known === undefined) groups.set(value, [text]);
      else if (!known.some((one) => digitsOf(one) === digitsOf(text))) known.push(text);
    }
    for (const [value, [first = '', ...others]] of groups) {
      if (digitsOf(first) !== digitsOf(String(value)) || others.length > 0) this.#written.set(value, first);
      if (others.length > 0) this.#alike.set(value, [first, ...others]);
    }
  }

  /** A value as JSON. */
  json(value: Json, space?: number): string {
    return this.#has(value)
      ? unmarked(JSON.stringify(value, this.#marked, space))
      : JSON.stringify(value, undefined, space);
  }

  /** A value as JSON; `undefined` if `JSON.stringify` writes the same. */
  jsonIfOther(value: Json | undefined): string | undefined {
    return value !== undefined && this.#has(value) ? this.json(value) : undefined;
  }

  /** A value with texts in the place of such numbers, for formats that write numbers and texts alike. The value itself if it has none. */
  asTexts(value: Json): Json {
    if (!this.#has(value)) return value;
    const text = JSON.stringify(value, (_key, one: Json) => this.#textOf(one) ?? one);
    return JSON.parse(text) as Json;
  }

  /** Notices about numbers that cannot all be written as they are. */
  notices(root: Json): DocumentNotice[] {
    return [...this.#alike].map(([value, texts]) => ({
      code: 'openapi/number',
      at: pathTo(root, value),
      problem: `JavaScript cannot tell ${texts.slice(0, 3).join(' and ')} apart, so ${texts[0]} is sent in the place of each`,
      fix: 'write them as texts, or smaller',
    }));
  }

  readonly #marked = (_key: string, value: Json): Json => {
    const text = this.#textOf(value);
    if (text !== undefined) return `${MARK}${text}`;
    return typeof value === 'string' && value.startsWith(MARK) ? `${MARK}'${value}` : value;
  };

  #textOf(value: Json): string | undefined {
    return typeof value === 'number' ? this.#written.get(value) : undefined;
  }

  #has(root: Json): boolean {
    if (this.#written.size === 0) return false;
    const stack: Json[] = [root];
    for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
      if (this.#textOf(value) !== undefined) return true;
      if (value !== null && typeof value === 'object') for (const inner of Object.values(value)) stack.push(inner);
    }
    return false;
  }
}

/** Whether JavaScript may hold a number only nearly. Nearly 1 is left out: each 1 of the document would be taken for it. */
function mayBeInexact(value: number): boolean {
  if (Number.isNaN(value)) return false;
  return (
    Math.abs(value) >= FIRST_INEXACT ||
    String(value)
      .replace(/e.*|\D/g, '')
      .replace(/^0+/, '').length > HELD_DIGITS
  );
}

/** The digits of a number and its exponent, in one form: `9e3` for 9000 and 9.0e3. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] =
    /^([-]?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  return `${sign}${short}e${Number(exponent) - part.length + digits.length - short.length}`;
}

const MARKED = /"\\u0000exact:(?:'|([^"']*)")/g;

function unmarked(json: string): string {
  return json.replace(MARKED, (_all, number: string | undefined) => number ?? '"');
}

/** The keys to the first place of a number. */
function pathTo(root: Json, number: number): string[] {
  const stack: { value: Json; path: string[] }[] = [{ value: root, path: [] }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, path } = next;
    if (value === number) return path;
    const inner = Array.isArray(value) || isObject(value) ? Object.entries(value) : [];
    for (const [key, one] of inner.reverse()) stack.push({ value: one, path: [...path, key] });
  }
  return [];
}
