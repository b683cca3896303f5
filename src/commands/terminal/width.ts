/**
 * Text in columns of a terminal.
 * @module
 */
import { sanitize } from '../../verdict/render/escape.js';

/** Characters that take two columns: East Asian scripts and emoji. */
const DOUBLE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that take none. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** The columns that a text without control characters takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Makes text from outside safe for one line of a terminal: control characters are shown, and not obeyed. */
export function safe(text: string): string {
  return sanitize(text);
}

/** Cuts a text that is wider than `most` columns at its end, with `…`. */
export function cut(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += columnsOf(character);
    if (width > most - 1) break;
    kept += character;
  }
  return most < 1 ? '' : `${kept}…`;
}

/** Cuts a text to a number of columns, or fills it up with spaces. @param side where the text stands */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const short = cut(text, columns);
  const space = ' '.repeat(Math.max(0, columns - widthOf(short)));
  return side === 'left' ? short + space : space + short;
}

function columnsOf(character: string): number {
  if (character < '\u0300') return 1;
  if (NONE.test(character)) return 0;
  return DOUBLE.test(character) ? 2 : 1;
}
