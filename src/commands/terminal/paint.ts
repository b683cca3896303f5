/**
 * Colours of a terminal.
 * @module
 */
import { styleText } from 'node:util';

/** A colour or another style of text. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan' | 'magenta' | 'inverse';

/** Adds styles to text. */
export type Paint = (style: Style | Style[], text: string) => string;

/** Returns a function that adds styles, or one that leaves text as it is. */
export function painter(hasColours: boolean): Paint {
  return hasColours ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}
