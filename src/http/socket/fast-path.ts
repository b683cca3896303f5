/**
 * The fast path: it reads a request directly from the socket and writes the answer directly back. It creates no web `Request` and `Response`, which would cost
 * more time than all other work on the request.
 *
 * It answers all requests to providers, and those that the server itself answers. Requests to the control API go to the framework.
 * @module
 */
import type { ServerResponse } from 'node:http';
import { NO_BODY, type ReceivedBody } from '../../openapi/request/body/received.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Sandboxes } from '../../sandbox/sandboxes.js';
import type { Peer } from '../../state/journal/entry.js';
import { localAuthority, originOf } from '../authority.js';
import type { GuardRules } from '../control/guard.js';
import {
  finishAnswer,
  isRead,
  type ProviderTarget,
  partialAnswer,
  preflight,
  requestProvider,
} from '../provider-request.js';
import type { AnswerNotes, ReplicableArrival, Replicator, StoreFailure } from '../replicator.js';
import { type RequestError, type RequestHead, readRequest, refuseCoding } from '../request-line.js';
import { createRouting, type Destination, type ProviderDestination, profilesWith, splitTarget } from '../routing.js';
import { foreignSite } from '../web/foreign-site.js';
import { internalError, problemAnswer } from '../web/problem-json.js';
import { breakOff, Ending, send } from './answer.js';
import { readIncoming } from './body.js';
import { clientIp, type TrustedProxies } from './client-address.js';
import type { OpenConnection } from './connections.js';
import { answerProbe } from './health-probe.js';
import type { Incoming } from './incoming.js';
import { rawHeader } from './raw-header.js';
import { sendStream } from './send-stream.js';
import { atEndOfTick } from './tick.js';
import { METHODS } from './unreadable.js';

/** Options of `createFastPath()`. */
export interface FastPathOptions {
  readonly sandboxes: Sandboxes;
  /** Ids of the served profiles. */
  readonly profiles: readonly string[];
  /** Largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** Whether browser pages may call the providers (CORS). */
  readonly cors: boolean;
  /** Proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: TrustedProxies;
  readonly log: WriteLog | undefined;
  /** Version of the package, for the answer to a readiness probe. */
  readonly version: string;
  /** Rules for access to the control API. */
  readonly rules: GuardRules;
  /** Gives requests their place in the order of all replicas; omitted where the server is alone. */
  readonly replicator?: Replicator | undefined;
}

/** A provider that is addressed as the original: by its own host, without a prefix. */
export interface Site {
  /** Name of the sandbox; empty for the main sandbox. */
  readonly sandbox: string;
  /** Id of the profile. */
  readonly profile: string;
  /** The origin that the client addresses, such as `https://api.example.com`. URLs in answers begin with it. */
  readonly origin: string;
}

/**
 * Handles a request.
 *
 * @param site where the request goes, whatever its path; default: what its path says
 * @returns the head of a request that the framework must answer, without any side effect so far; `undefined` where the fast path answers it
 */
export type FastPath = (
  incoming: Incoming,
  outgoing: ServerResponse,
  open: OpenConnection,
  site?: Site,
) => RequestHead | undefined;

/** Creates the fast path. */
export function createFastPath({
  sandboxes,
  profiles,
  maxBodyBytes,
  cors,
  trustedProxies,
  log,
  version,
  rules,
  replicator,
}: FastPathOptions): FastPath {
  const routing = createRouting(
    profiles,
    (target) => sandboxes.main.secrets.target(target),
    (path) => profilesWith(path, sandboxes.main),
  );
  const refuse = (incoming: Incoming, outgoing: ServerResponse, open: OpenConnection, refusal: RequestError) => {
    const { status, code } = refusal;
    const detail = sandboxes.main.secrets.text(refusal.detail);
    log?.('info', `refused a ${incoming.method} from ${open.ip}: ${detail}`);
    answerItself(incoming, outgoing, open, problemAnswer(status, code, detail));
  };
  return (incoming, outgoing, open, site) => {
    const head = readRequest(incoming);
    const { target, host } = head;
    const destination =
      head.refusal || target === '*' ? undefined : site === undefined ? routing(target) : destinationAt(site, target);
    if (destination?.to === 'provider' && destination.sandbox !== '' && !sandboxes.has(destination.sandbox)) {
      const refused = refuseSandbox(incoming, destination.sandbox);
      if (refused) {
        answerItself(incoming, outgoing, open, refused);
        return undefined;
      }
    }
    if (destination && site === undefined && isBrowserNavigation(incoming, destination)) {
      showStartPage(incoming, outgoing, open, destination, host);
      return undefined;
    }
    if (destination?.to === 'provider' && isRead(incoming as { method: string })) {
      const request = new SocketRequest(incoming, outgoing, open, destination, trustedProxies, host, site?.origin);
      incoming.ignoreBody();
      if (replicator) {
        submit(replicator, request, destination);
        return undefined;
      }
      const providerTarget = providerTargetOf(request, destination);
      atEndOfTick({ tickOver: () => answer(request, providerTarget, log) });
      return undefined;
    }
    const refusal = head.refusal ?? refuseCoding(incoming);
    if (refusal) refuse(incoming, outgoing, open, refusal);
    else if (!destination)
      answerItself(incoming, outgoing, open, { status: 204, headers: { Allow: METHODS }, body: null });
    else if (destination.to === 'nowhere')
      answerItself(incoming, outgoing, open, problemAnswer(404, destination.code, destination.detail));
    else if (destination.to === 'control') {
      const probed = answerProbe(incoming, head, open, { version, profiles, rules, failure: replicator?.failure });
      if (!probed) return head;
      answerItself(incoming, outgoing, open, probed);
    } else {
      const request = new SocketRequest(incoming, outgoing, open, destination, trustedProxies, host, site?.origin);
      if (replicator) submitWithBody(replicator, request, destination);
      else answerWithBody(request, providerTargetOf(request, destination), maxBodyBytes, log);
    }
    return undefined;
  };

  function submitWithBody(replicator: Replicator, request: SocketRequest, destination: ProviderDestination): void {
    const sandbox = sandboxes.peek(destination.sandbox) ?? sandboxes.main;
    const before = preflight({ sandbox, profile: destination.profile, cors }, request);
    if (before) request.write(before, log);
    else request.read(maxBodyBytes, () => submit(replicator, request, destination));
  }

  /** Passes a request to the replicas. It is answered once it has its place in their order. */
  function submit(replicator: Replicator, request: SocketRequest, { sandbox, profile }: ProviderDestination): void {
    replicator.request(sandbox, profile, request, request, {
      handled(answer, sandbox) {
        request.sandbox = sandbox;
        request.notes = replicator.notesOf(sandbox);
        answerWith(request, () => finishAnswer({ sandbox, profile, cors }, request, answer), log);
      },
      failed: (failure) => request.write(unavailable(failure), log),
      broken: (error) => fail(request, error, log),
    });
  }

  /** The refusal of a request that may not create a sandbox: there is no room for one, or a page of another site sent the request. */
  function refuseSandbox(incoming: Incoming, name: string): Answer | undefined {
    const refusal = sandboxes.refusal(name);
    if (refusal) return problemAnswer(refusal.status, refusal.code, refusal.detail, { field: refusal.field });
    if (rawHeader(incoming.rawHeaders, 'sec-fetch-site') !== 'cross-site') return undefined;
    log?.('info', 'refused a page of another site that requested a sandbox that does not exist');
    return foreignSite(cors);
  }

  /** Whether a browser requests an address that the server prints at the start, and no operation of a provider has that path. */
  function isBrowserNavigation({ method, url, rawHeaders }: Incoming, destination: Destination): boolean {
    if (destination.to === 'provider') {
      if (destination.path !== '/' || sandboxes.main.provider(destination.profile).router.methods('/').length > 0)
        return false;
    } else if (destination.to === 'control' || !isRoot(destination, url!)) return false;
    return method === 'GET' && (rawHeader(rawHeaders, 'accept')?.includes('text/html') ?? false);
  }

  function showStartPage(
    incoming: Incoming,
    outgoing: ServerResponse,
    open: OpenConnection,
    destination: Destination,
    host: string,
  ): void {
    new Ending(outgoing, open);
    incoming.ignoreBody();
    const { ip } = open;
    const field = (name: string) => rawHeader(incoming.rawHeaders, name);
    const navigation = {
      caller: { ip, host, authorization: undefined, origin: field('origin'), fetchSite: field('sec-fetch-site') },
      rules,
      prefix: SANDBOX_PREFIX.exec(incoming.url!)?.[0] ?? '',
      origin: originOf(host || localAuthority(open.socket), open.isSecure),
      isRoot: isRoot(destination, incoming.url!),
    };
    import('../ui/entry.js').then(
      ({ answerNavigation }) => send(outgoing, answerNavigation(sandboxes.main, navigation)),
      (error) => send(outgoing, internalError(error, log)),
    );
  }

  function providerTargetOf(request: SocketRequest, destination: ProviderDestination): ProviderTarget {
    const sandbox = sandboxes.get(destination.sandbox, request);
    request.sandbox = sandbox;
    return { sandbox, profile: destination.profile, cors };
  }
}

/** The provider's own paths: there is neither a prefix nor a control API at its origin. */
function destinationAt({ sandbox, profile }: Site, target: string): ProviderDestination {
  return { to: 'provider', sandbox, profile, ...splitTarget(target), prefix: '' };
}

/** The prefix of a sandbox in a target. */
const SANDBOX_PREFIX = /^\/~[^/?]*/;

/** Whether a target is the address of the server or of a sandbox itself, and not the base URL of one of several providers. */
function isRoot(destination: Destination, target: string): boolean {
  if (destination.to === 'provider') return /^(?:\/~[^/]*)?$/.test(destination.prefix);
  return destination.to === 'nowhere' && destination.code === 'unknown-mount' && /^(?:\/~[^/?]*)?\/?$/.test(target);
}

/** Sends a response of the server itself. */
function answerItself(incoming: Incoming, outgoing: ServerResponse, open: OpenConnection, response: Answer): void {
  new Ending(outgoing, open);
  incoming.ignoreBody();
  send(outgoing, response);
}

function answer(request: SocketRequest, providerTarget: ProviderTarget, log: WriteLog | undefined): void {
  answerWith(request, () => requestProvider(providerTarget, request, request), log);
}

/** The answer while the shared store does not work. */
function unavailable({ answer, detail }: StoreFailure): Answer {
  if (answer === 'refuse') return { status: 503, headers: {}, body: null, drop: true };
  return problemAnswer(503, 'store-unavailable', detail);
}

function answerWith(request: SocketRequest, handle: () => Answer | Promise<Answer>, log: WriteLog | undefined): void {
  try {
    const response = handle();
    if (response instanceof Promise) {
      request.markDelayed();
      response.then((delayed) => request.write(delayed, log)).catch((error) => fail(request, error, log));
    } else request.write(response, log);
  } catch (error) {
    fail(request, error, log);
  }
}

function answerWithBody(
  request: SocketRequest,
  providerTarget: ProviderTarget,
  maxBodyBytes: number,
  log: WriteLog | undefined,
): void {
  const before = preflight(providerTarget, request);
  if (before) {
    request.write(before, log);
    return;
  }
  // Read the body before admission, so that no other request is counted between the admission and its headers. A request whose client disconnects in the middle
  // of the
  // body is not admitted.
  request.read(maxBodyBytes, () => answer(request, providerTarget, log));
}

function fail(request: SocketRequest, error: unknown, log: WriteLog | undefined): void {
  request.write(internalError(error, log), log);
}

/** A request to a provider, read from a socket. */
class SocketRequest extends Ending implements ReplicableArrival {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly ip: string;
  readonly peer: Peer;
  /** Set once the request is routed. */
  sandbox: Sandbox | undefined;
  /** Where notes on the answer go. Default: to the journal of the sandbox. */
  notes: AnswerNotes | undefined;
  body: ReceivedBody = NO_BODY;
  readonly #open: OpenConnection;
  readonly #incoming: Incoming;
  readonly #outgoing: ServerResponse;
  readonly #prefix: string;
  readonly #host: string;
  readonly #origin: string | undefined;

  constructor(
    incoming: Incoming,
    outgoing: ServerResponse,
    open: OpenConnection,
    { path, rawQuery, prefix }: ProviderDestination,
    trusted: TrustedProxies,
    host: string,
    origin: string | undefined,
  ) {
    super(outgoing, open);
    this.#origin = origin;
    this.method = incoming.method!;
    this.path = path;
    this.rawQuery = rawQuery;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#prefix = prefix;
    this.#host = host;
    this.#open = open;
    this.peer = open.peer(incoming.rawHeaders);
    // Read the address now: it is unknown after the connection is closed.
    this.ip = trusted.isEmpty ? open.ip : clientIp(open.ip, this.header('x-forwarded-for'), trusted);
  }

  get rawHeaders(): readonly string[] {
    return this.#incoming.rawHeaders;
  }

  header(name: string): string | undefined {
    return rawHeader(this.#incoming.rawHeaders, name);
  }

  base(): string {
    const { socket, isSecure } = this.#open;
    return (this.#origin ?? originOf(this.#host || localAuthority(socket), isSecure)) + this.#prefix;
  }

  read(maxBytes: number, then: () => void): void {
    readIncoming(this.#incoming, maxBytes, (body) => {
      this.body = body;
      then();
    });
  }

  /** Marks the answer as delayed. */
  markDelayed(): void {
    this.#open.markDelayed(this.#outgoing);
  }

  write(response: Answer, log: WriteLog | undefined): void {
    const { judging } = this.#open;
    if (judging === undefined || response.stop === undefined) {
      this.#write(response);
      return;
    }
    const { journal, clock } = this.sandbox!;
    judging.send(this.#open, this.notes ?? journal, response.stop, clock.isFrozen, (reaches) => {
      this.lost = !reaches;
      // This runs in a callback, where no caller catches errors.
      try {
        this.#write(response);
      } catch (error) {
        fail(this, error, log);
      }
    });
  }

  #write(response: Answer): void {
    if (this.#outgoing.headersSent || this.#outgoing.destroyed || !this.#incoming.socket.writable) return;
    const part = response.drop ? undefined : partialAnswer(response);
    if (response.drop || part) breakOff(this.#outgoing, part);
    else if (response.stream) sendStream(this.#outgoing, response, response.stream, () => this.markDelayed());
    else send(this.#outgoing, response);
  }
}
