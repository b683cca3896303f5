/**
 * `serve --watch`: edited files are taken up, counts go on, and a broken file changes nothing but the log.
 */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../tools/build.js';
import { command, type Session } from './terminal.js';

const files = temporaryFolder('watch');
afterAll(files.remove);

let folder: string;
let profile: string;
let session: Session | undefined;
let url: string;
let serial = 0;

beforeEach(() => {
  serial += 1;
  folder = join(files.path, String(serial));
  mkdirSync(folder);
  profile = join(folder, 'tidewatch.profile.yaml');
  for (const name of ['tidewatch.profile.yaml', 'openapi.yaml']) cpSync(join('test/sixth', name), join(folder, name));
});

afterEach(async () => {
  session?.stop();
  expect(await session?.ended).toBe(0);
  session = undefined;
});

async function serve(...args: string[]): Promise<void> {
  session = command(['serve', '--port', '0', '--clock', '2026-05-12T08:00:00Z', '--watch', ...args]);
  [, url] = (await session.printed(/^mock429 tidewatch (\S+)\n/m)) as unknown as [string, string];
}

/** Resolves with the log's next line about a reload. */
async function reloaded(save: () => void): Promise<string> {
  const pattern = /^mock429: tidewatch (?:reloaded|cannot be reloaded).*$/gm;
  const before = [...session!.err.matchAll(pattern)].length;
  save();
  await session!.printed(new RegExp(`(?:${pattern.source}[^]*?){${before + 1}}`, 'm'));
  return [...session!.err.matchAll(pattern)][before]![0];
}

const edit = (file: string, from: string, to: string) => {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
};
const stations = (base = url) => fetch(`${base}/v2/stations`, { headers: { 'X-Access-Key': 'tw_a' } });
const left = async (base = url) => (await stations(base)).headers.get('x-ratelimit-remaining');

test('says what is watched', async () => {
  await serve('--profile', profile);
  expect(session!.err).toBe(`mock429: watching ${profile}, ${join(folder, 'openapi.yaml')}\n`);
  expect(session!.out).toBe(`mock429 tidewatch ${url}\n`);
});

describe('a profile', () => {
  test('with another quota goes on with its counts, in every sandbox', async () => {
    await serve('--profile', profile);
    expect([await left(), await left()]).toEqual(['19', '18']);
    expect(await left(`${url}/~t1`)).toBe('19');
    expect(await reloaded(() => edit(profile, 'quota: 20', 'quota: 5'))).toBe(
      `mock429: tidewatch reloaded from ${profile}: policies.key-minute.quota 20 → 5; all counters are kept`,
    );
    expect([await left(), await left(`${url}/~t1`), await left(`${url}/~t2`)]).toEqual(['2', '3', '4']);
    // And the way back, which is another edit like any.
    await reloaded(() => edit(profile, 'quota: 5', 'quota: 20'));
    expect(await left()).toBe('16');
  });

  test('that is saved by putting a new file in its place is heard too', async () => {
    await serve('--profile', profile);
    for (const quota of [7, 8]) {
      const text = readFileSync(profile, 'utf8').replace(/quota: \d+/, `quota: ${quota}`);
      const line = await reloaded(() => {
        writeFileSync(`${profile}~`, text);
        renameSync(`${profile}~`, profile);
      });
      expect(line).toContain(`→ ${quota}`);
    }
    expect(await left()).toBe('7');
  });

  test('behind a link is heard where it stands', async () => {
    const other = join(folder, 'links');
    mkdirSync(other);
    symlinkSync(profile, join(other, 'linked.yaml'));
    symlinkSync(join(folder, 'openapi.yaml'), join(other, 'openapi.yaml'));
    await serve('--profile', join(other, 'linked.yaml'));
    expect(await reloaded(() => edit(profile, 'quota: 20', 'quota: 3'))).toContain('20 → 3');
    expect(await left()).toBe('2');
  });

  test('that is broken leaves the former one in its place, and is taken up once it is mended', async () => {
    await serve('--profile', profile);
    await left();
    const line = await reloaded(() => edit(profile, '    quota: 20', '    qouta: 20'));
    expect(line).toMatch(
      /^mock429: tidewatch cannot be reloaded, so its previous version stays in place: \S+tidewatch\.profile\.yaml:\d+:\d+ {2}/,
    );
    expect(line).toContain('policies.key-minute.quota: is missing');
    expect(session!.err).toContain('policies.key-minute.qouta: unknown key "qouta"; did you mean "quota"?');
    expect(await left()).toBe('18');
    expect(await reloaded(() => edit(profile, 'qouta: 20', 'quota: 30'))).toContain(
      'policies.key-minute.quota 20 → 30; all counters are kept',
    );
    expect(await left()).toBe('27');
  });

  test('that is gone, or has another id, leaves the former one in its place', async () => {
    await serve('--profile', profile);
    const text = readFileSync(profile, 'utf8');
    expect(await reloaded(() => rmSync(profile))).toContain('there is no such file');
    expect(await reloaded(() => writeFileSync(profile, text.replace('id: tidewatch', 'id: seawatch')))).toContain(
      'has the id "seawatch" now; start again to serve it under that name',
    );
    expect(await left()).toBe('19');
  });

  test('keeps what was said at the start: settings, and a plan that must be there still', async () => {
    await serve('--profile', profile, '--set', 'policies.account-day.quota=50', '--plan', 'harbour');
    expect(await left()).toBe('199');
    expect(await reloaded(() => edit(profile, 'key-minute: 200', 'key-minute: 100'))).toContain('200 → 100');
    expect(await left()).toBe('98');
    const line = await reloaded(() => {
      const text = readFileSync(profile, 'utf8');
      writeFileSync(profile, text.replace('  harbour: {', '  quay: {').replace('plan: harbour', 'plan: quay'));
    });
    expect(line).toContain('tidewatch has no plan "harbour"');
    expect(await left()).toBe('97');
  });

  test('with nothing but another comment says so', async () => {
    await serve('--profile', profile);
    expect(await reloaded(() => edit(profile, '# The algorithm, one', '# An algorithm, one'))).toBe(
      `mock429: tidewatch reloaded from ${profile}: nothing in it has changed`,
    );
  });
});

describe('an OpenAPI document', () => {
  test('is watched as well', async () => {
    await serve('--profile', profile);
    const document = join(folder, 'openapi.yaml');
    const text = readFileSync(document, 'utf8');
    const tide = { get: { operationId: 'getNow', responses: { 200: { description: 'now' } } } };
    const line = await reloaded(() =>
      writeFileSync(document, text.replace('paths:\n', `paths:\n  /now: ${JSON.stringify(tide)}\n`)),
    );
    expect(line).toBe(`mock429: tidewatch reloaded from ${profile}: operation added: getNow; all counters are kept`);
    expect((await fetch(`${url}/v2/now`, { headers: { 'X-Access-Key': 'tw_a' } })).status).toBe(200);
    expect(await left()).toBe('18');
    expect(await reloaded(() => writeFileSync(document, 'openapi: 4'))).toContain('[openapi/version]');
    expect(await left()).toBe('17');
  });

  test('is another one from when the profile says so', async () => {
    await serve('--profile', profile);
    cpSync(join(folder, 'openapi.yaml'), join(folder, 'other.yaml'));
    expect(await reloaded(() => edit(profile, 'openapi: openapi.yaml', 'openapi: other.yaml'))).toContain(
      'openapi "openapi.yaml" → "other.yaml"',
    );
    const line = await reloaded(() => edit(join(folder, 'other.yaml'), 'name: Newlyn', 'name: Mousehole'));
    expect(line).toContain('the OpenAPI document; all counters are kept');
  });

  test('that the profile names and that cannot be served at first is taken up once it can', async () => {
    await serve('--profile', profile);
    const other = join(folder, 'other.yaml');
    expect(await reloaded(() => edit(profile, 'openapi: openapi.yaml', 'openapi: other.yaml'))).toContain(
      `there is no file ${other}`,
    );
    expect(await reloaded(() => writeFileSync(other, 'openapi: 4'))).toContain('[openapi/version]');
    expect(await left()).toBe('19');
    expect(await reloaded(() => cpSync(join(folder, 'openapi.yaml'), other))).toContain(
      'openapi "openapi.yaml" → "other.yaml"',
    );
    expect(await left()).toBe('18');
  });
});

test('--quiet says only what goes wrong', async () => {
  await serve('--profile', profile, '--quiet');
  await reloaded(() => edit(profile, 'quota: 20', 'quota: no'));
  expect(session!.err).toMatch(/^mock429: tidewatch cannot be reloaded.*\n$/);
});
