/**
 * Formats YAML values as a person would write them.
 * @module
 */
import { stringify } from 'yaml';

/** A value on one line: plain where possible, otherwise quoted; maps and lists in flow style. */
export function inline(value: unknown): string {
  const isText = typeof value === 'string';
  const options = { lineWidth: 0, ...(isText ? { blockQuote: false as const } : { collectionStyle: 'flow' as const }) };
  return stringify(value, { ...options, singleQuote: true }).trimEnd();
}

/** A key with its value: on one line where that is short, otherwise as a block. */
export function under(key: string, value: unknown, indent: number): string {
  const short = inline(value);
  const pad = ' '.repeat(indent);
  if (!short.includes('\n') && short.length + indent + key.length < 110) return `${pad}${key}: ${short}`;
  if (typeof value !== 'object') return `${pad}${key}: ${JSON.stringify(value)}`;
  const block = stringify(value, { lineWidth: 0, singleQuote: true }).trimEnd();
  return `${pad}${key}:\n${indented(block, indent + 2)}`;
}

/** Indents a text by a number of spaces. */
export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}
