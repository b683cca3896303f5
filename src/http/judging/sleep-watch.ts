/**
 * Detects when a client's process sleeps after it has read an answer. A process that waits for its next event has sent all requests that it had decided to
 * send, and
 * has acted on all input that it has read. Whatever it sends later, it sends with knowledge of the answer.
 * @module
 */

import type { Socket } from 'node:net';
import type { AnswerNotes } from '../replicator.js';
import type { ClientSockets } from './client-sockets.js';
import type { RealTime } from './real-time.js';

/** An answer that its client may not have acted on yet. */
export interface SentAnswer {
  readonly socket: Socket;
  readonly journal: AnswerNotes;
  /** Row of the answer in the journal. */
  readonly row: number;
  /** When it was sent: epoch ms of the machine, with fractions. */
  readonly at: number;
}

/** A process that is not seen asleep within this time runs permanently, and the watch ends. Real milliseconds, as all times here. */
export const SLEEP_WATCHED_MS = 3_000;
/** The process is checked at every tick for this long after an answer, and then at longer intervals: most clients read an answer at once. */
const DENSE_CHECK_MS = 20;
const SPARSE_CHECK_INTERVAL_MS = 16;

/**
 * After this many ticks of the event loop without an arrival, all input sent earlier has been read: a connection is accepted in one tick and read in the next.
 */
export const DRAINED_TICKS = 3;

interface Client {
  answers: SentAnswer[];
  /** Time of the latest check. */
  checkedAt: number;
}

/** Watches the processes of clients that got a refusal, and notes in the journal when each has acted on its answers. */
export class SleepWatch {
  readonly #time: RealTime;
  readonly #sockets: ClientSockets;
  /** Clients by process id, with the answers that they are not known to have acted on. */
  readonly #clients = new Map<number, Client>();
  /** Number of connections and requests that have arrived. */
  #arrivals = 0;

  constructor(time: RealTime, sockets: ClientSockets) {
    this.#time = time;
    this.#sockets = sockets;
  }

  /** Records the arrival of a connection or a request. */
  arrived(): void {
    this.#arrivals += 1;
  }

  /** Records that an answer was sent to a process. */
  sent(pid: number, answer: SentAnswer): void {
    answer.journal.readBy(answer.row, null);
    const client = this.#clients.get(pid) ?? { answers: [], checkedAt: 0 };
    client.answers.push(answer);
    this.#clients.set(pid, client);
  }

  /** Checks the processes that have answers to act on. Called at every tick. */
  tick(): void {
    const now = this.#time.now();
    for (const [pid, client] of this.#clients) {
      // A process that is never seen asleep may receive answers for hours, so drop old ones.
      if (now - client.answers[0]!.at > 2 * SLEEP_WATCHED_MS)
        client.answers = client.answers.filter(({ at }) => now - at <= SLEEP_WATCHED_MS);
      const newest = client.answers.at(-1);
      if (!newest || now - newest.at > SLEEP_WATCHED_MS) this.#clients.delete(pid);
      else if (now - newest.at <= DENSE_CHECK_MS || now - client.checkedAt >= SPARSE_CHECK_INTERVAL_MS) {
        client.checkedAt = now;
        this.#check(pid, client, now);
      }
    }
  }

  #check(pid: number, client: Client, at: number): void {
    const rest = this.#sockets.restOf(pid);
    if (rest === undefined) return;
    const arrivals = this.#arrivals;
    const waitTicks = (remaining: number) =>
      this.#time.soon(() => {
        // Input that was just read was sent before the process slept, or after it woke up again.
        if (this.#arrivals !== arrivals) return;
        if (remaining > 1) waitTicks(remaining - 1);
        else if (this.#sockets.restOf(pid) === rest) this.#note(pid, client, at);
      });
    waitTicks(DRAINED_TICKS);
  }

  /** Notes that the process has slept since that instant and has no unread input here. */
  #note(pid: number, client: Client, since: number): void {
    const now = this.#time.now();
    const before = client.answers.filter(({ at }) => at < since);
    const unread = this.#sockets.unread(before.map(({ socket }) => socket));
    for (const { socket, journal, row } of before) if (!unread.has(socket)) journal.readBy(row, now);
    client.answers = client.answers.filter(({ at, socket }) => at >= since || unread.has(socket));
    if (client.answers.length === 0 && this.#clients.get(pid) === client) this.#clients.delete(pid);
  }
}
