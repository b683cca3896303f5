/** A value that is serialised by a style, as OpenAPI and RFC 6570 say, is read as that value. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { agree, runs } from '../properties/agree.js';
import { readerOf } from './read-request.js';

const LIST: Json = { type: 'array', items: { type: 'string' } };
const NUMBERS: Json = { type: 'array', items: { type: 'integer' } };
const OBJECT: Json = {
  type: 'object',
  properties: { a: { type: 'string' }, b: { type: 'integer' }, c: { type: 'boolean' } },
};

type Entries = readonly (readonly [name: string, text: string])[];
const entriesOf = (value: object): Entries => Object.entries(value).map(([name, one]) => [name, String(one)]);

/** Everything but the unreserved characters is escaped. */
const escapeAll = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

interface Style {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly style: string;
  readonly explode: boolean;
  readonly list?: (texts: readonly string[]) => string;
  readonly object?: (entries: Entries) => string;
  /** Characters that a text in this style cannot have. */
  readonly without?: RegExp;
}

const flat = (entries: Entries) => entries.flat();
const pairs = (entries: Entries) => entries.map(([name, text]) => `${name}=${text}`);
const named = (texts: readonly string[]) => texts.map((text) => `p=${text}`);

const STYLES: readonly Style[] = [
  {
    name: 'simple',
    in: 'path',
    style: 'simple',
    explode: false,
    list: (all) => all.join(','),
    object: (all) => flat(all).join(','),
  },
  {
    name: 'simple exploded',
    in: 'path',
    style: 'simple',
    explode: true,
    list: (all) => all.join(','),
    object: (all) => pairs(all).join(','),
  },
  {
    name: 'label',
    in: 'path',
    style: 'label',
    explode: false,
    list: (all) => `.${all.join(',')}`,
    object: (all) => `.${flat(all).join(',')}`,
  },
  // A point is never escaped.
  {
    name: 'label exploded',
    in: 'path',
    style: 'label',
    explode: true,
    list: (all) => `.${all.join('.')}`,
    object: (all) => `.${pairs(all).join('.')}`,
    without: /\./,
  },
  {
    name: 'matrix',
    in: 'path',
    style: 'matrix',
    explode: false,
    list: (all) => `;p=${all.join(',')}`,
    object: (all) => `;p=${flat(all).join(',')}`,
  },
  {
    name: 'matrix exploded',
    in: 'path',
    style: 'matrix',
    explode: true,
    list: (all) =>
      named(all)
        .map((one) => `;${one}`)
        .join(''),
    object: (all) =>
      pairs(all)
        .map((one) => `;${one}`)
        .join(''),
  },
  {
    name: 'form',
    in: 'query',
    style: 'form',
    explode: false,
    list: (all) => `p=${all.join(',')}`,
    object: (all) => `p=${flat(all).join(',')}`,
  },
  {
    name: 'form exploded',
    in: 'query',
    style: 'form',
    explode: true,
    list: (all) => named(all).join('&'),
    object: (all) => pairs(all).join('&'),
  },
  {
    name: 'spaceDelimited',
    in: 'query',
    style: 'spaceDelimited',
    explode: false,
    list: (all) => `p=${all.join('%20')}`,
    object: (all) => `p=${flat(all).join('%20')}`,
    without: / /,
  },
  {
    name: 'pipeDelimited',
    in: 'query',
    style: 'pipeDelimited',
    explode: false,
    list: (all) => `p=${all.join('|')}`,
    object: (all) => `p=${flat(all).join('|')}`,
    without: /\|/,
  },
  {
    name: 'deepObject',
    in: 'query',
    style: 'deepObject',
    explode: true,
    object: (all) => all.map(([name, text]) => `p[${name}]=${text}`).join('&'),
  },
  {
    name: 'form',
    in: 'cookie',
    style: 'form',
    explode: false,
    list: (all) => `p=${all.join(',')}`,
    object: (all) => `p=${flat(all).join(',')}`,
  },
];

function readOf(style: Style, schema: Json): (sent: string) => unknown {
  const parameter = {
    name: 'p',
    in: style.in,
    required: style.in === 'path',
    style: style.style,
    explode: style.explode,
    schema,
  };
  const route = style.in === 'path' ? '/x/{p}' : '/x';
  const read = readerOf({ [route]: { get: { parameters: [parameter], responses: {} } } } as JsonObject);
  return (sent) => {
    const target = style.in === 'path' ? `/x/${sent}` : style.in === 'query' ? `/x?${sent}` : '/x';
    const { faults, parameters } = read({ target, headers: style.in === 'cookie' ? { cookie: sent } : {} });
    return faults.length > 0 ? faults : parameters['p'];
  };
}

const textIn = ({ without }: Style) =>
  fc
    .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
    .filter((text) => !without?.test(text) && text.isWellFormed());

describe.each(STYLES.map((style) => [`${style.in} ${style.name}`, style] as const))('%s', (_, style) => {
  // One text that has the delimiter in it is read as clients mean it that escape delimiters, so that lists have two at least.
  const texts = fc.array(textIn(style), { minLength: 2, maxLength: 4 });

  if (style.list)
    it('has lists', () => {
      const [ofTexts, ofNumbers] = [readOf(style, LIST), readOf(style, NUMBERS)];
      fc.assert(
        fc.property(texts, (list) => agree('texts', ofTexts(style.list!(list.map(escapeAll))), list)),
        runs(100),
      );
      fc.assert(
        fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 4 }), (list) =>
          agree('numbers', ofNumbers(style.list!(list.map(String))), list),
        ),
        runs(100),
      );
    });

  if (style.object)
    it('has objects', () => {
      const read = readOf(style, OBJECT);
      const objects = fc.record({ a: textIn(style), b: fc.integer(), c: fc.boolean() }, { requiredKeys: ['b'] });
      fc.assert(
        fc.property(objects, (object) => {
          const entries = entriesOf(object).map(([name, text]) => [name, escapeAll(text)] as const);
          agree('object', read(style.object!(entries)), { ...object });
        }),
        runs(100),
      );
    });
});
