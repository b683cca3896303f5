/**
 * From a web request to an arrival, and from an answer to a web response.
 * @module
 */

import type { Answer } from '../sandbox/answer.js';
import type { Port } from '../sandbox/core.js';
import { type Arrival, NO_BODY, type ReceivedBody } from '../sandbox/request.js';
import type { Sandbox } from '../sandbox/sandbox.js';

/** What the server knows of a request besides the request. */
export interface Connection {
  /** The client's address; IPv4 in IPv6 clothes is told as IPv4. */
  readonly ip: string;
  /** Once the response has left, or the connection is gone. */
  onDone(listener: () => void): void;
  /** Closes it without an answer. */
  drop(): Response;
}

export interface Target {
  readonly sandbox: Sandbox;
  readonly profile: string;
  /** Path without sandbox and profile prefix. */
  readonly path: string;
  readonly rawQuery: string;
  /** The prefix that `path` is without. */
  readonly prefix: string;
}

export async function serveProvider(
  request: Request,
  target: Target,
  connection: Connection,
  maxBodyBytes: number,
): Promise<Response> {
  // The body is read before admission, so that nothing comes between an admission and its headers.
  let body = NO_BODY;
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') body = await readBody(request, maxBodyBytes);
  } catch {
    // The client went away in the middle of it: nothing was admitted, and nobody is there to be answered.
    return connection.drop();
  }
  const answer = target.sandbox.handle(
    target.profile,
    arrivalOf(request, target, connection.ip, body),
    connection satisfies Port,
  );
  return write(answer instanceof Promise ? await answer : answer, request.method, connection);
}

function arrivalOf(request: Request, { path, rawQuery, prefix }: Target, ip: string, body: ReceivedBody): Arrival {
  return {
    method: request.method,
    path,
    rawQuery,
    header: (name) => request.headers.get(name) ?? undefined,
    ip,
    body,
    base: () => new URL(request.url).origin + prefix,
  };
}

function write({ status, headers, body, drop }: Answer, method: string, connection: Connection): Response {
  if (drop) return connection.drop();
  return new Response(method === 'HEAD' ? null : body, { status, headers });
}

/** Reads as much as is allowed; what is longer is thrown away. */
export async function readBody(request: Request, maxBytes: number): Promise<ReceivedBody> {
  if (request.body === null) return NO_BODY;
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBytes) {
    await request.body.cancel();
    return { text: '', tooLarge: true };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > maxBytes) return { text: '', tooLarge: true };
    chunks.push(chunk);
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), tooLarge: false };
}

/** The address as it is usually written; empty where it is not known (the connection is gone), which is nobody's address. */
export function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
