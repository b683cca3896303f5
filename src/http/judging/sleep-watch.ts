/**
 * Finds out when a client's process sleeps with an answer read. A process that waits for its next event has sent all that it had decided to send, and has acted
 * on all that it has read: whatever it sends later, it sends in knowledge of the answer.
 * @module
 */

import type { Socket } from 'node:net';
import type { JournalStore } from '../../state/store.js';
import type { ClientSockets } from './client-sockets.js';
import type { RealTime } from './real-time.js';

/** An answer whose client may not have acted on it. */
export interface SentAnswer {
  readonly socket: Socket;
  readonly journal: JournalStore;
  /** Its row in the journal. */
  readonly row: number;
  /** When it left: the machine's epoch ms, with fractions. */
  readonly at: number;
}

/** A process that has not been seen asleep by then works all the time, and is not looked at any longer. Real milliseconds, as all here. */
export const SLEEP_WATCHED_MS = 3_000;
/** So long after an answer the process is looked at as often as possible, and then at longer intervals: most clients read an answer at once. */
const SOON_MS = 20;
const LATER_EVERY_MS = 16;

/** After so many turns of the event loop in which nothing arrived, all that had been sent before has been read: connections are accepted in one turn and read in the next. */
export const DRAINED_TICKS = 3;

interface Client {
  answers: SentAnswer[];
  /** When it was looked at last. */
  lookedAt: number;
}

/** Watches the processes of clients that have been told to stop, and notes in the journal when each had acted on its answers. */
export class SleepWatch {
  readonly #time: RealTime;
  readonly #sockets: ClientSockets;
  /** Clients by process id, with the answers that they have not been seen to have acted on. */
  readonly #clients = new Map<number, Client>();
  /** How many connections and requests have arrived. */
  #arrivals = 0;

  constructor(time: RealTime, sockets: ClientSockets) {
    this.#time = time;
    this.#sockets = sockets;
  }

  /** A connection or a request has arrived. */
  arrived(): void {
    this.#arrivals += 1;
  }

  /** An answer has left. */
  sent(pid: number, answer: SentAnswer): void {
    answer.journal.readBy(answer.row, null);
    const client = this.#clients.get(pid) ?? { answers: [], lookedAt: 0 };
    client.answers.push(answer);
    this.#clients.set(pid, client);
  }

  /** Looks at the processes that have answers to act on; is called often. */
  tick(): void {
    const now = this.#time.now();
    for (const [pid, client] of this.#clients) {
      // A process that is never seen asleep may be answered for hours.
      if (now - client.answers[0]!.at > 2 * SLEEP_WATCHED_MS)
        client.answers = client.answers.filter(({ at }) => now - at <= SLEEP_WATCHED_MS);
      const newest = client.answers.at(-1);
      if (!newest || now - newest.at > SLEEP_WATCHED_MS) this.#clients.delete(pid);
      else if (now - newest.at <= SOON_MS || now - client.lookedAt >= LATER_EVERY_MS) {
        client.lookedAt = now;
        this.#look(pid, client, now);
      }
    }
  }

  #look(pid: number, client: Client, at: number): void {
    const rest = this.#sockets.restOf(pid);
    if (rest === undefined) return;
    const arrivals = this.#arrivals;
    const turn = (left: number) =>
      this.#time.soon(() => {
        // What has just been read was sent before the process went to sleep, or has woken up since.
        if (this.#arrivals !== arrivals) return;
        if (left > 1) turn(left - 1);
        else if (this.#sockets.restOf(pid) === rest) this.#note(pid, client, at);
      });
    turn(DRAINED_TICKS);
  }

  /** The process has slept since that instant, and nothing that it has sent is unread here. */
  #note(pid: number, client: Client, since: number): void {
    const now = this.#time.now();
    const before = client.answers.filter(({ at }) => at < since);
    const unread = this.#sockets.unread(before.map(({ socket }) => socket));
    for (const { socket, journal, row } of before) if (!unread.has(socket)) journal.readBy(row, now);
    client.answers = client.answers.filter(({ at, socket }) => at >= since || unread.has(socket));
    if (client.answers.length === 0 && this.#clients.get(pid) === client) this.#clients.delete(pid);
  }
}
