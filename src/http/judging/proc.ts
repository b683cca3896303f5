/**
 * The files under `/proc` in which Linux describes TCP sockets and processes (proc_net(5), proc_pid_fd(5), proc_pid_stat(5)). Where a file is missing or may not be
 * read, as on every other system, the answer is that nothing is known.
 * @module
 */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { preciseTime } from '../../runtime/clock.js';

/** How the files are read. Each function throws where there is no such file, or where it may not be read. */
export interface ProcFiles {
  read(path: string): string;
  /** Names in a directory. */
  list(path: string): readonly string[];
  /** Target of a symbolic link. */
  link(path: string): string;
}

/** The machine's own files. */
const machineFiles: ProcFiles = {
  read: readWhole,
  list: (path) => readdirSync(path),
  link: (path) => readlinkSync(path),
};

/** Used again for each file: they are read often, and their sizes are not told. Grows with the largest. */
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

/** What the system tells of a process. */
export interface ProcessStat {
  readonly pid: number;
  /** Id of the process that started it. */
  readonly parent: number;
  /** The machine's epoch ms; exact to about 10 ms. */
  readonly startedAt: number;
  /** One letter: `Z` is a process that has ended. */
  readonly state: string;
}

/** How a descriptor of a socket begins; its inode and a bracket follow. */
const SOCKET = 'socket:[';
/** States of a thread that has something to do: it runs or waits for a processor, or it waits for a page of memory. */
const ACTIVE: ReadonlySet<string> = new Set(['R', 'D']);
/** `starttime` counts in ticks of 10 ms (`sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/** `sl local:port remote:port state tx:rx timer retransmits uid timeout inode`. */
const ROW =
  /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} [\dA-F]{8}:([\dA-F]{8}) \S+ \S+ +\d+ +\d+ (\d+)/gm;

/** Reads what Linux tells of sockets and processes. */
export class Proc {
  /** The machine's epoch ms at which it was started. */
  #booted: number | undefined;

  /** @param files the machine's own when left out @param now the machine's epoch ms */
  constructor(
    readonly files: ProcFiles = machineFiles,
    readonly now: () => number = preciseTime,
  ) {}

  /** The sockets of one table by `socketKey`. Empty where the system has no such table. */
  sockets(table: SocketTable): ReadonlyMap<string, SocketRow> {
    const sockets = new Map<string, SocketRow>();
    const text = known(() => this.files.read(`/proc/net/${table}`)) ?? '';
    for (const [, local, remote, unread, inode] of text.matchAll(ROW)) {
      const key = socketKey(Number.parseInt(local!, 16), Number.parseInt(remote!, 16));
      sockets.set(key, { inode: inode!, unread: Number.parseInt(unread!, 16) });
    }
    return sockets;
  }

  /** Ids of all processes; empty where the system does not tell. */
  processIds(): number[] {
    const names = known(() => this.files.list('/proc')) ?? [];
    return names.filter((name) => /^\d+$/.test(name)).map(Number);
  }

  /** Inodes of the sockets that a process has open; none where the system does not tell, as for other users' processes. */
  openSockets(pid: number): string[] {
    const directory = `/proc/${pid}/fd`;
    const descriptors = known(() => this.files.list(directory)) ?? [];
    return descriptors.flatMap((one) => {
      // A descriptor may be closed after it was listed.
      const target = known(() => this.files.link(`${directory}/${one}`));
      return target?.startsWith(SOCKET) ? [target.slice(SOCKET.length, -1)] : [];
    });
  }

  /**
   * How often each thread of a process has been given a processor, as text, if none of them runs, waits for a processor or waits for memory; `undefined` if one
   * does. Two equal texts mean that the process has done nothing in between. Empty where there is no such process, or the system does not tell.
   */
  restOf(pid: number): string | undefined {
    const directory = `/proc/${pid}/task`;
    const threads = known(() => this.files.list(directory)) ?? [];
    const slices: string[] = [];
    for (const thread of threads) {
      const stat = known(() => this.files.read(`${directory}/${thread}/stat`));
      if (stat !== undefined && ACTIVE.has(fieldsOf(stat)[0]!)) return undefined;
      // Time on a processor, time of waiting for one, and the number of times it was given one.
      slices.push(
        known(() => this.files.read(`${directory}/${thread}/schedstat`))
          ?.trim()
          .split(' ')[2] ?? '',
      );
    }
    return slices.join(' ').trim();
  }

  /** Id of this process; `undefined` where the system does not tell. */
  self(): number | undefined {
    return known(() => Number.parseInt(this.files.read('/proc/self/stat'), 10));
  }

  /** `undefined` where there is no such process. */
  stat(pid: number): ProcessStat | undefined {
    return known(() => {
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

/** The fields of a `stat` file from the state on. The name of the command before it, in parentheses, may hold anything. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The key of a socket in its table. @param local its own port @param remote the port of the other end */
export function socketKey(local: number, remote: number): string {
  return `${local} ${remote}`;
}

/** `undefined` where it cannot be read. */
function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
