/**
 * Leads the HTTP clients of this process to a mock, so that a client is tested unchanged, with the provider's real URL: the global `fetch` without a socket, and all
 * others (node:http, node:https, undici, and what is built on them) by their connections.
 * @module
 */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addConnectionLayer } from './http/interception/layers.js';
import type { Site } from './http/socket/fast-path.js';
import type { Incoming } from './http/socket/incoming.js';
import { addFetchLayer } from './http/web/fetch-layers.js';
import { OptionError } from './options/options.js';
import { suggest } from './profile/errors.js';
import { type Disposal, disposal } from './runtime/disposal.js';

/** Options of `intercept()`. */
export interface InterceptOptions {
  /** Additional origins, and the profile that answers each: `{ 'https://staging.example.com': 'klinky' }`. */
  readonly origins?: Readonly<Record<string, string>>;
  /**
   * What happens to a request to any other origin: it goes out to the network (`pass`, default; `bypass` is the same), or fails with an `UnhandledFetchError` (`error`).
   * Requests to the ports of this process's mocks always pass.
   */
  readonly unhandled?: 'pass' | 'bypass' | 'error';
}

/** An active interception. With `using` it is restored at the end of the block. */
export interface Interception extends Disposal {
  /** Ends the interception. It is idempotent, and keeps interceptions that were made later. */
  restore(): void;
}

/** The error of a request to an origin that no profile serves, while `unhandled` is `error`. */
export class UnhandledFetchError extends Error {
  override name = 'UnhandledFetchError';
  /** For clients that wrap errors and keep their code. */
  readonly code = 'ERR_MOCK429_UNHANDLED';
}

/** Creates interceptions for all sandboxes of a mock. */
export interface Interceptor {
  /** Leads clients to a sandbox. @throws OptionError */
  intercept(sandbox: string, options?: InterceptOptions): Interception;
  /** Restores all active interceptions. */
  restore(): void;
}

interface Served {
  readonly id: string;
  readonly profile: { readonly baseUrl: string };
}

/**
 * Creates an interceptor.
 *
 * @param providers the currently served providers
 * @param send answers a request without a socket as a provider in a sandbox (`''` is the one without a name)
 * @param serve answers a request on a socket
 */
export function createInterceptor(
  providers: () => readonly Served[],
  send: (request: Request, route: { readonly sandbox: string; readonly profile: string }) => Promise<Response>,
  serve: (incoming: Incoming, outgoing: ServerResponse, socket: Socket, site: Site) => void,
): Interceptor {
  const open = new Set<Interception>();
  return {
    intercept(sandbox, { origins = {}, unhandled = 'pass' } = {}) {
      if (!['pass', 'bypass', 'error'].includes(unhandled))
        throw new OptionError(`unhandled must be "pass", "bypass" or "error", not ${JSON.stringify(unhandled)}`);
      const served = servedOrigins(providers(), origins);
      const refuse = unhandled === 'error' ? (method: string, url: URL) => refusal(method, url, served) : undefined;
      const removeConnections = addConnectionLayer({
        origins: new Set(served.keys()),
        answer: (origin, incoming, outgoing, socket) =>
          serve(incoming, outgoing, socket, { sandbox, profile: served.get(origin)!, origin }),
        refuse,
      });
      const removeFetch = addFetchLayer({
        serves: ({ origin }) => served.has(origin),
        answer: async (request) => {
          const url = new URL(request.url);
          const response = await send(request, { sandbox, profile: served.get(url.origin)! });
          url.hash = '';
          // A constructed response has no URL; clients read it.
          return Object.defineProperty(response, 'url', { value: url.href, configurable: true });
        },
        refuse,
      });
      const restore = () => {
        removeFetch();
        removeConnections();
        open.delete(interception);
      };
      const interception: Interception = { restore, ...disposal(restore) };
      open.add(interception);
      return interception;
    },
    restore() {
      for (const interception of [...open].reverse()) interception.restore();
    },
  };
}

/** Profile ids by origin. */
function servedOrigins(
  providers: readonly Served[],
  extra: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const ids = providers.map(({ id }) => id);
  const served = new Map<string, string>();
  for (const [text, id] of Object.entries(extra)) {
    if (!ids.includes(id)) throw new OptionError(`origins: "${id}" (for ${text}) is not served; ${suggest(id, ids)}`);
    served.set(originOf(text), id);
  }
  const named = new Set(served.keys());
  for (const { id, profile } of providers) {
    const { origin } = new URL(profile.baseUrl);
    const other = served.get(origin);
    if (named.has(origin)) continue;
    if (other !== undefined)
      throw new OptionError(
        `${other} and ${id} both have the origin ${origin}; choose by origins which of them answers there`,
      );
    served.set(origin, id);
  }
  return served;
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '';
  if (bare && url.username === '' && url.password === '') return url.origin;
  throw new OptionError(`origins: "${text}" is not an origin; write scheme and host, such as https://api.example.com`);
}

function refusal(method: string, url: URL, served: ReadonlyMap<string, string>): UnhandledFetchError {
  const list = [...served].map(([origin, id]) => `${origin} (${id})`).join(', ');
  return new UnhandledFetchError(
    `${method} ${url.href}: nothing is served there; served are ${list}. Name ${url.origin} in origins, or let it pass with unhandled: 'pass'`,
  );
}
