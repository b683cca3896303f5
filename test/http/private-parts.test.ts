/**
 * Parts of Node and Ajv that are not documented, and that mock429 uses to be faster. Each is used in one file, which works without it. When a test here fails, a new
 * release has dropped or changed that part: answers stay right, and the file named in the test is now dead weight. Measure what it was worth (docs/performance.md),
 * then adapt the file or remove it.
 */

import { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);

test('Node: ServerResponse._header holds the head before it is sent (src/http/socket/whole-response.ts)', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  expect((response as { _header?: unknown })._header).toBeNull();
  response.writeHead(204, { 'X-A': '1' });
  expect((response as { _header?: unknown })._header).toContain('X-A: 1\r\n');
});

test('Node: IncomingMessage._dump throws an unread body away (src/http/socket/incoming.ts)', () => {
  expect(typeof (IncomingMessage.prototype as { _dump?: unknown })._dump).toBe('function');
});

test('Node: readableEnded is a getter that a class may override (src/http/socket/incoming.ts)', () => {
  const property = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded');
  expect(property?.get).toBeTypeOf('function');
});

test('Ajv: dist/compile has what lazy references need (src/openapi/schema/lazy-references.ts)', () => {
  const compile = require('ajv/dist/compile/index.js');
  const resolve = require('ajv/dist/compile/resolve.js');
  expect(compile).toMatchObject({ SchemaEnv: expect.any(Function) });
  expect(resolve).toMatchObject({ inlineRef: expect.any(Function) });
  const { Ajv2020 } = require('ajv/dist/2020.js');
  expect(new Ajv2020().getKeyword('$ref')).toMatchObject({ code: expect.any(Function) });
});
