/**
 * The path of a request as the log shows it.
 * @module
 */
import type { Request } from '../exchange/request.js';
import type { ProviderState } from '../provider-state.js';

interface Last {
  readonly path: string;
  readonly credential: string | undefined;
  readonly shown: string;
}

/** The last path and its masked form, by provider state: a client that is refused usually repeats the same request. */
const last = new WeakMap<ProviderState, Last>();

/** The path without its query, credentials masked. */
export function maskedPath(providerState: ProviderState, { path, credential }: Request): string {
  const known = last.get(providerState);
  if (known && known.path === path && known.credential === credential) return known.shown;
  const { secrets, isKnown } = providerState.origin;
  const shown = secrets.target(path, credential, isKnown);
  last.set(providerState, { path, credential, shown });
  return shown;
}
