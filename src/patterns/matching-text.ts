/**
 * Makes texts that a regular expression matches, for sample data.
 *
 * A text is written from the pattern's tree. Look-arounds and word boundaries are ignored while it is written, so the caller must match the text and ask for
 * another variant if it does not match.
 * @module
 */
import { memoiseText } from '../runtime/memoise.js';
import { type PatternNode, parsePattern } from './parse.js';

/** Longer texts are not made. Characters. */
const MAX_LENGTH = 20_000;

/** How many variants of a text differ in kind. Those from this number on take each combination of characters in turn. */
export const TEXT_VARIANTS = 24;

/**
 * A text that a pattern probably matches; `undefined` if the pattern cannot be parsed, or its shortest text is too long.
 *
 * @param unicode whether the pattern has the `u` flag
 * @param minLength the text is made at least this long if repetitions of the pattern allow it. Characters
 * @param variant number of the variant, from 0. The same number makes the same text
 */
export function matchingText(source: string, unicode: boolean, minLength: number, variant: number): string | undefined {
  const node = parsePattern(source, unicode);
  if (node === undefined) return undefined;
  try {
    const shortest = new Writer(unicode, 0, variant).text(node);
    const missing = Math.min(minLength, MAX_LENGTH) - lengthOf(shortest);
    return missing <= 0 ? shortest : new Writer(unicode, missing, variant).text(node);
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

class TooLong extends Error {}

class Writer {
  /** Characters that repetitions may still add. */
  #extra: number;
  #length = 0;
  #choices = 0;
  #characters = 0;
  readonly #groups = new Map<number | string, string>();
  /** Number of the combination; each choice and each character takes a digit of it. `undefined` for variants that differ in kind. */
  #combination: number | undefined;

  constructor(
    readonly unicode: boolean,
    extra: number,
    readonly variant: number,
  ) {
    this.#extra = extra;
    this.#combination = variant < TEXT_VARIANTS ? undefined : variant - TEXT_VARIANTS;
  }

  text(node: PatternNode): string {
    switch (node.kind) {
      case 'character':
        return this.#character(node.source);
      case 'sequence':
        return node.parts.map((part) => this.text(part)).join('');
      case 'choice':
        return this.#choice(node.options);
      case 'group': {
        const text = this.text(node.body);
        if (node.number !== undefined) this.#groups.set(node.number, text);
        if (node.name !== undefined) this.#groups.set(node.name, text);
        return text;
      }
      case 'repeat':
        return this.#repeat(node.body, node.min, node.max);
      case 'reference':
        return this.#groups.get(node.to) ?? '';
      default:
        return '';
    }
  }

  #choice(options: readonly PatternNode[]): string {
    this.#choices += 1;
    if (this.#combination !== undefined) return this.text(options[this.#digit(options.length)]!);
    // Variant 0 takes the first option everywhere; later ones take each option of each choice in turn.
    const at = this.variant === 0 ? 0 : (this.variant + this.#choices - 1) % options.length;
    return this.text(options[at]!);
  }

  #repeat(body: PatternNode, min: number, max: number): string {
    // Variants with an odd number make what may be left out.
    const least = min === 0 && max > 0 && this.variant % 2 === 1 ? 1 : min;
    let text = '';
    for (let count = 0; count < least; count++) {
      const before = this.#length;
      text += this.text(body);
      // Repetitions of nothing need no counting.
      if (this.#length === before && count > 0) break;
    }
    for (let count = least; count < max && this.#extra > 0; count++) {
      const one = this.text(body);
      if (one === '') break;
      this.#extra -= lengthOf(one);
      text += one;
    }
    return text;
  }

  /** The next digit of the combination, in a base. */
  #digit(base: number): number {
    const rest = this.#combination ?? 0;
    this.#combination = Math.floor(rest / base);
    return rest % base;
  }

  #character(source: string): string {
    this.#length += 1;
    if (this.#length > MAX_LENGTH) throw new TooLong();
    const members = membersOf(this.unicode ? `u${source}` : `-${source}`);
    if (members === '') return '';
    const printable = members.replace(/[^\x20-\x7e]/gu, '');
    const all = [...(printable === '' ? members : printable)];
    this.#characters += 1;
    if (this.#combination !== undefined) return all[this.#digit(all.length)]!;
    // Variants 0 and 1 repeat the most natural character; 2 and 3 take letters, digits and signs in turn; the others are spread over all members.
    if (this.variant < 2) return all[(this.#characters - 1) % Math.min(all.length, 1 + this.variant)]!;
    const step = this.variant < 4 ? 7 : 2 * this.variant + 1;
    return all[(this.#characters * step) % all.length]!;
  }
}

/** Characters that are tried as members of a class, the most natural first. Kinds alternate, so that any stretch has letters of both cases, digits and signs. */
const CANDIDATES = [
  'aA1-bB2_cC3.dD4+eE5@fF6/gG7:hH8!iI9#jJ0$kK%lL&mM*nN=oO?pP~qQ,rR;sS^tT(uU)vV[wW]xX{yY}zZ|<> \'"`\\',
  '\t\n\r\f\v\0\x01\x1b\x7f',
  'éÉßäñøλΩжЖ中日本語한글אبकท—…€£©°½²™→∞★😀𝒜\u00a0\u2003\u2028\ufeff\u200d',
].join('');

/** The candidates that a character, an escape or a class matches. The key is `u` or `-` (the flag), then the source. */
const membersOf = memoiseText(
  (key): string => {
    const unicode = key.startsWith('u');
    const source = key.slice(1);
    // Most characters are literal.
    if (source !== '.' && !source.startsWith('[') && !source.startsWith('\\')) return source;
    let matcher: RegExp;
    try {
      matcher = new RegExp(`^(?:${source})$`, unicode ? 'u' : '');
    } catch {
      return '';
    }
    const members = [...CANDIDATES].filter((one) => matcher.test(one)).join('');
    return members === '' ? firstMember(matcher) : members;
  },
  { max: 2_000, maxLength: 1_000 },
);

/** The first character of the Basic Multilingual Plane and of the emoji that matches; empty if none does. */
function firstMember(matcher: RegExp): string {
  for (let code = 0; code < 0x20000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    if (matcher.test(character)) return character;
  }
  return '';
}

/** The length in characters, as JSON Schema counts it. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
