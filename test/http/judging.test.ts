/** What a server finds out about its clients while it answers them. */
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MAX_HOLD_MS, QUIET_MS } from '../../src/http/judging/answer-hold.js';
import { ClientSockets, type ServerSocket } from '../../src/http/judging/client-sockets.js';
import { Judging } from '../../src/http/judging/judging.js';
import { Proc } from '../../src/http/judging/proc.js';
import type { Journal, Left } from '../../src/state/journal/journal.js';
import { ManualTime } from './manual-time.js';

/** Answers lie unread on the sockets that the test says. */
class Unread extends ClientSockets {
  readonly waiting = new Set<ServerSocket>();
  readonly closed = new Set<ServerSocket>();
  asked = 0;

  constructor() {
    const absent = (): never => {
      throw new Error('no /proc');
    };
    super(new Proc({ read: absent, list: absent, link: absent }));
  }

  override hasClosed(socket: ServerSocket): boolean {
    return this.closed.has(socket);
  }

  override unread<S extends ServerSocket>(sockets: readonly S[]): ReadonlySet<S> {
    if (sockets.length > 0) this.asked += 1;
    return new Set(sockets.filter((one) => this.waiting.has(one)));
  }
}

function setUp(hold: boolean | 'always' = true) {
  const time = new ManualTime();
  const sockets = new Unread();
  const judging = new Judging(hold, time, sockets);
  const noted: string[] = [];
  const journal = {
    unread: (row: number, at: number) => noted.push(`row ${row} at ${at}`),
    left: (row: number, { leftAt }: Left) => noted.push(`row ${row} left at ${leftAt}`),
  } as unknown as Journal;
  const written: string[] = [];
  const send = (socket: Socket, row: number, standsStill = false) =>
    judging.send({ socket, opener: undefined }, journal, row, standsStill, (reaches) =>
      written.push(`row ${row} at ${time.now()}${reaches ? '' : ', in vain'}`),
    );
  return { time, sockets, judging, noted, written, send };
}

const socket = () => ({}) as Socket;

describe('an answer that tells its client to stop', () => {
  it('waits until arrivals are quiet', () => {
    const { time, judging, written, send } = setUp();
    judging.arrived();
    send(socket(), 1);
    time.advance(QUIET_MS - 1);
    judging.arrived();
    time.advance(1);
    expect(written).toEqual([]);
    time.advance(QUIET_MS);
    expect(written).toEqual(['row 1 at 15']);
  });

  it('waits for a connection that was opened: its request is on the way', () => {
    const { time, judging, written, send } = setUp();
    send(socket(), 1);
    time.advance(5);
    judging.opened();
    time.advance(QUIET_MS - 1);
    expect(written).toEqual([]);
    time.advance(MAX_HOLD_MS);
    expect(written).toEqual(['row 1 at 13']);
  });

  it('leaves at once where the clock stands still, or answers are not to be held', () => {
    const frozen = setUp();
    frozen.send(socket(), 1, true);
    expect(frozen.written).toEqual(['row 1 at 0']);
    const free = setUp(false);
    free.judging.opened();
    free.judging.arrived();
    free.send(socket(), 1);
    expect(free.written).toEqual(['row 1 at 0']);
  });

  it('waits while the clock stands still too, where answers are always to be held', () => {
    const { time, written, send } = setUp('always');
    send(socket(), 1, true);
    expect(written).toEqual([]);
    time.advance(QUIET_MS);
    expect(written).toEqual(['row 1 at 8']);
  });

  it('is not written to a client that has closed the connection meanwhile, which does not know it', () => {
    const { time, sockets, judging, written, noted, send } = setUp();
    const closed = { destroyed: false };
    sockets.waiting.add(closed as Socket);
    send(closed as Socket, 1);
    closed.destroyed = true;
    time.advance(QUIET_MS);
    expect([written, noted]).toEqual([[], ['row 1 left at null']]);
    judging.arrived();
    expect(sockets.asked).toBe(0);
  });
});

describe('an answer whose client has closed its end while it was held', () => {
  it('is written in vain, and not watched', () => {
    const { time, sockets, judging, written, send } = setUp();
    const closed = socket();
    send(closed, 1);
    sockets.closed.add(closed);
    time.advance(QUIET_MS);
    expect(written).toEqual(['row 1 at 8, in vain']);
    judging.arrived();
    expect(sockets.asked).toBe(0);
  });
});

describe('at each arrival', () => {
  it('answers that lie unread are noted in the journal, with the instant', () => {
    const { time, sockets, judging, noted, send } = setUp(false);
    const [slow, quick] = [socket(), socket()];
    sockets.waiting.add(slow);
    send(slow, 1);
    send(quick, 2);
    time.advance(30);
    judging.arrived();
    expect(noted).toEqual(['row 1 at 30']);
    time.advance(30);
    judging.arrived();
    expect(noted).toEqual(['row 1 at 30', 'row 1 at 60']);
  });

  it('an answer that has been read is not asked after again', () => {
    const { time, sockets, judging, noted, send } = setUp(false);
    send(socket(), 1);
    judging.arrived();
    expect(sockets.asked).toBe(1);
    time.advance(30);
    judging.arrived();
    expect(sockets.asked).toBe(1);
    expect(noted).toEqual([]);
  });

  it('an answer is not asked after a second later', () => {
    const { time, sockets, judging, noted, send } = setUp(false);
    const slow = socket();
    sockets.waiting.add(slow);
    send(slow, 1);
    time.advance(999);
    judging.arrived();
    time.advance(1);
    judging.arrived();
    expect(noted).toEqual(['row 1 at 999']);
  });

  it('an answer that has not been written yet is not asked after', () => {
    const { time, sockets, judging, noted, send } = setUp();
    const slow = socket();
    sockets.waiting.add(slow);
    send(slow, 1);
    judging.arrived();
    expect([sockets.asked, noted]).toEqual([0, []]);
    time.advance(QUIET_MS);
    judging.arrived();
    expect(noted).toEqual(['row 1 at 8']);
  });
});

describe('the instant of an arrival', () => {
  it('is exact, and the machine not busy, where no such answer is recent', () => {
    const { time, judging } = setUp(false);
    time.advance(123);
    expect(judging.arrived()).toEqual({ earliestAt: 123, lagMs: 0 });
  });

  it('is not before the last tick of the clock, every 2 ms', () => {
    const { time, judging, send } = setUp(false);
    send(socket(), 1);
    time.advance(7);
    expect(judging.arrived()).toEqual({ earliestAt: 6, lagMs: 0 });
  });

  it('may be as early as the tick before the machine gave no processor, which shows how busy it is', () => {
    const { time, judging, send } = setUp(false);
    send(socket(), 1);
    time.advance(6);
    expect(time.stall(40, () => judging.arrived())).toEqual({ earliestAt: 6, lagMs: 38 });
    // The tick is late by as much, and the memory of that fades.
    const { earliestAt, lagMs } = judging.arrived();
    expect([earliestAt, lagMs]).toEqual([46, 38]);
    time.advance(500);
    const later = judging.arrived().lagMs;
    expect(later).toBeGreaterThan(15);
    expect(later).toBeLessThan(25);
  });

  it('is exact again a second after the last such answer, when the clock has stopped', () => {
    const { time, judging, send } = setUp(false);
    send(socket(), 1);
    time.advance(500);
    send(socket(), 2);
    time.advance(999);
    expect(time.waiting).toBe(1);
    time.advance(1);
    expect(time.waiting).toBe(0);
    time.advance(55);
    expect(judging.arrived()).toEqual({ earliestAt: 1_555, lagMs: 0 });
  });

  it('forgets how busy the machine was before the clock stopped', () => {
    const { time, judging, send } = setUp(false);
    send(socket(), 1);
    time.stall(100);
    time.advance(2_000);
    send(socket(), 2);
    time.advance(2);
    expect(judging.arrived()).toMatchObject({ lagMs: 0 });
  });
});

it('the process of a connection is what the system tells, or nothing', () => {
  const { judging } = setUp();
  expect(judging.processOf({ remoteAddress: '127.0.0.1', remotePort: 1, localPort: 2 } as Socket)).toBeUndefined();
});
