/**
 * Samples of a document: examples and their checks, XML by `xml` objects, notices.
 */
import { describe, expect, test } from 'vitest';
import { OpenApiDocument } from '../../../src/openapi/document/document.js';
import type { JsonObject } from '../../../src/openapi/document/json.js';
import { exampleNotices } from '../../../src/openapi/response/example-notices.js';
import { findSample, sampleResponse } from '../../../src/openapi/response/sample.js';

function documentOf(media: JsonObject, type = 'application/json', schemas: JsonObject = {}): OpenApiDocument {
  const responses = { '200': { description: 'ok', content: { [type]: media } } };
  return new OpenApiDocument({
    openapi: '3.1.0',
    paths: { '/x': { get: { operationId: 'x', responses } } },
    components: { schemas },
  });
}

function bodyOf(media: JsonObject, options = {}): unknown {
  const document = documentOf(media);
  return sampleResponse(document, document.operations[0]!, options)?.body;
}

describe('examples', () => {
  const schema = {
    type: 'object',
    required: ['n'],
    properties: { n: { type: 'integer', minimum: 3 }, secret: { type: 'string', writeOnly: true } },
  };

  test('are sent as they are, even if they are not valid', () => {
    expect(bodyOf({ schema, example: { n: 'x' } })).toEqual({ n: 'x' });
  });

  test('that are not valid are passed over where that is asked for', () => {
    expect(bodyOf({ schema, example: { n: 'x' } }, { strictExamples: true })).toEqual({ n: 3 });
    const examples = { bad: { value: { n: 'x' } }, good: { value: { n: 8 } } };
    expect(bodyOf({ schema, examples }, { strictExamples: true })).toEqual({ n: 8 });
    expect(bodyOf({ schema, examples })).toEqual({ n: 'x' });
  });

  test('have no properties that are only written', () => {
    expect(bodyOf({ schema, example: { n: 4, secret: 'hush' } })).toEqual({ n: 4 });
  });

  test('of JSON may be written as texts', () => {
    expect(bodyOf({ schema, example: '{"n": 5}' })).toEqual({ n: 5 });
    expect(bodyOf({ schema: { type: 'string' }, example: '{"n": 5}' })).toBe('{"n": 5}');
  });

  test('of OpenAPI 3.2 are data, or the content itself', () => {
    expect(bodyOf({ examples: { a: { dataValue: { n: 6 } } } })).toEqual({ n: 6 });
    const document = documentOf({ examples: { a: { serializedValue: '{ "n":7 }' } } });
    expect(sampleResponse(document, document.operations[0]!)?.content).toBe('{ "n":7 }');
  });

  test('that are not valid are told with place and reason', () => {
    const document = documentOf({ schema, examples: { good: { value: { n: 9 } }, bad: { value: { n: 'x' } } } });
    expect(exampleNotices(document, 25)).toEqual([
      {
        code: 'openapi/faulty-example',
        at: ['paths', '/x', 'get', 'responses', '200', 'content', 'application/json', 'examples', 'bad', 'value'],
        problem: 'this example is not valid by its schema (/n must be integer), and is sent as it is',
        fix: 'correct it, or serve with --strict-examples',
      },
    ]);
    // Only so many are checked.
    expect(exampleNotices(document, 1)).toEqual([]);
  });

  test('are all checked, unless that takes too much work, which is told', () => {
    const document = documentOf({ schema, examples: { good: { value: { n: 9 } }, bad: { value: { n: 'x' } } } });
    expect(exampleNotices(document, Number.POSITIVE_INFINITY)).toHaveLength(1);
    expect(exampleNotices(document, Number.POSITIVE_INFINITY, 1)).toMatchObject([
      { code: 'openapi/unchecked-examples', at: expect.arrayContaining(['bad']) },
    ]);
    expect(exampleNotices(document, 25, 1)).toEqual([]);
  });
});

test('the same question has the same answer, and what is not there is told', () => {
  const document = documentOf({ examples: { a: { value: 1 } } });
  const [operation] = document.operations;
  expect(findSample(document, operation!)).toBe(findSample(document, operation!, { accept: '*/*' }));
  expect(findSample(document, operation!, { example: 'b' })).toEqual({ problem: 'no-example', instead: ['a'] });
  expect(findSample(document, operation!, { status: 404 })).toEqual({ problem: 'no-response', instead: ['200'] });
  expect(findSample(document, operation!, { accept: 'text/csv' })).toEqual({
    problem: 'not-acceptable',
    instead: ['application/json'],
  });
});

describe('XML', () => {
  const xmlOf = (media: JsonObject, schemas: JsonObject = {}) => {
    const document = documentOf(media, 'application/xml', schemas);
    const { content } = sampleResponse(document, document.operations[0]!)!;
    return String(content).replace('<?xml version="1.0" encoding="UTF-8"?>\n', '');
  };
  const text = { type: 'string', const: 'x' };

  test.each<[name: string, schema: JsonObject, expected: string]>([
    ['a component', { $ref: '#/components/schemas/Thing' }, '<Thing><a>x</a></Thing>'],
    ['no name', { type: 'object', properties: { a: text } }, '<root><a>x</a></root>'],
    [
      'names and attributes',
      {
        type: 'object',
        xml: { name: 'r' },
        properties: { a: { ...text, xml: { attribute: true, name: 'at' } }, b: { ...text, xml: { name: 'B' } } },
      },
      '<r at="x"><B>x</B></r>',
    ],
    [
      'namespaces',
      {
        type: 'object',
        xml: { name: 'r', prefix: 'p', namespace: 'urn:p' },
        properties: { a: { ...text, xml: { prefix: 'p' } } },
      },
      '<p:r xmlns:p="urn:p"><p:a>x</p:a></p:r>',
    ],
    [
      'a list',
      { type: 'object', properties: { a: { type: 'array', items: text, minItems: 2 } } },
      '<root><a>x</a><a>x</a></root>',
    ],
    [
      'a list with named items',
      { type: 'object', properties: { a: { type: 'array', items: { ...text, xml: { name: 'i' } } } } },
      '<root><i>x</i></root>',
    ],
    [
      'a wrapped list',
      {
        type: 'object',
        properties: {
          a: { type: 'array', xml: { wrapped: true, name: 'all' }, items: { ...text, xml: { name: 'i' } } },
        },
      },
      '<root><all><i>x</i></all></root>',
    ],
    [
      'a list at the root',
      { type: 'array', xml: { name: 'things' }, items: { ...text, xml: { name: 'thing' } } },
      '<things><thing>x</thing></things>',
    ],
    [
      'text of OpenAPI 3.2',
      {
        type: 'object',
        xml: { name: 'r' },
        properties: { a: { ...text, xml: { nodeType: 'attribute' } }, b: { ...text, xml: { nodeType: 'text' } } },
      },
      '<r a="x">x</r>',
    ],
    ['null', { type: 'object', properties: { a: { type: 'null' } } }, '<root><a/></root>'],
    ['names that XML does not allow', { type: 'object', properties: { '1 a': text } }, '<root><_1_a>x</_1_a></root>'],
    [
      'allOf',
      { allOf: [{ $ref: '#/components/schemas/Thing' }, { properties: { b: { ...text, xml: { attribute: true } } } }] },
      '<root b="x"><a>x</a></root>',
    ],
  ])('%s', (_name, schema, expected) => {
    expect(xmlOf({ schema }, { Thing: { type: 'object', properties: { a: text } } })).toBe(expected);
  });

  test('an example that is XML already', () => {
    expect(xmlOf({ example: '<a>1</a>' })).toBe('<a>1</a>');
  });

  test('an example that is a value', () => {
    expect(xmlOf({ example: { a: [1, 2], b: '<' } })).toBe('<root><a>1</a><a>2</a><b>&lt;</b></root>');
  });
});
