/** When a client's process has acted on an answer. */
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ClientSockets, type ServerSocket } from '../../src/http/judging/client-sockets.js';
import { SLEEP_WATCHED_MS, SleepWatch } from '../../src/http/judging/sleep-watch.js';
import type { Journal } from '../../src/state/journal/journal.js';
import { ManualTime } from './manual-time.js';

class Machine extends ClientSockets {
  readonly running = new Set<number>();
  readonly waiting = new Set<ServerSocket>();
  looks = 0;

  /** How often each process has been given a processor. */
  readonly slices = new Map<number, number>();

  override restOf(pid: number): string | undefined {
    this.looks += 1;
    return this.running.has(pid) ? undefined : String(this.slices.get(pid) ?? 0);
  }

  override unread<S extends ServerSocket>(sockets: readonly S[]): ReadonlySet<S> {
    return new Set(sockets.filter((one) => this.waiting.has(one)));
  }
}

function setUp() {
  const time = new ManualTime();
  const machine = new Machine();
  const watch = new SleepWatch(time, machine);
  const noted: string[] = [];
  const journal = {
    readBy: (row: number, at: number | null) => noted.push(`row ${row} ${at === null ? 'watched' : `read by ${at}`}`),
  } as unknown as Journal;
  const send = (pid: number, row: number) => {
    const socket = {} as Socket;
    watch.sent(pid, { socket, journal, row, at: time.now() });
    return socket;
  };
  /** Ticks every 2 ms. */
  const pass = (ms: number) => {
    for (let i = 0; i < ms; i += 2) {
      time.advance(2);
      watch.tick();
    }
  };
  return { time, machine, watch, noted, send, pass };
}

describe('an answer', () => {
  it('is acted on once its client sleeps with the answer read', () => {
    const { machine, noted, send, pass } = setUp();
    machine.running.add(7);
    const socket = send(7, 1);
    machine.waiting.add(socket);
    pass(4);
    machine.running.clear();
    pass(2);
    expect(noted).toEqual(['row 1 watched']);
    machine.waiting.clear();
    pass(4);
    expect(noted).toEqual(['row 1 watched', 'row 1 read by 8']);
  });

  it('is looked for at longer intervals after a while, and no more after three seconds', () => {
    const { machine, noted, send, pass } = setUp();
    machine.running.add(7);
    send(7, 1);
    pass(20);
    expect(machine.looks).toBe(10);
    pass(16);
    expect(machine.looks).toBe(11);
    pass(SLEEP_WATCHED_MS);
    const { looks } = machine;
    machine.running.clear();
    pass(100);
    expect(machine.looks).toBe(looks);
    expect(noted).toEqual(['row 1 watched']);
  });

  it('of one client says nothing of another', () => {
    const { machine, noted, send, pass } = setUp();
    machine.running.add(7);
    send(7, 1);
    send(8, 2);
    pass(2);
    expect(noted).toEqual(['row 1 watched', 'row 2 watched', 'row 2 read by 2']);
  });

  it('is forgotten where its client never sleeps, however long it is answered', () => {
    const { machine, noted, send, pass } = setUp();
    machine.running.add(7);
    for (let row = 1; row <= 9; row++) {
      send(7, row);
      pass(1_000);
    }
    machine.running.clear();
    pass(20);
    // Those of the last seconds are left.
    expect(noted.filter((one) => one.includes('read by')).map((one) => one.split(' ')[1])).toEqual([
      '5',
      '6',
      '7',
      '8',
      '9',
    ]);
  });

  it('is not acted on for certain while something arrives, or the client wakes up', () => {
    const { time, machine, watch, noted, send, pass } = setUp();
    send(7, 1);
    time.beforePoll = () => watch.arrived();
    pass(2);
    time.beforePoll = () => machine.slices.set(7, (machine.slices.get(7) ?? 0) + 1);
    pass(2);
    expect(noted).toEqual(['row 1 watched']);
    time.beforePoll = undefined;
    pass(2);
    expect(noted).toEqual(['row 1 watched', 'row 1 read by 6']);
  });
});
