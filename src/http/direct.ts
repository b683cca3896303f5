/**
 * The short way: a provider's request straight from the socket, and its answer straight back, without a web `Request` and `Response` in between, which cost more
 * than all that mock429 does. Requests that need reading with care (a strange host, a target that a URL would spell otherwise) and the control API take the way
 * through the framework.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Answer } from '../sandbox/answer.js';
import type { Log } from '../sandbox/core.js';
import { type Arrival, NO_BODY, type ReceivedBody } from '../sandbox/request.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import { clientIp, type TrustedProxies } from './client-address.js';
import type { OpenConnection } from './connections.js';
import type { Incoming } from './incoming.js';
import { internalError } from './problem-json.js';
import { askProvider, isRead, partOf, preflight, type Target } from './provider.js';
import { rawHeader } from './raw-header.js';
import { createRouting, type ToProvider } from './routing.js';
import { breakOff, Ending, send } from './socket-answer.js';
import { readIncoming } from './socket-body.js';
import { atEndOfTurn } from './turn.js';

export interface DirectOptions {
  readonly sandboxes: Sandboxes;
  /** Ids of what is served. */
  readonly profiles: readonly string[];
  readonly maxBodyBytes: number;
  readonly cors: boolean;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: TrustedProxies;
  readonly log: Log | undefined;
}

/** @returns whether it answers the request; if not, nothing has been done about it */
export type Direct = (incoming: Incoming, outgoing: ServerResponse, open: OpenConnection) => boolean;

export function createDirect({ sandboxes, profiles, maxBodyBytes, cors, trustedProxies, log }: DirectOptions): Direct {
  const routing = createRouting(profiles);
  return (incoming, outgoing, open) => {
    const target = incoming.url!;
    if (!PLAIN_TARGET.test(target)) return false;
    const host = rawHeader(incoming.rawHeaders, 'host');
    if (host === undefined || !PLAIN_HOST.test(host)) return false;
    const there = routing(target);
    if (there.to !== 'provider') return false;
    // A name that makes a sandbox may be refused, with reasons that only the other way tells.
    if (there.sandbox !== '' && !sandboxes.has(there.sandbox)) return false;
    const request = new SocketRequest(incoming, outgoing, open, there, trustedProxies);
    const place = { sandbox: sandboxes.get(there.sandbox, request), profile: there.profile, cors };
    if (isRead(request)) {
      incoming.ignoreBody();
      atEndOfTurn({ turnOver: () => answer(request, place, log) });
    } else answerWithBody(request, place, maxBodyBytes, log);
    return true;
  };
}

/** A path, with or without a query: no blanks, no backslashes, nothing beyond ASCII. */
const PLAIN_TARGET = /^\/[!-[\]-~]*$/;
const PLAIN_HOST = /^[a-z0-9._-]+(?::\d{4,5})?$/;

function answer(request: SocketRequest, place: Target, log: Log | undefined): void {
  try {
    const given = askProvider(place, request, request);
    if (given instanceof Promise) given.then((late) => request.write(late)).catch((error) => fail(request, error, log));
    else request.write(given);
  } catch (error) {
    fail(request, error, log);
  }
}

function answerWithBody(request: SocketRequest, place: Target, maxBodyBytes: number, log: Log | undefined): void {
  const before = preflight(place, request);
  if (before) {
    request.write(before);
    return;
  }
  // The body is read before admission, so that nothing comes between an admission and its headers. Of a client that goes away in the middle nothing is admitted.
  request.read(maxBodyBytes, () => answer(request, place, log));
}

function fail(request: SocketRequest, error: unknown, log: Log | undefined): void {
  request.write(internalError(error, log));
}

class SocketRequest extends Ending implements Arrival {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly ip: string;
  body: ReceivedBody = NO_BODY;
  readonly #incoming: Incoming;
  readonly #outgoing: ServerResponse;
  readonly #prefix: string;

  constructor(
    incoming: Incoming,
    outgoing: ServerResponse,
    open: OpenConnection,
    { path, rawQuery, prefix }: ToProvider,
    trusted: TrustedProxies,
  ) {
    super(outgoing, open);
    this.method = incoming.method!;
    this.path = path;
    this.rawQuery = rawQuery;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#prefix = prefix;
    // Read now: once the connection is gone nobody knows it any more.
    this.ip = trusted.isEmpty ? open.ip : clientIp(open.ip, this.header('x-forwarded-for'), trusted);
  }

  header(name: string): string | undefined {
    return rawHeader(this.#incoming.rawHeaders, name);
  }

  base(): string {
    return new URL(`http://${this.header('host')}`).origin + this.#prefix;
  }

  read(maxBytes: number, then: () => void): void {
    readIncoming(this.#incoming, maxBytes, (body) => {
      this.body = body;
      then();
    });
  }

  write(given: Answer): void {
    if (this.#outgoing.headersSent || this.#outgoing.destroyed) return;
    const part = given.drop ? undefined : partOf(given);
    if (given.drop || part) breakOff(this.#outgoing, part);
    else send(this.#outgoing, given);
  }
}
