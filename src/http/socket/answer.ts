/**
 * The way back on a socket: an answer is written, or part of one, and whoever wants to know hears when it has left.
 * @module
 */
import type { ServerResponse } from 'node:http';
import { preciseTime } from '../../runtime/clock.js';
import type { Port } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { ArrivalTiming } from '../../state/journal/entry.js';
import type { PartialAnswer } from '../provider-request.js';
import type { OpenConnection } from './connections.js';
import { writeWhole } from './whole-response.js';

/** Hears of a response's end: one listener per response, whatever asks. */
export class Ending implements Port {
  /** When its request arrived (`Clock.precise`). */
  readonly beganAt = preciseTime();
  /** What is known of the arrival besides, while clients are judged. */
  readonly arrived: ArrivalTiming | undefined;
  readonly #response: ServerResponse;
  readonly #waiting: (() => void)[] = [];
  #over = false;
  /** Set before the answer is written, where its client has closed the connection. */
  lost = false;

  constructor(response: ServerResponse, open: OpenConnection) {
    this.#response = response;
    this.arrived = open.take(response, () => {
      this.#over = true;
      for (const listener of this.#waiting) listener();
    });
  }

  onDone(listener: () => void): void {
    if (this.#over || this.#response.closed || this.#response.destroyed) listener();
    else this.#waiting.push(listener);
  }
}

/** Writes the whole of an answer. @throws where a header cannot be written, and nothing has been */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (writeWhole(response, status, headers, body)) return;
  // Without a body node knows itself whether the status has a length.
  if (body !== null && !saysLength(headers)) headers['Content-Length'] = String(Buffer.byteLength(body));
  response.writeHead(status, headers);
  if (body === null) response.end();
  else response.end(body);
}

/** A fault may say any length. */
function saysLength(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
  return false;
}

/** Closes the connection: without an answer, or after part of one. */
export function breakOff(response: ServerResponse, part?: PartialAnswer): void {
  const { socket } = response.req;
  if (!part) {
    socket.destroy();
    return;
  }
  response.writeHead(part.status, part.headers).flushHeaders();
  if (part.body.byteLength > 0) response.write(part.body);
  // What has been written still leaves.
  socket.destroySoon();
}
