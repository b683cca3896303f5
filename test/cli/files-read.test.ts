/**
 * What a mock says that it has read of its profiles, which is what a watcher compares files with.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { composeMock } from '../../src/mock.js';
import { PROFILES_DIRECTORY } from '../../src/profile/locate.js';
import { temporaryFolder } from '../tools/build.js';

const folder = temporaryFolder('files-read');
afterAll(folder.remove);

const methods = {
  checkFault: <T>(fault: T) => fault,
  reportOf: () => {
    throw new Error('nobody asks for a report');
  },
};
const text = (file: string) => readFileSync(file, 'utf8');

test.each([[{}], [{ variant: 'sliding-hour' }], [{ set: ['policies.account-hour.quota=5'] }]])(
  'of a built-in profile: both files, as they are (%j)',
  async (options) => {
    await using mock = await composeMock({ profile: 'klinky', ...options }, methods);
    const { profile, document } = mock.files('klinky');
    expect(profile).toBe(join(PROFILES_DIRECTORY, 'klinky.yaml'));
    expect(mock.filesRead('klinky')).toEqual(
      new Map([
        [profile, text(profile!)],
        [document, text(document!)],
      ]),
    );
  },
);

test('of an own profile: what was read last, also where that could not be served', async () => {
  for (const name of ['tidewatch.profile.yaml', 'openapi.yaml'])
    cpSync(join('test/sixth', name), join(folder.path, name));
  const profile = join(folder.path, 'tidewatch.profile.yaml');
  const document = join(folder.path, 'openapi.yaml');
  await using mock = await composeMock({ profile }, methods);
  const [first, document1] = [text(profile), text(document)];
  writeFileSync(profile, `${first}\n# edited`);
  expect([...mock.filesRead('tidewatch')]).toEqual([
    [profile, first],
    [document, document1],
  ]);
  await mock.reload('tidewatch');
  expect(mock.filesRead('tidewatch').get(profile)).toBe(`${first}\n# edited`);
  writeFileSync(profile, first.replace('openapi: openapi.yaml', 'openapi: none.yaml'));
  await expect(mock.reload('tidewatch')).rejects.toThrow('none.yaml');
  expect([...mock.filesRead('tidewatch')]).toEqual([
    [profile, text(profile)],
    [join(folder.path, 'none.yaml'), undefined],
  ]);
  writeFileSync(profile, 'id: [');
  await expect(mock.reload('tidewatch')).rejects.toThrow('not valid YAML');
  expect([...mock.filesRead('tidewatch')]).toEqual([[profile, 'id: [']]);
});
