/**
 * Requests that are being answered, for showing.
 * @module
 */
import { maskFacts } from '../masking/masking.js';
import type { ProviderState } from '../provider-state.js';

export interface InFlightRequest {
  readonly id: string;
  readonly profile: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly caller: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly since: string;
  /** When its delay ends. */
  readonly until: string | null;
}

export function listInFlight(providerState: ProviderState): InFlightRequest[] {
  const { origin, provider } = providerState;
  return [...providerState.inFlight.values()].map(
    ({ since, until, abort: _, entry: __, caller, credential, path, ...request }) => ({
      ...request,
      path: origin.secrets.target(path, credential, origin.isKnown),
      profile: provider.id,
      caller: maskFacts(origin, caller),
      since: new Date(since).toISOString(),
      until: until === null ? null : new Date(until).toISOString(),
    }),
  );
}
