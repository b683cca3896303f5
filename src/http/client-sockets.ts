/**
 * What the operating system tells of the client's end of a loopback connection: which process opened it, and whether that process has read what it was sent.
 * Linux tells both (`proc.ts`). On other systems, and for clients on other machines, nothing is known.
 * @module
 */
import type { ClientProcess } from '../state/journal-entry.js';
import { Proc, type SocketRow, type SocketTable, socketKey } from './proc.js';

/** The server's end of a connection, as far as it is needed to find the client's end. */
export interface ServerSocket {
  /** The client's address. */
  readonly remoteAddress?: string | undefined;
  /** The client's port; `undefined` once the connection is closed. */
  readonly remotePort?: number | undefined;
  readonly localPort?: number | undefined;
}

/** How many processes are remembered; a client opens most of its connections from few. */
const MAX_KNOWN = 32;
/** For how many real milliseconds a table is used again. */
const RECENT_MS = 2;
/** How many ancestors of a process are noted: a script may start a shell that starts the client. */
const MAX_ANCESTORS = 3;

export class ClientSockets {
  /** Processes that have opened connections, by id; the latest last. */
  readonly #known = new Map<number, ClientProcess>();

  readonly #tables = new Map<SocketTable, { readonly at: number; readonly rows: ReadonlyMap<string, SocketRow> }>();

  constructor(readonly proc: Proc = new Proc()) {}

  /** The process that opened the connection; `undefined` where the system does not tell. */
  processOf(socket: ServerSocket): ClientProcess | undefined {
    const inode = clientEnd(socket, (table) => this.proc.sockets(table))?.inode;
    if (inode === undefined || inode === '0') return undefined;
    for (const known of [...this.#known.values()].reverse())
      if (this.proc.hasOpen(known.pid, inode) && this.#isAlive(known)) return known;
    // A process that has just been started has, as a rule, the highest number.
    const pid = this.proc
      .processIds()
      .sort((a, b) => b - a)
      .find((one) => this.proc.hasOpen(one, inode));
    const found = pid === undefined ? undefined : this.proc.stat(pid);
    if (!found) return undefined;
    for (const known of this.#known.values()) if (!this.#isAlive(known)) this.#known.delete(known.pid);
    const opener: ClientProcess = {
      pid: found.pid,
      ancestors: this.#ancestorsOf(found.parent),
      startedAt: found.startedAt,
      beside: [...this.#known.keys()],
    };
    this.#known.set(opener.pid, opener);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return opener;
  }

  /** Those of the sockets whose clients have not read all that was sent to them. */
  unread<S extends ServerSocket>(sockets: readonly S[]): ReadonlySet<S> {
    const tables = new Map<SocketTable, ReadonlyMap<string, SocketRow>>();
    const read = (name: SocketTable) => {
      const table = tables.get(name) ?? this.proc.sockets(name);
      tables.set(name, table);
      return table;
    };
    return new Set(sockets.filter((socket) => (clientEnd(socket, read)?.unread ?? 0) > 0));
  }

  /** Whether the client's process has closed its end of the connection. A client that has only ended its sending has not. */
  hasClosed(socket: ServerSocket): boolean {
    return clientEnd(socket, (table) => this.#recent(table))?.inode === '0';
  }

  /** The table, read at most every `RECENT_MS`: many held answers are written at once. */
  #recent(table: SocketTable): ReadonlyMap<string, SocketRow> {
    const now = this.proc.now();
    const known = this.#tables.get(table);
    if (known && now - known.at < RECENT_MS) return known.rows;
    const rows = this.proc.sockets(table);
    this.#tables.set(table, { at: now, rows });
    return rows;
  }

  /** Whether the process still runs, and no other process has its id by now. */
  #isAlive({ pid, startedAt }: ClientProcess): boolean {
    const now = this.proc.stat(pid);
    return now !== undefined && now.startedAt === startedAt && now.state !== 'Z';
  }

  /** The process and those that started it; the nearest first. */
  #ancestorsOf(pid: number): number[] {
    const ancestors: number[] = [];
    for (let one = pid; one > 1 && ancestors.length < MAX_ANCESTORS; one = this.proc.stat(one)?.parent ?? 0)
      ancestors.push(one);
    return ancestors;
  }
}

/** The client's end of the connection; `undefined` where the client is on another machine, or the system does not tell. */
function clientEnd(
  { remoteAddress, remotePort, localPort }: ServerSocket,
  read: (table: SocketTable) => ReadonlyMap<string, SocketRow>,
): SocketRow | undefined {
  if (remotePort === undefined || localPort === undefined || !isLoopback(remoteAddress)) return undefined;
  const key = socketKey(remotePort, localPort);
  if (remoteAddress === '::1') return read('tcp6').get(key);
  // A program may open IPv4 connections with an IPv6 socket, as Java does.
  return read('tcp').get(key) ?? read('tcp6').get(key);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:127\.|::1$|::ffff:127\.)/.test(address);
}
