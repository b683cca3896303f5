/**
 * The size of texts: characters, and tokens of a language model.
 * @module
 */
import { createRequire } from 'node:module';

/** Characters (code points) of a text, or of all texts within a value. Names of fields do not count. */
export function charactersOf(value: unknown): number {
  return sizeOf(value, codePoints);
}

/**
 * Tokens of a text, or of all texts within a value, in the encoding `o200k_base` of OpenAI's models. The tokenizer takes some megabytes, so it is loaded when a
 * profile first asks for it.
 */
export function tokensOf(value: unknown): number {
  return sizeOf(value, countTokens);
}

function sizeOf(value: unknown, size: (text: string) => number): number {
  if (typeof value === 'string') return size(value);
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + sizeOf(part, size), 0);
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd8_00 && unit <= 0xdb_ff) {
      count--;
      i++;
    }
  }
  return count;
}

/** The part of the tokenizer that is used. */
interface Tokenizer {
  countTokens(text: string, options?: object): number;
  encode(text: string, options?: object): number[];
  decodeGenerator(tokens: Iterable<number>): Iterable<string>;
}

let tokenizer: Tokenizer | undefined;

function loadTokenizer(): Tokenizer {
  tokenizer ??= createRequire(import.meta.url)('gpt-tokenizer/encoding/o200k_base') as Tokenizer;
  return tokenizer;
}

/** Special tokens such as `<|endoftext|>` count as the text that they are. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

function countTokens(text: string): number {
  return loadTokenizer().countTokens(text, AS_TEXT);
}

/** The texts of a text's tokens, in order. Tokens that only together make a character are one text. */
export function tokenTextsOf(text: string): readonly string[] {
  const { encode, decodeGenerator } = loadTokenizer();
  return [...decodeGenerator(encode(text, AS_TEXT))];
}
