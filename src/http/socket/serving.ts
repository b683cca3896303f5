/**
 * Answers the requests of connections, whatever has accepted them: a port, a tunnel of a proxy, or an interception.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { WriteLog } from '../../sandbox/core.js';
import type { Judging } from '../judging/judging.js';
import type { AnswerRequest } from '../web/lazy-app.js';
import type { WebListener } from '../web/listener.js';
import { internalError } from '../web/problem-json.js';
import { readOn } from './after-upgrade.js';
import { send } from './answer.js';
import type { TrustedProxies } from './client-address.js';
import { type Connections, type OpenConnection, trackConnections } from './connections.js';
import type { FastPath, Site } from './fast-path.js';
import { SocketConnection } from './framework-request.js';
import type { Incoming } from './incoming.js';

/** Options of `createServing()`. */
export interface ServingOptions {
  /** Proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: TrustedProxies;
  /** Measurements for the verdict; omitted when clients are not judged. */
  readonly judging?: Judging | undefined;
  /** Receives internal errors of mock429. */
  readonly log?: WriteLog | undefined;
}

/** Answers requests. */
export interface Serving {
  /** The connections, those of every transport. */
  readonly connections: Connections;
  /** Answers a request. An error becomes a response. @param site where it goes; default: what its path says */
  answer(incoming: Incoming, outgoing: ServerResponse, open: OpenConnection, site?: Site): void;
}

/**
 * Creates a serving.
 *
 * @param direct the fast path; requests that it does not answer go to `fetch`
 */
export function createServing(
  fetch: AnswerRequest,
  direct: FastPath,
  { trustedProxies, judging, log }: ServingOptions,
): Serving {
  let web: WebListener | undefined;
  let loading: Promise<void> | undefined;
  const connections = trackConnections(judging, (error) => internalError(error, log));
  const fail = (outgoing: ServerResponse, error: unknown) => {
    const answer = internalError(error, log);
    if (outgoing.headersSent) outgoing.destroy();
    else send(outgoing, answer);
  };
  const answer = (incoming: Incoming, outgoing: ServerResponse, open: OpenConnection, site: Site | undefined) => {
    // The connection is closing. RFC 9112 section 9.6 forbids processing further requests.
    if (!incoming.socket.writable) return;
    readOn(incoming.rawHeaders, incoming.socket, outgoing);
    const head = direct(incoming, outgoing, open, site);
    if (!head) return;
    // Register the request before the module loads, so that the connection does not count as idle.
    const connection = new SocketConnection(incoming, outgoing, open, trustedProxies, head);
    if (web) {
      web(incoming, outgoing, connection);
      return;
    }
    loading ??= import('../web/listener.js').then(({ createWebListener }) => {
      web = createWebListener(fetch, log);
    });
    loading.then(() => web!(incoming, outgoing, connection)).catch((error) => fail(outgoing, error));
  };
  return {
    connections,
    answer(incoming, outgoing, open, site) {
      // An error in one request must not end the process.
      try {
        answer(incoming, outgoing, open, site);
      } catch (error) {
        fail(outgoing, error);
      }
    },
  };
}
