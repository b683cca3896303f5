/**
 * The file of `--state`. It is read once, and replaced atomically, so that it is always complete. Only its owner may read it, because it contains credentials
 * in full.
 * @module
 */
import {
  accessSync,
  constants,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OptionError } from '../../options/options.js';
import { makeFolders } from '../../runtime/folders.js';
import type { Processes } from '../terminal/io.js';
import { lockFile } from './file-lock.js';

/** A locked state file. */
export interface StateFile {
  /** Its content; `undefined` where it does not exist yet. @throws OptionError */
  read(): string | undefined;
  /** Renames an unusable file. @returns the new path. @throws OptionError */
  setAside(now: Date): string;
  /**
   * Replaces the file.
   *
   * @param pieces pieces of the text, created one by one with time for other work in between
   * @throws Error of the system, or where another process has taken the file; the old file stays then
   */
  write(pieces: Iterable<string>): Promise<void>;
  /** Renews the lock. @throws Error, as `write` */
  renew(): void;
  /** Releases the lock. */
  release(): void;
}

/** Largest size in bytes: the longest string that can be read again. */
const MAX_BYTES = 536_870_888;

/** Most links to follow; more count as a cycle. */
const MAX_LINKS = 40;

/**
 * Opens and locks the state file.
 *
 * @param given path as given
 * @param source the flag or variable that names it, for errors
 * @throws OptionError where the file cannot be written, or another process has it
 */
export function openStateFile(given: string, processes: Processes, source: string): StateFile {
  const refuse = (problem: string): never => {
    throw new OptionError(`${source} ${given}: ${problem}`);
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof OptionError) throw error;
      return refuse(`it cannot be used (${(error as Error).message}); give a file that can be read and written`);
    }
  };
  const path = attempt(() => {
    const target = targetOf(resolve(given));
    makeFolders(dirname(target));
    const file = join(realpathSync(dirname(target)), basename(target));
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats && !stats.isFile()) refuse('this is not a file; give the path of a file, which need not exist yet');
    if (stats) accessSync(file, constants.R_OK | constants.W_OK);
    return file;
  });
  const lock = attempt(() => lockFile(path, processes));
  if ('heldBy' in lock) return refuse(`${lock.heldBy} is using it; stop that process, or give another file`);
  const temporary = `${path}.tmp`;

  return {
    read: () =>
      attempt(() => {
        // Left by a process that was killed while it wrote.
        rmSync(temporary, { force: true });
        return statSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : undefined;
      }),
    setAside: (now) =>
      attempt(() => {
        const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
        let aside = `${path}.broken-${stamp}`;
        for (let n = 2; statSync(aside, { throwIfNoEntry: false }); n += 1) aside = `${path}.broken-${stamp}-${n}`;
        renameSync(path, aside);
        return aside;
      }),
    async write(pieces) {
      lock.renew();
      await rm(temporary, { force: true });
      try {
        await writeWhole(temporary, pieces);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
      }
      await syncFolder(dirname(path));
    },
    renew: () => lock.renew(),
    release: () => lock.release(),
  };
}

/** Resolves links, also to a file that does not exist yet, so that the target is replaced and not the link. */
function targetOf(path: string): string {
  let target = path;
  for (let i = 0; i < MAX_LINKS && lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink(); i += 1)
    target = resolve(dirname(target), readlinkSync(target));
  return target;
}

async function writeWhole(file: string, pieces: Iterable<string>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    let size = 0;
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      size += bytes.length;
      if (size > MAX_BYTES) throw new Error('the state is larger than 512 MiB, which could not be read again');
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename durable across a loss of power. Not every system supports it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file is complete either way.
  }
}
