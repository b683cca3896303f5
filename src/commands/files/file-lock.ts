/**
 * A lock on a file: a second file beside it that says which process has it. The lock of a process that has died is taken over.
 * @module
 */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { preciseTime } from '../../runtime/clock.js';
import type { Processes } from '../terminal/io.js';

export interface FileLock {
  /**
   * Makes sure that it is still this process that has it. To be called every ten seconds or so: other machines go by when that was last done.
   *
   * @throws Error where another process has it, or of the system
   */
  renew(): void;
  release(): void;
}

/** Who has a lock, as the file says it. */
interface Owner {
  readonly pid: number;
  /** A process of another machine cannot be looked for; its lock is known to be in use by its time. */
  readonly host: string;
  /** What `Processes.mark` said of it. */
  readonly mark: string;
  /** Epoch ms, by the machine's clock. */
  readonly since: number;
}

/** How long after it was last touched a lock is void that cannot be told from one in use: of another machine, or without an owner. */
const UNTOUCHED_MS = 60_000;

/** Those that this process has: it cannot be told from itself by what a lock says. */
const own = new Set<string>();

/**
 * @param file absolute path of what is locked; the lock is `FILE.lock`
 * @returns the lock, or who has it already
 * @throws Error of the system where the lock cannot be written
 */
export function lockFile(file: string, processes: Processes): FileLock | { readonly heldBy: string } {
  const path = `${file}.lock`;
  const { pid, host } = processes;
  if (own.has(path)) return { heldBy: `process ${pid}` };
  const text = JSON.stringify({ pid, host, mark: processes.mark(pid) ?? '', since: Math.round(preciseTime()) });
  // A void lock is removed, and another process may be quicker to make the next.
  while (!made(path, text)) {
    const found = textOf(path);
    if (found === undefined) continue;
    const heldBy = holderOf(path, found, processes);
    if (heldBy !== undefined) return { heldBy };
    removeVoid(path, found, pid);
  }
  own.add(path);
  return {
    renew() {
      const found = textOf(path);
      if (found !== undefined && found !== text) throw new Error('another process has taken the file');
      // Somebody has removed it, perhaps with its folder.
      if (found === undefined && !made(path, text)) throw new Error('another process has taken the file');
      const now = preciseTime() / 1_000;
      utimesSync(path, now, now);
    },
    release() {
      own.delete(path);
      if (has(path, text)) rmSync(path, { force: true });
    },
  };
}

/** Whether there was no such file, and is now. @throws Error of the system */
function made(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns `undefined` where the lock is void */
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

/** `undefined` where the text is none: its writer may be about to write it. */
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

/** Removes a void lock, unless another process has taken it over by now: then that one's is put back. */
function removeVoid(path: string, text: string, pid: number): void {
  const aside = `${path}.${pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (has(aside, text)) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

/** `undefined` where there is no such file. @throws Error of the system where it cannot be read */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function has(path: string, text: string): boolean {
  try {
    return textOf(path) === text;
  } catch {
    return false;
  }
}
