/**
 * A sandbox that begins anew.
 * @module
 */
import type { Accounts } from '../state/accounts.js';
import type { Core } from './core.js';
import { clearWorld, initialAccounts, type World } from './provider-state.js';

/** What a sandbox that begins anew begins with. */
export interface Beginning {
  readonly maxBuckets: number | undefined;
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  accounts(world: World): Accounts;
}

export function beginningOf({
  maxBuckets,
  plans,
}: {
  readonly maxBuckets?: number | undefined;
  readonly plans: Readonly<Record<string, string>>;
}): Beginning {
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
  worlds: ReadonlyMap<string, World>,
  beginning: Beginning,
  { clock = false, accounts = false }: ResetOptions,
): void {
  for (const world of worlds.values()) {
    clearWorld(world, beginning.maxBuckets);
    if (accounts) world.accounts.load(beginning.accounts(world).list());
  }
  core.jobs.restart(worlds.values());
  core.faults.remove();
  core.journal.clear();
  if (clock) core.clock.reset();
  core.emit({ type: 'reset', at: core.clock.now(), data: { clock, accounts } });
}
