/**
 * Numbers of a document that JavaScript cannot hold are sent with all their digits.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createMock } from '../../../src/mock.js';
import { ExactNumbers } from '../../../src/openapi/document/exact-numbers.js';
import { openDocument } from '../../../src/profile/document/open.js';
import { longNumbersOf } from '../../../src/profile/source/long-numbers.js';
import { temporaryFolder } from '../../tools/build.js';

const files = temporaryFolder('exact-numbers');
afterAll(files.remove);

/** A document with one operation. */
function write(name: string, media: string, schemas = '{}'): string {
  const file = join(files.path, name);
  const text = `{ "openapi": "3.1.0", "info": { "title": "N", "version": "1", "description": "at most 9223372036854775808: a text" },
    "paths": { "/a": { "get": { "responses": { "200": { "description": "ok",
      "headers": { "X-Big": { "example": 9223372036854775807 } },
      "content": ${media} } } } } }, "components": { "schemas": ${schemas} } }`;
  // YAML includes JSON; a comment lets only its parser read it.
  writeFileSync(file, name.endsWith('.yaml') ? `# YAML\n${text}` : text);
  return file;
}

async function sent(file: string, accept = '*/*') {
  await using mock = await createMock({ openapi: file });
  const response = await mock.fetch('/a', { headers: { accept } });
  return { text: await response.text(), header: response.headers.get('x-big') };
}

const BIG = '9223372036854775807';

describe.each(['n.json', 'n.yaml'])('%s', (name) => {
  test('an example', async () => {
    const example = `{"id":${BIG},"huge":1e400,"list":[1234567890123456789,0.1,3.14159265358979323846],"text":"\\u0000exact:1"}`;
    const file = write(name, `{ "application/json": { "example": ${example} } }`);
    expect(await sent(file)).toEqual({ text: example, header: BIG });
  });

  test.each([
    ['example', '18446744073709551615'],
    ['default', '18446744073709551615'],
    ['const', '18446744073709551615'],
    ['minimum', '9007199254740993'],
  ])('%s of a schema', async (keyword, number) => {
    const schema = `{ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer", "${keyword}": ${number} } } }`;
    const file = write(
      name,
      '{ "application/json": { "schema": { "$ref": "#/components/schemas/S" } } }',
      `{ "S": ${schema} }`,
    );
    expect((await sent(file)).text).toBe(`{"n":${number}}`);
  });

  test.each([
    ['text/csv', `id\r\n${BIG}\r\n`],
    ['application/x-ndjson', `{"id":${BIG}}\n`],
    ['application/x-www-form-urlencoded', `id=${BIG}`],
    ['application/xml', `<?xml version="1.0" encoding="UTF-8"?>\n<root><id>${BIG}</id></root>`],
    ['text/event-stream', `data: {"id":${BIG}}\n\n`],
    ['text/plain', `{\n  "id": ${BIG}\n}`],
  ])('%s', async (mediaType, expected) => {
    const file = write(name, `{ "${mediaType}": { "example": { "id": ${BIG} } } }`);
    expect((await sent(file, mediaType)).text).toBe(expected);
  });

  test('numbers that JavaScript cannot tell apart have a notice', () => {
    const file = write(name, '{ "application/json": { "example": [9007199254740993, 9007199254740992] } }');
    const { document } = openDocument(file);
    expect(document.notices).toEqual([
      {
        code: 'openapi/number',
        at: ['paths', '/a', 'get', 'responses', '200', 'content', 'application/json', 'example', '0'],
        problem:
          'JavaScript cannot tell 9007199254740993 and 9007199254740992 apart, so 9007199254740993 is sent in the place of each',
        fix: 'write them as texts, or smaller',
      },
    ]);
  });
});

test('numbers that JavaScript holds are written as ever', () => {
  const numbers = new ExactNumbers(['1.00000000000000000001', '1e-400', '1e21', '0.1', '12345678901234500000']);
  expect(numbers.json([1, 0, 1e21, 0.1])).toBe('[1,0,1e+21,0.1]');
  expect(numbers.jsonIfOther([1, 0, 1e21, 0.1, 12345678901234500000])).toBeUndefined();
});

test('of a large YAML text, the numbers of lines are found', () => {
  const text = `a: ${BIG}\nb:\n  - -${BIG} # a comment\n  - { c: 1 }\n"d e": +0${BIG}\nf: "${BIG}"\ng: at most ${BIG}\n`;
  expect(longNumbersOf(text)).toEqual([BIG, `-${BIG}`, BIG]);
});
