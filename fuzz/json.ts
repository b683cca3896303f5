/**
 * JSON that no honest client would send: odd values, odd keys, and text that is not quite JSON.
 * @module
 */
import type { Random } from './random.js';

/** A value as it is to stand in the text. */
export class Literal {
  constructor(readonly text: string) {}
}

/** An object by its entries, so that keys may be twice there, and be called `__proto__`. */
export class Entries {
  constructor(readonly entries: readonly (readonly [string, Value])[]) {}
}

/** A JSON value to be written by `write`; numbers and objects may be forms that `JSON.stringify` cannot produce. */
export type Value = null | boolean | number | string | readonly Value[] | Entries | Literal;

/** The value as JSON text. Literals stand in it as they are, so that the text need not be valid JSON. */
export function write(value: Value): string {
  if (value instanceof Literal) return value.text;
  if (value instanceof Entries)
    return `{${value.entries.map(([key, of]) => `${JSON.stringify(key)}:${write(of)}`).join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  return JSON.stringify(value) ?? 'null';
}

/** Names of properties that objects and functions of JavaScript have without being given them: a lookup without an own-property check finds these. */
export const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'valueOf',
];

const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\nX-Injected: yes',
  'a\nb',
  '\u2028',
  '\ufeff',
  '\ud800',
  '😀'.repeat(50),
  'é',
  '../../etc/passwd',
  '%00',
  '%zz',
  '${now}',
  '${',
  '${caller.key | nonsense}',
  '{{x}}',
  '*',
  '**',
  '/',
  '//',
  '~',
  '^(a+)+$',
  '(',
  '[',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '9'.repeat(400),
  'x'.repeat(300),
  'x'.repeat(20_000),
  '2026-02-30',
  '2026-05-12T08:00:00Z',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '0000-00-00',
  'P1Y',
  'PT1H',
  '-PT1H',
  'PT1E400S',
  '1h',
  '1ms',
  '99999999999999999999h',
  '0.0000001s',
  '-1h',
  'now',
  'null',
  'true',
  'application/json',
  'http://127.0.0.1:1/',
  'http://[::1',
  'javascript:alert(1)',
  ...NAMES,
] as const;

const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '0.1',
  '1e-400',
  '1e400',
  '-1e400',
  '1e308',
  '5e-324',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '8640000000000000',
  '8640000000000001',
  '-8640000000000000',
  '1e21',
  '123456789012345678901234567890',
  '100',
  '429',
  '503',
  '999',
  '1000000000',
] as const;

/** A value that fits nowhere, or looks as if it did. */
export function oddValue(random: Random, depth = 0): Value {
  const choice = random.below(depth > 2 ? 8 : 12);
  if (choice < 3) return random.pick(TEXTS);
  if (choice < 6) return new Literal(random.pick(NUMBERS));
  if (choice === 6) return random.pick([null, true, false]);
  if (choice === 7) return new Literal(random.pick(['[]', '{}', '[[]]', '[null]', '{"":0}', '"\\ud800"', '"\\u0000"']));
  if (choice === 8) return Array.from({ length: random.between(1, 4) }, () => oddValue(random, depth + 1));
  if (choice === 9) return oddObject(random, depth);
  if (choice === 10) {
    const levels = random.pick([5, 50, 99, 500, 513, 5_000, 10_000]);
    return new Literal(random.chance(0.5) ? '['.repeat(levels) + ']'.repeat(levels) : nested(levels));
  }
  return Array.from({ length: random.pick([100, 3_000]) }, () => 0);
}

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`;
}

function oddObject(random: Random, depth: number): Entries {
  const entries = Array.from({ length: random.between(1, 4) }, (): [string, Value] => [
    random.chance(0.5) ? random.pick(NAMES) : random.pick(TEXTS),
    oddValue(random, depth + 1),
  ]);
  return new Entries(entries);
}

/** A text for a string that a server may take badly: control characters, odd dates, paths, templates, very long ones; sometimes a plain word. */
export function oddText(random: Random): string {
  return random.chance(0.2) ? random.word(random.between(1, 30)) : random.pick(TEXTS);
}

/** Damages the text of a body, so that it is hardly JSON any more. */
export function damage(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = random.below(bytes.length + 1);
  switch (random.below(9)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.between(1, 4)), bytes.subarray(at)]);
    case 2:
      return Buffer.from(text, 'utf16le');
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 4:
      return Buffer.from(`${text}${text}`);
    case 5:
      return Buffer.from(text.replaceAll('"', "'"));
    case 6:
      return Buffer.from(text.replace(/}(?=[^}]*$)/, ',}'));
    case 7: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = flipped[at]! ^ (1 << random.below(8));
      return flipped;
    }
    default:
      return Buffer.from(text.replace(/\d+/, random.pick(NUMBERS)));
  }
}
