/**
 * Files of the wrong kind say what they are and what to do, given as a document and given as a profile.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('kinds');
afterAll(files.remove);

function write(name: string, content: string): string {
  const file = join(files.path, name);
  writeFileSync(file, content);
  return file;
}

const said = (options: Parameters<typeof createMock>[0]) =>
  createMock(options).then(
    () => 'served',
    (error: Error) => `${error.name}: ${error.message.replaceAll(`${files.path}/`, '')}`,
  );

const POSTMAN = {
  info: { name: 'x', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
  item: [],
};

describe('a file that is no document', () => {
  test.each<[name: string, content: string, is: string]>([
    ['page.html', '<!DOCTYPE html>\n<html></html>', 'a web page (HTML)'],
    ['page.yaml', '\n<!-- made by a machine -->\n<html lang="en">', 'a web page (HTML)'],
    ['empty.yaml', '', 'an empty file'],
    ['comments.yaml', '# nothing\n---\n  # yet\n', 'an empty file'],
    ['api.raml', '#%RAML 1.0\ntitle: x\n', 'a RAML document'],
    ['service.wsdl', '<?xml version="1.0"?>\n<wsdl:definitions name="x"/>', 'a WSDL description'],
    ['api.graphql', 'type Query {\n  a: String\n}', 'a GraphQL schema'],
    ['api.proto', '// comment\nsyntax = "proto3";', 'a Protocol Buffers file'],
    ['postman.json', JSON.stringify(POSTMAN), 'a Postman collection'],
    ['async.yaml', 'asyncapi: 3.0.0\ninfo: { title: x }\n', 'an AsyncAPI document'],
    ['one.json', '{"swaggerVersion":"1.2"}', 'a document of Swagger 1'],
    ['insomnia.json', '{"_type":"export","resources":[]}', 'an Insomnia export'],
    ['har.json', '{"log":{"entries":[]}}', 'an HTTP archive (HAR)'],
    ['schema.json', '{"$schema":"https://json-schema.org/draft/2020-12/schema"}', 'a JSON Schema'],
    ['package.json', '{"name":"x","dependencies":{}}', 'a package file of npm'],
    ['list.json', '[1]', 'a list'],
    ['text.txt', 'hello', 'a single text'],
    ['other.json', '{"a":1,"b":2}', 'a map with the keys "a", "b", without the key openapi or swagger'],
    ['bare.json', '{}', 'a map without keys, without the key openapi or swagger'],
  ])('%s', async (name, content, is) => {
    const file = write(name, content);
    const [problem, fix] = (await said({ openapi: file })).split('; ');
    expect(problem).toBe(`ProfileError: ${name}:1:1  this is ${is}, not an OpenAPI document`);
    expect(fix).toMatch(/^(?:give|convert|export|refer|apply) .*\[openapi\/version\]$/);
    if (!/map|list|text/.test(is)) expect(await said({ profile: file })).toContain(`this is ${is}, not a profile; `);
  });

  test('a profile', async () => {
    expect(await said({ openapi: 'profiles/klinky.yaml' })).toBe(
      'ProfileError: profiles/klinky.yaml:1:1  this is a profile, not an OpenAPI document; serve it with --profile  [openapi/version]',
    );
  });

  test('a file that is not there', async () => {
    expect(await said({ openapi: 'none.yaml' })).toBe(
      'ProfileError: none.yaml:1:1  there is no such file; give the path of an OpenAPI document, or its URL  [openapi/no-file]',
    );
  });

  test('a version that is not known', async () => {
    expect(await said({ openapi: { openapi: '4.0.0', info: {}, paths: {} } })).toContain(
      'OpenAPI "4.0.0" cannot be read; convert it to 3.0, 3.1 or 3.2',
    );
  });
});

test('a document that is given as a profile', async () => {
  const file = write('document.yaml', "openapi: 3.1.0\ninfo: { title: x, version: '1' }\npaths: {}\n");
  expect(await said({ profile: file })).toBe(
    'ProfileError: document.yaml:1:1  openapi: this is an OpenAPI document, not a profile; ' +
      `serve it with --openapi document.yaml, or begin a profile for it with mock429 init document.yaml  [profile/openapi-document]`,
  );
});

test('a text of many number signs is recognised at once', async () => {
  expect(await said({ openapi: write('signs.yaml', `${'# '.repeat(5_000)}\n`) })).toContain('an empty file');
});
