/**
 * `init`: what it writes passes validate, serves at once, and says of every key what it is for.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';
import { finished } from './terminal.js';

const files = temporaryFolder('init');
afterAll(files.remove);

interface Written {
  readonly file: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a profile as it was written, looked at key by key
  readonly profile: any;
  readonly out: string;
}

async function init(document: string, ...more: string[]): Promise<Written> {
  const { code, out, err } = await finished(['init', document, '--out', files.path, ...more]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [, file] = /^wrote (\S+) \(/.exec(out)!;
  const text = readFileSync(file!, 'utf8');
  return { file: file!, text, profile: parse(text), out };
}

let made = 0;

/** A document with one operation and these parts. */
function documentWith(parts: object, operation: object = {}): string {
  made += 1;
  const file = join(files.path, `document-${made}.json`);
  const get = { operationId: 'getThing', responses: { 200: { description: 'ok' } }, ...operation };
  const document = { openapi: '3.1.0', info: { title: `Thing ${made}`, version: '1' }, paths: { '/thing': { get } } };
  writeFileSync(file, JSON.stringify({ ...document, ...parts }));
  return file;
}

/** Sends one request more than the starter lets through. */
async function exhaust(
  file: string,
  path: string,
  init: RequestInit = {},
): Promise<{ statuses: number[]; last: Response }> {
  const mock = await createMock({ profile: file, clock: 'frozen' });
  const statuses: number[] = [];
  let last = new Response();
  for (let i = 0; i < 61; i++) {
    last = await mock.fetch(path, init);
    statuses.push(last.status);
  }
  await mock.close();
  return { statuses, last };
}

test.each([
  ['where no folder can be made', () => '/proc/x/y', 'ENOENT'],
  ['below a file', () => join(documentWith({}), 'x'), 'ENOTDIR'],
  ['that is a file', () => documentWith({}), 'EEXIST'],
])('--out %s is an error that names it', async (_what, out, code) => {
  const folder = out();
  const { code: exit, err } = await finished(['init', documentWith({}), '--out', folder]);
  expect({ exit, err }).toEqual({
    exit: 2,
    err: expect.stringMatching(
      new RegExp(`^mock429: --out ${folder}: the folder cannot be made \\(${code}: .+\\); name another folder\n$`),
    ),
  });
});

const SIXTY = Array.from({ length: 60 }, () => 200);

test('takes credentials, headers and errors from the document', async () => {
  const { profile, out, file } = await init('test/sixth/openapi.yaml');
  expect(out).toBe(
    `wrote ${file} (3 operations, 1 credential, 7 errors, 4 of them from the document)\nnext: mock429 serve --profile ${file} --watch\n`,
  );
  expect(profile).toMatchObject({
    id: 'tidewatch',
    baseUrl: 'https://api.tidewatch.example',
    callers: { credentials: { 'access-key': { header: 'X-Access-Key', security: 'accessKey' } } },
    policies: { 'key-minute': { algorithm: 'fixed-window', quota: 60, window: { length: '60s' } } },
    validation: [{ error: 'unprocessable' }],
  });
  expect(Object.keys(profile.headers)).toEqual(['X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Retry-After']);
  expect(profile.headers['X-RateLimit-Reset']).toMatchObject({
    format: 'delta-seconds',
    evidence: { level: 'documented' },
  });
  expect(profile.errors['rate-limited'].body).toEqual({ code: 'slow_down', message: 'Too many requests.' });
  expect(profile.errors['too-large'].evidence.level).toBe('assumed');
});

test('serves at once', async () => {
  const { file } = await init('test/sixth/openapi.yaml', '--id', 'at-once');
  const { statuses, last } = await exhaust(file, '/v2/stations', { headers: { 'x-access-key': 'mine' } });
  expect(statuses).toEqual([...SIXTY, 429]);
  expect(last.headers.get('retry-after')).toBe('60');
  expect(await last.json()).toEqual({ code: 'slow_down', message: 'Too many requests.' });
});

test('explains every key: above it, or above the map that it stands in', async () => {
  const { text } = await init('test/sixth/openapi.yaml', '--id', 'explained');
  const lines = text.split('\n');
  const [first] = lines;
  expect(first).toMatch(/^# yaml-language-server: \$schema=\S+profile\.schema\.json$/);
  const schema = join(files.path, first!.split('=')[1]!);
  expect(JSON.parse(readFileSync(schema, 'utf8'))).toHaveProperty('properties.policies');
  const bare = lines.filter((line, i) => /^\w+:/.test(line) && !lines[i - 1]!.startsWith('#'));
  expect(bare).toEqual([]);
  const policy = lines
    .slice(lines.indexOf('  key-minute:') + 1, lines.indexOf('headers:'))
    .filter((line) => line.startsWith('    '));
  const unexplained = policy.filter((line, i) => !line.startsWith('    #') && !policy[i - 1]?.startsWith('    #'));
  expect(unexplained.map((line) => line.trim().split(':')[0])).toEqual([]);
});

test('leaves a file alone that is there already', async () => {
  const { file } = await init('test/sixth/openapi.yaml', '--id', 'twice');
  writeFileSync(file, 'mine');
  const again = await finished(['init', 'test/sixth/openapi.yaml', '--id', 'twice', '--out', files.path]);
  expect(again).toEqual({
    code: 2,
    out: '',
    err: `mock429: ${file} already exists; remove it, or choose another name with --id or --out\n`,
  });
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('writes beside the document, and after its title, unless told otherwise', async () => {
  const folder = join(files.path, 'beside');
  mkdirSync(folder);
  writeFileSync(join(folder, 'api.yaml'), readFileSync('test/sixth/openapi.yaml'));
  expect((await finished(['init', join(folder, 'api.yaml')])).code).toBe(0);
  expect(readdirSync(folder)).toEqual(['api.yaml', 'tidewatch.profile.yaml']);
  expect(parse(readFileSync(join(folder, 'tidewatch.profile.yaml'), 'utf8')).openapi).toBe('api.yaml');
});

describe('of the documents that come with mock429', () => {
  test.each(readdirSync('openapi').filter((name) => name.endsWith('.yaml')))('%s', async (name) => {
    const { file } = await init(`openapi/${name}`, '--id', `made-${name.replace(/\..*/, '')}`);
    expect(await finished(['validate', file])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/: ok \(\d (?:policy|policies), /),
    });
  });
});

describe('credentials', () => {
  const scheme = (given: object) => ({
    components: { securitySchemes: { Some_Scheme: given } },
    security: [{ Some_Scheme: [] }],
  });

  type Send = (key: string) => [path: string, headers: Record<string, string>];
  const bearer: Send = (key) => ['/thing', { authorization: `Bearer ${key}` }];

  test.each<[what: string, scheme: object, key: string, send: Send]>([
    ['a key in a header', { type: 'apiKey', in: 'header', name: 'X-K' }, 'abc', (key) => ['/thing', { 'x-k': key }]],
    ['a key in the query', { type: 'apiKey', in: 'query', name: 'k' }, 'abc', (key) => [`/thing?k=${key}`, {}]],
    [
      'a cookie',
      { type: 'apiKey', in: 'cookie', name: 'sid' },
      'abc',
      (key) => ['/thing', { cookie: `a=b; sid=${key}` }],
    ],
    ['a bearer token', { type: 'http', scheme: 'bearer' }, 'abc', bearer],
    [
      'a name and password',
      { type: 'http', scheme: 'basic' },
      'abc',
      (key) => ['/thing', { authorization: `Basic ${btoa(`${key}:secret`)}` }],
    ],
    ['OAuth', { type: 'oauth2', flows: {} }, 'abc', bearer],
  ])('%s', async (_what, given, key, send) => {
    const { file, profile } = await init(documentWith(scheme(given)));
    const [path, headers] = send(key);
    expect((await exhaust(file, path, { headers })).statuses).toEqual([...SIXTY, 429]);
    const mock = await createMock({ profile: file });
    expect((await mock.fetch('/thing')).status).toBe(401);
    const [revokedPath, revoked] = send(profile.fixtures[0].key);
    expect((await mock.fetch(revokedPath, { headers: revoked })).status).toBe(401);
    await mock.close();
  });

  test.each<[what: string, scheme: object, says: RegExp]>([
    ['a certificate', { type: 'mutualTLS' }, /requests do not show client certificates/],
    ['what is not described', {}, /has no known type/],
  ])('%s is not asked for, and a warning says so', async (_what, given, says) => {
    const { file, out } = await init(documentWith(scheme(given)));
    expect(out).toMatch(says);
    expect((await exhaust(file, '/thing')).statuses).toEqual([...SIXTY, 429]);
  });

  test('two that are sent together: both are needed, and each is a fact of its own', async () => {
    const schemes = { id: { type: 'apiKey', in: 'header', name: 'X-Id' }, key: { type: 'http', scheme: 'bearer' } };
    const { file, profile } = await init(
      documentWith({ components: { securitySchemes: schemes }, security: [{ id: [], key: [] }] }),
    );
    expect(profile.callers.credentials).toMatchObject({ id: { fact: 'key' }, key: { fact: 'key-2' } });
    const mock = await createMock({ profile: file });
    expect((await mock.fetch('/thing', { headers: { 'x-id': 'a' } })).status).toBe(401);
    expect((await mock.fetch('/thing', { headers: { 'x-id': 'a', authorization: 'Bearer b' } })).status).toBe(200);
    expect(mock.requests().at(-1)!.caller).toMatchObject({ account: 'default' });
    await mock.close();
  });

  test('none: addresses are counted', async () => {
    const { file, profile } = await init(documentWith({}));
    expect(profile).toMatchObject({ callers: { credentials: {} }, fixtures: [] });
    expect((await exhaust(file, '/thing')).statuses).toEqual([...SIXTY, 429]);
  });
});

describe('errors', () => {
  test('a default response stands in for what has none of its own', async () => {
    const problem = { type: 'about:blank', title: 'costs ${5}' };
    const responses = {
      200: { description: 'ok' },
      default: { description: 'oops', content: { 'application/problem+json': { example: problem } } },
    };
    const { file, profile } = await init(documentWith({}, { responses }));
    expect(profile.errors['rate-limited']).toMatchObject({
      contentType: 'application/problem+json',
      evidence: { level: 'inferred' },
    });
    const { last } = await exhaust(file, '/thing');
    expect(last.headers.get('content-type')).toContain('application/problem+json');
    expect(await last.json()).toEqual({ ...problem, title: 'costs $ {5}' });
  });

  test('one that is documented can be asked for', async () => {
    const content = { 'application/json': { example: { gone: true } } };
    const responses = { 200: { description: 'ok' }, 410: { description: 'gone', content } };
    const { file } = await init(documentWith({}, { responses }));
    const mock = await createMock({ profile: file });
    mock.faults.add({ status: 410 });
    const response = await mock.fetch('/thing');
    expect([response.status, await response.json()]).toEqual([410, { gone: true }]);
    await mock.close();
  });
});

describe('says no', () => {
  test.each<[what: string, args: () => string[], says: RegExp]>([
    [
      'to a file that is not there',
      () => ['none.yaml'],
      /^mock429: there is no file none\.yaml; give the path of an OpenAPI document$/,
    ],
    [
      'to what is no OpenAPI',
      () => ['profiles/klinky.yaml'],
      /^mock429: profiles\/klinky\.yaml:\d+:\d+ {2}.*\[openapi\/version\]$/,
    ],
    ['to a bad id', () => [documentWith({}), '--id', 'My API'], /^mock429: "My API" cannot be an id; write my-api$/],
  ])('%s', async (_what, args, says) => {
    const { code, out, err } = await finished(['init', ...args()]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd()).toMatch(says);
  });
});

describe('warns of what cannot be used, and writes the profile', () => {
  test('a dangling reference', async () => {
    const parameters = [{ $ref: '#/components/parameters/Limit' }];
    const { out, file } = await init(documentWith({}, { parameters }));
    expect(out).toMatch(
      /^wrote .*\n.*document-\d+\.json:1:\d+ {2}paths\.\/thing\.get\.parameters\.0: .*\[openapi\/dangling-ref\] \(warning\)\nnext: .*\n$/,
    );
    expect((await exhaust(file, '/thing')).statuses).toEqual([...SIXTY, 429]);
  });

  test('a keyword of a schema', async () => {
    const parameters = [{ name: 'q', in: 'query', schema: { type: 'text' } }];
    const { out, file } = await init(documentWith({}, { parameters }));
    expect(out).toMatch(/^wrote .*\n.* {2}paths.*: type is "text", so it is ignored; .*\(warning\)\nnext: .*\n$/);
    expect((await exhaust(file, '/thing?q=5')).statuses).toEqual([...SIXTY, 429]);
  });
});
