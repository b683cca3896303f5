/**
 * Files that are watched. Editors save in many ways (in place, or a new file put in the place of the old), so folders are watched, and a file has changed when
 * what it holds has.
 * @module
 */
import { existsSync, type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface Watch {
  /** Asks again which files there are to watch. */
  refresh(): void;
  close(): void;
}

/** How long nothing more must happen before files are looked at: one save is often several writes. */
const QUIET_MS = 50;

/** @param changed gets the files that hold something else than before, or are there no more */
export function watchFiles(files: () => readonly string[], changed: (files: readonly string[]) => void): Watch {
  const folders = new Map<string, FSWatcher>();
  const contents = new Map<string, string | undefined>();
  let pending: NodeJS.Timeout | undefined;

  const look = () => {
    const found = [...contents].filter(([file, text]) => read(file) !== text).map(([file]) => file);
    for (const file of found) contents.set(file, read(file));
    if (found.length > 0) changed(found);
  };
  const refresh = () => {
    const current = new Set(files());
    for (const file of contents.keys()) if (!current.has(file)) contents.delete(file);
    for (const file of current) if (!contents.has(file)) contents.set(file, read(file));
    const wanted = new Set([...current].flatMap(foldersOf));
    for (const [folder, watcher] of folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      folders.delete(folder);
    }
    for (const folder of wanted) {
      if (folders.has(folder)) continue;
      const watcher = watch(folder, () => {
        clearTimeout(pending);
        pending = setTimeout(look, QUIET_MS);
      });
      // A folder that has gone cannot be watched; what was read from it is served on.
      watcher.on('error', () => watcher.close());
      folders.set(folder, watcher);
    }
  };

  refresh();
  return {
    refresh,
    close() {
      clearTimeout(pending);
      for (const watcher of folders.values()) watcher.close();
      folders.clear();
    },
  };
}

/** Where the file stands, and where what it links to does. */
function foldersOf(file: string): string[] {
  const folders = [dirname(file)];
  if (existsSync(file)) folders.push(dirname(realpathSync(file)));
  return folders.filter(existsSync);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
