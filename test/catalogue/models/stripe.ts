/**
 * stripe, from its pages: token buckets of a second for an account and for an operation, limits on what runs at once, and idempotency keys.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Admitted, Expected, Model, ModelSpec } from '../../properties/model.js';

interface Call {
  readonly as: 'test' | 'test-too' | 'live' | 'other' | 'revoked' | 'nobody';
  readonly to:
    | 'balance'
    | 'customer'
    | 'create'
    | 'search'
    | 'update'
    | 'confirm'
    | 'account'
    | 'nothing'
    | 'invoice'
    | 'other-invoice'
    | 'quantity'
    | 'metadata';
  readonly key: string | undefined;
  readonly force: number | undefined;
}

const KEYS: Record<Exclude<Call['as'], 'nobody'>, string> = {
  test: 'sk_test_a',
  'test-too': 'rk_test_b',
  live: 'sk_live_a',
  other: 'sk_test_other',
  revoked: 'sk_test_revoked',
};
const INTENT = 'pi_3MtwBwLkdIwHu7ix28a3tqPa';
const PATHS: Record<Call['to'], [method: string, path: string, status: number, form?: string]> = {
  balance: ['GET', '/v1/balance', 200],
  customer: ['GET', '/v1/customers/cus_none', 404],
  create: ['POST', '/v1/customers', 200],
  search: ['GET', '/v1/customers/search', 200],
  update: ['POST', `/v1/payment_intents/${INTENT}`, 200],
  confirm: ['POST', `/v1/payment_intents/${INTENT}/confirm`, 200],
  account: ['POST', '/v1/accounts', 200],
  nothing: ['POST', '/v1/payment_intents/pi_none', 404],
  invoice: ['POST', '/v1/invoices', 200, 'customer=cus_1&subscription=sub_1'],
  'other-invoice': ['POST', '/v1/invoices', 200, 'customer=cus_1'],
  quantity: ['POST', '/v1/subscriptions/sub_1', 200, 'items[0][id]=si_1&items[0][quantity]=3'],
  metadata: ['POST', '/v1/subscriptions/sub_1', 200, 'metadata[quantity]=3'],
};
/** The named operation that an endpoint is. */
const OPERATIONS: Partial<Record<Call['to'], string>> = {
  nothing: 'update',
  'other-invoice': 'invoice',
  metadata: 'quantity',
};
const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'stripe',
  variants: [[], ['read-and-write'], ['accounts-400']],
  stretches: [1_000, 40, 200, MINUTE, HOUR, DAY],
  call: fc.record({
    as: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<Call['as'][]>('test', 'test-too', 'live') },
      { weight: 2, arbitrary: fc.constantFrom<Call['as'][]>('other', 'revoked', 'nobody') },
    ),
    to: fc.constantFrom(...(Object.keys(PATHS) as Call['to'][])),
    key: fc.option(fc.constantFrom('one', 'two', 'three'), { nil: undefined, freq: 2 }),
    force: fc.option(fc.constantFrom(402, 404, 500, 503), { nil: undefined, freq: 4 }),
  }),
  request({ as, to, key, force }) {
    const [method, path, , body] = PATHS[to];
    const headers: Record<string, string> = as === 'nobody' ? {} : { authorization: `Bearer ${KEYS[as]}` };
    if (key !== undefined) headers['idempotency-key'] = key;
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    return { method, path, query: to === 'search' ? 'query=x' : '', headers, body, force };
  },
  create: (variants, sandbox) => new Stripe(variants, sandbox),
};

/** A limit that a request has to pass. */
interface Limit {
  readonly what: 'bucket' | 'window' | 'running';
  readonly key: string;
  readonly quota: number;
  /** Of a window: milliseconds; an hour when left out. */
  readonly length?: number;
  readonly refused: Expected;
}

class Stripe implements Model<Call> {
  /** How much of a bucket was taken, and when that was. */
  #buckets = new Map<string, { used: number; at: number }>();
  #windows = new Map<string, { start: number; used: number }>();
  #running = new Map<string, number>();
  #stored = new Map<string, { request: string; status: number; at: number }>();
  /** What the main account has in place of the usual numbers. */
  readonly #own = {
    global: 8,
    endpoint: 6,
    'intent-updates': 5,
    'invoices-minute': 3,
    'invoices-day': 5,
    'subscription-quantities': 4,
    'global-concurrency': 4,
  };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    const { global, ...others } = this.#own;
    sandbox.setAccount('stripe', 'acct_main', {
      quotas: this.#split ? { ...others, 'global-read': global, 'global-write': global } : this.#own,
    });
  }

  get #split(): boolean {
    return this.variants.includes('read-and-write');
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const { as, to, key, force } = call;
    if (as === 'nobody' || as === 'revoked') return { status: 401, headers: PLAIN };
    const [method, path, status, form] = PATHS[to];
    const limits = this.#limits(call);
    const full = limits.find((limit) => this.#isFull(limit, now));
    if (full) return full.refused;
    for (const limit of limits) this.#take(limit, now);
    const request = `${method} ${path} ${form}`;
    const slot = method === 'POST' && key !== undefined ? `${accountOf(as)} ${key}` : undefined;
    const { running } = this;
    return {
      finish: (at) => {
        const stored = slot === undefined ? undefined : this.#find(slot, at);
        if (force === undefined && stored)
          return stored.request === request
            ? { status: stored.status, headers: { ...PLAIN, 'Idempotent-Replayed': 'true' } }
            : { status: 400, headers: PLAIN, parts: { 'error.type': 'idempotency_error' } };
        const outcome = force ?? status;
        if (slot !== undefined && !stored && (outcome === 200 || outcome === 402 || outcome === 500))
          this.#stored.set(slot, { request, status: outcome, at });
        return { status: outcome, headers: PLAIN };
      },
      left: () => {
        // After a reset there is nothing to give back.
        if (running !== this.running) return;
        for (const { what, key: name } of limits) if (what === 'running') running.set(name, running.get(name)! - 1);
      },
    };
  }

  get running() {
    return this.#running;
  }

  #limits({ as, to, key }: Call): Limit[] {
    const account = accountOf(as as keyof typeof KEYS);
    const mode = as === 'live' ? 'live' : 'test';
    const who = `${account} ${mode}`;
    const own = account === 'acct_main' ? this.#own : undefined;
    const [method, path] = PATHS[to];
    const limits: (Limit | undefined)[] = [
      method === 'POST' && key !== undefined
        ? {
            what: 'running',
            key: `key ${account} ${key}`,
            quota: 1,
            refused: { status: 409, headers: PLAIN, parts: { 'error.code': 'idempotency_key_in_use' } },
          }
        : undefined,
      to === 'update' || to === 'confirm' || to === 'nothing'
        ? {
            what: 'running',
            key: `lock ${who} ${path.split('/')[3]}`,
            quota: 1,
            refused: {
              status: 429,
              headers: { ...PLAIN, 'Stripe-Should-Retry': 'true' },
              parts: { 'error.code': 'lock_timeout' },
            },
          }
        : undefined,
      own && {
        what: 'running',
        key: `all ${who}`,
        quota: own['global-concurrency'],
        refused: limited('global-concurrency'),
      },
      {
        what: 'bucket',
        key: `global ${who} ${this.#split ? method : ''}`,
        quota: own?.global ?? (mode === 'live' ? 100 : 25),
        refused: limited('global-rate'),
      },
      to === 'search'
        ? { what: 'bucket', key: `search ${who}`, quota: 20, refused: limited('endpoint-rate') }
        : undefined,
      to === 'account'
        ? { what: 'bucket', key: `account ${who}`, quota: mode === 'live' ? 30 : 5, refused: this.#tooManyAccounts() }
        : undefined,
      to === 'update' || to === 'nothing'
        ? {
            what: 'window',
            key: `${who} ${path}`,
            quota: own?.['intent-updates'] ?? 1_000,
            refused: limited('resource-specific'),
          }
        : undefined,
      to === 'invoice' ? this.#window(`invoices ${who}`, MINUTE, own?.['invoices-minute'] ?? 10) : undefined,
      to === 'invoice' ? this.#window(`invoices of a day ${who}`, DAY, own?.['invoices-day'] ?? 20) : undefined,
      to === 'quantity' ? this.#window(`quantities ${who}`, HOUR, own?.['subscription-quantities'] ?? 200) : undefined,
    ];
    // An account's own number holds for each operation, also for those whose limit is another one.
    if (own || (to !== 'search' && to !== 'account')) {
      const quota = own?.endpoint ?? (this.#split ? Infinity : 25);
      limits.splice(4, 0, {
        what: 'bucket',
        key: `operation ${who} ${OPERATIONS[to] ?? to}`,
        quota,
        refused: limited('endpoint-rate'),
      });
    }
    // Which of several full limits is named is not documented: here in the profile's order, where a variant's come last.
    if (this.#split) limits.push(...limits.splice(3, 1));
    return limits.filter((limit) => limit !== undefined);
  }

  #window(key: string, length: number, quota: number): Limit {
    return { what: 'window', key, length, quota, refused: limited('resource-specific') };
  }

  #tooManyAccounts(): Expected {
    return this.variants.includes('accounts-400') ? { status: 400, headers: PLAIN } : limited('resource-specific');
  }

  #isFull({ what, key, quota, length }: Limit, now: number): boolean {
    if (what === 'running') return (this.#running.get(key) ?? 0) >= quota;
    if (what === 'bucket') return quota !== Infinity && this.#taken(key, quota, now).used > quota - 1 + 1e-9;
    const window = this.#windows.get(key);
    return window !== undefined && isOpen(window, now, length) && window.used >= quota;
  }

  #take({ what, key, quota, length }: Limit, now: number): void {
    if (what === 'running') this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    else if (what === 'bucket' && quota !== Infinity) {
      const { used, at } = this.#taken(key, quota, now);
      this.#buckets.set(key, { used: used + 1, at });
    } else if (what === 'window') {
      const window = this.#windows.get(key);
      if (window && isOpen(window, now, length)) window.used += 1;
      else this.#windows.set(key, { start: now, used: 1 });
    }
  }

  /** The whole bucket comes back within a second; where the clock was set back, nothing does until then. */
  #taken(key: string, quota: number, now: number) {
    const { used, at } = this.#buckets.get(key) ?? { used: 0, at: now };
    const since = Math.max(at, now);
    return { used: Math.max(0, used - ((since - at) * quota) / 1_000), at: since };
  }

  #find(slot: string, now: number) {
    const stored = this.#stored.get(slot);
    if (stored && now >= stored.at && now < stored.at + DAY) return stored;
    this.#stored.delete(slot);
    return undefined;
  }

  reset(): void {
    this.#buckets.clear();
    this.#windows.clear();
    this.#running = new Map();
    this.#stored.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number): void {
    const names = [
      'global',
      'endpoint',
      'intent-updates',
      'invoices-minute',
      'invoices-day',
      'subscription-quantities',
      'global-concurrency',
    ] as const;
    const name = names[what % names.length]!;
    this.#own[name] = amount + 1;
    const changed =
      name === 'global' && this.#split
        ? { 'global-read': amount + 1, 'global-write': amount + 1 }
        : { [name]: amount + 1 };
    sandbox.setAccount('stripe', 'acct_main', { quotas: changed });
  }
}

const PLAIN = { 'Stripe-Rate-Limited-Reason': null, 'Retry-After': null, 'Idempotent-Replayed': null };
const isOpen = ({ start }: { start: number }, now: number, length = HOUR) => now >= start && now < start + length;
const accountOf = (as: keyof typeof KEYS) => (as === 'other' ? 'acct_other' : 'acct_main');

function limited(reason: string): Expected {
  return {
    status: 429,
    headers: { ...PLAIN, 'Stripe-Rate-Limited-Reason': reason, 'Stripe-Should-Retry': null },
    parts: { 'error.code': 'rate_limit', 'error.type': 'invalid_request_error' },
  };
}
