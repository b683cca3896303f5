/**
 * klinky, as the default readings say.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter, seconds } from '../model.js';

interface Call {
  readonly as: 'a' | 'b' | 'jwt' | 'growth' | 'starter' | 'revoked' | 'bad-prefix' | 'nobody';
  readonly to: 'list' | 'missing-link' | 'bad-body' | 'unknown-path' | 'status' | 'create-key';
  readonly force: number | undefined;
}

const HEADERS: Record<Call['as'], Record<string, string>> = {
  a: { 'x-api-key': 'klinky_live_aaaa' },
  b: { 'x-api-key': 'klinky_live_bbbb' },
  growth: { 'x-api-key': 'klinky_live_growth' },
  starter: { 'x-api-key': 'klinky_live_starter' },
  revoked: { 'x-api-key': 'klinky_live_revoked' },
  'bad-prefix': { 'x-api-key': 'ak_live_aaaa' },
  jwt: { authorization: 'Bearer aaa.bbb.ccc' },
  nobody: {},
};
const PATH: Record<Call['to'], [method: string, path: string, query: string, status: number, body?: unknown]> = {
  list: ['GET', '/api/v1/public/links', 'page=1', 200],
  'missing-link': ['GET', '/api/v1/public/links/00000000-0000-4000-8000-000000000000', '', 404],
  'bad-body': ['POST', '/api/v1/public/links', '', 422, { slug: 'abc' }],
  'unknown-path': ['GET', '/api/v1/public/nothing', '', 404],
  status: ['GET', '/api/v1/public/keys/rate-limit', '', 200],
  'create-key': ['POST', '/api/v1/public/keys', 'name=x', 201],
};
const HOUR = 3_600_000;

/** Calls with keys on several plans, session tokens and credentials that are not accepted. Statuses are forced now and then. */
export const spec: ModelSpec<Call> = {
  id: 'klinky',
  variants: [[], ['sliding-hour']],
  stretches: [HOUR, HOUR / 2, 600_000, 100_000, 2 * HOUR],
  call: fc.record({
    as: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Call['as'][]>('a', 'b') },
      { weight: 6, arbitrary: fc.constant('jwt' as const) },
      { weight: 2, arbitrary: fc.constant('growth' as const) },
      { weight: 2, arbitrary: fc.constantFrom<Call['as'][]>('starter', 'revoked', 'bad-prefix', 'nobody') },
    ),
    to: fc.constantFrom<Call['to'][]>('list', 'missing-link', 'bad-body', 'unknown-path', 'status', 'create-key'),
    force: fc.option(fc.constantFrom(400, 404, 409, 422, 429, 500, 503), { nil: undefined, freq: 3 }),
  }),
  request({ as, to, force }) {
    const [method, path, query, , body] = PATH[to];
    return { method, path, query, headers: HEADERS[as], body, force };
  },
  create: (variants, sandbox) => new Klinky(variants.includes('sliding-hour'), sandbox),
};

class Klinky implements Model<Call> {
  /** Every counted call's instant, by account. */
  readonly #calls = new Map<string, number[]>([
    ['default', []],
    ['growth', []],
  ]);
  #limit = 6;
  #plan = 'scale';

  constructor(
    readonly sliding: boolean,
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('klinky', 'default', { quotas: { 'account-hour': this.#limit } });
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const unknown = this.#unauthorized(call);
    if (unknown) return unknown;
    const account = call.as === 'growth' ? 'growth' : 'default';
    const plan = call.as === 'starter' ? 'starter' : account === 'growth' ? 'growth' : this.#plan;
    if (plan === 'starter' || plan === 'free')
      return {
        status: 403,
        headers: NO_LIMITS,
        body: { detail: `Your plan (${plan}) does not include API access. Upgrade to Growth or Scale.` },
      };
    if (call.to === 'status') return { finish: (at) => this.#outcome(call, account, at), left() {} };
    if (this.#used(account, now) >= this.#limitOf(account)) {
      const limit = this.#limitOf(account);
      let at = now;
      while (limit > 0 && this.#used(account, at) >= limit) at = this.#next(account, at);
      return {
        status: 429,
        headers: {
          ...this.#headers(account, now),
          'X-RateLimit-Remaining': '0',
          // No wait helps where the limit is nothing, so none is told.
          'Retry-After': limit === 0 ? null : String(retryAfter(at, now)),
        },
        body: { detail: 'Rate limit exceeded. Please try again later.' },
      };
    }
    this.#calls.get(account)!.push(now);
    return {
      finish: (at) => {
        const status = call.force ?? PATH[call.to][3];
        const calls = this.#calls.get(account)!;
        // A seed may have taken the call out of the count.
        if (status === 429 && calls.includes(this.#stamp(calls, now)))
          calls.splice(calls.indexOf(this.#stamp(calls, now)), 1);
        return this.#outcome(call, account, at);
      },
      left() {},
    };
  }

  /** The call to take back: this very one, or on the clock any of its hour. */
  #stamp(calls: readonly number[], now: number): number {
    if (this.sliding) return now;
    return calls.find((at) => hour(at) === hour(now)) ?? now;
  }

  #unauthorized({ as, to }: Call): Expected | undefined {
    const wantsJwt = to === 'status' || to === 'create-key';
    const unauthorized = (detail?: string): Expected => ({
      status: 401,
      headers: NO_LIMITS,
      ...(detail === undefined ? {} : { body: { detail } }),
    });
    if (to === 'unknown-path' && as === 'jwt') return undefined;
    if (wantsJwt) return as === 'jwt' ? undefined : unauthorized();
    if (as === 'nobody' || as === 'jwt') return unauthorized('Missing API key. Include X-API-Key header.');
    return as === 'revoked' || as === 'bad-prefix' ? unauthorized('Invalid API key.') : undefined;
  }

  #outcome(call: Call, account: string, now: number): Expected {
    const status = call.force ?? PATH[call.to][3];
    const headers = this.#headers(account, now);
    const reset = Number(headers['X-RateLimit-Reset']) * 1_000;
    return {
      status,
      headers: { ...headers, ...(status === 429 ? {} : { 'Retry-After': null }) },
      ...(call.to === 'status' && status === 200
        ? {
            body: {
              limit: Number(headers['X-RateLimit-Limit']),
              remaining: Number(headers['X-RateLimit-Remaining']),
              reset_at: new Date(reset).toISOString().replace('.000Z', 'Z'),
            },
          }
        : {}),
    };
  }

  #headers(account: string, now: number): Record<string, string> {
    const limit = this.#limitOf(account);
    return {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit - this.#used(account, now))),
      'X-RateLimit-Reset': String(seconds(this.#reset(account, now))),
    };
  }

  #limitOf(account: string): number {
    return account === 'growth' ? 100 : this.#limit;
  }

  #live(account: string, now: number): number[] {
    return this.#calls
      .get(account)!
      .filter((at) => (this.sliding ? at > now - HOUR : hour(at) === hour(now)))
      .sort((a, b) => a - b);
  }

  #used(account: string, now: number): number {
    return this.#live(account, now).length;
  }

  #reset(account: string, now: number): number {
    return this.sliding ? (this.#live(account, now)[0] ?? now) + HOUR : (hour(now) + 1) * HOUR;
  }

  /** When the count changes next by itself. */
  #next(account: string, now: number): number {
    return this.sliding ? this.#live(account, now)[0]! + HOUR : (hour(now) + 1) * HOUR;
  }

  reset(): void {
    for (const calls of this.#calls.values()) calls.length = 0;
  }

  control(sandbox: Sandbox, what: number, amount: number, now: number): void {
    if (what < 4) {
      this.#limit = amount;
      sandbox.setAccount('klinky', 'default', { quotas: { 'account-hour': this.#limit } });
    } else if (what < 7) {
      this.#plan = what === 4 ? 'free' : 'scale';
      sandbox.setAccount('klinky', 'default', { plan: this.#plan });
    } else {
      sandbox.setQuota({ policy: 'account-hour', partition: { account: 'default' }, used: amount });
      const live = this.#live('default', now);
      const others = this.#calls.get('default')!;
      for (const at of live) others.splice(others.indexOf(at), 1);
      const kept = amount === 0 ? [] : live.slice(-amount);
      others.push(...kept, ...new Array<number>(amount - kept.length).fill(now));
    }
  }
}

const hour = (now: number) => Math.floor(now / HOUR);
const NO_LIMITS = {
  'X-RateLimit-Limit': null,
  'X-RateLimit-Remaining': null,
  'X-RateLimit-Reset': null,
  'Retry-After': null,
};
