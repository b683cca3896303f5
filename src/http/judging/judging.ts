/**
 * Measures, while clients are judged, what each client knew when it sent a request.
 *
 * It holds refusals until arrivals are quiet (`answer-hold.ts`). It looks up the process behind each connection. At each arrival it asks the operating system
 * which
 * refusals are still unread by their clients (`client-sockets.ts`).
 *
 * A server that the machine does not schedule in time reads a request late. So a timer ticks for a second after each arrival and each refusal. A request
 * arrived after
 * the last tick before it was read; otherwise that tick would have read it. The delay of the ticks shows how busy the machine is.
 * @module
 */

import type { Socket } from 'node:net';
import type { ArrivalTiming, ClientProcess } from '../../state/journal/entry.js';
import type { AnswerNotes } from '../replicator.js';
import { AnswerHold } from './answer-hold.js';
import { ClientSockets } from './client-sockets.js';
import { type RealTime, realTime } from './real-time.js';
import { type SentAnswer, SLEEP_WATCHED_MS, SleepWatch } from './sleep-watch.js';

/** How long after sending an answer is checked for being unread. Real milliseconds, as all times here. */
const WATCHED_MS = 1_000;
/** Interval of the ticks on an idle machine. */
const TICK_MS = 2;

/** Measurements on a server whose clients are judged. */
export class Judging {
  readonly #time: RealTime;
  readonly #sockets: ClientSockets;
  readonly #hold: AnswerHold | undefined;
  readonly #holdsFrozen: boolean;
  readonly #watch: SleepWatch;
  /** Answers that were unread at the latest query of the system, and answers sent since. */
  #sent: SentAnswer[] = [];
  /** Whether the system has been queried in this tick of the event loop. */
  #isQueried = false;
  /** The timer ticks until this time. */
  #ticksUntil = 0;
  #ticking = false;
  #lastTick = 0;
  /** The largest delay of the recent ticks, decayed with each tick. */
  #lag = 0;

  /**
   * @param hold whether refusals are held until arrivals are quiet; `always`: while the clock is frozen as well
   * @param time time source; default: real time
   * @param sockets default: the operating system's
   */
  constructor(hold: boolean | 'always', time: RealTime = realTime, sockets = new ClientSockets()) {
    this.#time = time;
    this.#sockets = sockets;
    this.#watch = new SleepWatch(time, sockets);
    this.#holdsFrozen = hold === 'always';
    this.#hold = hold ? new AnswerHold(time, (client) => sockets.restOf(client) === undefined) : undefined;
  }

  /** Records that a connection was opened. */
  opened(): void {
    this.#hold?.arrived();
    this.#watch.arrived();
  }

  /** Records the arrival of a request. The journal notes which answers are still unread: the client cannot have known them. */
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

  /** The process that opened the connection, where the system reports it. */
  processOf(socket: Socket): ClientProcess | undefined {
    return this.#sockets.processOf(socket);
  }

  /**
   * Writes a refusal: at once where the clock is frozen (unless answers are always held), otherwise once arrivals are quiet. If the client has closed the connection by then, it never gets the
   * answer,
   * and the journal records that.
   *
   * @param connection the connection of the answer: its socket, and the process that opened it
   * @param row the answer's row in the journal
   * @param isFrozen whether the clock of the sandbox is frozen
   * @param write writes the answer; its argument is false where the client has closed the connection while the answer was held
   */
  send(
    { socket, opener }: { readonly socket: Socket; readonly opener: ClientProcess | undefined },
    journal: AnswerNotes,
    row: number,
    isFrozen: boolean,
    write: (reaches: boolean) => void,
  ): void {
    const send = () => {
      write(true);
      const at = this.#time.now();
      this.#sent.push({ socket, journal, row, at });
      if (opener) this.#watch.sent(opener.pid, { socket, journal, row, at });
      this.#tickUntil(Math.max(this.#ticksUntil, at + (opener ? SLEEP_WATCHED_MS : WATCHED_MS)));
    };
    if (!this.#hold || (isFrozen && !this.#holdsFrozen)) {
      send();
      return;
    }
    this.#hold.hold(() => {
      if (socket.destroyed) journal.left(row, NOT_SENT);
      else if (this.#sockets.hasClosed(socket)) write(false);
      else send();
    }, opener?.pid);
  }

  /**
   * Notes unread answers in the journal. It queries the system once per tick of the event loop: all requests that are read in one tick arrived before the
   * query.
   */
  #noteUnread(now: number): void {
    if (!this.#isQueried) {
      const recent = this.#sent.filter(({ at }) => now - at < WATCHED_MS);
      const unread = this.#sockets.unread(recent.map(({ socket }) => socket));
      this.#sent = recent.filter(({ socket }) => unread.has(socket));
      this.#isQueried = true;
      this.#time.soon(() => {
        this.#isQueried = false;
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
      this.#lag = Math.max(LAG_DECAY * this.#lag, now - this.#lastTick - TICK_MS);
      this.#lastTick = now;
      this.#watch.tick();
      if (now < this.#ticksUntil) this.#tick();
      else this.#ticking = false;
    }, TICK_MS);
  }
}

/** The journal records the end of a connection as the end of its answers. This reverts it for an answer that was never written. */
const NOT_SENT = { leftAt: null, answeredAt: null };

/** Factor by which the lag decays at each tick. It halves in about 500 ms. */
const LAG_DECAY = 0.997;
