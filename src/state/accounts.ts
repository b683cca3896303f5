/**
 * Accounts (workspaces, teams): which credentials belong to which, on which plan, with which quotas of their own.
 * @module
 */

export interface Account {
  readonly id: string;
  plan: string;
  /** Quotas of its own by policy, in the profile's units; they win over the plan's. */
  quotas: Record<string, number>;
  keys: string[];
}

export class Accounts {
  readonly #accounts = new Map<string, Account>();
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

  list(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Sets what is given and leaves the rest. A key that belonged elsewhere moves. */
  put(id: string, change: { plan?: string; quotas?: Record<string, number>; keys?: readonly string[] }): Account {
    const account = this.#accounts.get(id) ?? { id, plan: this.defaultPlan, quotas: {}, keys: [] };
    this.#accounts.set(id, account);
    this.revision += 1;
    if (change.plan !== undefined) account.plan = change.plan;
    if (change.quotas !== undefined) account.quotas = { ...account.quotas, ...change.quotas };
    for (const key of change.keys ?? []) {
      const former = this.#owners.get(key);
      if (former !== undefined && former !== id) {
        const owner = this.#accounts.get(former)!;
        owner.keys = owner.keys.filter((other) => other !== key);
      }
      this.#owners.set(key, id);
      if (!account.keys.includes(key)) account.keys.push(key);
    }
    return account;
  }

  load(accounts: readonly Account[]): void {
    this.revision += 1;
    this.#accounts.clear();
    this.#owners.clear();
    for (const account of accounts) this.put(account.id, account);
  }
}
