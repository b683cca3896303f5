/**
 * The process's `fetch`, led to a mock: a client is tested as it is, with the provider's real URL in it.
 * @module
 */

import { addFetchLayer } from './http/web/fetch-layers.js';
import { OptionError } from './options/options.js';
import { suggest } from './profile/errors.js';
import { type Disposal, disposal } from './runtime/disposal.js';

export interface InterceptOptions {
  /** Origins besides the providers' own, and who answers there: `{ 'https://staging.example.com': 'klinky' }`. */
  readonly origins?: Readonly<Record<string, string>>;
  /** What becomes of a fetch to anywhere else: it goes out as ever (`pass`, when left out), or rejects with an `UnhandledFetchError` (`error`). */
  readonly unhandled?: 'pass' | 'error';
}

/** A mock in the place of the network, until it is restored. With `using` it is restored at the end of the block. */
export interface Interception extends Disposal {
  /** Leaves `fetch` as it was before; more than once is harmless. Interceptions made later stay. */
  restore(): void;
}

/** A fetch to where nothing is served, while `unhandled` is `error`. */
export class UnhandledFetchError extends Error {
  override name = 'UnhandledFetchError';
}

export interface Interceptor {
  /** @throws OptionError */
  intercept(sandbox: string, options?: InterceptOptions): Interception;
  /** Restores all that is not yet. */
  restore(): void;
}

interface Served {
  readonly id: string;
  readonly profile: { readonly baseUrl: string };
}

/**
 * @param providers those that are served, as they are now
 * @param send answers a request as a provider, in a sandbox (the one without a name: '')
 */
export function createInterceptor(
  providers: () => readonly Served[],
  send: (request: Request, route: { readonly sandbox: string; readonly profile: string }) => Promise<Response>,
): Interceptor {
  const open = new Set<Interception>();
  return {
    intercept(sandbox, { origins = {}, unhandled = 'pass' } = {}) {
      if (!['pass', 'error'].includes(unhandled))
        throw new OptionError(`unhandled must be "pass" or "error", not ${JSON.stringify(unhandled)}`);
      const served = servedOrigins(providers(), origins);
      const remove = addFetchLayer({
        serves: ({ origin }) => served.has(origin),
        answer: async (request) => {
          const url = new URL(request.url);
          const response = await send(request, { sandbox, profile: served.get(url.origin)! });
          url.hash = '';
          // A response that was made, not received, has no URL of its own; clients look at it.
          return Object.defineProperty(response, 'url', { value: url.href, configurable: true });
        },
        refuse: unhandled === 'error' ? (method, url) => refusal(method, url, served) : undefined,
      });
      const restore = () => {
        remove();
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

/** Who answers, by origin. */
function servedOrigins(
  providers: readonly Served[],
  further: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const ids = providers.map(({ id }) => id);
  const served = new Map<string, string>();
  for (const [text, id] of Object.entries(further)) {
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
        `${other} and ${id} are both at ${origin}; say by origins which of them is to answer there`,
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
