/** Files that are no profile and no document at all: each is refused with its name, what is wrong and what to do, and none is read without end. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMock } from '../../src/index.js';
import { openDocument } from '../../src/profile/document/open.js';
import { loadProvider } from '../../src/profile/load.js';
import { validateProfile } from '../../src/profile/validate.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mock429-files-'));
  writeFileSync(join(folder, 'openapi.yaml'), readFileSync('test/bad-profiles/documents/shop.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = readFileSync('test/bad-profiles/unit-breaks-line.yaml', 'utf8')
  .replace(/^# .*\n/, '')
  .replace(/^ {4}unit: .*\n/m, '')
  .replace('documents/shop.yaml', 'openapi.yaml');

/** Writes a file, and says what is said of it as a profile and as a document, but for the file's name. */
function said(name: string, content: string | Buffer): { profile: string; document: string } {
  const file = join(folder, name);
  writeFileSync(file, content);
  return saidOf(file);
}

function saidOf(file: string): { profile: string; document: string } {
  const without = (message: string) => message.replaceAll(file, '').replace(/^\S*?(?=:\d+:\d+ )/, '');
  const message = (work: () => unknown) => {
    try {
      work();
      return 'fine';
    } catch (error) {
      expect((error as Error).name).toBe('ProfileError');
      return without((error as Error).message);
    }
  };
  const { issues } = validateProfile(file);
  const profile = message(() => loadProvider(file));
  // What validate finds is what keeps it from being served.
  expect(issues.length > 0).toBe(profile !== 'fine');
  return { profile, document: message(() => openDocument(file)) };
}

/** The same of both. */
const both = (message: unknown) => ({ profile: message, document: message });

describe('what is no regular file', () => {
  const refused = (what: string) =>
    both(`:1:1  this is ${what}, which may have no end; give the path of a file  [profile/unreadable]`);

  it('a device', () => {
    expect(saidOf('/dev/zero')).toEqual(refused('a device'));
  });

  it('a pipe that nobody writes into', async () => {
    const file = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [file]);
    expect(saidOf(file)).toEqual(refused('a pipe'));
    await expect(createMock({ profile: file })).rejects.toThrow('this is a pipe');
  });

  it('a pipe with the name of a profile that comes with the package', async () => {
    const file = join(folder, 'klinky.yaml');
    execFileSync('mkfifo', [file]);
    await expect(createMock({ profile: file })).rejects.toThrow('this is a pipe');
  });

  it('a socket', async () => {
    const file = join(folder, 'socket.yaml');
    const server = createServer().listen(file);
    await new Promise((resolve) => server.once('listening', resolve));
    expect(saidOf(file)).toEqual(refused('a socket'));
    server.close();
  });

  it('a folder', () => {
    mkdirSync(join(folder, 'folder.yaml'));
    expect(saidOf(join(folder, 'folder.yaml'))).toEqual(
      both(':1:1  this is a folder; give the path of a file that may be read  [profile/unreadable]'),
    );
  });
});

it('a file that is larger than any document', () => {
  const file = join(folder, 'large.yaml');
  writeFileSync(file, '');
  truncateSync(file, 64 * 1024 * 1024 + 1);
  expect(saidOf(file)).toEqual(
    both(expect.stringMatching(/65 MiB large, more than the 64 MiB that are read; split it/)),
  );
});

describe('an encoding', () => {
  const utf32 = (text: string) => Buffer.from(Uint32Array.from(`\ufeff${text}`, (one) => one.codePointAt(0)!).buffer);

  it.each([
    ['UTF-16', Buffer.from(GOOD, 'utf16le')],
    ['UTF-16', Buffer.from(GOOD, 'utf16le').swap16()],
    ['UTF-32', utf32(GOOD)],
    ['UTF-32', utf32(GOOD).swap32()],
  ])('%s', (encoding, bytes) => {
    const message = `:1:1  this is written in ${encoding}; save it as UTF-8  [profile/unreadable]`;
    expect(said('encoded.yaml', bytes)).toEqual(both(message));
  });

  it('that is not UTF-8, or no text, told with its line', () => {
    const latin = Buffer.from(GOOD.replace('title: Shop', 'title: Sh\xf6p'), 'latin1');
    expect(said('latin.yaml', latin)).toEqual(
      both(':2:1  this line is not UTF-8; save it as UTF-8  [profile/unreadable]'),
    );
    expect(said('zero.yaml', GOOD.replace('title: Shop', 'title: Sh\0p'))).toEqual(
      both(':2:1  this is not a text file: it contains a zero byte; save it as UTF-8  [profile/unreadable]'),
    );
  });

  it.each([
    ['little-endian', Buffer.from(`\ufeff${GOOD}`, 'utf16le')],
    ['big-endian', Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16()],
  ])('UTF-16 with a byte order mark, %s', (_order, bytes) => {
    expect(said('marked16.yaml', bytes).profile).toBe('fine');
  });

  it('UTF-8 with a byte order mark', () => {
    expect(said('marked.yaml', `\ufeff${GOOD}`).profile).toBe('fine');
    const document = JSON.stringify({ openapi: '3.1.0', info: { title: 'A', version: '1' }, paths: {} });
    expect(said('marked.json', `\ufeff${document}`).document).toBe('fine');
  });
});

describe('YAML', () => {
  it.each([
    ['that holds itself', 'a: &a [*a]\n', /^:1:8 {2}this contains itself, by an alias.*\[profile\/endless\]$/],
    ['that holds itself, merged', 'a: &a { <<: *a }\n', /^:1:1 {2}this cannot be read: .*use fewer aliases/],
    [
      'that multiplies itself',
      `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}`,
      /use fewer aliases/,
    ],
    ['of many levels, in brackets', '['.repeat(20_000), /nested too deep/],
    ['of many levels, in lists', `${'- '.repeat(20_000)}a`, /nested too deep/],
    [
      'of many levels, by indentation',
      Array.from({ length: 1_500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /nested (?:too deep|more than 500 levels deep)/,
    ],
    ['of too many levels', `a: ${'['.repeat(600)}${']'.repeat(600)}`, /more than 500 levels deep; write it flatter/],
    [
      'with an alias of nothing behind many anchors',
      `${Array.from({ length: 5_000 }, (_, i) => `- &a${i} 1\n`).join('')}- *b\n`,
      /no anchor "&b"/,
    ],
    [
      'with a key twice among many',
      `${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join('')}k7: 1\n`,
      /^:20001:1 {2}the key "k7" is there twice/,
    ],
  ])('%s', (_what, text, message) => {
    expect(said('bad.yaml', text)).toEqual(both(expect.stringMatching(message)));
  });
});

describe('JSON', () => {
  it('of many levels', () => {
    const text = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(said('deep.json', text)).toEqual(
      both(expect.stringMatching(/^:1:2497 {2}this is nested more than 500 levels deep; write it flatter/)),
    );
  });

  it('of too many levels', () => {
    const text = `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`;
    expect(said('deeper.json', text)).toEqual(both(expect.stringMatching(/more than 500 levels deep/)));
  });
});

describe('a profile', () => {
  it('with more mistakes than anybody reads tells the first hundred', () => {
    const { profile } = said(
      'many.yaml',
      `${GOOD}\n${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join('')}`,
    );
    expect(profile.split('\n')).toHaveLength(100);
  });

  it('with a name that is longer than a line is told in a line that can be read', () => {
    const { profile } = said('long.yaml', GOOD.replace('plan: basic', `plan: ${'k'.repeat(100_000)}`));
    expect(profile.length).toBeLessThan(3_000);
    expect(profile).toMatch(/there is no plan "kkk.*k"; use one of: basic/);
  });

  it('with a placeholder that is opened again and again, and closed nowhere', () => {
    const { profile } = said('open.yaml', GOOD.replace('body: { error: not found }', `body: '${'${'.repeat(50_000)}'`));
    expect(profile).toBe('fine');
  });
});
