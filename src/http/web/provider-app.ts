/**
 * From a web request to an arrival, and from an answer to a web response.
 * @module
 */

import type { Port } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import { type Arrival, NO_BODY, type ReceivedBody, TOO_LARGE } from '../../sandbox/exchange/request.js';
import {
  askProvider,
  isRead,
  type PartialAnswer,
  type ProviderTarget,
  partOf,
  preflight,
} from '../provider-request.js';

/** What the server knows of a request besides the request. */
export interface Connection {
  /** The client's address; IPv4 in IPv6 clothes is told as IPv4. */
  readonly ip: string;
  /** The authority that the request asks: of its target, its Host header field, or the address that it came to. Left out in-process. */
  readonly host?: string | undefined;
  /** When the request arrived (`Clock.precise`): its client knows nothing that was answered later. */
  readonly beganAt: number;
  /** Where its answer may take any time: a client that has closed its own side of the connection has gone then. Left out in-process. */
  readonly waits?: (() => void) | undefined;
  /** Once the response has left, or the connection is gone. */
  onDone(listener: () => void): void;
  /** Closes it: without an answer, or after part of one. */
  drop(part?: PartialAnswer): Response;
}

export interface WebTarget extends ProviderTarget {
  /** Path without sandbox and profile prefix. */
  readonly path: string;
  readonly rawQuery: string;
  /** The prefix that `path` is without. */
  readonly prefix: string;
}

export function serveProvider(
  request: Request,
  target: WebTarget,
  connection: Connection,
  maxBodyBytes: number,
): Response | Promise<Response> {
  const arrival = new WebArrival(request, target, connection);
  if (isRead(arrival)) return serve(arrival, target, connection);
  const before = preflight(target, arrival);
  if (before) return new Response(before.body, before);
  return serveWithBody(request, arrival, target, connection, maxBodyBytes);
}

async function serveWithBody(
  request: Request,
  arrival: WebArrival,
  target: WebTarget,
  connection: Connection,
  maxBodyBytes: number,
): Promise<Response> {
  // The body is read before admission, so that nothing comes between an admission and its headers.
  try {
    arrival.body = await readBody(request, maxBodyBytes, connection);
  } catch {
    // The client went away in the middle of it: nothing was admitted, and nobody is there to be answered.
    return connection.drop();
  }
  return serve(arrival, target, connection);
}

function serve(arrival: WebArrival, target: WebTarget, connection: Connection): Response | Promise<Response> {
  const answer = askProvider(target, arrival, connection satisfies Port);
  return answer instanceof Promise
    ? answer.then((late) => responseOf(late, connection))
    : responseOf(answer, connection);
}

class WebArrival implements Arrival {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly ip: string;
  readonly beganAt: number;
  body: ReceivedBody = NO_BODY;
  readonly #request: Request;
  readonly #prefix: string;

  constructor(request: Request, { path, rawQuery, prefix }: WebTarget, connection: Connection) {
    this.method = request.method;
    this.path = path;
    this.rawQuery = rawQuery;
    this.ip = connection.ip;
    this.beganAt = connection.beganAt;
    this.#request = request;
    this.#prefix = prefix;
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  base(): string {
    return new URL(this.#request.url).origin + this.#prefix;
  }
}

function responseOf(answer: Answer, connection: Connection): Response {
  if (answer.drop) return connection.drop();
  const part = partOf(answer);
  return part ? connection.drop(part) : new Response(answer.body, { status: answer.status, headers: answer.headers });
}

/**
 * Reads as much as is allowed; what is longer is thrown away.
 *
 * @param port where a client that goes away in the middle is heard of, so that a body that never ends is let go of
 * @throws when the client has gone
 */
export async function readBody(request: Request, maxBytes: number, port?: Port): Promise<ReceivedBody> {
  if (request.body === null) return NO_BODY;
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBytes) {
    await request.body.cancel();
    return TOO_LARGE;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  let gone = false;
  const reader = request.body.getReader();
  port?.onDone(() => {
    gone = true;
    // What has been read to its end has nothing left to cancel.
    reader.cancel().catch(() => {});
  });
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      return TOO_LARGE;
    }
    chunks.push(piece.value);
  }
  if (gone) throw new Error('the client has gone');
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), tooLarge: false };
}
