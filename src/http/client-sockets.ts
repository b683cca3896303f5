/**
 * What the operating system tells of the client's end of a loopback connection: which process opened it, and whether that process has read what it was sent.
 * Linux tells both under `/proc` (proc_net(5), proc_pid_fd(5), proc_pid_stat(5)); elsewhere, and for clients on other machines, nothing is known.
 * @module
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { preciseTime } from '../clock.js';
import type { ClientProcess } from '../state/journal-entry.js';

/** The client's socket in the table of the system. */
interface ClientSocket {
  readonly inode: string;
  /** Bytes that its process has not read yet. */
  readonly unread: number;
}

/** How many processes are remembered; a client opens most of its connections from few. */
const MAX_KNOWN = 32;
/** `starttime` counts in ticks of 10 ms (`sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

export class ClientSockets {
  /** Processes that have opened connections, by id; the latest last. */
  readonly #known = new Map<number, ClientProcess>();

  /** The process that opened the connection; `undefined` where the system does not tell. */
  processOf({ remoteAddress, remotePort, localPort }: Socket): ClientProcess | undefined {
    if (remotePort === undefined || localPort === undefined || !isLoopback(remoteAddress)) return undefined;
    const socket = table(remoteAddress!).get(key(remotePort, localPort));
    if (!socket || socket.inode === '0') return undefined;
    const link = `socket:[${socket.inode}]`;
    for (const known of [...this.#known.values()].reverse())
      if (hasOpen(known.pid, link) && isAlive(known)) return known;
    // A process that has just been started has, as a rule, the highest number.
    const pid = processIds()
      .sort((a, b) => b - a)
      .find((one) => hasOpen(one, link));
    const found = pid === undefined ? undefined : statOf(pid);
    if (!found) return undefined;
    for (const known of this.#known.values()) if (!isAlive(known)) this.#known.delete(known.pid);
    const { startedAt } = found;
    const opener: ClientProcess = {
      pid: found.pid,
      ancestors: ancestorsOf(found.parent),
      startedAt,
      beside: [...this.#known.keys()],
    };
    this.#known.set(opener.pid, opener);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return opener;
  }

  /** Which of the sockets' clients have not read all that was sent to them. */
  unread(sockets: readonly Socket[]): ReadonlySet<Socket> {
    const tables = new Map<string, ReadonlyMap<string, ClientSocket>>();
    const found = new Set<Socket>();
    for (const socket of sockets) {
      const { remoteAddress, remotePort, localPort } = socket;
      if (remotePort === undefined || localPort === undefined || !isLoopback(remoteAddress)) continue;
      const family = familyOf(remoteAddress!);
      if (!tables.has(family)) tables.set(family, table(remoteAddress!));
      if ((tables.get(family)!.get(key(remotePort, localPort))?.unread ?? 0) > 0) found.add(socket);
    }
    return found;
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:127\.|::1$|::ffff:127\.)/.test(address);
}

/** A server on `::` takes IPv4 connections too; the client's end of those is an IPv4 socket. */
function familyOf(address: string): 'tcp' | 'tcp6' {
  return address === '::1' ? 'tcp6' : 'tcp';
}

/** Client sockets by their own port and the server's. Empty where the system has no such table. */
function table(address: string): ReadonlyMap<string, ClientSocket> {
  const sockets = new Map<string, ClientSocket>();
  let text: string;
  try {
    text = readFileSync(`/proc/net/${familyOf(address)}`, 'latin1');
  } catch {
    return sockets;
  }
  for (const [, local, remote, unread, inode] of text.matchAll(LINE))
    sockets.set(key(Number.parseInt(local!, 16), Number.parseInt(remote!, 16)), {
      inode: inode!,
      unread: Number.parseInt(unread!, 16),
    });
  return sockets;
}

/** `sl local:port remote:port state tx:rx timer retransmits uid timeout inode`. */
const LINE =
  /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} [\dA-F]{8}:([\dA-F]{8}) \S+ \S+ +\d+ +\d+ (\d+)/gm;

function key(local: number, remote: number): string {
  return `${local} ${remote}`;
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Whether one of the process's descriptors is that socket. Processes of other users are not told. */
function hasOpen(pid: number, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`) === link);
  } catch {
    return false;
  }
}

/** A descriptor may be closed between the list and the look. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whether it is still there, and no other process has its id by now. */
function isAlive({ pid, startedAt }: ClientProcess): boolean {
  const now = statOf(pid);
  return now !== undefined && now.startedAt === startedAt && now.state !== 'Z';
}

/** A process and those that started it, as far as they matter. */
function ancestorsOf(pid: number): number[] {
  const ancestors: number[] = [];
  for (let one = pid; one > 1 && ancestors.length < MAX_ANCESTORS; one = statOf(one)?.parent ?? 0) ancestors.push(one);
  return ancestors;
}

/** A script may start a shell that starts the client. */
const MAX_ANCESTORS = 3;

function statOf(pid: number): { pid: number; parent: number; startedAt: number; state: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the command, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startedAt = bootedAt() + Number(fields[19]) * TICK_MS;
    return { pid, parent: Number(fields[1]), startedAt, state: fields[0]! };
  } catch {
    return undefined;
  }
}

let booted: number | undefined;

/** The machine's epoch ms. */
function bootedAt(): number {
  booted ??= preciseTime() - Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1_000;
  return booted;
}
