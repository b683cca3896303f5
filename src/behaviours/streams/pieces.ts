/**
 * Splits a text into the pieces that a language model would send one after the other.
 * @module
 */
import { tokenTextsOf } from '../../limits/rules/texts.js';

/** How a text is split; each piece counts as one token. */
export const splits = {
  words: { title: 'a word with the space before it', split: (text: string) => text.match(/\s*\S+/g) ?? [] },
  tokens: { title: 'a token of the encoding o200k_base', split: tokenTextsOf },
  characters: { title: 'a character', split: (text: string) => [...text] },
} as const satisfies Readonly<Record<string, { title: string; split(text: string): readonly string[] }>>;

/** The name of a way to split a text. */
export type SplitName = keyof typeof splits;

/** The names of all ways to split a text. */
export const SPLIT_NAMES = Object.keys(splits) as SplitName[];

/** A text that is as long as wanted: after its last piece it begins again. */
export class Pieces {
  readonly #pieces: readonly string[];

  constructor(text: string, split: SplitName) {
    this.#pieces = splits[split].split(text);
  }

  /** Number of pieces of the text itself. */
  get length(): number {
    return this.#pieces.length;
  }

  /** The piece with an index from 0; empty if the text is empty. */
  at(index: number): string {
    const { length } = this.#pieces;
    if (length === 0) return '';
    const piece = this.#pieces[index % length]!;
    return index >= length && index % length === 0 && !/^\s/.test(piece) ? ` ${piece}` : piece;
  }
}
