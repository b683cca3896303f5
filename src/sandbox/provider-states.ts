/**
 * Look-ups in the provider states of a sandbox, by the profile that a control operation names.
 * @module
 */
import { nearest, suggest } from '../profile/errors.js';
import type { JournalEntry } from '../state/journal/entry.js';
import { Problem } from './control/problem.js';
import type { FaultSpec } from './faults/schema.js';
import type { ProviderState } from './provider-state.js';

/** The state of a profile. @throws Problem if the profile is not served */
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

/**
 * Checks that an operation exists. A fault or a wait for an unknown operation would never match.
 *
 * @param profile the profile that must have it; any if omitted
 * @throws Problem if there is no such operation
 */
export function checkOperation(
  providerStates: ReadonlyMap<string, ProviderState>,
  operation: string,
  profile: string | undefined,
  field: string,
): void {
  const candidates = [...providerStates.values()].filter(
    ({ provider }) => profile === undefined || provider.id === profile,
  );
  const known = candidates.flatMap(({ provider }) => provider.document.operations.map(({ id }) => id));
  if (known.includes(operation)) return;
  const owners = candidates.map(({ provider }) => provider.id).join(', ');
  const near = nearest(operation, known);
  const fix = near === undefined ? 'use an operationId of its OpenAPI document' : `did you mean "${near}"?`;
  throw new Problem(400, 'unknown-operation', `${owners} has no operation "${operation}"; ${fix}`, field);
}

/** Checks the `match` of a fault. @throws Problem if its profile is not served or lacks the operation */
export function checkMatch(
  providerStates: ReadonlyMap<string, ProviderState>,
  { profile, operationId }: FaultSpec['match'],
): void {
  if (profile !== undefined) findProviderState(providerStates, profile, 400, 'match.profile');
  if (operationId !== undefined) checkOperation(providerStates, operationId, profile, 'match.operationId');
}

/** The journal entries of requests that have no answer yet. */
export function waitingIn({ inFlight }: ProviderState): JournalEntry[] {
  return [...inFlight.values()].flatMap(({ entry }) => entry?.() ?? []);
}

/** The state of the named profile, or of the only one if none is named. @throws Problem if the profile is not served, or none is named and several are */
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
