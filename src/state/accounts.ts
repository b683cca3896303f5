/**
 * Accounts (workspaces, teams): their credentials, their plans, and their own quotas.
 * @module
 */
import { bytesOf, bytesOfMap, ENTRY_BYTES, OBJECT_BYTES } from './bytes.js';

/** An account. */
export interface Account {
  readonly id: string;
  readonly plan: string;
  /** Its own quotas by policy, in the profile's units. They take precedence over the plan's. */
  readonly quotas: Record<string, number>;
  /** The credentials that belong to it. */
  readonly keys: string[];
}

/** A stored account. Its keys are in a set, because there may be many. */
class StoredAccount implements Account {
  plan: string;
  quotas: Record<string, number> = {};
  readonly keySet = new Set<string>();

  constructor(
    readonly id: string,
    plan: string,
  ) {
    this.plan = plan;
  }

  get keys(): string[] {
    return [...this.keySet];
  }

  /** A copy that the caller may keep. */
  copy(): Account {
    const { id, plan, quotas, keys } = this;
    return { id, plan, quotas: { ...quotas }, keys };
  }
}

/** Estimated bytes, without the keys: those are counted in `#owners`. */
function bytesOfAccount({ id, plan, quotas }: StoredAccount): number {
  return OBJECT_BYTES + bytesOf([id, plan, quotas]);
}

/** The accounts of one provider in one sandbox. */
export class Accounts {
  readonly #accounts = new Map<string, StoredAccount>();
  /** Account id by credential. */
  readonly #owners = new Map<string, string>();
  /** Rises with every change. */
  revision = 0;

  /** @param defaultPlan the plan of an account that sets none */
  constructor(readonly defaultPlan: string) {}

  /** The id of the account that a credential was assigned to; `undefined` if it was not. */
  ownerOf(key: string): string | undefined {
    return this.#owners.get(key);
  }

  /** The account; `undefined` if it was never set up. */
  get(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    return bytesOfMap(this.#accounts, bytesOfAccount) + bytesOfMap(this.#owners, () => ENTRY_BYTES);
  }

  /** Copies of all accounts. */
  list(): Account[] {
    return [...this.#accounts.values()].map((account) => account.copy());
  }

  /** Changes an account, created if needed; members that are omitted stay as they are. A key that belongs to another account moves. */
  put(id: string, change: { plan?: string; quotas?: Record<string, number>; keys?: readonly string[] }): Account {
    const account = this.#accounts.get(id) ?? new StoredAccount(id, this.defaultPlan);
    this.#accounts.set(id, account);
    this.revision += 1;
    if (change.plan !== undefined) account.plan = change.plan;
    if (change.quotas !== undefined) account.quotas = { ...account.quotas, ...change.quotas };
    for (const key of change.keys ?? []) {
      const former = this.#owners.get(key);
      if (former !== undefined && former !== id) this.#accounts.get(former)!.keySet.delete(key);
      this.#owners.set(key, id);
      account.keySet.add(key);
    }
    return account.copy();
  }

  /** Replaces all accounts. */
  load(accounts: readonly Account[]): void {
    this.revision += 1;
    this.#accounts.clear();
    this.#owners.clear();
    for (const account of accounts) this.put(account.id, account);
  }
}
