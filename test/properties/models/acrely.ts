/**
 * acrely, as the default readings say.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter, seconds } from '../model.js';

interface Call {
  readonly as: 'a' | 'b' | 'bad-prefix' | 'nobody';
  readonly ip: string;
  readonly to: 'leads' | 'no-campaign' | 'unknown-campaign' | 'unknown-path' | 'bulk-empty' | 'health';
  readonly force: number | undefined;
}

const KEY: Record<Call['as'], string | undefined> = {
  a: 'sk_test_abc123xyz',
  b: 'sk_live_bbbb',
  'bad-prefix': 'ak_live_aaaa',
  nobody: undefined,
};
const TO: Record<Call['to'], { method: string; path: string; query?: string; body?: unknown; status: number }> = {
  leads: { method: 'GET', path: '/api/v1/leads', query: 'campaignId=k978z8ndfnqjnbxmphvf0wd59h6yrd0a', status: 200 },
  'no-campaign': { method: 'GET', path: '/api/v1/leads', status: 400 },
  'unknown-campaign': { method: 'GET', path: '/api/v1/leads', query: 'campaignId=unknown', status: 403 },
  'unknown-path': { method: 'GET', path: '/api/v1/nothing', status: 404 },
  'bulk-empty': {
    method: 'POST',
    path: '/api/v1/leads/bulk',
    body: { campaignId: 'k978z8ndfnqjnbxmphvf0wd59h6yrd0a', leads: [] },
    status: 400,
  },
  health: { method: 'GET', path: '/api/health', status: 200 },
};
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Calls with two keys and from two addresses, and with credentials that are not accepted. Statuses are forced now and then. */
export const spec: ModelSpec<Call> = {
  id: 'acrely',
  variants: [
    [],
    ['sliding-log'],
    ['rejections-count'],
    ['sliding-log', 'rejections-count'],
    ['retry-at-reset', 'reset-milliseconds'],
    ['per-minute', 'short-429'],
  ],
  stretches: [HOUR, HOUR / 2, MINUTE, MINUTE / 2, 7_321],
  call: fc.record({
    as: fc.oneof(
      { weight: 10, arbitrary: fc.constant('a' as const) },
      { weight: 3, arbitrary: fc.constant('b' as const) },
      { weight: 1, arbitrary: fc.constantFrom<Call['as'][]>('bad-prefix', 'nobody') },
    ),
    ip: fc.constantFrom('10.0.0.1', '10.0.0.1', '10.0.0.2'),
    to: fc.oneof(
      { weight: 5, arbitrary: fc.constant('health' as const) },
      {
        weight: 8,
        arbitrary: fc.constantFrom<Call['to'][]>('leads', 'no-campaign', 'unknown-campaign', 'unknown-path'),
      },
      { weight: 1, arbitrary: fc.constant('bulk-empty' as const) },
    ),
    force: fc.option(fc.constantFrom(400, 403, 404, 429, 500, 503), { nil: undefined, freq: 3 }),
  }),
  request({ as, ip, to, force }) {
    const { status: _, ...sent } = TO[to];
    return { ...sent, ip, headers: KEY[as] === undefined ? {} : { 'x-api-key': KEY[as] }, force };
  },
  create: (variants, sandbox) => new Acrely(variants, sandbox),
};

class Acrely implements Model<Call> {
  /** Every counted call's instant, by key or address. */
  readonly #calls = new Map<string, number[]>();
  readonly #keyPolicy: 'key-hour' | 'key-minute';
  readonly #limits = { key: 7, ip: 5 };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    this.#keyPolicy = variants.includes('per-minute') ? 'key-minute' : 'key-hour';
    this.#setLimits(sandbox);
  }

  #setLimits(sandbox: Sandbox): void {
    sandbox.setAccount('acrely', 'default', {
      quotas: { [this.#keyPolicy]: this.#limits.key, 'ip-minute': this.#limits.ip },
    });
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const health = call.to === 'health';
    if (!health && call.as === 'nobody') return unauthorized('Missing API key');
    if (!health && call.as === 'bad-prefix') return unauthorized('Invalid or inactive API key');
    const bucket = health ? `ip ${call.ip}` : `key ${call.as}`;
    const calls = this.#calls.get(bucket) ?? [];
    this.#calls.set(bucket, calls);
    const limit = this.#limit(bucket);
    if (this.#used(bucket, now) < limit) {
      calls.push(now);
      return { finish: (at) => this.#outcome(call, bucket, now, at), left() {} };
    }
    if (this.variants.includes('rejections-count')) calls.push(now);
    const headers = this.#headers(bucket, now);
    const reset = new Date(this.#reset(bucket, now)).toISOString();
    const atReset = this.variants.includes('retry-at-reset');
    // No wait helps where the limit is nothing, so none is told, unless the documents fix one.
    const at = atReset ? this.#reset(bucket, now) : limit === 0 ? undefined : this.#admission(bucket, now);
    const wait = at === undefined ? null : String(retryAfter(at, now));
    return {
      status: 429,
      headers: { ...headers, 'X-RateLimit-Remaining': '0', 'Retry-After': wait },
      body: health
        ? { status: 'error', message: 'Rate limit exceeded', limit, remaining: 0, reset }
        : this.variants.includes('short-429')
          ? { success: false, data: null, error: 'Rate limit exceeded' }
          : {
              success: false,
              data: null,
              error: 'Rate limit exceeded. Please try again later.',
              limit,
              remaining: 0,
              reset,
            },
    };
  }

  #outcome(call: Call, bucket: string, arrived: number, now: number): Expected {
    const status = call.force ?? TO[call.to].status;
    if (status === 429 && !this.variants.includes('rejections-count')) {
      const calls = this.#calls.get(bucket)!;
      const same = calls.findIndex((at) =>
        this.#exact() ? at === arrived : this.#start(bucket, at) === this.#start(bucket, arrived),
      );
      if (same >= 0) calls.splice(same, 1);
    }
    return { status, headers: { ...this.#headers(bucket, now), ...(status === 429 ? {} : { 'Retry-After': null }) } };
  }

  #headers(bucket: string, now: number): Record<string, string> {
    const reset = this.#reset(bucket, now);
    return {
      'X-RateLimit-Limit': String(this.#limit(bucket)),
      'X-RateLimit-Remaining': String(Math.max(0, this.#limit(bucket) - this.#used(bucket, now))),
      'X-RateLimit-Reset': String(this.variants.includes('reset-milliseconds') ? reset : seconds(reset)),
    };
  }

  #exact(): boolean {
    return this.variants.includes('sliding-log');
  }

  #limit(bucket: string): number {
    return bucket.startsWith('ip') ? this.#limits.ip : this.#limits.key;
  }

  #length(bucket: string): number {
    return bucket.startsWith('ip') || this.#keyPolicy === 'key-minute' ? MINUTE : HOUR;
  }

  #start(bucket: string, now: number): number {
    return Math.floor(now / this.#length(bucket)) * this.#length(bucket);
  }

  #live(bucket: string, now: number): number[] {
    return (this.#calls.get(bucket) ?? []).filter((at) => at > now - this.#length(bucket)).sort((a, b) => a - b);
  }

  /** How many calls an aligned window holds. */
  #count(bucket: string, start: number): number {
    return (this.#calls.get(bucket) ?? []).filter((at) => this.#start(bucket, at) === start).length;
  }

  #used(bucket: string, now: number): number {
    if (this.#exact()) return this.#live(bucket, now).length;
    const W = this.#length(bucket);
    const start = this.#start(bucket, now);
    const P = this.#count(bucket, start - W);
    return this.#count(bucket, start) + Math.floor((P * (W - (now % W))) / W);
  }

  #reset(bucket: string, now: number): number {
    const W = this.#length(bucket);
    return this.#exact() ? (this.#live(bucket, now)[0] ?? now) + W : this.#start(bucket, now) + W;
  }

  /** The first instant at which one more call is admitted. */
  #admission(bucket: string, now: number): number {
    const admits = (at: number) => this.#used(bucket, at) < this.#limit(bucket);
    if (this.#exact()) {
      let at = now;
      while (!admits(at)) at = this.#live(bucket, at)[0]! + this.#length(bucket);
      return at;
    }
    // Within an aligned window the count only falls, so the first instant can be found by halving.
    for (let start = this.#start(bucket, now); ; start += this.#length(bucket)) {
      let [low, high] = [Math.max(now, start), start + this.#length(bucket) - 1];
      if (!admits(high)) continue;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (admits(middle)) high = middle;
        else low = middle + 1;
      }
      return low;
    }
  }

  reset(): void {
    this.#calls.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number, now: number): void {
    if (what < 5) {
      this.#limits[what < 3 ? 'key' : 'ip'] = amount;
      this.#setLimits(sandbox);
      return;
    }
    const bucket = what < 8 ? 'key a' : 'ip 10.0.0.1';
    const [policy, partition] = what < 8 ? [this.#keyPolicy, { key: KEY.a! }] : ['ip-minute', { ip: '10.0.0.1' }];
    sandbox.setQuota({ policy, partition, used: amount });
    const calls = this.#calls.get(bucket) ?? [];
    const set = this.#exact()
      ? this.#live(bucket, now)
      : calls.filter((at) => this.#start(bucket, at) === this.#start(bucket, now));
    const kept = this.#exact() && amount > 0 ? set.slice(-amount) : [];
    const others = [...calls];
    for (const at of set) others.splice(others.indexOf(at), 1);
    this.#calls.set(bucket, [...others, ...kept, ...new Array<number>(amount - kept.length).fill(now)]);
  }
}

const unauthorized = (error: string): Expected => ({
  status: 401,
  headers: { 'X-RateLimit-Limit': null, 'X-RateLimit-Remaining': null, 'X-RateLimit-Reset': null, 'Retry-After': null },
  body: { success: false, data: null, error },
});
