/**
 * The watcher by itself: whatever happens to the files, and whenever, what is read last is what the files hold.
 */
import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Watch, watchProfiles } from '../../src/commands/files/watch.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('watch-files');
afterAll(files.remove);

let folder: string;
let file: string;
let serial = 0;
let watch: Watch | undefined;

beforeEach(() => {
  serial += 1;
  folder = join(realpathSync(files.path), String(serial));
  mkdirSync(folder);
  file = join(folder, 'a.yaml');
  writeFileSync(file, 'one');
});

afterEach(() => {
  watch?.close();
  watch = undefined;
});

/** Something that is read from files, as a profile is. */
function reader(paths: () => readonly string[], readText = textOf) {
  let read = new Map<string, string | undefined>();
  let reads = 0;
  const waiting = new Set<() => void>();
  const load = () => {
    reads += 1;
    read = new Map(paths().map((path) => [path, readText(path)]));
  };
  load();
  return {
    get reads() {
      return reads;
    },
    profiles: ['p'],
    filesRead: () => read,
    async reload() {
      load();
      for (const look of waiting) look();
    },
    /** Resolves once that was read last. */
    holds: (text: string | undefined, path = file) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (read.get(path) !== text) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** As editors save: a new file in the place of the old. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}

test('takes up what was written between the reading and the watching', async () => {
  const read = reader(() => [file]);
  writeFileSync(file, 'two');
  watch = watchProfiles(read);
  await read.holds('two');
});

test('takes up a new file in the place of the old one, from before the watching and after', async () => {
  const read = reader(() => [file]);
  replace(file, 'two');
  watch = watchProfiles(read);
  await read.holds('two');
  replace(file, 'three');
  await read.holds('three');
});

test('takes up a file that was deleted and made again', async () => {
  const read = reader(() => [file]);
  watch = watchProfiles(read);
  unlinkSync(file);
  await read.holds(undefined);
  writeFileSync(file, 'two');
  await read.holds('two');
});

test('takes up what is written while it reads', async () => {
  const read = reader(
    () => [file],
    (path) => {
      const text = textOf(path);
      if (text === 'two') writeFileSync(path, 'three');
      return text;
    },
  );
  watch = watchProfiles(read);
  writeFileSync(file, 'two');
  await read.holds('three');
});

test('takes up the same text again where something else was read in between', async () => {
  let upset = true;
  const read = reader(
    () => [file],
    (path) => {
      if (textOf(path) !== 'two' || !upset) return textOf(path);
      upset = false;
      return undefined;
    },
  );
  watch = watchProfiles(read);
  writeFileSync(file, 'two');
  await read.holds('two');
});

test('follows files that are named by what was read', async () => {
  const other = join(folder, 'deep', 'b.yaml');
  const read = reader(() => (textOf(file) === 'see b' ? [file, other] : [file]));
  watch = watchProfiles(read);
  writeFileSync(file, 'see b');
  await read.holds('see b');
  mkdirSync(join(folder, 'deep'));
  writeFileSync(other, 'one');
  await read.holds('one', other);
  replace(other, 'two');
  await read.holds('two', other);
});

test('takes up a link that leads elsewhere, of a file and of a folder', async () => {
  for (const name of ['old', 'new']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'a.yaml'), name);
  }
  symlinkSync('old', join(folder, 'current'));
  symlinkSync('current/a.yaml', join(folder, 'linked.yaml'));
  const paths = [join(folder, 'linked.yaml'), join(folder, 'current', 'a.yaml')];
  const read = reader(() => paths);
  watch = watchProfiles(read);
  symlinkSync('new', join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'current'));
  await Promise.all(paths.map((path) => read.holds('new', path)));
  writeFileSync(join(folder, 'new', 'a.yaml'), 'newer');
  await Promise.all(paths.map((path) => read.holds('newer', path)));
});

test('takes up another folder in the place of the one that was watched', async () => {
  const inner = join(folder, 'profiles');
  const path = join(inner, 'a.yaml');
  mkdirSync(inner);
  writeFileSync(path, 'one');
  const read = reader(() => [path]);
  watch = watchProfiles(read);
  mkdirSync(`${inner}.new`);
  writeFileSync(join(`${inner}.new`, 'a.yaml'), 'two');
  renameSync(inner, `${inner}.old`);
  renameSync(`${inner}.new`, inner);
  await read.holds('two', path);
  rmSync(inner, { recursive: true });
  await read.holds(undefined, path);
  mkdirSync(inner);
  writeFileSync(path, 'three');
  await read.holds('three', path);
  writeFileSync(path, 'four');
  await read.holds('four', path);
});

test('does not read again and again what its reader refuses', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  try {
    const read = reader(
      () => [file],
      () => undefined,
    );
    watch = watchProfiles(read);
    await vi.advanceTimersByTimeAsync(60_000);
    // At the start, and twice since it holds something else than was read.
    expect(read.reads).toBe(3);
    writeFileSync(file, 'two');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(read.reads).toBe(5);
  } finally {
    vi.useRealTimers();
  }
});
