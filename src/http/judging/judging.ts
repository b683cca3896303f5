/**
 * What a server does while its clients are judged, to find out what each client knew when it sent a request.
 *
 * It holds answers that tell a client to stop until arrivals are quiet (`answer-hold.ts`). It looks up the process behind each connection, and at each arrival asks the
 * operating system which of those answers their clients have not read yet (`client-sockets.ts`).
 *
 * A server that the machine does not schedule in time reads a request late. So a timer ticks for a second after each arrival and each such answer. A request arrived after the last tick
 * before it was read, or it would have been read at that tick. How late the ticks come shows how busy the machine is.
 * @module
 */

import type { Socket } from 'node:net';
import type { ArrivalTiming, ClientProcess } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import { AnswerHold } from './answer-hold.js';
import { ClientSockets } from './client-sockets.js';
import { type RealTime, realTime } from './real-time.js';
import { type SentAnswer, SLEEP_WATCHED_MS, SleepWatch } from './sleep-watch.js';

/** For how long after it was sent an answer is watched: whether its client has read it. Real milliseconds, as everything here. */
const WATCHED_MS = 1_000;
/** Interval of the ticks on a machine that is not busy. */
const TICK_MS = 2;

export class Judging {
  readonly #time: RealTime;
  readonly #sockets: ClientSockets;
  readonly #hold: AnswerHold | undefined;
  readonly #watch: SleepWatch;
  /** Answers that were unread when the system was asked last, and those that have left since. */
  #sent: SentAnswer[] = [];
  /** Whether the system has been asked in this turn of the event loop. */
  #isAsked = false;
  /** The timer ticks until then. */
  #ticksUntil = 0;
  #ticking = false;
  #lastTick = 0;
  /** By how much the latest of the recent ticks came too late; it decays with each tick. */
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

  /** A request has arrived. Notes in the journal which answers are still unread: the client cannot have known them. */
  arrived(): ArrivalTiming {
    this.#hold?.arrived();
    this.#watch.arrived();
    const now = this.#time.now();
    if (this.#sent.length > 0) this.#noteUnread(now);
    const wasTicking = this.#ticking;
    this.#tickUntil(Math.max(this.#ticksUntil, now + WATCHED_MS));
    if (!wasTicking) return { earliestAt: now, lagMs: 0 };
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
   * @param write writes the answer; gets whether it can reach the client, which may have closed the connection while the answer was held
   */
  send(
    { socket, opener }: { readonly socket: Socket; readonly opener: ClientProcess | undefined },
    journal: JournalStore,
    row: number,
    standsStill: boolean,
    write: (reaches: boolean) => void,
  ): void {
    const send = () => {
      write(true);
      const at = this.#time.now();
      this.#sent.push({ socket, journal, row, at });
      if (opener) this.#watch.sent(opener.pid, { socket, journal, row, at });
      this.#tickUntil(Math.max(this.#ticksUntil, at + (opener ? SLEEP_WATCHED_MS : WATCHED_MS)));
    };
    if (!this.#hold || standsStill) {
      send();
      return;
    }
    this.#hold.hold(() => {
      if (socket.destroyed) journal.left(row, NEVER);
      else if (this.#sockets.hasClosed(socket)) write(false);
      else send();
    }, opener?.pid);
  }

  /**
   * The system is asked once in a turn of the event loop: all requests that are read in one turn had arrived before it was asked.
   */
  #noteUnread(now: number): void {
    if (!this.#isAsked) {
      const recent = this.#sent.filter(({ at }) => now - at < WATCHED_MS);
      const unread = this.#sockets.unread(recent.map(({ socket }) => socket));
      this.#sent = recent.filter(({ socket }) => unread.has(socket));
      this.#isAsked = true;
      this.#time.soon(() => {
        this.#isAsked = false;
      });
    }
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

/** The end of a connection is journalled as the end of its answers. This takes it back for an answer that was never written. */
const NEVER = { leftAt: null, answeredAt: null };

/** The lag is multiplied by this at every tick: it halves in about 500 ms. */
const FADES = 0.997;
