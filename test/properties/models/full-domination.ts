/**
 * full-domination, as the default readings say.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter, seconds } from '../model.js';

interface Call {
  readonly as: 'a' | 'b' | 'test' | 'elsewhere' | 'readonly' | 'revoked' | 'nobody';
  readonly to: 'audits' | 'unchanged' | 'missing-audit' | 'bad-limit' | 'unknown-path' | 'eleven-briefs';
  readonly force: number | undefined;
}

const token = (start: string) =>
  start.padEnd(start.startsWith('ad_') ? 40 : 32, start.endsWith('only') || start.endsWith('oked') ? '0' : 'x');
const TOKEN: Record<Call['as'], string | undefined> = {
  a: token('ad_live_aaaa'),
  b: token('ad_live_bbbb'),
  test: token('ad_test_tttt'),
  elsewhere: token('ad_live_eeee'),
  readonly: token('ad_live_readonly'),
  revoked: token('ad_live_revoked'),
  nobody: undefined,
};
const brief = { title: 'x', targetPrompt: 'x', outlineAngle: 'x' };
const TO: Record<
  Call['to'],
  { method: string; path: string; query?: string; headers?: Record<string, string>; body?: unknown; status: number }
> = {
  audits: { method: 'GET', path: '/v1/audits', query: 'limit=2', status: 200 },
  unchanged: { method: 'GET', path: '/v1/audits', headers: { 'if-none-match': '*' }, status: 304 },
  'missing-audit': { method: 'GET', path: '/v1/audits/aud_none', status: 404 },
  'bad-limit': { method: 'GET', path: '/v1/audits', query: 'limit=101', status: 400 },
  'unknown-path': { method: 'GET', path: '/v1/nothing', status: 404 },
  'eleven-briefs': {
    method: 'POST',
    path: '/v1/content/draft',
    body: { briefs: new Array(11).fill(brief) },
    status: 422,
  },
};
const DAY = 86_400_000;
const MINUTE = 60_000;

/** Calls with live and test tokens of two workspaces, fixtures and credentials that are not accepted. Statuses are forced now and then. */
export const spec: ModelSpec<Call> = {
  id: 'full-domination',
  variants: [[], ['clock-minute'], ['test-keys-free'], ['reset-epoch', 'clock-minute']],
  stretches: [MINUTE, MINUTE / 2, 10_000, DAY, DAY / 2],
  call: fc.record({
    as: fc.oneof(
      { weight: 8, arbitrary: fc.constant('a' as const) },
      { weight: 8, arbitrary: fc.constantFrom<Call['as'][]>('b', 'test', 'elsewhere', 'readonly') },
      { weight: 1, arbitrary: fc.constantFrom<Call['as'][]>('revoked', 'nobody') },
    ),
    to: fc.constantFrom<Call['to'][]>(
      'audits',
      'unchanged',
      'missing-audit',
      'bad-limit',
      'unknown-path',
      'eleven-briefs',
    ),
    force: fc.option(fc.constantFrom(304, 400, 401, 403, 404, 409, 422, 429, 500, 503), { nil: undefined, freq: 3 }),
  }),
  request({ as, to, force }) {
    const { status: _, ...sent } = TO[to];
    const authorization = TOKEN[as] === undefined ? {} : { authorization: `Bearer ${TOKEN[as]}` };
    return { ...sent, headers: { ...sent.headers, ...authorization }, force };
  },
  create: (variants, sandbox) => new FullDomination(variants, sandbox),
};

const POLICIES = ['token-minute', 'workspace-minute', 'token-day', 'workspace-day'] as const;
type Policy = (typeof POLICIES)[number];

class FullDomination implements Model<Call> {
  readonly #windows = new Map<string, { start: number; count: number }>();
  readonly #inFlight = new Map<string, number>();
  #limits: Record<Policy | 'token-in-flight', number> = {
    'token-in-flight': 2,
    'token-minute': 5,
    'workspace-minute': 8,
    'token-day': 14,
    'workspace-day': 25,
  };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('full-domination', 'elsewhere', { keys: [TOKEN.elsewhere!] });
    this.#setLimits(sandbox);
  }

  #setLimits(sandbox: Sandbox): void {
    for (const workspace of ['default', 'elsewhere'])
      sandbox.setAccount('full-domination', workspace, { quotas: this.#limits });
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const { as } = call;
    if (as === 'revoked' || as === 'nobody') return UNAUTHORIZED;
    if (as === 'test' && this.variants.includes('test-keys-free'))
      return { finish: (at) => this.#outcome(call, at), left() {} };
    const running = this.#inFlight.get(as) ?? 0;
    if (running >= this.#limits['token-in-flight'])
      return {
        status: 429,
        headers: { ...this.#headers(as, now), 'Retry-After': '1' },
        body: { error: { code: 'concurrent_limit', retryAfterSec: 1 } },
      };
    const full = POLICIES.filter((policy) => this.#isFull(policy, as, now));
    if (full.length > 0) {
      for (const policy of full) if (policy.endsWith('minute')) this.#countRefusal(policy, as, now);
      // No wait helps where the limit is nothing, so none is told.
      const wait = this.#limits[full[0]!] === 0 ? undefined : retryAfter(this.#admission(as, now), now);
      return {
        status: 429,
        headers: {
          ...this.#headers(as, now),
          ...(full.includes('token-minute') ? { 'X-RateLimit-Remaining': '0' } : {}),
          'Retry-After': wait === undefined ? null : String(wait),
        },
        body: {
          error: {
            code: 'rate_limited',
            message: `Too many requests.${wait === undefined ? '' : ` Retry after ${wait} seconds.`}`,
            ...(wait !== undefined && { retryAfterSec: wait }),
          },
        },
      };
    }
    const charged = POLICIES.map((policy) => {
      const window = this.#window(policy, as, now) ?? { start: this.#start(policy, now), count: 0 };
      this.#windows.set(this.#name(policy, as, window.start), window);
      window.count += 1;
      return { name: this.#name(policy, as, window.start), start: window.start };
    });
    this.#inFlight.set(as, running + 1);
    return {
      finish: (at) => {
        const status = this.#status(call);
        for (const { name, start } of status === 304 || status === 401 ? charged : []) {
          const window = this.#windows.get(name);
          if (window?.start === start) window.count = Math.max(0, window.count - 1);
        }
        return this.#outcome(call, at);
      },
      left: () => this.#inFlight.set(as, this.#inFlight.get(as)! - 1),
    };
  }

  /** A refusal opens no window of the caller's own; the minutes of the clock are there by themselves. */
  #countRefusal(policy: Policy, as: string, now: number): void {
    const window = this.#window(policy, as, now) ?? { start: this.#start(policy, now), count: 0 };
    if (this.#onClock(policy)) this.#windows.set(this.#name(policy, as, window.start), window);
    window.count += 1;
  }

  /** When all would admit that admit anything. */
  #admission(as: string, now: number): number {
    let at = now;
    while (POLICIES.some((policy) => this.#limits[policy] > 0 && this.#isFull(policy, as, at))) at = this.#next(as, at);
    return at;
  }

  #status({ as, to, force }: Call): number {
    if (force !== undefined) return force;
    return as === 'readonly' && TO[to].method === 'POST' ? 403 : TO[to].status;
  }

  #outcome(call: Call, now: number): Expected {
    const status = this.#status(call);
    if (status === 401) return UNAUTHORIZED;
    return { status, headers: { ...this.#headers(call.as, now), ...(status === 429 ? {} : { 'Retry-After': null }) } };
  }

  #headers(as: string, now: number): Record<string, string> {
    const window = this.#window('token-minute', as, now);
    const limit = this.#limits['token-minute'];
    const end = (window?.start ?? this.#start('token-minute', now)) + MINUTE;
    return {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit - (window?.count ?? 0))),
      'X-RateLimit-Reset': String(this.variants.includes('reset-epoch') ? seconds(end) : seconds(end - now)),
    };
  }

  #onClock(policy: Policy): boolean {
    return policy.endsWith('day') || this.variants.includes('clock-minute');
  }

  #start(policy: Policy, now: number): number {
    const length = policy.endsWith('day') ? DAY : MINUTE;
    return this.#onClock(policy) ? Math.floor(now / length) * length : now;
  }

  #name(policy: Policy, as: string, start: number): string {
    const whose = policy.startsWith('token') ? as : as === 'elsewhere' ? 'elsewhere' : 'default';
    return `${policy} ${whose} ${this.#onClock(policy) ? start : ''}`;
  }

  #window(policy: Policy, as: string, now: number): { start: number; count: number } | undefined {
    const window = this.#windows.get(this.#name(policy, as, this.#start(policy, now)));
    const length = policy.endsWith('day') ? DAY : MINUTE;
    return window && window.start <= now && now < window.start + length ? window : undefined;
  }

  #isFull(policy: Policy, as: string, now: number): boolean {
    return (this.#window(policy, as, now)?.count ?? 0) >= this.#limits[policy];
  }

  /** The next instant at which any window of the caller begins or ends. */
  #next(as: string, now: number): number {
    const ends = POLICIES.flatMap((policy) => {
      const length = policy.endsWith('day') ? DAY : MINUTE;
      if (this.#onClock(policy)) return [this.#start(policy, now) + length];
      const window = this.#windows.get(this.#name(policy, as, 0));
      return window ? [window.start, window.start + length] : [];
    });
    return Math.min(...ends.filter((at) => at > now));
  }

  reset(): void {
    this.#windows.clear();
    this.#inFlight.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number, now: number): void {
    if (what < 5) {
      const policy = [...POLICIES, 'token-in-flight' as const][what]!;
      this.#limits = { ...this.#limits, [policy]: amount };
      this.#setLimits(sandbox);
      return;
    }
    const policy = POLICIES[what - 5];
    if (!policy) return;
    const partition: Record<string, string> = policy.startsWith('token')
      ? { token: TOKEN.a! }
      : { workspace: 'default' };
    sandbox.setQuota({ policy, partition, used: amount });
    const window = this.#window(policy, 'a', now) ?? { start: this.#start(policy, now), count: 0 };
    this.#windows.set(this.#name(policy, 'a', window.start), window);
    window.count = amount;
  }
}

const UNAUTHORIZED: Expected = {
  status: 401,
  headers: { 'X-RateLimit-Limit': null, 'X-RateLimit-Remaining': null, 'X-RateLimit-Reset': null, 'Retry-After': null },
};
