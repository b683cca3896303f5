/**
 * The path of a request as the log shows it.
 * @module
 */
import type { Request } from '../exchange/request.js';
import type { ProviderState } from '../provider-state.js';

interface LastPath {
  readonly path: string;
  readonly credential: string | undefined;
  readonly masked: string;
}

/** The last path and its masked form, by provider state: a client that is refused usually repeats the same request. */
const lastPaths = new WeakMap<ProviderState, LastPath>();

/** The path without its query, credentials masked. */
export function maskedPath(providerState: ProviderState, { path, credential }: Request): string {
  const known = lastPaths.get(providerState);
  if (known && known.path === path && known.credential === credential) return known.masked;
  const { secrets, isKnown } = providerState.origin;
  const masked = secrets.target(path, credential, isKnown);
  lastPaths.set(providerState, { path, credential, masked });
  return masked;
}
