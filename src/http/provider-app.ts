/**
 * From a web request to an arrival, and from an answer to a web response.
 * @module
 */

import type { Answer } from '../sandbox/answer.js';
import type { Port } from '../sandbox/core.js';
import { type Arrival, NO_BODY, type ReceivedBody, TOO_LARGE } from '../sandbox/request.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { answerPreflight, withCors } from './cors.js';

/** What the server knows of a request besides the request. */
export interface Connection {
  /** The client's address; IPv4 in IPv6 clothes is told as IPv4. */
  readonly ip: string;
  /** When the request may have set out (`Clock.precise`): its client knows nothing that was answered later. */
  readonly beganAt: number;
  /** Once the response has left, or the connection is gone. */
  onDone(listener: () => void): void;
  /** Closes it: without an answer, or after part of one. */
  drop(part?: PartialAnswer): Response;
  /** Whether the request may have a header of that name (lower case); it has none if not. Left out: only the request knows. */
  hasHeader?(name: string): boolean;
  /** The request's body, where that is not better read from the request. Fails when the client goes away in the middle. */
  readBody?(maxBytes: number): Promise<ReceivedBody>;
}

/** As much of an answer as is sent. Its headers still speak of the whole. */
export interface PartialAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether anything is left out. */
  readonly broken: boolean;
}

export interface Target {
  readonly sandbox: Sandbox;
  readonly profile: string;
  /** Path without sandbox and profile prefix. */
  readonly path: string;
  readonly rawQuery: string;
  /** The prefix that `path` is without. */
  readonly prefix: string;
  /** Whether pages in browsers are answered. */
  readonly cors: boolean;
}

/** Answers at once where there is no body to wait for and nothing delays it: a promise costs as much as counting does. */
export function serveProvider(
  request: Request,
  target: Target,
  connection: Connection,
  maxBodyBytes: number,
): Response | Promise<Response> {
  const { method } = request;
  if (method === 'GET' || method === 'HEAD') return serve(request, target, connection, NO_BODY);
  const preflight = target.cors ? answerPreflight(request, () => target.sandbox.clock.now()) : undefined;
  return preflight ?? serveWithBody(request, target, connection, maxBodyBytes);
}

async function serveWithBody(
  request: Request,
  target: Target,
  connection: Connection,
  maxBodyBytes: number,
): Promise<Response> {
  // The body is read before admission, so that nothing comes between an admission and its headers.
  let body: ReceivedBody;
  try {
    body = await (connection.readBody?.(maxBodyBytes) ?? readBody(request, maxBodyBytes, connection));
  } catch {
    // The client went away in the middle of it: nothing was admitted, and nobody is there to be answered.
    return connection.drop();
  }
  return serve(request, target, connection, body);
}

function serve(
  request: Request,
  target: Target,
  connection: Connection,
  body: ReceivedBody,
): Response | Promise<Response> {
  const arrival = new WebArrival(request, target, connection, body);
  const answer = target.sandbox.handle(target.profile, arrival, connection satisfies Port);
  if (answer instanceof Promise) return answer.then((late) => write(late, arrival, target, connection));
  return write(answer, arrival, target, connection);
}

class WebArrival implements Arrival {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly ip: string;
  readonly beganAt: number;
  readonly #request: Request;
  readonly #connection: Connection;
  readonly #prefix: string;

  constructor(
    request: Request,
    { path, rawQuery, prefix }: Target,
    connection: Connection,
    readonly body: ReceivedBody,
  ) {
    this.method = request.method;
    this.path = path;
    this.rawQuery = rawQuery;
    this.ip = connection.ip;
    this.beganAt = connection.beganAt;
    this.#request = request;
    this.#connection = connection;
    this.#prefix = prefix;
  }

  header(name: string): string | undefined {
    if (this.#connection.hasHeader?.(name.toLowerCase()) === false) return undefined;
    return this.#request.headers.get(name) ?? undefined;
  }

  base(): string {
    return new URL(this.#request.url).origin + this.#prefix;
  }
}

function write(answer: Answer, arrival: Arrival, { cors, sandbox, profile }: Target, connection: Connection): Response {
  const { status, body, drop, cutAfter } = answer;
  if (drop) return connection.drop();
  const foreign = cors && arrival.header('origin') !== undefined;
  const headers = foreign ? withCors(answer.headers, sandbox.provider(profile)) : answer.headers;
  const sent = arrival.method === 'HEAD' ? null : body;
  if (cutAfter === undefined || sent === null) return new Response(sent, { status, headers });
  const whole = new TextEncoder().encode(sent);
  return connection.drop({
    status,
    headers: { ...headers, 'Content-Length': String(whole.byteLength) },
    body: whole.subarray(0, cutAfter),
    broken: cutAfter < whole.byteLength,
  });
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

/** The address as it is usually written; empty where it is not known (the connection is gone), which is nobody's address. */
export function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
