/**
 * What a server does besides answering while its clients are judged: it finds out what each client knew when it sent a request.
 *
 * Answers that tell a client to stop are held until arrivals are quiet (`answer-hold.ts`), the process behind each connection is looked up, and at each arrival
 * the server asks the operating system which of those answers their clients have not read yet (`client-sockets.ts`).
 *
 * A server that was not given the processor reads a request late. While such answers are recent, a clock ticks: a request cannot have been there at the last tick
 * before it was read, since it would have been read then. How late ticks come tells how busy the machine is.
 * @module
 */
import type { Socket } from 'node:net';
import type { Journal } from '../state/journal.js';
import type { Arrived, ClientProcess } from '../state/journal-entry.js';
import { AnswerHold } from './answer-hold.js';
import { ClientSockets } from './client-sockets.js';
import { type RealTime, realTime } from './real-time.js';
import { type SentAnswer, SLEEP_WATCHED_MS, SleepWatch } from './sleep-watch.js';

/** A client that has not read an answer by then is not looked after any longer. Real milliseconds, as all here. */
const WATCHED_MS = 1_000;
/** Between two ticks of a machine that is not busy. */
const TICK_MS = 2;

export class Judging {
  readonly #time: RealTime;
  readonly #sockets: ClientSockets;
  readonly #hold: AnswerHold | undefined;
  readonly #watch: SleepWatch;
  #sent: SentAnswer[] = [];
  /** The clock ticks until then. */
  #ticksUntil = 0;
  #ticking = false;
  #lastTick = 0;
  /** How late the latest of the last ticks came: it fades. */
  #lag = 0;

  /**
   * @param hold whether answers that tell to stop wait for quiet
   * @param time real time when left out
   * @param sockets what the operating system tells when left out
   */
  constructor(hold: boolean, time: RealTime = realTime, sockets = new ClientSockets()) {
    this.#time = time;
    this.#sockets = sockets;
    this.#watch = new SleepWatch(time, sockets);
    this.#hold = hold ? new AnswerHold(time, (client) => sockets.restOf(client) === undefined) : undefined;
  }

  /** A connection was opened. */
  opened(): void {
    this.#hold?.arrived();
    this.#watch.arrived();
  }

  /** A request has arrived. Notes which answers its client cannot have known, since they lie unread. */
  arrived(): Arrived {
    this.#hold?.arrived();
    this.#watch.arrived();
    const now = this.#time.now();
    if (this.#sent.length > 0) this.#noteUnread(now);
    if (!this.#ticking) return { earliestAt: now, lagMs: 0 };
    return { earliestAt: this.#lastTick, lagMs: Math.max(this.#lag, now - this.#lastTick - TICK_MS) };
  }

  /** The process that opened the connection, where the system tells. */
  processOf(socket: Socket): ClientProcess | undefined {
    return this.#sockets.processOf(socket);
  }

  /**
   * Writes an answer that tells its client to stop: at once where the clock stands still, else once arrivals are quiet. A client that has closed the connection by
   * then never gets the answer, and the journal says so.
   *
   * @param connection that it leaves on, and the process that opened it
   * @param row the answer's row in the journal
   */
  send(
    { socket, opener }: { readonly socket: Socket; readonly opener: ClientProcess | undefined },
    journal: Journal,
    row: number,
    standsStill: boolean,
    write: () => void,
  ): void {
    const send = () => {
      if (socket.destroyed) {
        journal.left(row, NEVER);
        return;
      }
      write();
      const at = this.#time.now();
      this.#sent.push({ socket, journal, row, at });
      if (opener) this.#watch.sent(opener.pid, { socket, journal, row, at });
      this.#tickUntil(at + (opener ? SLEEP_WATCHED_MS : WATCHED_MS));
    };
    if (this.#hold && !standsStill) this.#hold.hold(send, opener?.pid);
    else send();
  }

  #noteUnread(now: number): void {
    const recent = this.#sent.filter(({ at }) => now - at < WATCHED_MS);
    const unread = this.#sockets.unread(recent.map(({ socket }) => socket));
    this.#sent = recent.filter(({ socket }) => unread.has(socket));
    for (const { journal, row } of this.#sent) journal.unread(row, now);
  }

  #tickUntil(until: number): void {
    this.#ticksUntil = until;
    if (this.#ticking) return;
    this.#ticking = true;
    this.#lag = 0;
    this.#lastTick = this.#time.now();
    this.#tick();
  }

  #tick(): void {
    this.#time.tick(() => {
      const now = this.#time.now();
      this.#lag = Math.max(FADES * this.#lag, now - this.#lastTick - TICK_MS);
      this.#lastTick = now;
      this.#watch.tick();
      if (now < this.#ticksUntil) this.#tick();
      else this.#ticking = false;
    }, TICK_MS);
  }
}

/** A closed connection counts as an answer that was handed over, unless it is known that nothing was written. */
const NEVER = { leftAt: null, answeredAt: null };

/** At every tick the memory of a late one fades by so much: half of it is gone after some 500 ms. */
const FADES = 0.997;
