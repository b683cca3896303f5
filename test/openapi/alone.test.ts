/**
 * A document alone: every form of it serves, without limits, under an id of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('alone');
afterAll(files.remove);

const GET = `get: { operationId: hi, responses: { '200': { description: ok, content: { application/json: { example: { ok: true } } } } } }`;

function write(name: string, content: string | Buffer): string {
  const file = join(files.path, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** A document with one operation, `/hi`. */
function yaml({ version = '3.0.3', servers = '', item = '' } = {}): string {
  return `openapi: ${version}\ninfo: { title: Greeter, version: '1' }\n${servers}\npaths:\n  /hi:\n${item}    ${GET}\n`;
}

const json = () => ({
  openapi: '3.1.0',
  info: { title: 'Greeter', version: '1' },
  paths: {
    '/hi': {
      get: {
        operationId: 'hi',
        responses: { 200: { description: 'ok', content: { 'application/json': { example: { ok: true } } } } },
      },
    },
  },
});

const served = async (openapi: string | object, path = '/hi') => {
  await using mock = await createMock({ openapi });
  const response = await mock.fetch(path);
  return { status: response.status, body: (await response.json()) as unknown, profiles: mock.profiles };
};
const GOOD = { status: 200, body: { ok: true }, profiles: ['greeter'] };

describe('a document', () => {
  test.each<[what: string, name: string, content: string | Buffer]>([
    ['of 3.0', 'a.yaml', yaml()],
    ['of 3.0 as a number', 'number.yaml', yaml({ version: '3.0' })],
    ['of 3.1', 'b.yaml', yaml({ version: '3.1.1' })],
    ['of 3.2', 'c.yaml', yaml({ version: '3.2.0' })],
    ['in JSON', 'd.json', JSON.stringify(json())],
    ['in JSON, indented by tabs', 'e.json', JSON.stringify(json(), null, '\t')],
    ['in JSON with a byte order mark', 'f.json', `\ufeff${JSON.stringify(json())}`],
    ['in YAML with a byte order mark', 'g.yaml', `\ufeff${yaml()}`],
    ['in UTF-16', 'h.yaml', Buffer.from(`\ufeff${yaml()}`, 'utf16le')],
    ['in UTF-16, big-endian', 'i.yaml', Buffer.from(`\ufeff${yaml()}`, 'utf16le').swap16()],
    ['with CRLF', 'j.yaml', yaml().replaceAll('\n', '\r\n')],
    ['in a file without an extension', 'openapi', yaml()],
    [
      'of Swagger 2.0',
      'k.yaml',
      `swagger: '2.0'\ninfo: { title: Greeter, version: '1' }\npaths:\n  /hi:\n    get: { operationId: hi, produces: [application/json], responses: { '200': { description: ok, examples: { application/json: { ok: true } } } } }\n`,
    ],
    [
      'with anchors and merge keys',
      'l.yaml',
      `${yaml().replace('paths:', "x-c: &c { '429': { description: slow } }\npaths:").replace("responses: { '200'", "responses: { <<: *c, '200'")}`,
    ],
  ])('%s', async (_what, name, content) => {
    expect(await served(write(name, content))).toEqual(GOOD);
  });

  test('as an object', async () => {
    expect(await served(json())).toEqual(GOOD);
  });

  test('in several files', async () => {
    write('parts/item.yaml', GET);
    const file = write('several.yaml', yaml().replace(`    ${GET}`, '    $ref: parts/item.yaml'));
    expect(await served(file)).toEqual(GOOD);
  });

  test.each<[what: string, servers: string, path: string]>([
    ['a URL', "[{ url: 'https://a.example.com/v1/' }]", '/v1/hi'],
    ['a relative URL', '[{ url: /v1 }]', '/v1/hi'],
    ['a relative URL with a dot', '[{ url: ./v1 }]', '/v1/hi'],
    ['no scheme', "[{ url: 'api.example.com/v1' }]", '/v1/hi'],
    ['a variable as scheme', "[{ url: '{p}://a.example.com/v1', variables: { p: { default: https } } }]", '/v1/hi'],
    ['a variable as path', "[{ url: 'https://a.example.com/{b}', variables: { b: { default: v1 } } }]", '/v1/hi'],
  ])('with servers: %s', async (_what, servers, path) => {
    expect(await served(write('servers.yaml', yaml({ servers: `servers: ${servers}` })), path)).toEqual(GOOD);
  });

  test('with servers of a path', async () => {
    const item = "    servers: [{ url: 'https://a.example.com/v2' }]\n";
    const file = write('path-servers.yaml', yaml({ servers: "servers: [{ url: 'https://a.example.com/v1' }]", item }));
    expect(await served(file, '/v2/hi')).toEqual(GOOD);
  });

  test('of which nothing can be used answers 404', async () => {
    const document = { openapi: '3.1.0', info: { title: 'Nothing', version: '1' }, paths: { '/a': { get: 5 } } };
    expect(await served(document, '/a')).toMatchObject({ status: 404, body: { status: 404, title: 'Not Found' } });
    expect(await served({ ...document, paths: undefined }, '/a')).toMatchObject({ status: 404 });
  });
});

describe('served alone', () => {
  test('nothing is limited, and the log says so', async () => {
    const lines: string[] = [];
    const log = (_level: string, line: string) => lines.push(line);
    const file = write('unlimited.yaml', yaml());
    await using mock = await createMock({ openapi: file, clock: 'frozen', log });
    expect(lines).toEqual([
      `greeter is served from ${file} alone (1 operation): nothing is limited; "mock429 init ${file}" writes a profile with limits`,
    ]);
    for (let i = 0; i < 200; i++) expect((await mock.fetch('/hi')).status).toBe(200);
    const { headers } = await mock.fetch('/hi');
    expect([...headers.keys()].filter((name) => /limit|retry/i.test(name))).toEqual([]);
    expect(mock.quotas()).toEqual([]);
    expect(mock.files('greeter')).toEqual({ profile: undefined, document: file });
  });

  test('several, beside profiles: each has an id of its own', async () => {
    const lines: string[] = [];
    const log = (level: string, line: string) => lines.push(`${level}: ${line}`);
    const second = write('second.yaml', yaml());
    const untitled = write('My Own API.yaml', yaml().replace('title: Greeter, ', ''));
    const named = { ...json(), info: { title: 'klinky', version: '1' } };
    await using mock = await createMock({
      profile: 'klinky',
      openapi: [write('first.yaml', yaml()), second, untitled, named],
      log,
    });
    expect(mock.profiles).toEqual(['klinky', 'greeter', 'greeter-2', 'my-own-api', 'klinky-2']);
    expect(lines).toContain(`warn: the id "greeter" is taken, so ${second} is served as greeter-2`);
    for (const id of mock.profiles.slice(1)) expect((await mock.fetch(`/${id}/hi`)).status).toBe(200);
  });

  test('the id stays when the title changes', async () => {
    const file = write('renamed.yaml', yaml());
    await using mock = await createMock({ openapi: [write('other.yaml', yaml()), file] });
    writeFileSync(file, yaml().replace('Greeter', 'Changed').replace('ok: true', 'ok: false'));
    const { summary } = await mock.reload('greeter-2');
    expect(summary).toMatch(/^greeter-2 reloaded from .*renamed\.yaml: title "Greeter" → "Changed"/);
    expect(await (await mock.fetch('/greeter-2/hi')).json()).toEqual({ ok: false });
  });

  test('what cannot be used is a warning with its file and line', async () => {
    const lines: string[] = [];
    const log = (level: string, line: string) => lines.push(`${level}: ${line}`);
    const part = write(
      'parts/broken.yaml',
      `get:\n  parameters:\n    - $ref: '#/nowhere'\n  responses: { '200': { description: ok } }\n`,
    );
    const file = write('warned.yaml', yaml().replace(`    ${GET}`, '    $ref: parts/broken.yaml'));
    await using mock = await createMock({ openapi: file, log });
    expect(lines[0]).toMatch(new RegExp(`^warn: ${part}:3:7 {2}get\\.parameters\\.0: reference .* leads nowhere`));
    expect((await mock.fetch('/hi')).status).toBe(200);
  });

  test('an object that contains itself is refused', async () => {
    const schema: Record<string, unknown> = { type: 'object' };
    schema['properties'] = { parent: schema };
    await expect(createMock({ openapi: { ...json(), components: { schemas: { A: schema } } } })).rejects.toThrow(
      /createMock\(\{ openapi \}\):1:1 {2}this contains itself; give the document with its references/,
    );
  });

  test('options of profiles are refused', async () => {
    const openapi = json();
    await expect(createMock({ openapi, set: ['policies.a.quota=5'] })).rejects.toThrow(
      'a document without a profile has no settings; "mock429 init FILE" writes a profile for it',
    );
    await expect(createMock({ openapi: 5 as never })).rejects.toThrow(
      'openapi must be a path, a URL, a document as an object, or a list of these, not 5',
    );
  });
});
