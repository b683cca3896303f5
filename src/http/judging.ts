/**
 * What a server does besides answering while its clients are judged: it finds out what each client knew when it sent a request.
 *
 * Refusals are held until arrivals are quiet (`refusal-hold.ts`), the process behind each connection is looked up, and at each arrival the server asks the
 * operating system which refusals their clients have not read yet (`client-sockets.ts`).
 * @module
 */
import type { Socket } from 'node:net';
import { preciseTime } from '../clock.js';
import type { ClientProcess, Journal } from '../state/journal.js';
import { ClientSockets } from './client-sockets.js';
import { RefusalHold } from './refusal-hold.js';

/** A refusal whose client may not have read it. */
interface Sent {
  readonly socket: Socket;
  readonly journal: Journal;
  readonly row: number;
  readonly at: number;
}

/** A client that has not read an answer by then is not looked after any longer, in real milliseconds. */
const WATCHED_MS = 250;

export class Judging {
  readonly #sockets = new ClientSockets();
  readonly #hold: RefusalHold | undefined;
  #sent: Sent[] = [];

  /** @param hold whether refusals wait for quiet */
  constructor(hold: boolean) {
    this.#hold = hold ? new RefusalHold() : undefined;
  }

  /** A connection was opened. */
  opened(): void {
    this.#hold?.arrived();
  }

  /** A request has arrived. Notes which refusals its client cannot have known, since they lie unread. */
  arrived(): void {
    this.#hold?.arrived();
    if (this.#sent.length === 0) return;
    const now = preciseTime();
    const recent = this.#sent.filter(({ at }) => now - at < WATCHED_MS);
    const unread = this.#sockets.unread(recent.map(({ socket }) => socket));
    this.#sent = recent.filter(({ socket }) => unread.has(socket));
    for (const { journal, row } of this.#sent) journal.unread(row, now);
  }

  /** The process that opened the connection, where the system tells. */
  processOf(socket: Socket): ClientProcess | undefined {
    return this.#sockets.processOf(socket);
  }

  /**
   * Writes a refusal: at once where the clock stands still, else once arrivals are quiet.
   *
   * @param row the refusal's row in the journal
   */
  refuse(socket: Socket, journal: Journal, row: number, standsStill: boolean, write: () => void): void {
    const send = () => {
      write();
      this.#sent.push({ socket, journal, row, at: preciseTime() });
    };
    if (this.#hold && !standsStill) this.#hold.hold(send);
    else send();
  }
}
