/**
 * Reloads profiles when their files change.
 *
 * A profile is out of date when the content of its files differs from the text that was read for it. So the time of a change does not matter: before the
 * watcher was ready, during a reload, or later. File system events only trigger a comparison. They are incomplete (a
 * watched folder is replaced by another, network file systems, a limit on watches), so the times and sizes of the files are polled every second as well.
 * @module
 */
import { type BigIntStats, type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { readTextFile } from '../../profile/source/read-file.js';

/** What to watch, and how to reload it. */
export interface Watched {
  /** Ids of the watched profiles. */
  readonly profiles: readonly string[];
  /** Text by file path, as the latest attempt to read the profile found it; `undefined` where the file could not be read. */
  filesRead(profile: string): Texts;
  /** Reloads the profile. Afterwards `filesRead` returns what was read, whether or not it succeeded. Never rejects. */
  reload(profile: string): Promise<void>;
}

/** An active watch. */
export interface Watch {
  /** Stops watching. */
  close(): void;
}

/** Debounce time before files are compared: one save often causes several writes. */
const QUIET_MS = 50;

/** Polling interval for times and sizes. */
const POLL_MS = 1_000;

/** Most reloads for the same content, where the reload reads something else than the comparison: the files are not regular files, or not readable. */
const MAX_TRIES = 2;

/** A file changed within this time may change again with the same time and size: the timestamps of a file system may have a resolution of two seconds. */
const COARSE_MS = 2_500;

/** Starts watching. The first comparison follows after `QUIET_MS`, without any event. */
export function watchProfiles(watched: Watched): Watch {
  const { profiles, filesRead, reload } = watched;
  const folders = new Map<string, { readonly watcher: FSWatcher; readonly id: string }>();
  /** Times and sizes at the latest comparison. */
  let stamps = new Map<string, string>();
  const tries = new Map<string, { readonly found: Texts; readonly count: number }>();
  let pending: NodeJS.Timeout | undefined;
  let comparing = false;
  let again = false;
  let closed = false;

  const files = () => [...new Set(profiles.flatMap((id) => [...filesRead(id).keys()]))];
  const schedule = () => {
    if (closed) return;
    clearTimeout(pending);
    pending = setTimeout(() => void compare(), QUIET_MS);
  };

  async function compare(): Promise<void> {
    if (comparing) {
      again = true;
      return;
    }
    comparing = true;
    again = false;
    // This order matters: a file that changes after its text was read changes its stamp, or the watcher reports it.
    followFolders();
    stamps = new Map(files().map((file) => [file, stampOf(file)]));
    const texts = new Map(files().map((file) => [file, textOf(file)]));
    for (const id of profiles) {
      const read = filesRead(id);
      const found = new Map([...read.keys()].map((file) => [file, texts.get(file)]));
      if (same(read, found)) {
        tries.delete(id);
        continue;
      }
      const before = tries.get(id);
      const count = before && same(before.found, found) ? before.count + 1 : 1;
      if (count > MAX_TRIES) continue;
      tries.set(id, { found, count });
      await reload(id);
      // The files may have changed meanwhile, or the profile may use other files now.
      again = true;
    }
    comparing = false;
    if (again) schedule();
  }

  function followFolders(): void {
    const wanted = new Set(files().flatMap(foldersOf));
    for (const [folder, { watcher, id }] of folders) {
      if (wanted.has(folder) && identityOf(folder) === id) continue;
      watcher.close();
      folders.delete(folder);
    }
    for (const folder of wanted) {
      const id = identityOf(folder);
      if (id === undefined || folders.has(folder)) continue;
      try {
        const watcher = watch(folder, schedule);
        watcher.on('error', () => {
          watcher.close();
          folders.delete(folder);
        });
        folders.set(folder, { watcher, id });
      } catch {
        // A folder that cannot be watched is still polled.
      }
    }
  }

  const poll = setInterval(() => {
    if (!comparing && files().some((file) => stampOf(file) !== stamps.get(file))) schedule();
  }, POLL_MS).unref();
  followFolders();
  schedule();
  return {
    close() {
      closed = true;
      clearTimeout(pending);
      clearInterval(poll);
      for (const { watcher } of folders.values()) watcher.close();
      folders.clear();
    },
  };
}

type Texts = ReadonlyMap<string, string | undefined>;

function same(a: Texts, b: Texts): boolean {
  return a.size === b.size && [...a].every(([file, text]) => b.has(file) && b.get(file) === text);
}

/** The folder of the file, and the folder of its link target. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))];
  } catch {
    return [dirname(file)];
  }
}

/** Distinguishes folders that had the same path one after the other; `undefined` where there is none. */
function identityOf(path: string): string | undefined {
  const stats = statsOf(path);
  return stats && `${stats.dev}:${stats.ino}`;
}

/** A stamp that differs whenever the file has changed. For a recently changed file it is always different. */
function stampOf(file: string): string {
  const stats = statsOf(file);
  if (!stats) return 'none';
  const { dev, ino, size, mtimeNs, ctimeMs, mtimeMs } = stats;
  const newest = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
  const now = Date.now();
  return [dev, ino, size, mtimeNs, stats.ctimeNs, Math.abs(now - newest) < COARSE_MS ? now : 'settled'].join(':');
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Content of a regular file; `undefined` where it cannot be read. Reading anything else, such as a pipe, could block. */
function textOf(file: string): string | undefined {
  try {
    const text = readTextFile(file);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
