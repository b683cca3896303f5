/**
 * The file of `--state`: read once, and written so that there is always a whole one. Nobody else may read it, since credentials are in it in full.
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
import type { Processes } from '../terminal/io.js';
import { lockFile } from './file-lock.js';
import { makeFolders } from './folders.js';

export interface StateFile {
  /** What it holds; `undefined` where there is no such file yet. @throws OptionError */
  read(): string | undefined;
  /** Renames it. @returns the new path. @throws OptionError */
  setAside(now: Date): string;
  /**
   * Puts a new file in the place of the old one.
   *
   * @param pieces of its text; asked for one after the other, with time for other work in between
   * @throws Error, and leaves the old one: of the system, or where another process has taken the file
   */
  write(pieces: Iterable<string>): Promise<void>;
  /** Tells other machines that it is in use. @throws Error, as `write` */
  renew(): void;
  /** Lets other processes have it. */
  release(): void;
}

/** Bytes. No more characters than this can be read into a string. */
const LARGEST = 536_870_888;

/** Links to follow before they are taken for a circle. */
const MAX_LINKS = 40;

/** @param given path, as it was given. @throws OptionError where the file cannot be written, or another process has it */
export function openStateFile(given: string, processes: Processes): StateFile {
  const refuse = (problem: string): never => {
    throw new OptionError(`--state ${given}: ${problem}`);
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
        // Of a process that was killed while it wrote.
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

/** Where a path leads that is a link, also where nothing is there yet: a new file is put in the place of that, not of the link. */
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
      if (size > LARGEST) throw new Error('the state is larger than 512 MiB, which could not be read again');
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Has the new name outlive a loss of power. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file itself is whole either way.
  }
}
