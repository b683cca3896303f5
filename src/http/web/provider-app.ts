/**
 * Serves a provider in the application: it turns a web `Request` into an arrival, and an answer into a web `Response`.
 * @module
 */

import { NO_BODY, ReceivedBody, TOO_LARGE } from '../../openapi/request/body/received.js';
import type { Port } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { Arrival } from '../../sandbox/exchange/request.js';
import {
  isRead,
  type PartialAnswer,
  type ProviderTarget,
  partialAnswer,
  preflight,
  requestProvider,
} from '../provider-request.js';
import { webHeaders } from './headers.js';
import { type KeepOpen, streamedBody } from './streamed-body.js';

/** What the server knows about a request besides the request itself. */
export interface Connection {
  /** The client's address. IPv4-mapped IPv6 addresses are converted to IPv4. */
  readonly ip: string;
  /** The authority that the request addresses: from its target, its Host header field or the local address. Omitted in-process. */
  readonly host?: string | undefined;
  /** When the request arrived (`Clock.precise`). Its client cannot know any answer sent later. */
  readonly beganAt: number;
  /** Marks the answer as delayed for an unknown time. A client that has closed its sending side then counts as gone. Omitted in-process. */
  readonly markDelayed?: (() => void) | undefined;
  /** Calls the listener once the response has been sent, or the connection is lost. */
  onDone(listener: () => void): void;
  /** Keeps the connection open for a body that is streamed. Omitted where the transport sees the end of the body. */
  readonly keepOpen?: KeepOpen | undefined;
  /** Closes the connection without an answer, or after part of one. */
  drop(part?: PartialAnswer): Response;
}

/** A provider and the path of a request to it. */
export interface WebTarget extends ProviderTarget {
  /** Path without the sandbox and profile prefix. */
  readonly path: string;
  readonly rawQuery: string;
  /** The prefix that was removed from `path`. */
  readonly prefix: string;
}

/**
 * Answers a web request to a provider.
 *
 * @param maxBodyBytes largest request body, in bytes
 */
export function serveProvider(
  request: Request,
  target: WebTarget,
  connection: Connection,
  maxBodyBytes: number,
): Response | Promise<Response> {
  const arrival = new WebArrival(request, target, connection);
  if (isRead(arrival)) return serve(arrival, target, connection);
  const before = preflight(target, arrival);
  if (before) return responseOf(before, connection);
  return serveWithBody(request, arrival, target, connection, maxBodyBytes);
}

async function serveWithBody(
  request: Request,
  arrival: WebArrival,
  target: WebTarget,
  connection: Connection,
  maxBodyBytes: number,
): Promise<Response> {
  // Read the body before admission, so that no other request is counted between the admission and its headers.
  try {
    arrival.body = await readBody(request, maxBodyBytes, connection);
  } catch {
    // The client disconnected in the middle of the body. Nothing was admitted, and there is no one to answer.
    return connection.drop();
  }
  return serve(arrival, target, connection);
}

function serve(arrival: WebArrival, target: WebTarget, connection: Connection): Response | Promise<Response> {
  const answer = requestProvider(target, arrival, connection satisfies Port);
  return answer instanceof Promise
    ? answer.then((delayed) => responseOf(delayed, connection))
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
  const part = partialAnswer(answer);
  if (part) return connection.drop(part);
  const { status, headers, body, stream } = answer;
  if (stream !== undefined) {
    connection.markDelayed?.();
    return new Response(streamedBody(stream, connection.keepOpen), { status, headers: webHeaders(headers) });
  }
  return new Response(body as string | Uint8Array<ArrayBuffer> | null, { status, headers: webHeaders(headers) });
}

/**
 * Reads a body up to a limit. A longer body is cancelled.
 *
 * @param maxBytes largest body, in bytes
 * @param port reports the end of the connection, so that an endless body is released
 * @throws Error where the client has disconnected
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
  let disconnected = false;
  const reader = request.body.getReader();
  port?.onDone(() => {
    disconnected = true;
    // A body that was read completely has nothing to cancel.
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
  if (disconnected) throw new Error('the client has gone');
  return new ReceivedBody(Buffer.concat(chunks), maxBytes);
}
