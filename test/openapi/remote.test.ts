/**
 * Documents from URLs: what is fetched, what is not, and what is said where that fails.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';
import { finished } from '../cli/terminal.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('remote');
let pages: Record<string, { status?: number; headers?: Record<string, string>; body: string }> = {};
let asked: string[] = [];
let origin: string;

const server = createServer(({ url = '/' }, response) => {
  asked.push(url);
  const { status = 200, headers = {}, body } = pages[url] ?? { status: 404, body: '' };
  response.writeHead(status, headers).end(body);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  pages = {};
  asked = [];
});
afterAll(() => {
  server.close();
  files.remove();
});

const document = (schema: object) => ({
  openapi: '3.1.0',
  info: { title: 'Far', version: '1' },
  paths: {
    '/hi': {
      get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } },
      post: {
        requestBody: { required: true, content: { 'application/json': { schema } } },
        responses: { 201: { description: 'made' } },
      },
    },
  },
});
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":"text"}' };

describe('a document at a URL', () => {
  test('is fetched at the start', async () => {
    pages['/api.json'] = { body: JSON.stringify(document({ type: 'object' })) };
    await using mock = await createMock({ openapi: `${origin}/api.json` });
    expect((await mock.fetch('/hi', post)).status).toBe(201);
    expect(mock.files('far')).toEqual({ profile: undefined, document: undefined });
    expect(asked).toEqual(['/api.json']);
    pages['/api.json'] = { body: JSON.stringify({ ...document({}), paths: {} }) };
    expect((await mock.reload('far')).summary).toContain(`far reloaded from ${origin}/api.json: operations removed`);
  });

  test.each<[what: string, page: (typeof pages)[string], says: RegExp]>([
    ['that is not there', { status: 404, body: '' }, /the server answers 404; check the address/],
    ['that needs a login', { status: 403, body: '' }, /the server answers 403; download it with your credentials/],
    [
      'that is a page',
      { body: '<!doctype html>' },
      /this is a web page \(HTML\), not an OpenAPI document; give the address/,
    ],
    ['that is no text', { body: 'a\0b' }, /it cannot be read|not a text file/],
    [
      'that is too large',
      { headers: { 'content-length': String(2 ** 31) }, body: '' },
      /larger than the 64 MiB that are read/,
    ],
  ])('%s', async (_what, page, says) => {
    pages['/x'] = page;
    await expect(createMock({ openapi: `${origin}/x` })).rejects.toThrow(says);
  });

  test('that does not answer', async () => {
    const { port } = server.address() as AddressInfo;
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const free = (closed.address() as AddressInfo).port;
    closed.close();
    await once(closed, 'close');
    expect(free).not.toBe(port);
    await expect(createMock({ openapi: `http://127.0.0.1:${free}/x` })).rejects.toThrow(
      /1:1 {2}it cannot be fetched \(ECONNREFUSED\); check the address and the network {2}\[openapi\/unreachable\]/,
    );
  });
});

describe('references to other servers', () => {
  const local = () => {
    const file = join(files.path, 'local.json');
    writeFileSync(file, JSON.stringify(document({ $ref: `${origin}/schemas.json#/Thing` })));
    return file;
  };
  beforeEach(() => {
    pages['/schemas.json'] = { body: JSON.stringify({ Thing: { $ref: 'more.json' } }) };
    pages['/more.json'] = { body: JSON.stringify({ type: 'object', properties: { n: { type: 'integer' } } }) };
  });

  test('are warnings, and nothing is fetched', async () => {
    const lines: string[] = [];
    await using mock = await createMock({ openapi: local(), log: (_level, line) => lines.push(line) });
    expect(lines[0]).toMatch(/leads to another server, so this part is left out; pass --allow-remote-refs/);
    expect((await mock.fetch('/hi', post)).status).toBe(201);
    expect(asked).toEqual([]);
  });

  test('are fetched where that is allowed, and what they lead to', async () => {
    await using mock = await createMock({ openapi: local(), allowRemoteRefs: true });
    expect((await mock.fetch('/hi', post)).status).toBe(400);
    expect(asked).toEqual(['/schemas.json', '/more.json']);
  });

  test('of a profile', async () => {
    expect((await finished(['init', local(), '--id', 'far-profile'])).code).toBe(0);
    const profile = join(files.path, 'far-profile.profile.yaml');
    await using mock = await createMock({ profile, allowRemoteRefs: true });
    expect((await mock.fetch('/hi', post)).status).toBe(400);
    const { code, out } = await finished(['validate', '--allow-remote-refs', profile]);
    expect({ code, out }).toEqual({ code: 0, out: `${profile}: ok (1 policy, 2 operations, 1 variant)\n` });
  });

  test('that cannot be fetched are warnings', async () => {
    pages['/schemas.json'] = { status: 500, body: '' };
    const lines: string[] = [];
    await using _mock = await createMock({
      openapi: local(),
      allowRemoteRefs: true,
      log: (_l, line) => lines.push(line),
    });
    expect(lines[0]).toMatch(
      /leads to a document that cannot be had: the server answers 500, so this part is left out/,
    );
  });
});
