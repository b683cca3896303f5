/**
 * Who has a file, and whose lock is void.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type FileLock, lockFile } from '../../src/commands/files/file-lock.js';
import type { Processes } from '../../src/commands/terminal/io.js';
import { temporaryFolder } from '../tools/build.js';

const folder = temporaryFolder('lock');
afterAll(folder.remove);

let file: string;
let path: string;
let serial = 0;
beforeEach(() => {
  serial += 1;
  file = join(folder.path, `${serial}.json`);
  path = `${file}.lock`;
});

/** Processes that run, by number, and when they were started. */
function machine(pid: number, running: Record<number, string>, host = 'here'): Processes {
  return { pid, host, mark: (one) => running[one] };
}
const me = machine(10, { 10: 'a', 20: 'b' });
const held = (owner: object) => writeFileSync(path, JSON.stringify({ since: 0, ...owner }));
const owner = () => JSON.parse(readFileSync(path, 'utf8'));

describe('a lock', () => {
  test('says who has it, is for nobody else to read, and goes when it is released', () => {
    const lock = lockFile(file, me) as FileLock;
    expect(owner()).toMatchObject({ pid: 10, host: 'here', mark: 'a' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lock.renew();
    lock.release();
    expect(existsSync(path)).toBe(false);
  });

  test('is not given twice, also within a process', () => {
    const lock = lockFile(file, me) as FileLock;
    expect(lockFile(file, me)).toEqual({ heldBy: 'process 10' });
    lock.release();
    (lockFile(file, me) as FileLock).release();
  });

  test('that was lost to another process is not renewed, and not released', () => {
    const lock = lockFile(file, me) as FileLock;
    held({ pid: 20, host: 'here', mark: 'b' });
    expect(() => lock.renew()).toThrow('another process has taken the file');
    lock.release();
    expect(owner().pid).toBe(20);
  });

  test('that somebody has removed is made again, unless its folder is gone', () => {
    const inner = join(folder.path, `folder-${serial}`);
    mkdirSync(inner);
    const lock = lockFile(join(inner, 'a'), me) as FileLock;
    rmSync(join(inner, 'a.lock'));
    lock.renew();
    expect(readdirSync(inner)).toEqual(['a.lock']);
    rmSync(inner, { recursive: true });
    expect(() => lock.renew()).toThrow('ENOENT');
    lock.release();
  });
});

describe('a lock that is there already', () => {
  test.each<[what: string, owner: object, age: number, heldBy: string | undefined]>([
    ['of a process that runs', { pid: 20, host: 'here', mark: 'b' }, 1e9, 'process 20'],
    ['of one that has ended', { pid: 30, host: 'here', mark: 'c' }, 0, undefined],
    ['of one whose number another process has now', { pid: 20, host: 'here', mark: 'earlier' }, 0, undefined],
    ['of one that had our own number', { pid: 10, host: 'here', mark: 'earlier' }, 0, undefined],
    [
      'of another machine, renewed lately',
      { pid: 30, host: 'there', mark: 'c' },
      5_000,
      'process 30 of the machine "there"',
    ],
    ['of another machine, not renewed for long', { pid: 20, host: 'there', mark: 'b' }, 61_000, undefined],
    ['that names nobody, and was just made', {}, 0, 'another process'],
    ['that names nobody, and is old', {}, 61_000, undefined],
    ['that names what is no process', { pid: -1, host: 'here', mark: '' }, 61_000, undefined],
  ])('%s', (_what, owner, age, heldBy) => {
    held(owner);
    const touched = (Date.now() - age) / 1_000;
    utimesSync(path, touched, touched);
    const lock = lockFile(file, me);
    if (heldBy !== undefined) {
      expect(lock).toEqual({ heldBy });
      return;
    }
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(10);
    (lock as FileLock).release();
    expect(readdirSync(folder.path).filter((name) => name.startsWith(`${serial}.json`))).toEqual([]);
  });

  test('and cannot be read is told', () => {
    mkdirSync(path);
    expect(() => lockFile(file, me)).toThrow('EISDIR');
  });
});
