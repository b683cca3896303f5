/**
 * Reads what the operating system reports about the client's end of a loopback connection: which process opened it, and whether that process has read the data
 * sent
 * to it. Only Linux reports both (`proc.ts`). On other systems, and for clients on other machines, the result is `undefined`.
 * @module
 */
import type { ClientProcess } from '../../state/journal/entry.js';
import { Proc, type ProcessStat, type SocketRow, type SocketTable, socketKey } from './proc.js';

/** The properties of the server's socket that identify the client's socket. */
export interface ServerSocket {
  /** The client's address. */
  readonly remoteAddress?: string | undefined;
  /** The client's port; `undefined` once the connection is closed. */
  readonly remotePort?: number | undefined;
  /** The server's port; `undefined` once the connection is closed. */
  readonly localPort?: number | undefined;
}

/** A table as it was read. */
interface ReadTable {
  readonly rows: ReadonlyMap<string, SocketRow>;
  /** When the reading began and ended. */
  readonly from: number;
  readonly to: number;
}

/** Number of cached processes. A client opens most of its connections from few processes. */
const MAX_CACHED_PROCESSES = 32;
/** Number of cached parents of processes. */
const MAX_CACHED_PARENTS = 32;
/**
 * How long a table, and the sockets of a process, are used to find the owner of a connection. No port or inode is reused so soon. Real milliseconds, as all
 * times here.
 */
const RECENT_MS = 1_000;
/** How long a table is used to read the state of a connection: this long, or as long as it took to read. On some machines that is several milliseconds. */
const FRESH_MS = 2;
/** Number of recorded ancestors of a process: a script may start a shell that starts the client. */
const MAX_ANCESTORS = 3;

/** Finds the processes behind client connections. */
export class ClientSockets {
  /** Processes that have opened connections, by id; the most recent last. */
  readonly #processes = new Map<number, ClientProcess>();
  /** The parents of such processes, by id; the most recent last. They show that a script still runs while it waits and has no client. */
  readonly #parents = new Map<number, ProcessStat>();

  /** The latest contents of each table. */
  readonly #tables = new Map<SocketTable, ReadTable>();
  /** Owners of sockets, by inode. It holds the sockets of recently examined processes. */
  readonly #owners = new Map<string, ClientProcess>();
  #ownersAt = 0;
  /** Id of this process. */
  #self: number | undefined;

  constructor(readonly proc: Proc = new Proc()) {}

  /** The process that opened the connection; `undefined` where the system does not report it. */
  processOf(socket: ServerSocket): ClientProcess | undefined {
    const inode = this.#inodeOf(socket);
    return inode === undefined ? undefined : (this.#ownerOf(inode) ?? this.#search(inode));
  }

  /** See `Proc.restOf`. This process counts as idle, because it always runs when it checks itself. */
  restOf(pid: number): string | undefined {
    this.#self ??= this.proc.self();
    return pid === this.#self ? '' : this.proc.restOf(pid);
  }

  /** The inode of the client's socket. A client opens many connections at once, so the table is read again only where it lacks the connection. */
  #inodeOf(socket: ServerSocket): string | undefined {
    const recent = (name: SocketTable) => this.#table(name, RECENT_MS);
    const fresh = (name: SocketTable) => this.#table(name, 0);
    const found = clientEnd(socket, recent) ?? clientEnd(socket, fresh);
    return found === undefined || found.inode === '0' ? undefined : found.inode;
  }

  /** The cached owner of a socket. */
  #ownerOf(inode: string): ClientProcess | undefined {
    const now = this.proc.now();
    if (now - this.#ownersAt >= RECENT_MS) this.#owners.clear();
    const owner = this.#owners.get(inode);
    return owner && this.#isAlive(owner) ? owner : undefined;
  }

  #search(inode: string): ClientProcess | undefined {
    for (const cached of [...this.#processes.values()].reverse()) if (this.#owns(cached, inode)) return cached;
    // A newly started process usually has the highest id.
    const pid = this.proc
      .processIds()
      .sort((a, b) => b - a)
      .find((candidate) => this.proc.openSockets(candidate).includes(inode));
    const found = pid === undefined ? undefined : this.proc.stat(pid);
    if (!found) return undefined;
    for (const cached of [this.#processes, this.#parents])
      for (const one of cached.values()) if (!this.#isAlive(one)) cached.delete(one.pid);
    const ancestors = this.#ancestorsOf(found.parent);
    const otherParents = [...this.#parents.keys()].filter((one) => !ancestors.includes(one));
    const opener: ClientProcess = {
      pid: found.pid,
      ancestors,
      startedAt: found.startedAt,
      beside: [...new Set([...this.#processes.keys(), ...otherParents])],
    };
    remember(this.#processes, opener, MAX_CACHED_PROCESSES);
    const parent = ancestors[0] === undefined ? undefined : this.proc.stat(ancestors[0]);
    if (parent) remember(this.#parents, parent, MAX_CACHED_PARENTS);
    this.#owns(opener, inode);
    return opener;
  }

  /** Whether a process has the socket open. All its open sockets are cached for a short time. */
  #owns(owner: ClientProcess, inode: string): boolean {
    const inodes = this.proc.openSockets(owner.pid);
    if (!inodes.includes(inode) || !this.#isAlive(owner)) return false;
    if (this.#owners.size === 0) this.#ownersAt = this.proc.now();
    for (const opened of inodes) this.#owners.set(opened, owner);
    return true;
  }

  /** The sockets whose clients have not read all data sent to them. */
  unread<S extends ServerSocket>(sockets: readonly S[]): ReadonlySet<S> {
    const tables = new Map<SocketTable, ReadonlyMap<string, SocketRow>>();
    const read = (name: SocketTable) => {
      const table = tables.get(name) ?? this.proc.sockets(name);
      tables.set(name, table);
      return table;
    };
    return new Set(sockets.filter((socket) => (clientEnd(socket, read)?.unread ?? 0) > 0));
  }

  /** Whether the client's process has closed its socket. A client that has only ended its sending has not. */
  hasClosed(socket: ServerSocket): boolean {
    // Many held answers are written at once, so a recent table will do.
    return clientEnd(socket, (name) => this.#freshTable(name))?.inode === '0';
  }

  /** A socket table that is at most `maxAgeMs` old. */
  #table(name: SocketTable, maxAgeMs: number): ReadonlyMap<string, SocketRow> {
    const from = this.proc.now();
    const cached = this.#tables.get(name);
    if (cached && from - cached.from < maxAgeMs) return cached.rows;
    const rows = this.proc.sockets(name);
    this.#tables.set(name, { rows, from, to: this.proc.now() });
    return rows;
  }

  /** A socket table for the answers that are written one after another. If each of them read it again, reading would take longer than writing. */
  #freshTable(name: SocketTable): ReadonlyMap<string, SocketRow> {
    const cached = this.#tables.get(name);
    if (cached && this.proc.now() - cached.to < Math.max(FRESH_MS, cached.to - cached.from)) return cached.rows;
    return this.#table(name, 0);
  }

  /** Whether the process still runs, and its id has not been reused. */
  #isAlive({ pid, startedAt }: Pick<ProcessStat, 'pid' | 'startedAt'>): boolean {
    const now = this.proc.stat(pid);
    return now !== undefined && now.startedAt === startedAt && now.state !== 'Z';
  }

  /** The process and its ancestors, nearest first. */
  #ancestorsOf(pid: number): number[] {
    const ancestors: number[] = [];
    for (let next = pid; next > 1 && ancestors.length < MAX_ANCESTORS; next = this.proc.stat(next)?.parent ?? 0)
      ancestors.push(next);
    return ancestors;
  }
}

/** Puts a process last, and forgets the first one where there are too many. */
function remember<P extends { readonly pid: number }>(processes: Map<number, P>, one: P, most: number): void {
  processes.delete(one.pid);
  processes.set(one.pid, one);
  if (processes.size > most) processes.delete(processes.keys().next().value!);
}

/** The row of the client's socket; `undefined` where the client is on another machine, or the system does not report it. */
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
