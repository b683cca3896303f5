/** Structured fields (RFC 9651), by cases of the public tests of the HTTP working group (github.com/httpwg/structured-field-tests), copied by hand. */
import { describe, expect, it } from 'vitest';
import {
  type BareItem,
  Decimal,
  DisplayString,
  type Item,
  type Member,
  parseDictionary,
  parseItem,
  parseList,
  SfDate,
  serializeDictionary,
  serializeItem,
  serializeList,
  Token,
} from '../../../src/limits/render/structured-fields.js';

const item = (value: BareItem, parameters: Readonly<Record<string, BareItem>> = {}): Item => ({
  value,
  parameters: new Map(Object.entries(parameters)),
});
const inner = (...items: readonly Item[]): Member => ({ items, parameters: new Map() });
const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('an item', () => {
  it.each<[string, Item, string?]>([
    ['42', item(42)],
    ['0', item(0)],
    ['-0', item(0), '0'],
    ['00', item(0), '0'],
    ['-042', item(-42), '-42'],
    ['999999999999999', item(999_999_999_999_999)],
    ['1.23', item(new Decimal(1.23))],
    ['-1.23', item(new Decimal(-1.23))],
    ['1.0', item(new Decimal(1))],
    ['123456789012.1', item(new Decimal(123_456_789_012.1))],
    ['"foo"', item('foo')],
    ['"foo \\"bar\\" \\\\ baz"', item('foo "bar" \\ baz')],
    ['""', item('')],
    ['a_b-c.d3:f%00/*', item(new Token('a_b-c.d3:f%00/*'))],
    ['*foo', item(new Token('*foo'))],
    [':aGVsbG8=:', item(bytes('hello'))],
    ['::', item(bytes(''))],
    ['?1', item(true)],
    ['?0', item(false)],
    ['@1659578233', item(new SfDate(1_659_578_233))],
    ['@-62135596800', item(new SfDate(-62_135_596_800))],
    ['%"f%c3%bc%c3%bc"', item(new DisplayString('füü'))],
    ['%"foo %22bar%22 \\ baz"', item(new DisplayString('foo "bar" \\ baz'))],
    ['  1  ', item(1), '1'],
    ['1; a;b=?0', item(1, { a: true, b: false }), '1;a;b=?0'],
    ['1;a=1;b=2;a=3', item(1, { b: 2, a: 3 }), '1;b=2;a=3'],
  ])('%s', (text, expected, canonical = text) => {
    expect(parseItem(text)).toEqual(expected);
    expect(serializeItem(expected)).toBe(canonical);
  });

  it.each([
    ...['', '2,3', '-a23', '4-2', '1.5.4', '1..4', '1.', '1.2345', '1000000000000000', '1234567890123.0', '- 1', '+1'],
    ...["'foo'", '"foo', '"foo \\,"', '"foo \\', '"é"', '"a\tb"', ':aGVsbG8=', ':aGVsb G8=:', ':aGVsbG!8=:', '?2', '?'],
    ...['?-1', '@1.5', '@', '%"f%C3%BC"', '%"\t"', "%'foo'", '%foo', '%"foo', '%"foo %a', '%"%c3%28"', '%"%a0%a1"'],
    ...['1 ;a', '1;', '1; A=1', '1;a= 2', 'é', '1 2'],
  ])('%j fails', (text) => {
    expect(() => parseItem(text)).toThrow(/structured|belongs|UTF-8/);
  });
});

describe('a list', () => {
  it.each<[string, readonly Member[], string?]>([
    ['', []],
    ['1, 42', [item(1), item(42)]],
    ['1 \t ,\t 42', [item(1), item(42)], '1, 42'],
    [
      'abc_123;a=1;b=2; cdef_456, ghi;q=9;r="+w"',
      [item(new Token('abc_123'), { a: 1, b: 2, cdef_456: true }), item(new Token('ghi'), { q: 9, r: '+w' })],
      'abc_123;a=1;b=2;cdef_456, ghi;q=9;r="+w"',
    ],
    ['text/html;q=1.0', [item(new Token('text/html'), { q: new Decimal(1) })]],
    ['(1 2), (42 43)', [inner(item(1), item(2)), inner(item(42), item(43))]],
    ['()', [inner()]],
    ['(  1  42  )', [inner(item(1), item(42))], '(1 42)'],
    ['(1;a 2);b', [{ items: [item(1, { a: true }), item(2)], parameters: new Map([['b', true]]) }]],
  ])('%s', (text, expected, canonical = text) => {
    expect(parseList(text)).toEqual(expected);
    expect(serializeList(expected)).toBe(canonical);
  });

  it.each(['1,', '1,,2', ',1', '(1 42', '(1,2)', '(1"a")', 'text/html, text/plain;q =0.5', 'text/html ;q=1'])(
    '%j fails',
    (text) => {
      expect(() => parseList(text)).toThrow('belongs');
    },
  );
});

describe('a dictionary', () => {
  it.each<[string, Readonly<Record<string, Member>>, string?]>([
    ['', {}],
    ['en="Applepie", da=:aGVsbG8=:', { en: item('Applepie'), da: item(bytes('hello')) }],
    ['a=1 ,  b=2', { a: item(1), b: item(2) }, 'a=1, b=2'],
    ['a, b;c=1, d=?0', { a: item(true), b: item(true, { c: 1 }), d: item(false) }],
    ['a=(1 2), *b-._1=x', { a: inner(item(1), item(2)), '*b-._1': item(new Token('x')) }],
    ['a=1,b=2,a=3', { a: item(3), b: item(2) }, 'a=3, b=2'],
    ['limit=100, remaining=50, reset=5', { limit: item(100), remaining: item(50), reset: item(5) }],
  ])('%s', (text, expected, canonical = text) => {
    const members = new Map(Object.entries(expected));
    expect(parseDictionary(text)).toEqual(members);
    expect(serializeDictionary(members)).toBe(canonical);
  });

  it.each(['a=1,', 'a=1,,b=2', 'A=1', 'a=', 'a =1', '1=a', 'a=1 b=2'])('%j fails', (text) => {
    expect(() => parseDictionary(text)).toThrow('belongs');
  });
});

describe('writing', () => {
  it.each([
    [0.0015, '0.002'],
    [0.0025, '0.002'],
    [-0.0015, '-0.002'],
    [-0.0025, '-0.002'],
    [9.9995, '10.0'],
    [-0, '0.0'],
  ])('rounds the decimal %d to %s', (value, expected) => {
    expect(serializeItem(item(new Decimal(value)))).toBe(expected);
  });

  it.each<[string, BareItem]>([
    ['an integer that is too large', 1_000_000_000_000_000],
    ['an integer that is too small', -1_000_000_000_000_000],
    ['a fraction', 1.5],
    ['a decimal that is too large', new Decimal(1_000_000_000_000)],
    ['no number', new Decimal(Number.NaN)],
    ['a text beyond ASCII', 'é'],
    ['a token with a space', new Token('a b')],
    ['a token that begins with a digit', new Token('1a')],
    ['a lone surrogate', new DisplayString('\ud800')],
    ['a date with a fraction', new SfDate(1.5)],
  ])('refuses %s', (_, value) => {
    expect(() => serializeItem(item(value))).toThrow(Error);
  });

  it('refuses a key with capitals', () => {
    expect(() => serializeItem(item(1, { A: 1 }))).toThrow('"A" is not a key');
  });
});
