/**
 * Reloads profiles when their files change.
 *
 * A profile is out of date when its files hold something else than what was read for it, so it does not matter when the change happened: before the watcher was
 * ready, during a reload, or later. Events of the file system only say when to compare. They are not complete (another folder put in the place of a watched one,
 * network file systems, a limit on watches), so the files' times and sizes are looked at every second as well.
 * @module
 */
import { type BigIntStats, type FSWatcher, readFileSync, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** What is watched. */
export interface Watched {
  readonly profiles: readonly string[];
  /** Text by file, as the newest attempt to read the profile found it; `undefined` where the file could not be read. */
  filesRead(profile: string): Texts;
  /** Reads the profile again. Whether that succeeds or not, `filesRead` tells afterwards what was read. Never rejects. */
  reload(profile: string): Promise<void>;
}

export interface Watch {
  close(): void;
}

/** How long nothing more must happen before files are compared: one save is often several writes. */
const QUIET_MS = 50;

/** How often times and sizes are looked at. */
const POLL_MS = 1_000;

/** How often the same files are read, at most, where reading them gives something else than is found here: they are no plain files, or cannot be read. */
const MAX_TRIES = 2;

/** A file changed less than this ago may change again without another time or size: the clock of a file system may be as coarse as two seconds. */
const COARSE_MS = 2_500;

/** Compares first after `QUIET_MS`, whether or not anything happens by then. */
export function watchProfiles(watched: Watched): Watch {
  const { profiles, filesRead, reload } = watched;
  const folders = new Map<string, { readonly watcher: FSWatcher; readonly id: string }>();
  /** Times and sizes as of the newest comparison. */
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
    // In this order: what changes after its text was read changes the stamp, or is told by the watcher.
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
      // The files may have changed meanwhile, or be others.
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
        // It cannot be watched; its files are looked at every second all the same.
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

/** Where the file is, and where what it links to is. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))];
  } catch {
    return [dirname(file)];
  }
}

/** Differs between two folders that had the same path one after the other; `undefined` where there is none. */
function identityOf(path: string): string | undefined {
  const stats = statsOf(path);
  return stats && `${stats.dev}:${stats.ino}`;
}

/** Differs whenever the file does. For a file that may change unnoticed it is never the same. */
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

/** `undefined` where there is no file that can be read. Anything but a file could keep the reader waiting. */
function textOf(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
