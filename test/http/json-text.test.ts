import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/http/control/input/json-text.js';
import { scaled } from '../properties/agree.js';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('reading JSON', () => {
  it.each([
    ['{frozen:true}', 'line 1, column 2: expected a key in double quotes or "}", found "f"'],
    ["{'a':1}", 'line 1, column 2: expected a key in double quotes or "}", found "\'"'],
    ['{\n  "a": 1,\n}', 'line 3, column 1: expected a key in double quotes, found "}"'],
    ['{"a" 1}', 'line 1, column 6: expected ":", found "1"'],
    ['{"a":}', 'line 1, column 6: expected a value, found "}"'],
    ['[1 2]', 'line 1, column 4: expected "," or "]", found "2"'],
    ['[1,]', 'line 1, column 4: expected a value, found "]"'],
    ['[,1]', 'line 1, column 2: expected a value or "]", found ","'],
    ['{"a":1', 'line 1, column 7: expected "," or "}", found the end'],
    ['{"a":"b', "line 1, column 8: expected a string's closing quote, found the end"],
    [
      '"a\nb"',
      'line 1, column 3: expected the rest of a string (line breaks and tabs are written \\n and \\t), found "\\n"',
    ],
    ['"\\x"', 'line 1, column 2: expected an escape such as \\n, \\" or \\u00e9, found "\\\\"'],
    ['{} x', 'line 1, column 4: expected nothing more, found "x"'],
    ['{}😀', 'line 1, column 3: expected nothing more, found "😀"'],
    ['now=1', 'line 1, column 1: expected a value, found "n"'],
    ['01', 'line 1, column 2: expected nothing more, found "1"'],
    ['', 'line 1, column 1: expected a value, found the end'],
  ])('%j: %s', (text, fault) => {
    expect(parseJson(text)).toEqual({ fault });
    expect(isJson(text)).toBe(false);
  });

  it('bounds the depth', () => {
    expect(parseJson('['.repeat(100) + ']'.repeat(100))).toHaveProperty('value');
    expect(parseJson('['.repeat(101))).toEqual({
      fault: 'line 1, column 101: expected no more than 100 levels, found "["',
    });
    expect(parseJson('{"a":'.repeat(200_000))).toHaveProperty('fault');
  });

  it('agrees with JSON.parse on what is JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\u00e9',
      '1',
      '-',
      '.5',
      'e3',
      '0',
      'true',
      'null',
      ' ',
      '\n',
      '\t',
      'x',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect('value' in parseJson(text)).toBe(isJson(text));
      }),
      { numRuns: scaled(5_000) },
    );
  });
});
