/**
 * A sandbox that begins anew.
 * @module
 */
import type { Accounts } from '../state/accounts.js';
import type { Core } from './core.js';
import { clearProviderState, initialAccounts, type ProviderState } from './provider-state.js';

/** What a sandbox that begins anew begins with. */
export interface InitialState {
  readonly maxBuckets: number | undefined;
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  accounts(providerState: ProviderState): Accounts;
}

export function initialStateOf({
  maxBuckets,
  plans,
}: {
  readonly maxBuckets?: number | undefined;
  readonly plans: Readonly<Record<string, string>>;
}): InitialState {
  return { maxBuckets, plans, accounts: ({ provider }) => initialAccounts(provider, plans[provider.id]) };
}

/** What is to begin anew besides counters, journal, faults, jobs and resources. */
export interface ResetOptions {
  readonly clock?: boolean;
  readonly accounts?: boolean;
}

/** Forgets counters, journal, faults, jobs and resources; requests in flight end at once. */
export function resetSandbox(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  initialState: InitialState,
  { clock = false, accounts = false }: ResetOptions,
): void {
  for (const providerState of providerStates.values()) {
    clearProviderState(providerState, initialState.maxBuckets);
    if (accounts) providerState.accounts.load(initialState.accounts(providerState).list());
  }
  core.jobs.restart(providerStates.values());
  core.faults.remove();
  core.journal.clear();
  if (clock) core.clock.reset();
  core.emit({ type: 'reset', at: core.clock.now(), data: { clock, accounts } });
}
