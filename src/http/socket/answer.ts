/**
 * Writes an answer, or part of one, to a socket and reports the end of the response to its listeners.
 * @module
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { HeaderFields } from '../../limits/render/header-text.js';
import { preciseTime } from '../../runtime/clock.js';
import type { Port } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { ArrivalTiming } from '../../state/journal/entry.js';
import type { PartialAnswer } from '../provider-request.js';
import type { OpenConnection } from './connections.js';
import { writeWhole } from './whole-response.js';

/** Reports the end of a response. It registers one listener per response, however many callers wait. */
export class Ending implements Port {
  /** Arrival of the request (`Clock.precise`). */
  readonly beganAt = preciseTime();
  /** Timing of the arrival, measured while clients are judged. */
  readonly arrived: ArrivalTiming | undefined;
  readonly #response: ServerResponse;
  readonly #listeners: (() => void)[] = [];
  #ended = false;
  /** Whether the client has closed the connection. It is set before the answer is written. */
  lost = false;

  constructor(response: ServerResponse, open: OpenConnection) {
    this.#response = response;
    this.arrived = open.take(response, () => {
      this.#ended = true;
      for (const listener of this.#listeners) listener();
    });
  }

  onDone(listener: () => void): void {
    if (this.#ended || this.#response.closed || this.#response.destroyed) listener();
    else this.#listeners.push(listener);
  }
}

/** Writes a complete answer. @throws Error where a header cannot be written; nothing has been written then */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (writeWhole(response, status, headers, body)) return;
  // To a HEAD request, the length would be that of the answer to GET, which is not known here.
  const hasLength = body === null ? !hasNoLength(status) && response.req.method !== 'HEAD' : true;
  if (hasLength && !saysLength(headers))
    headers['Content-Length'] = String(body === null ? 0 : Buffer.byteLength(body));
  response.writeHead(status, headers as OutgoingHttpHeaders);
  if (body === null) response.end();
  else response.end(body);
}

/** Whether a status has no body by definition (RFC 9110 section 8.6). */
function hasNoLength(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}

/** Whether the headers state the length of the body already. */
function saysLength(headers: Readonly<HeaderFields>): boolean {
  for (const name in headers) if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
  return false;
}

/** Closes the connection without an answer, or after part of one. */
export function breakOff(response: ServerResponse, part?: PartialAnswer): void {
  const { socket } = response.req;
  if (!part) {
    socket.destroy();
    return;
  }
  response.writeHead(part.status, part.headers as OutgoingHttpHeaders).flushHeaders();
  if (part.body.byteLength > 0) response.write(part.body);
  // `destroySoon()` flushes what has been written.
  socket.destroySoon();
}
