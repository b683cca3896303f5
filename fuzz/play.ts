/**
 * Plays an input to a server, and tells what came of it.
 * @module
 */
import { connect } from 'node:net';
import type { Input } from './input.js';

/** What a client saw of its connection. */
export interface Played {
  /** All that came back. */
  readonly received: Buffer;
  /** Whether the connection had ended in time; if not, somebody hangs. */
  readonly ended: boolean;
  /** The error by which it ended (`ECONNRESET` …). */
  readonly error: string | undefined;
}

/** Long, since the machine may have other things to do. */
const PATIENCE_MS = 60_000;
/** A client that waits for the server to close the connection closes its own side after this long. */
const MAX_WAIT_MS = 1_000;
/** No more is kept of what comes back. */
const MAX_KEPT = 2_000_000;

/** Opens a connection, writes the pieces one by one, and ends as the input says. It never rejects: errors are part of the result. */
export function play(port: number, { pieces, ending }: Omit<Input, 'kind'>): Promise<Played> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    let kept = 0;
    let error: string | undefined;
    let giveUp: NodeJS.Timeout | undefined;
    const finish = (ended: boolean) => {
      clearTimeout(patience);
      clearTimeout(giveUp);
      socket.destroy();
      resolve({ received: Buffer.concat(received), ended, error });
    };
    const patience = setTimeout(() => finish(false), PATIENCE_MS);
    socket.on('data', (piece) => {
      if (kept < MAX_KEPT) received.push(piece);
      kept += piece.length;
      if (ending === 'leave') socket.destroy();
    });
    socket.on('end', () => socket.end());
    socket.on('error', (problem: NodeJS.ErrnoException) => {
      error = problem.code ?? problem.message;
    });
    socket.on('close', () => finish(true));
    const write = (i: number) => {
      const piece = pieces[i];
      if (piece) socket.write(piece, () => write(i + 1));
      else if (ending === 'half') socket.end();
      else if (ending === 'abort') socket.resetAndDestroy();
      else giveUp = setTimeout(() => (ending === 'leave' ? socket.destroy() : socket.end()), MAX_WAIT_MS);
    };
    socket.once('connect', () => write(0));
  });
}
