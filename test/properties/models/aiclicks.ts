/**
 * aiclicks, as the default readings say.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter, seconds } from '../model.js';

interface Call {
  readonly as: 'a' | 'b' | 'disabled' | 'jwt' | 'revoked' | 'nobody' | 'other-prefix';
  readonly to: 'validate' | 'domains' | 'domains?' | 'prompts-without-domain' | 'unknown-path' | 'post';
  readonly force: number | undefined;
}

const AUTHORIZATION: Record<Call['as'], string | undefined> = {
  a: 'Bearer ak_live_aaaa',
  b: 'Bearer ak_live_bbbb',
  disabled: 'Bearer ak_live_disabled',
  jwt: 'Bearer aaa.bbb.ccc',
  revoked: 'Bearer ak_live_revoked',
  nobody: undefined,
  'other-prefix': 'Bearer sk_live_aaaa',
};
const PATH: Record<Call['to'], [method: string, path: string, query: string, status: number]> = {
  validate: ['GET', '/api/v1/validate', '', 200],
  domains: ['GET', '/api/v1/domains', '', 200],
  'domains?': ['GET', '/api/v1/domains', 'x=1', 200],
  'prompts-without-domain': ['GET', '/api/v1/prompts', '', 400],
  'unknown-path': ['GET', '/api/v1/nothing', '', 404],
  post: ['POST', '/api/v1/domains', '', 405],
};

/** Calls with two keys, session tokens, fixtures and credentials that are not accepted, with and without a query. Statuses are forced now and then. */
export const spec: ModelSpec<Call> = {
  id: 'aiclicks',
  variants: [[], ['clock-minute'], ['cache-30m']],
  stretches: [60_000, 30_000, 12_345, 3_600_000, 1_800_000],
  call: fc.record({
    as: fc.oneof(
      { weight: 12, arbitrary: fc.constant('a' as const) },
      { weight: 4, arbitrary: fc.constant('b' as const) },
      { weight: 3, arbitrary: fc.constantFrom<Call['as']>('disabled', 'jwt', 'revoked', 'nobody', 'other-prefix') },
    ),
    to: fc.constantFrom<Call['to'][]>(
      'validate',
      'domains',
      'domains?',
      'prompts-without-domain',
      'unknown-path',
      'post',
    ),
    force: fc.option(fc.constantFrom(400, 401, 403, 404, 429, 500, 503), { nil: undefined, freq: 3 }),
  }),
  request({ as, to, force }) {
    const [method, path, query] = PATH[to];
    const authorization = AUTHORIZATION[as];
    return { method, path, query, headers: authorization === undefined ? {} : { authorization }, force };
  },
  create: (variants, sandbox) => new Aiclicks(variants, sandbox),
};

class Aiclicks implements Model<Call> {
  readonly #windows = new Map<string, { start: number; count: number }>();
  readonly #cache = new Map<string, number>();
  /** Of the default team; a small one, so that it is met. */
  #limit = 8;

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('aiclicks', 'default', { quotas: { 'key-minute': this.#limit } });
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (['revoked', 'nobody', 'other-prefix'].includes(call.as))
      return { ...UNAUTHORIZED, body: { detail: 'Invalid or revoked API key' } };
    if (call.as === 'jwt') return { finish: (at) => this.#outcome(call, at, undefined), left() {} };
    const window = this.#window(call.as, now);
    const limit = this.#limitOf(call.as);
    if ((window?.count ?? 0) >= limit) {
      // A refusal counts, but opens no window of the key's own; the minutes of the clock are there by themselves.
      const counted = window ?? { start: this.#start(now), count: 0 };
      if (this.#onClock()) this.#windows.set(this.#name(call.as, counted.start), counted);
      counted.count += 1;
      let end = counted.start + 60_000;
      // Coming minutes of the clock may be full as well, where the clock was set back.
      while (limit > 0 && this.#onClock() && (this.#window(call.as, end)?.count ?? 0) >= limit) end += 60_000;
      return {
        status: 429,
        headers: {
          ...this.#headers(call.as, now),
          'X-RateLimit-Remaining': '0',
          // No wait helps where the limit is nothing, so none is told.
          'Retry-After': limit === 0 ? null : String(retryAfter(end, now)),
          'X-Cache': null,
        },
        body: { detail: 'Too many requests. Please try again later.' },
      };
    }
    const charged = window ?? { start: this.#start(now), count: 0 };
    this.#windows.set(this.#name(call.as, charged.start), charged);
    charged.count += 1;
    return { finish: (at) => this.#outcome(call, at, charged.start), left() {} };
  }

  #outcome(call: Call, now: number, charged: number | undefined): Expected {
    const status =
      call.force ??
      (call.as === 'disabled' && call.to !== 'unknown-path' && call.to !== 'post' ? 403 : PATH[call.to][3]);
    const window = charged === undefined ? undefined : this.#windows.get(this.#name(call.as, charged));
    if (window?.start === charged && window && (status >= 500 || status === 401))
      window.count = Math.max(0, window.count - 1);
    const cache = this.#cached(call, status, now);
    if (call.as === 'jwt') {
      const parts =
        status === 200 && call.to === 'validate'
          ? { 'data.rate_limit.remaining': null, 'data.rate_limit.reset_at': null }
          : {};
      return { status, headers: { ...NO_LIMITS, 'X-Cache': cache }, parts };
    }
    if (status === 401) return UNAUTHORIZED;
    const headers = this.#headers(call.as, now);
    const parts =
      status === 200 && call.to === 'validate'
        ? {
            'data.rate_limit.limit_per_minute': Number(headers['X-RateLimit-Limit']),
            'data.rate_limit.remaining': Number(headers['X-RateLimit-Remaining']),
            'data.rate_limit.reset_at': Number(headers['X-RateLimit-Reset']),
          }
        : {};
    return {
      status,
      headers: { ...headers, ...(status === 429 ? {} : { 'Retry-After': null }), 'X-Cache': cache },
      parts,
    };
  }

  #cached({ as, to, force }: Call, status: number, now: number): string | null {
    if (status === 401 || status === 429) return null;
    if (to === 'validate') return 'BYPASS';
    if (force !== undefined || status !== 200) return 'MISS';
    const name = `${as} ${to}`;
    const stored = this.#cache.get(name);
    const life = this.variants.includes('cache-30m') ? 1_800_000 : 3_600_000;
    if (stored !== undefined && now >= stored && now < stored + life) return 'HIT';
    this.#cache.set(name, now);
    return 'MISS';
  }

  #headers(as: string, now: number): Record<string, string> {
    const window = this.#window(as, now);
    const limit = this.#limitOf(as);
    return {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit - (window?.count ?? 0))),
      'X-RateLimit-Reset': String(seconds((window?.start ?? this.#start(now)) + 60_000)),
    };
  }

  #limitOf(as: string): number {
    return as === 'disabled' ? 60 : this.#limit;
  }

  #onClock(): boolean {
    return this.variants.includes('clock-minute');
  }

  #start(now: number): number {
    return this.#onClock() ? Math.floor(now / 60_000) * 60_000 : now;
  }

  /** On the clock every minute has a window of its own; else a key has one, the last that was opened. */
  #name(as: string, start: number): string {
    return this.#onClock() ? `${as} ${start}` : as;
  }

  #window(as: string, now: number): { start: number; count: number } | undefined {
    const window = this.#windows.get(this.#name(as, this.#start(now)));
    return window && window.start <= now && now < window.start + 60_000 ? window : undefined;
  }

  reset(): void {
    this.#windows.clear();
    this.#cache.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number, now: number): void {
    if (what < 5) {
      this.#limit = amount;
      sandbox.setAccount('aiclicks', 'default', { quotas: { 'key-minute': this.#limit } });
      return;
    }
    const remaining = Math.min(amount, this.#limit);
    sandbox.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_aaaa' }, remaining });
    const window = this.#window('a', now) ?? { start: this.#start(now), count: 0 };
    this.#windows.set(this.#name('a', window.start), window);
    window.count = this.#limit - remaining;
  }
}

const NO_LIMITS = {
  'X-RateLimit-Limit': null,
  'X-RateLimit-Remaining': null,
  'X-RateLimit-Reset': null,
  'Retry-After': null,
};
const UNAUTHORIZED: Expected = { status: 401, headers: { ...NO_LIMITS, 'X-Cache': null } };
