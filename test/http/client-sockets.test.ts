/** What `/proc` tells of the client's end of a connection. */
import { describe, expect, it } from 'vitest';
import { ClientSockets, type ServerSocket } from '../../src/http/judging/client-sockets.js';
import { Proc, type ProcFiles } from '../../src/http/judging/proc.js';

/** The machine's epoch ms at which it was started, and now. */
const BOOTED = 1_700_000_000_000;
const NOW = BOOTED + 5_000_000;

/** As the kernel prints them: the server's end, the client's end, and a socket that is closing. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:10C2 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9000 1 0000000000000000 100 0 0 10 0
   1: 0100007F:10C2 0100007F:D431 01 00000000:00000000 02:000AFC01 00000000     0        0 9001 2 0000000000000000 20 4 30 10 -1
   2: 0100007F:D431 0100007F:10C2 01 00000000:0000012C 02:000AFC01 00000000  1000        0 9002 2 0000000000000000 20 4 30 10 -1
   3: 0100007F:D432 0100007F:10C2 01 00000000:00000000 00:00000000 00000000  1000        0 9003 1 0000000000000000 20 4 30 10 -1
   4: 0100007F:D433 0100007F:10C2 06 00000000:00000000 03:00000A2B 00000000     0        0 0 3 0000000000000000
`;
const TABLE_6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:D431 00000000000000000000000001000000:10C2 01 00000000:00000007 00:00000000 00000000  1000        0 9600 1 0000000000000000 20 4 30 10 -1
`;

/** The client's end of a connection to 127.0.0.1, by a program that uses IPv6 sockets for both. */
const TABLE_MAPPED = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:D431 0000000000000000FFFF00000100007F:10C2 01 00000000:00000009 00:00000000 00000000  1000        0 9700 1 0000000000000000 20 4 30 10 -1
`;

/** Ports of the table: 0x10C2 is the server's, 0xD431 and the next are clients'. */
const [SERVER, FIRST, SECOND, CLOSING] = [0x10c2, 0xd431, 0xd432, 0xd433];

interface Process {
  readonly parent?: number;
  /** Ticks of 10 ms after the machine was started. */
  readonly started?: number;
  readonly name?: string;
  readonly state?: string;
  /** Inodes of the sockets that it has open. */
  readonly sockets?: readonly number[];
}

class Machine implements ProcFiles {
  readonly processes = new Map<number, Process>();
  readonly reads: string[] = [];

  constructor(
    readonly tables: Readonly<Record<string, string>> = { '/proc/net/tcp': TABLE, '/proc/net/tcp6': TABLE_6 },
  ) {}

  read(path: string): string {
    this.reads.push(path);
    if (path === '/proc/uptime') return `${(NOW - BOOTED) / 1_000} 1234.56\n`;
    const table = this.tables[path];
    if (table !== undefined) return table;
    const pid = Number(/^\/proc\/(\d+)\/stat$/.exec(path)?.[1]);
    const { parent = 1, started = 100, name = 'node', state = 'S' } = this.#process(pid, path);
    return `${pid} (${name}) ${state} ${parent} ${pid} ${pid} 0 -1 4194304 1 0 0 0 3 1 0 0 20 0 11 0 ${started} 1000 200 18446744073709551615\n`;
  }

  list(path: string): readonly string[] {
    this.reads.push(path);
    if (path === '/proc') return ['acpi', ...[...this.processes.keys()].map(String), 'self', 'uptime'];
    const { sockets = [] } = this.#process(Number(/^\/proc\/(\d+)\/fd$/.exec(path)?.[1]), path);
    return ['0', ...sockets.map((_, i) => String(i + 3)), '99'];
  }

  link(path: string): string {
    const [, pid, fd] = /^\/proc\/(\d+)\/fd\/(\d+)$/.exec(path)!;
    // A descriptor that has been closed since it was listed.
    if (fd === '99') throw new Error(`ENOENT: ${path}`);
    return fd === '0' ? '/dev/null' : `socket:[${this.#process(Number(pid), path).sockets![Number(fd) - 3]}]`;
  }

  #process(pid: number, path: string): Process {
    const found = this.processes.get(pid);
    if (!found) throw new Error(`ENOENT: ${path}`);
    return found;
  }
}

function machine(processes: Readonly<Record<number, Process>> = {}): { files: Machine; sockets: ClientSockets } {
  const files = new Machine();
  for (const [pid, one] of Object.entries(processes)) files.processes.set(Number(pid), one);
  return { files, sockets: new ClientSockets(new Proc(files, () => NOW)) };
}

/** The server's end of a connection that a client opened from that port. */
const from = (remotePort: number, remoteAddress = '127.0.0.1'): ServerSocket => ({
  remoteAddress,
  remotePort,
  localPort: SERVER,
});

describe('the process that opened a connection', () => {
  it('is found by the inode of the client’s end, with its ancestors and its start', () => {
    const { sockets } = machine({
      40: { parent: 1 },
      50: { parent: 40 },
      60: { parent: 50, started: 4_321, sockets: [7, 9002] },
      70: { sockets: [9001] },
    });
    expect(sockets.processOf(from(FIRST))).toEqual({
      pid: 60,
      ancestors: [50, 40],
      startedAt: BOOTED + 43_210,
      beside: [],
    });
  });

  it('may have a name with parentheses and spaces', () => {
    const { sockets } = machine({ 60: { name: 'a) Z 9 (b', parent: 40, started: 7, sockets: [9002] } });
    expect(sockets.processOf(from(FIRST))).toMatchObject({ pid: 60, ancestors: [40], startedAt: BOOTED + 70 });
  });

  it('has at most three ancestors that are noted', () => {
    const chain = { 10: { parent: 1 }, 20: { parent: 10 }, 30: { parent: 20 }, 40: { parent: 30 } };
    const { sockets } = machine({ ...chain, 60: { parent: 40, sockets: [9002] } });
    expect(sockets.processOf(from(FIRST))!.ancestors).toEqual([40, 30, 20]);
  });

  it('is the same for its next connection, and is not looked for among all processes again', () => {
    const { files, sockets } = machine({ 60: { sockets: [9002, 9003] } });
    const first = sockets.processOf(from(FIRST));
    files.reads.length = 0;
    expect(sockets.processOf(from(SECOND))).toBe(first);
    expect(files.reads).not.toContain('/proc');
  });

  it('is told which others were still there', () => {
    const { files, sockets } = machine({ 60: { sockets: [9002] } });
    sockets.processOf(from(FIRST));
    files.processes.set(61, { started: 200, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 61, beside: [60] });
  });

  it.each([
    ['has ended', undefined],
    ['waits for its parent to notice that it ended', { state: 'Z' }],
    ['has given its id to another', { started: 300 }],
  ] as const)('is not told of one that %s', (_name, then) => {
    const { files, sockets } = machine({ 60: { sockets: [9002] } });
    sockets.processOf(from(FIRST));
    if (then) files.processes.set(60, then);
    else files.processes.delete(60);
    files.processes.set(61, { started: 200, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 61, beside: [] });
  });

  it('is told which parents of others were still there, but not its own ancestors', () => {
    const { files, sockets } = machine({
      40: {},
      50: { parent: 40 },
      51: { parent: 40 },
      60: { parent: 50, sockets: [9002] },
    });
    sockets.processOf(from(FIRST));
    files.processes.delete(60);
    files.processes.set(61, { parent: 51, started: 200, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 61, ancestors: [51, 40], beside: [50] });
  });

  it('is told of no parent that is its own ancestor', () => {
    const { files, sockets } = machine({ 50: {}, 60: { parent: 50, sockets: [9002] } });
    sockets.processOf(from(FIRST));
    files.processes.delete(60);
    files.processes.set(61, { parent: 50, started: 200, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 61, ancestors: [50], beside: [] });
  });

  it.each([
    ['has ended', undefined],
    ['waits for its own parent to notice that it ended', { state: 'Z' }],
    ['has given its id to another', { started: 300 }],
  ] as const)('is not told of a parent that %s', (_name, then) => {
    const { files, sockets } = machine({ 50: {}, 51: {}, 60: { parent: 50, sockets: [9002] } });
    sockets.processOf(from(FIRST));
    files.processes.delete(60);
    if (then) files.processes.set(50, then);
    else files.processes.delete(50);
    files.processes.set(61, { parent: 51, started: 200, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 61, beside: [] });
  });

  it('is told of a process once that is a client and the parent of one', () => {
    const { files, sockets } = machine({ 60: { sockets: [9002] } });
    sockets.processOf(from(FIRST));
    files.processes.set(61, { parent: 60, started: 200, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 61, beside: [60] });
    files.processes.delete(61);
    files.processes.set(62, { started: 300, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 62, beside: [60] });
  });

  it('is told of the 32 parents that were seen last', () => {
    const { files } = machine();
    let now = NOW;
    const sockets = new ClientSockets(new Proc(files, () => now));
    const next = (parent: number, pid: number) => {
      // The inode is used anew, and the client before has ended.
      now += 1_000;
      for (const other of files.processes.keys()) if (other >= 200) files.processes.delete(other);
      files.processes.set(parent, {});
      files.processes.set(pid, { parent, sockets: [9002] });
      return sockets.processOf(from(FIRST))!.beside;
    };
    for (let n = 0; n < 32; n++) expect(next(100 + n, 200 + n)).toHaveLength(n);
    // The oldest parent is seen again, so that the one after it is forgotten first.
    next(100, 300);
    next(150, 301);
    const beside = next(151, 302);
    expect(beside).toHaveLength(32);
    expect(beside).toContain(100);
    expect(beside).not.toContain(101);
  });

  it('is not one that ended and whose id another process has, which opened the connection', () => {
    const { files, sockets } = machine({ 60: { sockets: [9002] } });
    const first = sockets.processOf(from(FIRST))!;
    files.processes.set(60, { started: 300, sockets: [9003] });
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 60, startedAt: first.startedAt + 2_000 });
  });

  it('is remembered with 31 others', () => {
    const { files } = machine();
    let now = NOW;
    const sockets = new ClientSockets(new Proc(files, () => now));
    for (let pid = 100; pid < 140; pid++) {
      // The inode is used anew.
      now += 1_000;
      files.processes.set(pid, { sockets: [9002] });
      for (const [other, one] of files.processes) if (other < pid) files.processes.set(other, { ...one, sockets: [] });
      expect(sockets.processOf(from(FIRST))!.beside).toHaveLength(Math.min(pid - 100, 32));
    }
  });

  it.each([
    ['the client is on another machine', from(FIRST, '192.0.2.7')],
    ['the connection is closed', { remoteAddress: undefined, remotePort: undefined, localPort: undefined }],
    ['the table does not have it', from(1)],
    ['nobody has the client’s end open any more', from(CLOSING)],
    ['the process is another user’s', from(SECOND)],
  ] as const)('is not known where %s', (_name, socket) => {
    expect(machine({ 60: { sockets: [9002] } }).sockets.processOf(socket)).toBeUndefined();
  });

  it('is found where it opens an IPv4 connection with an IPv6 socket', () => {
    const files = new Machine({ '/proc/net/tcp': '', '/proc/net/tcp6': TABLE_MAPPED });
    files.processes.set(60, { sockets: [9700] });
    const sockets = new ClientSockets(new Proc(files, () => NOW));
    expect(sockets.processOf(from(FIRST))).toMatchObject({ pid: 60 });
    expect(sockets.unread([from(FIRST)]).size).toBe(1);
  });

  it('is found over IPv6, and over IPv4 to a server on ::', () => {
    const { sockets } = machine({ 60: { sockets: [9600] }, 61: { sockets: [9002] } });
    expect(sockets.processOf(from(FIRST, '::1'))).toMatchObject({ pid: 60 });
    expect(sockets.processOf(from(FIRST, '::ffff:127.0.0.1'))).toMatchObject({ pid: 61 });
  });
});

describe('a burst of connections', () => {
  it('costs one look at the table and one at the descriptors of its process', () => {
    const { files, sockets } = machine({ 60: { sockets: [9002, 9003] } });
    expect(sockets.processOf(from(FIRST))).toMatchObject({ pid: 60 });
    const before = files.reads.length;
    expect(sockets.processOf(from(SECOND))).toMatchObject({ pid: 60 });
    expect(files.reads.slice(before)).toEqual(['/proc/60/stat']);
  });
});

describe('a process', () => {
  /** @param slices how often each thread has been given a processor */
  const threads = (states: readonly string[], slices: readonly number[] = []) => {
    const files: ProcFiles = {
      read: (path) => {
        if (path === '/proc/self/stat') return '7 (node) R 1 7';
        const thread = Number(/task\/(\d+)/.exec(path)![1]);
        return path.endsWith('/schedstat') ? `9000 800 ${slices[thread]}\n` : `1 (a) ) ${states[thread]} 1 1`;
      },
      list: () => states.map((_, i) => String(i)),
      link: () => '',
    };
    return new ClientSockets(new Proc(files, () => NOW));
  };

  it.each(['R', 'D'])('is at work while any of its threads is (%s)', (state) => {
    expect(threads(['S', state]).restOf(60)).toBeUndefined();
  });

  it('rests otherwise, and it is told how often it was at work', () => {
    expect(threads(['S', 'S'], [12, 3]).restOf(60)).toBe('12 3');
  });

  it('that is this one is at rest: it asks', () => {
    expect(threads(['R']).restOf(7)).toBe('');
  });
});

describe('what a client has not read', () => {
  it('is what its end of the connection still holds', () => {
    const { sockets } = machine();
    const [waiting, read] = [from(FIRST), from(SECOND)];
    expect([...sockets.unread([waiting, read])]).toEqual([waiting]);
  });

  it('is looked up in each table once', () => {
    const { files, sockets } = machine();
    const six = from(FIRST, '::1');
    expect(sockets.unread([from(FIRST), from(SECOND), from(FIRST), six]).has(six)).toBe(true);
    expect(files.reads).toEqual(['/proc/net/tcp', '/proc/net/tcp6']);
  });

  it('is not asked for where there is nothing to ask for', () => {
    const { files, sockets } = machine();
    expect(sockets.unread([]).size).toBe(0);
    expect(sockets.unread([from(FIRST, '192.0.2.7')]).size).toBe(0);
    expect(files.reads).toEqual([]);
  });
});

describe('a client', () => {
  it('has closed its end once no process has it open', () => {
    const { sockets } = machine();
    expect([FIRST, SECOND, CLOSING, 1].map((port) => sockets.hasClosed(from(port)))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('is looked up in a table that is read once for many at the same time', () => {
    const { files, sockets } = machine();
    for (const port of [FIRST, SECOND, CLOSING]) sockets.hasClosed(from(port));
    expect(files.reads).toEqual(['/proc/net/tcp']);
  });

  it('is looked up in a table that is read once for many, also where reading takes long', () => {
    let now = NOW;
    const files = new Machine();
    const slow = {
      list: (path: string) => files.list(path),
      link: (path: string) => files.link(path),
      read(path: string) {
        now += 6;
        return files.read(path);
      },
    };
    const sockets = new ClientSockets(new Proc(slow, () => now));
    for (const port of [FIRST, SECOND, CLOSING]) {
      sockets.hasClosed(from(port));
      now += 1;
    }
    expect(files.reads).toEqual(['/proc/net/tcp']);
    now += 4;
    sockets.hasClosed(from(FIRST));
    expect(files.reads).toHaveLength(2);
  });

  it('is looked up again later', () => {
    let now = NOW;
    const files = new Machine();
    const sockets = new ClientSockets(new Proc(files, () => now));
    sockets.hasClosed(from(FIRST));
    now += 2;
    sockets.hasClosed(from(FIRST));
    expect(files.reads).toHaveLength(2);
  });
});

describe('without /proc', () => {
  const absent = (path: string): never => {
    throw new Error(`ENOENT: ${path}`);
  };
  const sockets = new ClientSockets(new Proc({ read: absent, list: absent, link: absent }, () => NOW));

  it('nothing is known, and nothing fails', () => {
    expect(sockets.processOf(from(FIRST))).toBeUndefined();
    expect(sockets.unread([from(FIRST)]).size).toBe(0);
  });

  it('there are no processes, no sockets and no descriptors', () => {
    const { proc } = sockets;
    expect([proc.processIds(), proc.sockets('tcp').size, proc.openSockets(1), proc.stat(1)]).toEqual([
      [],
      0,
      [],
      undefined,
    ]);
    expect([proc.restOf(1), sockets.restOf(1)]).toEqual(['', '']);
  });
});

it('a table that is printed in another way tells nothing', () => {
  const files = new Machine({ '/proc/net/tcp': 'sl local remote\n 0: nonsense\n' });
  expect(new Proc(files, () => NOW).sockets('tcp').size).toBe(0);
});
