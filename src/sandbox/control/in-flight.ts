/**
 * The control operation that lists requests in flight.
 * @module
 */
import { maskFacts } from '../masking/masking.js';
import type { ProviderState } from '../provider-state.js';

/** A request in flight as the control API shows it; credentials masked. */
export interface InFlightRequest {
  readonly id: string;
  readonly profile: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly caller: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly since: string;
  /** When its delay ends, ISO 8601; `null` if it is not delayed. */
  readonly until: string | null;
}

/** The requests in flight to one provider. */
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
