/**
 * A lock on a file: a lock file beside it that names its process. The lock of a process that has ended is taken over.
 * @module
 */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { preciseTime } from '../../runtime/clock.js';
import type { Processes } from '../terminal/io.js';

/** A lock that this process holds. */
export interface FileLock {
  /**
   * Verifies that this process still holds the lock and updates its time. Call it about every ten seconds: other machines judge the lock by that time.
   *
   * @throws Error where another process has the lock, or of the system
   */
  renew(): void;
  /** Releases the lock. */
  release(): void;
}

/** The owner of a lock, as stored in the lock file. */
interface Owner {
  readonly pid: number;
  /** Host name. A process of another machine cannot be checked; its lock is valid while its time is recent. */
  readonly host: string;
  /** The process's `Processes.mark`. */
  readonly mark: string;
  /** When the lock was created: epoch ms of the machine. */
  readonly since: number;
}

/** Time after which an untouched lock is void where its owner cannot be checked: it is on another machine, or unknown. */
const UNTOUCHED_MS = 60_000;

/** Locks that this process holds: the content of a lock file cannot distinguish two holders in one process. */
const heldLocks = new Set<string>();

/**
 * Locks a file.
 *
 * @param file absolute path of the file; the lock file is `FILE.lock`
 * @returns the lock, or its current holder
 * @throws Error of the system where the lock file cannot be written
 */
export function lockFile(file: string, processes: Processes): FileLock | { readonly heldBy: string } {
  const path = `${file}.lock`;
  const { pid, host } = processes;
  if (heldLocks.has(path)) return { heldBy: `process ${pid}` };
  const text = JSON.stringify({ pid, host, mark: processes.mark(pid) ?? '', since: Math.round(preciseTime()) });
  // Remove a void lock and try again; another process may create the next one first.
  while (!createFile(path, text)) {
    const found = textOf(path);
    if (found === undefined) continue;
    const heldBy = holderOf(path, found, processes);
    if (heldBy !== undefined) return { heldBy };
    removeVoid(path, found, pid);
  }
  heldLocks.add(path);
  return {
    renew() {
      const found = textOf(path);
      if (found !== undefined && found !== text) throw new Error('another process has taken the file');
      // The lock file was removed, perhaps with its folder.
      if (found === undefined && !createFile(path, text)) throw new Error('another process has taken the file');
      const now = preciseTime() / 1_000;
      utimesSync(path, now, now);
    },
    release() {
      heldLocks.delete(path);
      if (contains(path, text)) rmSync(path, { force: true });
    },
  };
}

/** Creates the lock file. @returns false where it exists already. @throws Error of the system */
function createFile(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder of a lock. @returns `undefined` where the lock is void */
function holderOf(path: string, text: string, processes: Processes): string | undefined {
  const owner = ownerOf(text);
  if (owner?.host === processes.host) {
    const mark = owner.pid === processes.pid ? undefined : processes.mark(owner.pid);
    return mark !== undefined && mark === owner.mark ? `process ${owner.pid}` : undefined;
  }
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined || preciseTime() - touched > UNTOUCHED_MS) return undefined;
  return owner ? `process ${owner.pid} of the machine ${JSON.stringify(owner.host)}` : 'another process';
}

/** Parses a lock file; `undefined` where the text is invalid: its writer may not be done. */
function ownerOf(text: string): Owner | undefined {
  try {
    const { pid, host, mark, since } = JSON.parse(text) as Partial<Owner>;
    if (!Number.isSafeInteger(pid) || pid! <= 0 || typeof host !== 'string' || typeof mark !== 'string')
      return undefined;
    return { pid: pid!, host, mark, since: since ?? 0 };
  } catch {
    return undefined;
  }
}

/** Removes a void lock. If another process has replaced it meanwhile, its lock is put back. */
function removeVoid(path: string, text: string, pid: number): void {
  const aside = `${path}.${pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (contains(aside, text)) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

/** Content of a file; `undefined` where it does not exist. @throws Error of the system where it cannot be read */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function contains(path: string, text: string): boolean {
  try {
    return textOf(path) === text;
  } catch {
    return false;
  }
}
