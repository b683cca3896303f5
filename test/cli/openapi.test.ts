/**
 * Documents on the command line: as an argument, as `--openapi`, as a variable, and watched with all of their files.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../tools/build.js';
import { command, finished, type Session } from './terminal.js';

const files = temporaryFolder('openapi');
afterAll(files.remove);

const item = (answer: string) =>
  `get:\n  operationId: hi\n  responses: { '200': { description: ok, content: { application/json: { example: ${answer} } } } }\n`;
const document = (title = 'Greeter') =>
  `openapi: 3.1.0\ninfo: { title: ${title}, version: '1' }\npaths:\n  /hi: { $ref: parts/hi.yaml }\n`;

let folder: string;
let file: string;
let part: string;
let serial = 0;
let session: Session | undefined;

beforeEach(() => {
  serial += 1;
  folder = join(files.path, String(serial));
  mkdirSync(join(folder, 'parts'), { recursive: true });
  file = join(folder, 'api.yaml');
  part = join(folder, 'parts', 'hi.yaml');
  writeFileSync(file, document());
  writeFileSync(part, item('first'));
});
afterEach(async () => {
  session?.stop();
  expect(await session?.ended).toBe(session && 0);
  session = undefined;
});

/** Serves, and returns the URL of a provider. */
async function serve(args: string[], env: Record<string, string> = {}, id = 'greeter'): Promise<string> {
  session = command([...args, '--port', '0'], env);
  const [, url] = await session.printed(new RegExp(`^mock429 ${id} (\\S+)\n`, 'm'));
  return url!;
}
const hi = async (url: string) => (await fetch(`${url}/hi`)).json();

describe('serve', () => {
  test('a document as an argument', async () => {
    expect(await hi(await serve([file]))).toBe('first');
    expect(session!.err).toContain(
      `mock429: greeter is served from ${file} alone (1 operation): nothing is limited; "mock429 init ${file}" writes a profile with limits\n`,
    );
  });

  test('a document by --openapi, beside a profile', async () => {
    expect(await hi(await serve(['serve', '--openapi', file, '--profile', 'klinky']))).toBe('first');
    expect(session!.out).toMatch(/^mock429 klinky \S+\/klinky\nmock429 greeter \S+\/greeter\n$/);
  });

  test('documents by MOCK429_OPENAPI', async () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, document('Other'));
    expect(await hi(await serve(['serve'], { MOCK429_OPENAPI: `${file},${other}` }))).toBe('first');
    expect(session!.out).toMatch(/\/greeter\nmock429 other \S+\/other\n$/);
  });

  test('made data in place of a faulty example, by flag and by variable', async () => {
    const faulty = `openapi: 3.1.0
info: { title: Greeter, version: '1' }
paths:
  /hi: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { const: right }, example: wrong } } } } } }
`;
    writeFileSync(file, faulty);
    expect(await hi(await serve([file, '--strict-examples']))).toBe('right');
    session!.stop();
    await session!.ended;
    expect(await hi(await serve([file], { MOCK429_STRICT_EXAMPLES: '1' }))).toBe('right');
    session!.stop();
    await session!.ended;
    expect(await hi(await serve([file]))).toBe('wrong');
  });

  test('what the command line names is all that is served', async () => {
    await serve([file], { MOCK429_PROFILE: 'klinky', MOCK429_OPENAPI: 'none.yaml' });
    expect(session!.out).toMatch(/^mock429 greeter \S+\n$/);
  });

  test('a profile as an argument', async () => {
    expect((await finished(['init', file, '--id', 'mine'])).code).toBe(0);
    await serve([join(folder, 'mine.profile.yaml')], {}, 'mine');
    expect(session!.err).toBe('');
  });

  test('an argument that is no file', async () => {
    expect(await finished([join(folder, 'none.yaml')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no'),
    });
    const kind = join(folder, 'data.json');
    writeFileSync(kind, '{"a":1}');
    expect((await finished([kind])).err).toContain(
      'this is a map with the key "a", without the key openapi or swagger',
    );
  });
});

test('--watch reloads a document when a file changes that it refers to', async () => {
  const url = await serve([file, '--watch']);
  expect(session!.err).toContain(`mock429: watching ${file}, ${part}\n`);
  writeFileSync(part, item('second'));
  await session!.printed(/mock429: greeter reloaded from .*: the OpenAPI document; all counters are kept\n/);
  expect(await hi(url)).toBe('second');
  writeFileSync(file, document('Changed'));
  await session!.printed(/mock429: greeter reloaded from .*: title "Greeter" → "Changed"/);
});

describe('other commands take a document', () => {
  test('run', async () => {
    const start = async (_command: string, _args: readonly string[], variables: Readonly<Record<string, string>>) => {
      expect(await hi(variables['MOCK429_URL']!)).toBe('first');
      return { code: 0 };
    };
    const { code, out } = await finished(['run', '--openapi', file, '--', 'client'], {}, start);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('PASS') });
  });

  test('validate', async () => {
    expect(await finished(['validate', file])).toEqual({
      code: 0,
      out: `${file}: ok (a document without limits, 1 operation)\n`,
      err: '',
    });
    writeFileSync(part, item('first').replace('get:', 'parameters: [{ name: q }]\nget:'));
    const { code, out } = await finished(['validate', file]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^.*parts\/hi\.yaml:1:14 {2}parameters\.0: .* \(warning\)\n.*: ok \(.*1 warning\)\n$/),
    });
  });

  test('explain and profiles', async () => {
    const { out } = await finished(['explain', file]);
    expect(out).toContain(`This is ${file} without a profile: nothing is limited.`);
    expect((await finished(['profiles', file])).out).toMatch(/^greeter +Greeter /m);
  });
});
