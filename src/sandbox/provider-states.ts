/**
 * The worlds of a sandbox by profile, as a caller of the control plane names them.
 * @module
 */
import { nearest, suggest } from '../profile/errors.js';
import type { JournalEntry } from '../state/journal/entry.js';
import { Problem } from './control/problem.js';
import type { FaultSpec } from './faults/schema.js';
import type { ProviderState } from './provider-state.js';

/** @throws Problem when that profile is not served */
export function findProviderState(
  providerStates: ReadonlyMap<string, ProviderState>,
  profile: string,
  status: 400 | 404 = 404,
  field = 'profile',
): ProviderState {
  const providerState = providerStates.get(profile);
  if (providerState) return providerState;
  const detail = `no profile "${profile}" is served; ${suggest(profile, [...providerStates.keys()])}`;
  throw new Problem(status, 'unknown-profile', detail, field);
}

/** @param profile whose operation it is; any, when left out. @throws Problem when there is no such operation, since what asks for it would wait for ever */
export function checkOperation(
  providerStates: ReadonlyMap<string, ProviderState>,
  operation: string,
  profile: string | undefined,
  field: string,
): void {
  const asked = [...providerStates.values()].filter(({ provider }) => profile === undefined || provider.id === profile);
  const known = asked.flatMap(({ provider }) => provider.document.operations.map(({ id }) => id));
  if (known.includes(operation)) return;
  const owners = asked.map(({ provider }) => provider.id).join(', ');
  const near = nearest(operation, known);
  const fix = near === undefined ? 'use an operationId of its OpenAPI document' : `did you mean "${near}"?`;
  throw new Problem(400, 'unknown-operation', `${owners} has no operation "${operation}"; ${fix}`, field);
}

/** @throws Problem when a fault is for a profile that is not served, or for an operation that it does not have */
export function checkMatch(
  providerStates: ReadonlyMap<string, ProviderState>,
  { profile, operationId }: FaultSpec['match'],
): void {
  if (profile !== undefined) findProviderState(providerStates, profile, 400, 'match.profile');
  if (operationId !== undefined) checkOperation(providerStates, operationId, profile, 'match.operationId');
}

/** Requests that have no answer yet, as the journal would have them. */
export function waitingIn({ inFlight }: ProviderState): JournalEntry[] {
  return [...inFlight.values()].map(({ entry }) => entry());
}

/** The one named, or the only one. @throws Problem */
export function namedOrOnly(
  providerStates: ReadonlyMap<string, ProviderState>,
  profile: string | undefined,
): ProviderState {
  if (profile !== undefined) return findProviderState(providerStates, profile, 400);
  const [only, ...others] = providerStates.values();
  if (only && others.length === 0) return only;
  const detail = `several profiles are served; name one of: ${[...providerStates.keys()].join(', ')}`;
  throw new Problem(400, 'missing-profile', detail, 'profile');
}
