/**
 * Reads the files under `/proc` in which Linux describes TCP sockets and processes (proc_net(5), proc_pid_fd(5), proc_pid_stat(5)). Where a file is missing or
 * not
 * readable, as on every other system, the result is empty or `undefined`.
 * @module
 */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { preciseTime } from '../../runtime/clock.js';

/** File access. Each function throws where the file does not exist or is not readable. */
export interface ProcFiles {
  /** Content of a file. */
  read(path: string): string;
  /** Names in a directory. */
  list(path: string): readonly string[];
  /** Target of a symbolic link. */
  link(path: string): string;
}

/** The real files. */
const machineFiles: ProcFiles = {
  read: readWhole,
  list: (path) => readdirSync(path),
  link: (path) => readlinkSync(path),
};

/** Shared read buffer: the files are read often, and their sizes are unknown. It grows to the largest file. */
let buffer = Buffer.alloc(64 * 1024);

function readWhole(path: string): string {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const read = readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) return buffer.toString('latin1', 0, length);
      length += read;
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
    }
  } finally {
    closeSync(file);
  }
}

/** The tables of TCP sockets over IPv4 and over IPv6. */
export type SocketTable = 'tcp' | 'tcp6';

/** One row of a socket table. */
export interface SocketRow {
  /** `0` while no process has the socket open. */
  readonly inode: string;
  /** Bytes that the process has not read yet. */
  readonly unread: number;
}

/** State of a process. */
export interface ProcessStat {
  readonly pid: number;
  /** Id of the parent process. */
  readonly parent: number;
  /** Start time in epoch ms of the machine, accurate to about 10 ms. */
  readonly startedAt: number;
  /** State letter; `Z` is a process that has ended. */
  readonly state: string;
}

/** Start of the link target of a socket descriptor; the inode and a bracket follow. */
const SOCKET = 'socket:[';
/** States of a busy thread: it runs or waits for a processor (`R`), or waits for a page of memory (`D`). */
const ACTIVE: ReadonlySet<string> = new Set(['R', 'D']);
/** `starttime` counts in ticks of 10 ms (`sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/** `sl local:port remote:port state tx:rx timer retransmits uid timeout inode`. */
const ROW =
  /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} [\dA-F]{8}:([\dA-F]{8}) \S+ \S+ +\d+ +\d+ (\d+)/gm;

/** Reads the state of sockets and processes from Linux. */
export class Proc {
  /** Boot time of the machine, in epoch ms. */
  #booted: number | undefined;

  /**
   * @param files default: the real files
   * @param now epoch ms of the machine
   */
  constructor(
    readonly files: ProcFiles = machineFiles,
    readonly now: () => number = preciseTime,
  ) {}

  /** The sockets of a table by `socketKey`. Empty where the system has no such table. */
  sockets(table: SocketTable): ReadonlyMap<string, SocketRow> {
    const sockets = new Map<string, SocketRow>();
    const text = valueOrUndefined(() => this.files.read(`/proc/net/${table}`)) ?? '';
    for (const [, local, remote, unread, inode] of text.matchAll(ROW)) {
      const key = socketKey(Number.parseInt(local!, 16), Number.parseInt(remote!, 16));
      sockets.set(key, { inode: inode!, unread: Number.parseInt(unread!, 16) });
    }
    return sockets;
  }

  /** Ids of all processes; empty where the system does not report them. */
  processIds(): number[] {
    const names = valueOrUndefined(() => this.files.list('/proc')) ?? [];
    return names.filter((name) => /^\d+$/.test(name)).map(Number);
  }

  /** Inodes of the open sockets of a process; empty where the system does not report them, as for other users' processes. */
  openSockets(pid: number): string[] {
    const directory = `/proc/${pid}/fd`;
    const descriptors = valueOrUndefined(() => this.files.list(directory)) ?? [];
    return descriptors.flatMap((descriptor) => {
      // A descriptor may be closed after it was listed.
      const target = valueOrUndefined(() => this.files.link(`${directory}/${descriptor}`));
      return target?.startsWith(SOCKET) ? [target.slice(SOCKET.length, -1)] : [];
    });
  }

  /**
   * The idle state of a process. Where all threads are idle, it is a text with the number of times that each thread was given a processor. Two equal texts mean
   * that
   * the process has not run in between. `undefined` where a thread runs, waits for a processor or waits for memory. Empty where there is no such process, or
   * the
   * system does not report it.
   */
  restOf(pid: number): string | undefined {
    const directory = `/proc/${pid}/task`;
    const threads = valueOrUndefined(() => this.files.list(directory)) ?? [];
    const slices: string[] = [];
    for (const thread of threads) {
      const stat = valueOrUndefined(() => this.files.read(`${directory}/${thread}/stat`));
      if (stat !== undefined && ACTIVE.has(fieldsOf(stat)[0]!)) return undefined;
      // Fields: time on a processor, time waiting for one, number of times that it was given one.
      slices.push(
        valueOrUndefined(() => this.files.read(`${directory}/${thread}/schedstat`))
          ?.trim()
          .split(' ')[2] ?? '',
      );
    }
    return slices.join(' ').trim();
  }

  /** Id of this process; `undefined` where the system does not report it. */
  self(): number | undefined {
    return valueOrUndefined(() => Number.parseInt(this.files.read('/proc/self/stat'), 10));
  }

  /** State of a process; `undefined` where there is no such process. */
  stat(pid: number): ProcessStat | undefined {
    return valueOrUndefined(() => {
      const fields = fieldsOf(this.files.read(`/proc/${pid}/stat`));
      const startedAt = this.#bootedAt() + Number(fields[19]) * TICK_MS;
      return { pid, parent: Number(fields[1]), startedAt, state: fields[0]! };
    });
  }

  #bootedAt(): number {
    this.#booted ??= this.now() - Number.parseFloat(this.files.read('/proc/uptime')) * 1_000;
    return this.#booted;
  }
}

/** The fields of a `stat` file, starting with the state. The command name before it, in parentheses, may contain any characters. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Key of a socket in its table. @param local its own port @param remote the port of the other end */
export function socketKey(local: number, remote: number): string {
  return `${local} ${remote}`;
}

/** The result of `read`; `undefined` where it throws. */
function valueOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
