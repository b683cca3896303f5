/**
 * Accounts (workspaces, teams): which credentials belong to which, on which plan, with which quotas of their own.
 * @module
 */
import { bytesOf, bytesOfMap, ENTRY_BYTES, OBJECT_BYTES } from './bytes.js';

export interface Account {
  readonly id: string;
  readonly plan: string;
  /** Quotas of its own by policy, in the profile's units; they win over the plan's. */
  readonly quotas: Record<string, number>;
  readonly keys: string[];
}

/** An account as it is kept: its keys may be many, and each is looked for. */
class StoredAccount implements Account {
  plan: string;
  quotas: Record<string, number> = {};
  readonly owned = new Set<string>();

  constructor(
    readonly id: string,
    plan: string,
  ) {
    this.plan = plan;
  }

  get keys(): string[] {
    return [...this.owned];
  }

  /** A snapshot of it, and what a caller is shown. */
  shown(): Account {
    const { id, plan, quotas, keys } = this;
    return { id, plan, quotas: { ...quotas }, keys };
  }
}

/** Without its keys, which are counted where it is told whose they are. */
function bytesOfAccount({ id, plan, quotas }: StoredAccount): number {
  return OBJECT_BYTES + bytesOf([id, plan, quotas]);
}

export class Accounts {
  readonly #accounts = new Map<string, StoredAccount>();
  readonly #owners = new Map<string, string>();
  /** Rises with every change. */
  revision = 0;

  constructor(readonly defaultPlan: string) {}

  /** The account that the credential belongs to, if anybody said so. */
  ownerOf(key: string): string | undefined {
    return this.#owners.get(key);
  }

  /** The account, if anything is known of it. */
  get(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /** Bytes that they take: an estimate. */
  get bytes(): number {
    return bytesOfMap(this.#accounts, bytesOfAccount) + bytesOfMap(this.#owners, () => ENTRY_BYTES);
  }

  list(): Account[] {
    return [...this.#accounts.values()].map((account) => account.shown());
  }

  /** Sets what is given and leaves the rest. A key that belonged elsewhere moves. */
  put(id: string, change: { plan?: string; quotas?: Record<string, number>; keys?: readonly string[] }): Account {
    const account = this.#accounts.get(id) ?? new StoredAccount(id, this.defaultPlan);
    this.#accounts.set(id, account);
    this.revision += 1;
    if (change.plan !== undefined) account.plan = change.plan;
    if (change.quotas !== undefined) account.quotas = { ...account.quotas, ...change.quotas };
    for (const key of change.keys ?? []) {
      const former = this.#owners.get(key);
      if (former !== undefined && former !== id) this.#accounts.get(former)!.owned.delete(key);
      this.#owners.set(key, id);
      account.owned.add(key);
    }
    return account.shown();
  }

  load(accounts: readonly Account[]): void {
    this.revision += 1;
    this.#accounts.clear();
    this.#owners.clear();
    for (const account of accounts) this.put(account.id, account);
  }
}
