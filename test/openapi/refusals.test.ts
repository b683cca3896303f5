/**
 * Refusals that help: every violation, where it is and what was expected, as a problem or in the profile's own shape.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { createMock } from '../../src/mock.js';
import { finished } from '../cli/terminal.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('refusals');
afterAll(files.remove);

const SCHEMA = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 5 },
    kind: { enum: ['a', 'b'] },
    lines: { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } },
  },
};
const sample = (example: object) => ({ description: 'no', content: { 'application/json': { example } } });
const post = (operationId: string, responses: object) => ({
  operationId,
  parameters: [{ name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } }],
  requestBody: { required: true, content: { 'application/json': { schema: SCHEMA } } },
  responses: { 201: { description: 'made' }, ...responses },
});
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: {
    '/plain': { post: post('plain', {}) },
    '/both': { post: post('both', { 400: sample({ error: 'name is too long' }), 422: { description: 'no' } }) },
    '/unprocessable': { post: post('unprocessable', { 422: { description: 'no' } }) },
  },
};

const send = (path: string, body: unknown) =>
  [path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }] as const;
const BAD = { kind: 'c', lines: [{ sku: 'x' }, {}] };
const ERRORS = [
  { in: 'query', field: 'page', keyword: 'minimum', message: 'must be >= 1', expected: 1 },
  { in: 'body', field: 'name', keyword: 'required', message: "must have required property 'name'" },
  {
    in: 'body',
    field: 'kind',
    keyword: 'enum',
    message: 'must be equal to one of the allowed values',
    expected: ['a', 'b'],
  },
  { in: 'body', field: 'lines[1].sku', keyword: 'required', message: "must have required property 'sku'" },
];

describe('a document alone', () => {
  test('names every violation', async () => {
    await using mock = await createMock({ openapi: DOCUMENT });
    const response = await mock.fetch(...send('/plain?page=0', BAD));
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'Query parameter page must be >= 1 (and 3 more violations).',
      errors: ERRORS,
    });
  });

  test('refuses with 422 where an operation documents that and not 400, and never with a sample about another request', async () => {
    await using mock = await createMock({ openapi: DOCUMENT });
    const refusals = ['/plain', '/both', '/unprocessable'].map(async (path) => {
      const response = await mock.fetch(...send(path, {}));
      const { status, detail } = (await response.json()) as { status: number; detail: string };
      return [response.status, status, detail];
    });
    expect(await Promise.all(refusals)).toEqual([
      [400, 400, 'Field name is required.'],
      [400, 400, 'Field name is required.'],
      [422, 422, 'Field name is required.'],
    ]);
  });

  test('logs each refusal with its operation and fields', async () => {
    const lines: string[] = [];
    const log = (level: string, line: string) => lines.push(`${level}: ${line}`);
    await using mock = await createMock({ openapi: DOCUMENT, log });
    await mock.fetch(...send('/plain?page=0', BAD));
    expect(lines.at(-1)).toBe(
      'info: orders: POST /plain (plain) is answered with bad-request: query parameter page must be >= 1; field name is required; ' +
        'field kind must be equal to one of the allowed values; field lines[1].sku is required',
    );
  });

  test('says which property makes another one required', async () => {
    const schema = { properties: { card: { type: 'object', dependentRequired: { number: ['expiry'] } } } };
    const requestBody = { content: { 'application/json': { schema } } };
    const paths = { '/pay': { post: { requestBody, responses: { 201: { description: 'made' } } } } };
    await using mock = await createMock({ openapi: { ...DOCUMENT, paths } });
    const response = await mock.fetch(...send('/pay', { card: { number: 1 } }));
    expect(await response.json()).toMatchObject({
      detail: 'Field card.expiry is required where number is present.',
      errors: [{ field: 'card.expiry', keyword: 'dependentRequired', message: 'is required where number is present' }],
    });
  });

  test('says that a body is no JSON', async () => {
    await using mock = await createMock({ openapi: DOCUMENT });
    const response = await mock.fetch('/plain', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([
      400,
      expect.stringMatching(/^The body is not JSON \(.*\)\.$/),
    ]);
  });

  test('names the nearest operations, the methods, and the size', async () => {
    await using mock = await createMock({ openapi: DOCUMENT, maxBodyBytes: 10 });
    const missing = await mock.fetch('/plan');
    expect([missing.status, await missing.json()]).toEqual([
      404,
      {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: expect.stringMatching(/^The document has no operation GET \/plan\. Nearest: POST \/plain, /),
        nearest: expect.arrayContaining(['POST /plain']),
      },
    ]);
    const wrong = await mock.fetch('/plain');
    expect([wrong.status, wrong.headers.get('allow'), await wrong.json()]).toEqual([
      405,
      'POST',
      {
        type: 'about:blank',
        title: 'Method Not Allowed',
        status: 405,
        detail: '/plain takes POST, not GET.',
        allow: ['POST'],
      },
    ]);
    const large = await mock.fetch(...send('/plain', BAD));
    expect([large.status, await large.json()]).toMatchObject([413, { title: 'Content Too Large', status: 413 }]);
  });

  test.each([404, 418, 503])(
    '%i, which a client prefers and nothing documents, is the status in the body',
    async (status) => {
      await using mock = await createMock({ openapi: { ...DOCUMENT, paths: { '/a': { get: { responses: {} } } } } });
      const response = await mock.fetch('/a', { headers: { prefer: `code=${status}` } });
      expect([response.status, await response.json()]).toMatchObject([
        status,
        { status, detail: 'A fault or the header Prefer asks for this answer.' },
      ]);
    },
  );
});

/** Writes the document, begins a profile for it, and serves that. */
async function initiated(document: object, name: string) {
  const file = join(files.path, `${name}.json`);
  writeFileSync(file, JSON.stringify(document));
  const { code, err } = await finished(['init', file, '--id', name]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return join(files.path, `${name}.profile.yaml`);
}

describe('a profile that init has begun', () => {
  test('says what is wrong where the document shows an error without a body', async () => {
    const responses = { 200: { description: 'ok' }, 400: { description: 'bad request' }, 401: { description: 'no' } };
    const parameters = [{ name: 'q', in: 'query', required: true, schema: { type: 'string' } }];
    const paths = { '/a': { get: { operationId: 'a', parameters, responses } } };
    await using mock = await createMock({ profile: await initiated({ ...DOCUMENT, paths }, 'empty-error') });
    const response = await mock.fetch('/a');
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect(await response.json()).toMatchObject({
      detail: 'Query parameter q is required.',
      errors: [{ in: 'query', field: 'q', keyword: 'required' }],
    });
  });

  test("says it in the provider's shape, where that says nothing about another request", async () => {
    const shape = { error: { code: 'invalid_request', status: 400, message: 'email is not an address' } };
    const paths = { '/a': { post: post('a', { 400: sample(shape) }) } };
    await using mock = await createMock({ profile: await initiated({ ...DOCUMENT, paths }, 'shape') });
    const response = await mock.fetch(...send('/a', {}));
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: { code: 'invalid_request', status: 400, message: 'Field name is required' } },
    ]);
  });

  test('says it as a problem, where the shape names another field', async () => {
    const shape = { code: 'email_taken', message: 'email is taken', fields: ['email'] };
    const paths = { '/a': { post: post('a', { 422: sample(shape) }) } };
    await using mock = await createMock({ profile: await initiated({ ...DOCUMENT, paths }, 'other-field') });
    const response = await mock.fetch(...send('/a', {}));
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { detail: 'Field name is required.', errors: [{ field: 'name' }] },
    ]);
  });

  test('refuses each operation with the status that it documents', async () => {
    await using mock = await createMock({ profile: await initiated(DOCUMENT, 'statuses') });
    const statuses = ['/plain', '/both', '/unprocessable'].map(
      async (path) => (await mock.fetch(...send(path, {}))).status,
    );
    expect(await Promise.all(statuses)).toEqual([400, 400, 422]);
  });
});

test('the template of a profile may list the violations', async () => {
  const file = await initiated(DOCUMENT, 'listed');
  const profile = parse(readFileSync(file, 'utf8'));
  profile.errors['bad-request'].body = {
    first: '${violation.in} ${violation.field} ${violation.expected}',
    all: '${violations}',
  };
  writeFileSync(file, stringify(profile));
  await using mock = await createMock({ profile: file });
  const response = await mock.fetch(...send('/plain?page=0', BAD));
  expect(await response.json()).toEqual({ first: 'query page 1', all: ERRORS });
});
