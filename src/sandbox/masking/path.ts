/**
 * A request's path in the log.
 * @module
 */
import type { Request } from '../exchange/request.js';
import type { ProviderState } from '../provider-state.js';

interface Last {
  readonly path: string;
  readonly credential: string | undefined;
  readonly shown: string;
}

/** What was shown last: a client that is refused mostly asks for the same again. */
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
