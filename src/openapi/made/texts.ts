/**
 * Makes texts: by format, by pattern, by the name of the property, of any length.
 * @module
 */
import { matchingText, TEXT_VARIANTS } from '../../patterns/matching-text.js';
import { textLength } from './evaluate.js';
import type { Facets } from './facets.js';
import { textsByName } from './names.js';

/** No longer texts are made. Characters. */
const MAX_TEXT = 20_000;
/** By how many characters a text for a pattern is made longer at the most, to differ from others. */
const MAX_LONGER = 8;

/** What a text is made for. */
export interface TextWish {
  /** Name of the property. */
  readonly name: string;
  /** Different numbers make different values, where the schema allows it. */
  readonly ordinal: number;
  /** 1 asks for the shortest text, 2 for a longer one than necessary. */
  readonly variant: number;
  /** Whether patterns have the `u` flag. */
  readonly unicode: boolean;
}

/** The first of the possible texts that is valid; `undefined` if there is none. @param isValid whether a text is valid */
export function makeText(facets: Facets, wish: TextWish, isValid: (text: string) => boolean): string | undefined {
  for (const text of candidates(facets, wish)) if (isValid(text)) return text;
  return undefined;
}

/** A text that comes as near to the bounds as is possible. */
export function nearestText(facets: Facets, wish: TextWish): string {
  for (const text of candidates(facets, wish)) return text;
  return '';
}

function* candidates(facets: Facets, wish: TextWish): Generator<string> {
  const { minLength, maxLength, patterns, formats } = facets;
  const { ordinal, variant } = wish;
  const least = Math.min(minLength, MAX_TEXT);
  const most = Math.max(least, Math.min(maxLength, MAX_TEXT));
  const aim = variant === 2 ? Math.min(most, least + 48) : least;
  for (const format of formats) yield* byFormat(format, ordinal, aim, most);
  if (patterns.length > 0) {
    for (const text of natural(wish.name, ordinal)) yield text;
    for (const source of patterns) {
      for (let i = 0; i < TEXT_VARIANTS; i++) {
        const text = matchingText(source, wish.unicode, aim, i + ordinal + variant);
        if (text === undefined) break;
        yield text;
        // A pattern without an end may be followed by anything.
        yield resized(text, aim, most, ordinal);
        if (ordinal > 0) yield `${text}${ordinal}`;
      }
      // There are more long texts than short ones, where many must differ.
      for (let more = 1; more <= MAX_LONGER && ordinal > 0; more++) {
        const text = matchingText(source, wish.unicode, aim + more, ordinal + variant);
        if (text !== undefined) yield text;
      }
    }
    if (patterns.length > 1) {
      // One may be about the beginning, the other about the end.
      const texts = patterns.map((source) => matchingText(source, wish.unicode, 0, 0) ?? '');
      yield texts.join('');
      yield texts.join(String(ordinal));
    }
  }
  if (variant === 1) yield resized('', least, most, ordinal);
  for (const text of natural(wish.name, ordinal)) yield resized(text, aim, most, ordinal);
  yield resized(ordinal === 0 ? 'string' : `string ${ordinal}`, aim, most, ordinal);
  // Short texts that are all different.
  const short = ordinal.toString(36);
  yield resized(short, least, most, ordinal);
  yield resized('', least, most, ordinal);
}

/** Texts that the name of the property suggests. Those of later ordinals are numbered once all have been used. */
function natural(name: string, ordinal: number): string[] {
  const texts = textsByName(name);
  if (texts.length === 0) return [];
  const text = texts[ordinal % texts.length]!;
  return ordinal < texts.length ? [text] : [`${text} ${ordinal}`, `${ordinal}${text}`];
}

/** A text of a length: cut, or continued with more of itself. */
function resized(text: string, least: number, most: number, ordinal: number): string {
  const length = textLength(text);
  if (length > most) {
    const number = ordinal === 0 ? '' : ordinal.toString(36).slice(-most);
    return most === 0 ? '' : [...text].slice(0, most - number.length).join('') + number;
  }
  if (length >= least) return text;
  const missing = least - length;
  const filler = length === 0 ? 'a' : ` ${text}`;
  return (text + filler.repeat(Math.ceil(missing / Math.max(1, textLength(filler))))).slice(0, text.length + missing);
}

const two = (value: number) => String(value).padStart(2, '0');
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0').slice(-digits);
/** A day of 2026, for an ordinal. */
const day = (n: number) => `2026-${two(1 + (Math.floor(n / 28) % 12))}-${two(1 + ((n + 14) % 28))}`;
const time = (n: number) => `09:${two((30 + n) % 60)}:${two(Math.floor(n / 60) % 60)}`;
const label = (length: number) => 'a'.repeat(Math.max(0, length));

/** Labels of a host name, none longer than 63 characters, of a length together with their dots. */
function labels(length: number): string {
  let text = '';
  for (let left = length; left > 1; left -= 51) text += `${label(Math.min(50, left - 1))}.`;
  return text;
}

/** For each format: a text by ordinal, and how it is made longer by some characters. */
const FORMATS: Readonly<Record<string, (ordinal: number, missing: number) => readonly string[]>> = {
  date: (n) => [day(n)],
  'date-time': (n, more) => [`${day(n)}T${time(n)}Z`, `${day(n)}T${time(n)}.${'0'.repeat(Math.max(1, more - 1))}Z`],
  time: (n, more) => [`${time(n)}Z`, `${time(n)}.${'0'.repeat(Math.max(1, more - 1))}Z`],
  'iso-time': (n) => [time(n), `${time(n)}Z`],
  'iso-date-time': (n) => [`${day(n)}T${time(n)}Z`, `${day(n)}T${time(n)}`],
  duration: (n, more) => [`P${1 + n}D`, `PT${1 + n}H`, `P${'0'.repeat(more)}${1 + n}D`],
  uri: (n, more) => [
    `https://example.com/${1 + n}`,
    `https://example.com/${1 + n}${label(more)}`,
    `a:${n}`,
    `a:${n}${label(more)}`,
  ],
  'uri-reference': (n, more) => [`/items/${1 + n}`, `/items/${1 + n}${label(more)}`, `${n}`],
  iri: (n, more) => [`https://example.com/${1 + n}${label(more)}`],
  'iri-reference': (n, more) => [`/items/${1 + n}${label(more)}`],
  'uri-template': (n, more) => [`/items/{id}/${1 + n}`, `/items/{id}/${1 + n}${label(more)}`, `${n}`],
  url: (n, more) => [`https://example.com/${1 + n}`, `https://example.com/${1 + n}${label(more)}`, 'ftp://a.bc'],
  email: (n, more) => [
    `${['ada', 'alan', 'grace'][n % 3]}${n < 3 ? '' : n}@example.com`,
    `user${n}${label(more)}@example.com`,
    `${(10 + n).toString(36)}@b.co`,
    `${(10 + n).toString(36)}@b.c`,
  ],
  'idn-email': (n, more) => [`user${n}${label(more)}@example.com`],
  hostname: (n, more) => [
    n === 0 ? 'example.com' : `host${n}.example.com`,
    `${labels(more)}host${n}.example.com`,
    (10 + n).toString(36),
  ],
  'idn-hostname': (n, more) => [`${labels(more)}host${n}.example.com`],
  ipv4: (n) => [`192.0.${2 + Math.floor(n / 254)}.${1 + (n % 254)}`, `1.1.1.${n % 256}`],
  ipv6: (n) => [
    `2001:db8::${hex(1 + n, 4)}`,
    `2001:0db8:0000:0000:0000:0000:0000:${hex(1 + n, 4)}`,
    `::${(1 + n).toString(16)}`,
    '::',
  ],
  uuid: (n) => [
    n === 0 ? '3fa85f64-5717-4562-b3fc-2c963f66afa6' : `3fa85f64-5717-4562-b3fc-${hex(0x2c963f66afa6 + n, 12)}`,
  ],
  regex: (n, more) => [`^[a-z]{${1 + n}}$`, `^[a-z]+${label(more)}$`, label(1 + n)],
  'json-pointer': (n, more) => [`/items/${n}`, `/items/${n}${label(more)}`, `/${n}`, ''],
  'json-pointer-uri-fragment': (n, more) => [`#/items/${n}`, `#/items/${n}${label(more)}`, '#'],
  'relative-json-pointer': (n, more) => [`${n}/items`, `${n}/items${label(more)}`, `${n}`],
  byte: (n, more) => base64(n, more),
  base64: (n, more) => base64(n, more),
  password: (n, more) => [`Pa55-word${n === 0 ? '' : n}`, `Pa55-word${n}${label(more)}`],
  color: (n) => [`#${hex(0x336699 + n, 6)}`],
  'unix-time': (n) => [String(1_768_469_400 + n)],
};

/** Base64 of four characters for each three bytes. */
function base64(n: number, more: number): string[] {
  const text = `c2FtcGxl${n === 0 ? '' : hex(n, 4)}`;
  const blocks = Math.ceil(Math.max(0, more) / 4);
  return [text, text + 'QUFB'.repeat(blocks), hex(n, 4), ''];
}

function* byFormat(format: string, ordinal: number, least: number, most: number): Generator<string> {
  const make = Object.hasOwn(FORMATS, format) ? FORMATS[format]! : undefined;
  if (make === undefined) return;
  for (const text of make(ordinal, 0)) if (text.length >= least && text.length <= most) yield text;
  // The texts of a format differ in length, so the missing characters are counted for each.
  for (const i of make(ordinal, 0).keys()) {
    const missing = least - (make(ordinal, 0)[i]?.length ?? 0);
    for (let more = Math.max(0, missing - 2); more <= missing + 3 && missing > 0; more++) {
      const text = make(ordinal, more)[i];
      if (text !== undefined) yield text;
    }
  }
  for (const text of make(ordinal, 0)) yield text;
}
