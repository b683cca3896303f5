/**
 * Loading a profile again: options of one load do not affect the next, and edits of the profile or its document are read.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type LoadOptions, loadProvider } from '../../src/profile/load.js';
import { ROOT, temporaryFolder } from '../tools/build.js';

const folder = temporaryFolder('load-again');
afterAll(folder.remove);

const profile = join(folder.path, 'profiles/aiclicks.yaml');
const document = join(folder.path, 'openapi/aiclicks.yaml');

beforeEach(() => {
  for (const name of ['profiles', 'openapi']) {
    mkdirSync(join(folder.path, name), { recursive: true });
    cpSync(join(ROOT, name, 'aiclicks.yaml'), join(folder.path, name, 'aiclicks.yaml'));
  }
});

const append = (file: string, text: string) => writeFileSync(file, readFileSync(file, 'utf8') + text);

test('is read all the same, so that a watcher knows what the provider was made of', () => {
  const readBy = () => {
    const read = new Map<string, string | undefined>();
    loadProvider(profile, { onRead: (file, text) => read.set(file, text) });
    return read;
  };
  const first = readBy();
  expect([...first.keys()].sort()).toEqual([document, profile].sort());
  expect(readBy()).toEqual(first);
});

test.each<[string, LoadOptions]>([
  ['a variant', { variants: ['clock-minute'] }],
  ['a setting', { set: [{ path: 'policies.key-minute.quota', value: 5 }] }],
  ['a compression', { compress: 60 }],
])('is another with %s, which does not last', (_what, options) => {
  const [plain, other] = [loadProvider(profile), loadProvider(profile, options)];
  expect(other).not.toBe(plain);
  expect(loadProvider(profile).profile).toEqual(plain.profile);
  expect(loadProvider(profile).profile).not.toBe(other.profile);
});

test('is another where the profile has been edited', () => {
  const before = loadProvider(profile);
  const text = readFileSync(profile, 'utf8');
  writeFileSync(profile, text.replace('    quota: 60\n', '    quota: 61\n'));
  expect(before.profile.policies['key-minute']?.quota).toBe(60);
  expect(loadProvider(profile).profile.policies['key-minute']?.quota).toBe(61);
});

test('is another where the document has been edited', () => {
  const before = loadProvider(profile);
  append(document, '\n# a note\n');
  const after = loadProvider(profile);
  expect(after).not.toBe(before);
  expect(after.document).not.toBe(before.document);
});

test('fails again where it failed, and is read as before once that is mended', () => {
  const before = loadProvider(profile);
  const text = readFileSync(profile, 'utf8');
  writeFileSync(profile, text.replace('    quota: 60\n', '    quota: -1\n'));
  for (const _ of [1, 2]) expect(() => loadProvider(profile)).toThrow('quota');
  writeFileSync(profile, text);
  expect(loadProvider(profile).profile).toEqual(before.profile);
});
