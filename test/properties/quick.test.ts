/** Files that are read quickly are read as they would be in full. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { jsonValue, parseFast, yamlValue } from '../../src/profile/source/fast-parse.js';
import { parseSource } from '../../src/profile/source/positions.js';
import { agree, runs, scaled } from './agree.js';

/** `undefined` where it is refused. */
function inFull(text: string): { value: unknown } | undefined {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, merge: true });
  if (document.errors.length > 0) return undefined;
  try {
    return { value: document.toJS({ maxAliasCount: 1_000 }) };
  } catch {
    return undefined;
  }
}

const scalar = fc.oneof(
  fc.constantFrom(
    ...[
      'a',
      'b c',
      '1',
      '-0',
      '+1',
      '0o17',
      '017',
      '0x1F',
      '1.5',
      '.5',
      '5.',
      '1e3',
      '1E-3',
      '-.inf',
      '.nan',
      '0b11',
      '1_000',
      '00',
      '+.5',
    ],
    ...[
      'null',
      'Null',
      '~',
      '',
      'true',
      'TRUE',
      'yes',
      'on',
      'n',
      '2001-01-01',
      '2001-12-14t21:59:43.10-05:00',
      '12:30:45',
      '1e400',
      '-1e+999',
    ],
    ...[
      '123456789012345678901',
      '"x"',
      "'it''s'",
      '"\\u0041\\n\\x41\\/"',
      '"\\ud83d\\ude00"',
      '!!str 5',
      '!!float 1',
      '! y',
      '!x y',
      '*x',
      '&x y',
    ],
    ...[
      '[1, a, ~]',
      '{a: 1, b: [x]}',
      '{a, b: }',
      '- x',
      '"a\n  b"',
      'x\n  y',
      "'\n  q'",
      '|\n    lit\n     more\n',
      '>\n    fold\n    ed\n\n    para\n',
    ],
    ...[
      '|-\n    x\n',
      '>+\n    x\n\n',
      '|2\n     x\n',
      'a#b',
      'a #c',
      'a: b',
      'http://x/y',
      '@x',
      '`x`',
      '%x',
      '<<',
      '=',
      '-',
      '? a',
      '...',
      '---',
      'a\tb',
      'é',
    ],
  ),
  fc.string({ maxLength: 6 }),
);
const key = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('k0', 'k1', 'k2', '200', '"q"') }, scalar);

interface Block {
  readonly keys: readonly string[] | undefined;
  readonly values: readonly (string | Block)[];
}

const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.record({
    keys: fc.option(fc.uniqueArray(key, { minLength: 3, maxLength: 3 }), { nil: undefined }),
    values: fc.array(
      fc.oneof({ maxDepth: 3, depthIdentifier: 'block' }, scalar, tie('block') as fc.Arbitrary<string | Block>),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  }),
}));

function written({ keys, values }: Block, indent = ''): string {
  return values
    .map((value, i) => {
      const head = keys ? `${indent}${keys[i]}:` : `${indent}-`;
      if (typeof value !== 'string') return `${head}\n${written(value, `${indent}  `)}`;
      return `${head} ${value.replaceAll('\n', `\n${indent}`)}\n`;
    })
    .join('');
}

describe('a large YAML file', () => {
  it('is what it is when read in full, or is left to that', () => {
    let quick = 0;
    fc.assert(
      fc.property(block, (given) => {
        const text = written(given);
        const found = yamlValue(text);
        if (!found) return;
        quick += 1;
        agree(text, found, inFull(text));
      }),
      runs(6_000),
    );
    expect(quick).toBeGreaterThan(scaled(1_500));
  });

  it.each([
    ['aliases', 'a: &x { b: 1 }\nc: *x\n'],
    ['merges', 'a: { <<: { b: 1 } }\n'],
    ['tags', 'a: !!float 1\n'],
    ['directives', '%YAML 1.1\n---\na: yes\n'],
    ['a key without a name', 'null: 1\n'],
    ['a number too large to be one', 'a: 1e400\n'],
    ['a key that is there twice', 'a: 1\na: 2\n'],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['faults', 'a: [1\n'],
  ])('with %s is read in full', (_what, text) => {
    expect(yamlValue(text)).toBeUndefined();
  });
});

describe('a JSON file', () => {
  it('is what it is when read in full', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const found = parseFast(text);
        agree('value', found, { value: JSON.parse(text) as unknown });
        agree('in full', found, inFull(text));
      }),
      runs(300),
    );
  });

  it.each(['{"a": 1, "a": 2}', '{"a": {"\\\\": 1, "b": 0, "\\u0062": 2}}', '{"a": 1,}', '{a: 1}', '{"a": 1} # so'])(
    'that is more than plain JSON is read in full: %s',
    (text) => {
      expect(jsonValue(text)).toBeUndefined();
    },
  );
});

describe('a file that was read quickly', () => {
  const tail = 'x'.repeat(600_000);
  it.each([
    ['JSON', `{\n  "openapi": "3.1.0",\n  "paths": {\n    "/a": { "get": [1, 2] }\n  }\n}`],
    ['YAML', `openapi: 3.1.0\nnote: ${tail}\npaths:\n  /a: { get: [1, 2] }\n`],
  ])('tells where things stand: %s', (kind, text) => {
    expect(parseFast(text)).toBeDefined();
    const source = parseSource('file', text);
    const [first, last] =
      kind === 'JSON'
        ? [
            { line: 2, col: 3 },
            { line: 4, col: 24 },
          ]
        : [
            { line: 1, col: 1 },
            { line: 4, col: 18 },
          ];
    expect(source.position(['openapi'])).toEqual(first);
    expect(source.position(['paths', '/a', 'get', 1])).toEqual(last);
    expect(source.position(['paths', '/a', 'get', 1, 'more'])).toEqual(last);
    expect(source.depth(['paths', '/a', 'put'])).toBe(2);
  });

  it('is refused as any other where it is wrong', () => {
    expect(() => parseSource('file.yaml', `note: ${tail}\na: 1\na: 2\n`)).toThrow('file.yaml:3:1');
    expect(() => parseSource('file.json', '{"a": 1,\n "a": 2}')).toThrow('file.json:2:2');
  });
});
