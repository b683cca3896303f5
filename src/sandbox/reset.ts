/**
 * The reset of a sandbox.
 * @module
 */
import type { AccountStore } from '../state/store.js';
import type { Core } from './core.js';
import { clearProviderState, initialAccounts, type ProviderState } from './provider-state.js';

/** The state that a sandbox starts with, and that a reset restores. */
export interface InitialState {
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  /** The accounts that the profile sets up. */
  accounts(providerState: ProviderState): AccountStore;
}

/** The initial state of a sandbox, by its options. */
export function initialStateOf({ plans }: Pick<InitialState, 'plans'>): InitialState {
  return { plans, accounts: ({ provider }) => initialAccounts(provider, plans[provider.id]) };
}

/** What a reset restores besides counters, journal, faults, jobs and resources. */
export interface ResetOptions {
  readonly clock?: boolean;
  /** Restores the accounts, and removes the endpoints of webhooks. */
  readonly accounts?: boolean;
  /** Restores the variants of the profiles, and the plans of their default accounts, as the server was started with them. */
  readonly profiles?: boolean;
}

/** Removes counters, journal, faults, jobs and resources; requests in flight end at once. */
export function resetSandbox(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  initialState: InitialState,
  { clock = false, accounts = false }: ResetOptions,
): void {
  for (const providerState of providerStates.values()) {
    clearProviderState(providerState);
    if (!accounts) continue;
    providerState.accounts.load(initialState.accounts(providerState).list());
    providerState.endpoints.load([], 0);
  }
  core.jobs.restart(providerStates.values());
  core.faults.remove();
  core.journal.clear();
  if (clock) core.clock.reset();
  core.emit({ type: 'reset', at: core.clock.now(), data: { clock, accounts } });
}
