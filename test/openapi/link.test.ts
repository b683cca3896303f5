import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { readDocument } from '../../src/openapi/document/read-document.js';
import { SchemaCompiler } from '../../src/openapi/schema/compiler.js';
import { schemasOf } from '../../src/openapi/schema/schemas.js';

const INFO = { title: 'T', version: '1' };

/** Reads a document with other files. Its only path answers with the schema that is given. */
function read(schema: Json, { files = {}, version = '3.1.0', ...rest }: Options = {}) {
  const wanted: string[] = [];
  const root: JsonObject = {
    openapi: version,
    info: INFO,
    paths: {
      '/a': {
        get: { operationId: 'a', responses: { 200: { description: '', content: { 'application/json': { schema } } } } },
      },
    },
    ...rest,
  };
  const before = structuredClone(root);
  const document = readDocument(root, {
    url: 'file:///api/doc.yaml',
    read(url) {
      wanted.push(url);
      const value = files[url];
      return value === undefined ? { problem: 'leads to a file that is not there', fix: 'add it' } : { value };
    },
  });
  // What was read may be cached, so it must not change.
  expect(root).toEqual(before);
  const schemas = schemasOf(document);
  const pointer = '#/paths/~1a/get/responses/200/content/application~1json/schema';
  const check = new SchemaCompiler(schemas, { converts: false }).compileAt(schemas.addressOf(pointer, 'response'));
  return { document, wanted, check, notices: document.notices.map(({ at, problem }) => `${at.join('.')}: ${problem}`) };
}

interface Options {
  readonly files?: Readonly<Record<string, Json>>;
  readonly version?: string;
  readonly components?: Json;
  readonly $self?: string;
}

const THING = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };

describe('references to other files', () => {
  it('start from the file that they are in', () => {
    const { check, wanted, notices } = read(
      { $ref: './schemas/thing.yaml#/Thing' },
      {
        files: {
          'file:///api/schemas/thing.yaml': {
            Thing: { type: 'object', properties: { self: { $ref: '#/Thing' }, part: { $ref: '../part.json' } } },
          },
          'file:///api/part.json': THING,
        },
      },
    );
    expect(wanted).toEqual(['file:///api/schemas/thing.yaml', 'file:///api/part.json']);
    expect(notices).toEqual([]);
    expect(check({ self: { self: { part: { id: 1 } } } })).toBe(true);
    expect(check({ self: { part: {} } })).toBe(false);
  });

  it('may lead back into the document, and in a circle', () => {
    const { check, notices } = read(
      { $ref: 'other.yaml#/List' },
      {
        files: {
          'file:///api/other.yaml': { List: { type: 'array', items: { $ref: 'doc.yaml#/components/schemas/Thing' } } },
        },
        components: { schemas: { Thing: { ...THING, properties: { more: { $ref: 'other.yaml#/List' } } } } },
      },
    );
    expect(notices).toEqual([]);
    expect(check([{ id: 1, more: [{ id: 2 }] }])).toBe(true);
    expect(check([{ id: 1, more: [{}] }])).toBe(false);
  });

  it('may be whole paths, parameters and responses', () => {
    const root = {
      openapi: '3.0.3',
      info: INFO,
      paths: { '/things/{id}': { $ref: './paths/thing.yaml' } },
    };
    const files: Record<string, Json> = {
      'file:///api/paths/thing.yaml': {
        parameters: [{ $ref: 'parameters.yaml#/id' }],
        get: { operationId: 'get', responses: { 200: { $ref: '#/answers/thing' } } },
        answers: { thing: { description: 'a thing' } },
      },
      'file:///api/paths/parameters.yaml': {
        id: { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
      },
    };
    const document = readDocument(root, { url: 'file:///api/doc.yaml', read: (url) => ({ value: files[url]! }) });
    const [operation] = document.operations;
    expect(operation).toMatchObject({ id: 'get', path: '/things/{id}', parameters: [{ name: 'id', in: 'path' }] });
    expect(document.at(`${operation!.pointer}/responses/200/description`)).toBe('a thing');
  });

  it('cost only their part if the file is not there', () => {
    const { check, notices } = read({
      type: 'object',
      properties: { a: { $ref: 'gone.yaml#/A' }, b: { type: 'integer' } },
    });
    expect(notices).toEqual([
      'paths./a.get.responses.200.content.application/json.schema.properties.a: reference "gone.yaml#/A" leads to a file that is not there, so this part is left out',
    ]);
    expect(check({ a: 'anything', b: 1 })).toBe(true);
    expect(check({ b: 'x' })).toBe(false);
  });

  it('are told if they lead nowhere within a file', () => {
    const { notices } = read({ $ref: 'other.yaml#/None' }, { files: { 'file:///api/other.yaml': { Some: {} } } });
    expect(notices).toEqual([
      'paths./a.get.responses.200.content.application/json.schema: reference "#/x-mock429-files/0/None" leads nowhere, so this part is left out',
    ]);
  });

  it('are told if they lead to what is no path item', () => {
    const root = {
      openapi: '3.1.0',
      info: INFO,
      paths: { '/a': { $ref: '/etc/passwd' }, '/b': 'text', '/c': { $ref: 'c.yaml' } },
    };
    const files: Record<string, Json> = { 'file:///etc/passwd': 'root:x:0:0', 'file:///api/c.yaml': { get: {} } };
    const document = readDocument(root, { url: 'file:///api/doc.yaml', read: (url) => ({ value: files[url]! }) });
    expect(document.operations.map(({ path }) => path)).toEqual(['/c']);
    expect(document.notices).toEqual([
      {
        code: 'openapi/path-item',
        at: ['paths', '/a'],
        problem: 'the reference leads to what is no path item, so the path is not served',
        fix: 'write a map with operations, or refer to one',
      },
      {
        code: 'openapi/path-item',
        at: ['paths', '/b'],
        problem: 'this is no path item, so the path is not served',
        fix: 'write a map with operations, or refer to one',
      },
    ]);
  });

  it('are told if they lead in a circle', () => {
    const root = {
      openapi: '3.1.0',
      info: INFO,
      paths: { '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } },
      components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } },
    };
    const { notices } = readDocument(root, { url: 'file:///api/doc.yaml', read: () => ({ value: {} }) });
    const circle = (at: string, reference: string) => ({
      code: 'openapi/dangling-ref',
      at: at.split('.'),
      problem: `reference "${reference}" leads back to itself, so this part is left out`,
      fix: 'write the part itself in the place of one of the references',
    });
    expect(notices).toEqual([
      circle('paths./a', '#/paths/~1b'),
      circle('paths./b', '#/paths/~1a'),
      circle('components.schemas.A', '#/components/schemas/B'),
      circle('components.schemas.B', '#/components/schemas/A'),
    ]);
  });

  it('may stand in the mapping of a discriminator', () => {
    const { check, notices } = read(
      { oneOf: [{ $ref: 'cat.yaml' }], discriminator: { propertyName: 'kind', mapping: { cat: 'cat.yaml' } } },
      { files: { 'file:///api/cat.yaml': { type: 'object', properties: { lives: { type: 'integer' } } } } },
    );
    expect(notices).toEqual([]);
    expect(check({ kind: 'cat', lives: 9 })).toBe(true);
    expect(check({ kind: 'cat', lives: 'nine' })).toBe(false);
  });
});

describe('names of schemas', () => {
  const components = {
    schemas: {
      Thing: { $id: 'https://x.example/schemas/thing', ...THING, $defs: { text: { $anchor: 'text', type: 'string' } } },
      Other: { $anchor: 'other', type: 'boolean' },
    },
  };

  it.each<[string, string, Json, Json]>([
    ['$id', 'https://x.example/schemas/thing', { id: 1 }, {}],
    ['a pointer below $id', 'https://x.example/schemas/thing#/properties/id', 1, 'x'],
    ['$anchor of the document', '#other', true, 1],
    ['$anchor of a schema with $id', 'https://x.example/schemas/thing#text', 'x', 1],
  ])('%s', (_name, $ref, valid, invalid) => {
    const { check, notices } = read({ $ref }, { components });
    expect(notices).toEqual([]);
    expect([check(valid), check(invalid)]).toEqual([true, false]);
  });

  it('are relative to the $id around them', () => {
    const { check } = read(
      { $id: 'https://x.example/schemas/list', type: 'array', items: { $ref: 'thing' } },
      { components },
    );
    expect([check([{ id: 1 }]), check([{}])]).toEqual([true, false]);
  });

  it('are relative to $self', () => {
    const { check, wanted } = read(
      { $ref: 'schemas/thing' },
      { components, version: '3.2.0', $self: 'https://x.example/doc' },
    );
    expect(wanted).toEqual([]);
    expect([check({ id: 1 }), check({})]).toEqual([true, false]);
  });

  it('are told if there is no such anchor', () => {
    const { notices } = read({ $ref: '#none' });
    expect(notices).toEqual([
      'paths./a.get.responses.200.content.application/json.schema: reference "#none" names an anchor that does not exist, so this part is left out',
    ]);
  });
});
