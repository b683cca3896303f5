/**
 * openai, from its pages: token buckets of a minute and a day for each model and organisation, with a reservation of tokens.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter } from '../../properties/model.js';

interface Call {
  readonly as: 'a' | 'b' | 'free' | 'empty' | 'nobody';
  readonly model: 'gpt-4o' | 'gpt-4o-2024-08-06' | 'gpt-4o-mini' | 'gpt-5' | 'gpt-2';
  readonly characters: number;
  readonly maxTokens: number | undefined;
  readonly force: number | undefined;
}

const KEYS: Record<Exclude<Call['as'], 'nobody'>, string> = {
  a: 'sk-a',
  b: 'sk-b',
  free: 'sk-free',
  empty: 'sk-no-credits',
};
const MINUTE = 60_000;
const DAY = 86_400_000;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'openai',
  variants: [[], ['wait-in-message'], ['refusals-count']],
  stretches: [MINUTE, 10_000, 120, 20_000, DAY / 8],
  call: fc.record({
    as: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<Call['as'][]>('a', 'b') },
      { weight: 4, arbitrary: fc.constant('free' as const) },
      { weight: 1, arbitrary: fc.constantFrom<Call['as'][]>('empty', 'nobody') },
    ),
    model: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<Call['model'][]>('gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-mini') },
      { weight: 2, arbitrary: fc.constantFrom<Call['model'][]>('gpt-5', 'gpt-2') },
    ),
    characters: fc.integer({ min: 1, max: 90 }),
    maxTokens: fc.option(fc.integer({ min: 1, max: 55 }), { nil: undefined, freq: 2 }),
    force: fc.option(fc.constantFrom(400, 404, 500, 503), { nil: undefined, freq: 4 }),
  }),
  request({ as, model, characters, maxTokens, force }) {
    return {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: as === 'nobody' ? {} : { authorization: `Bearer ${KEYS[as]}` },
      body: { model, messages: [{ role: 'user', content: 'x'.repeat(characters) }], max_tokens: maxTokens },
      force,
    };
  },
  create: (variants, sandbox) => new OpenAi(variants, sandbox),
};

/** A bucket that was full once and has been drawn from: `missing` is in units × period, so that all arithmetic is on whole numbers. */
interface Bucket {
  missing: number;
  at: number;
}

interface Limit {
  readonly kind: 'RPM' | 'RPD' | 'TPM';
  readonly bucket: string;
  readonly quota: number;
  readonly period: number;
  readonly cost: number;
}

class OpenAi implements Model<Call> {
  readonly #buckets = new Map<string, Bucket>();
  /** Limits of the default organisation, so that they are met. */
  readonly #own = { 'requests-minute': 6, 'tokens-minute': 50, 'requests-day': 40 };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('openai', 'org-mock429', { quotas: this.#own });
  }

  reset(): void {
    this.#buckets.clear();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (call.as === 'nobody') return { status: 401, headers: { 'x-ratelimit-limit-requests': null } };
    if (call.as === 'empty') return { status: 429, parts: { 'error.code': 'insufficient_quota' } };
    const limits = this.#limits(call);
    const refusing = limits.find((limit) => this.#wait(limit, now) > 0);
    if (refusing) return this.#refusal(call, refusing, limits, now);
    for (const limit of limits) this.#take(limit, now);
    return {
      finish: (at) => ({
        status: call.force ?? (call.model === 'gpt-2' ? 404 : 200),
        headers: { ...this.#headers(limits, at), 'Retry-After': null, 'retry-after-ms': null },
      }),
      left() {},
    };
  }

  #refusal(call: Call, refusing: Limit, limits: Limit[], now: number): Expected {
    const possible = limits.filter((limit) => limit.cost <= limit.quota);
    const charges = this.variants.includes('refusals-count') && refusing.kind === 'RPM';
    if (charges) this.#take(refusing, now);
    const headers = this.#headers(limits, now);
    const organization = call.as === 'free' ? 'org-free' : 'org-mock429';
    const about = `for ${call.model} in organization ${organization} on`;
    if (refusing.cost > refusing.quota)
      return {
        status: 429,
        headers: { ...headers, 'Retry-After': null, 'retry-after-ms': null },
        parts: {
          'error.message': `Request too large ${about} tokens per min (TPM): Limit ${refusing.quota}, Requested ${refusing.cost}. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.`,
        },
      };
    const wait = Math.max(...possible.map((limit) => this.#wait(limit, now)));
    const told = this.variants.includes('wait-in-message')
      ? { 'Retry-After': null, 'retry-after-ms': null }
      : { 'Retry-After': String(retryAfter(now + wait, now)), 'retry-after-ms': String(wait) };
    const what = { RPM: 'requests per min (RPM)', RPD: 'requests per day (RPD)', TPM: 'tokens per min (TPM)' };
    return {
      status: 429,
      headers: { ...headers, ...told },
      parts: {
        'error.type': refusing.kind === 'TPM' ? 'tokens' : 'requests',
        'error.message': `Rate limit reached ${about} ${what[refusing.kind]}: Limit ${refusing.quota}, Used ${this.#used(refusing, now)}, Requested ${refusing.cost}. Please try again in ${goDuration(wait)}. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      },
    };
  }

  #limits({ as, model, characters, maxTokens }: Call): Limit[] {
    const family = model.startsWith('gpt-4o-mini') ? 'gpt-4o-mini' : model.startsWith('gpt-4o') ? 'gpt-4o' : model;
    const numbers =
      as === 'free'
        ? FREE[family]
        : { RPM: this.#own['requests-minute'], RPD: this.#own['requests-day'], TPM: this.#own['tokens-minute'] };
    const tokens = Math.max(maxTokens ?? 1, Math.ceil(characters / 4));
    return (['RPM', 'RPD', 'TPM'] as const).flatMap((kind) => {
      const quota = numbers?.[kind];
      if (quota === undefined) return [];
      const bucket = `${kind} ${as === 'free' ? 'free' : 'own'} ${family}`;
      return [{ kind, bucket, quota, period: kind === 'RPD' ? DAY : MINUTE, cost: kind === 'TPM' ? tokens : 1 }];
    });
  }

  /** What the bucket lacks at an instant, in units × period. Time that was set back does not count twice. */
  #missing({ bucket, quota }: Limit, now: number): { missing: number; since: number } {
    const state = this.#buckets.get(bucket);
    if (!state) return { missing: 0, since: now };
    const since = Math.max(state.at, now);
    return { missing: Math.max(0, state.missing - (since - state.at) * quota), since };
  }

  #used(limit: Limit, now: number): number {
    return Math.ceil(this.#missing(limit, now).missing / limit.period);
  }

  /** Milliseconds until the request has room. */
  #wait(limit: Limit, now: number): number {
    if (limit.cost > limit.quota) return Number.POSITIVE_INFINITY;
    const { missing, since } = this.#missing(limit, now);
    const excess = missing + (limit.cost - limit.quota) * limit.period;
    return excess <= 0 ? 0 : since - now + Math.ceil(excess / limit.quota);
  }

  #take(limit: Limit, now: number): void {
    const { missing, since } = this.#missing(limit, now);
    this.#buckets.set(limit.bucket, { missing: missing + limit.cost * limit.period, at: since });
  }

  #headers(limits: Limit[], now: number): Record<string, string | null> {
    const state = (kinds: string[]) => {
      const all = limits
        .filter(({ kind }) => kinds.includes(kind))
        .map((limit) => {
          const { missing, since } = this.#missing(limit, now);
          const reset = missing === 0 ? 0 : since - now + Math.ceil(missing / limit.quota);
          return { limit: limit.quota, remaining: Math.max(0, limit.quota - this.#used(limit, now)), reset };
        });
      return all.sort((a, b) => a.remaining / a.limit - b.remaining / b.limit)[0];
    };
    const requests = state(['RPM', 'RPD']);
    const tokens = state(['TPM']);
    return {
      'x-ratelimit-limit-requests': requests ? String(requests.limit) : null,
      'x-ratelimit-remaining-requests': requests ? String(requests.remaining) : null,
      'x-ratelimit-reset-requests': requests ? goDuration(requests.reset) : null,
      'x-ratelimit-limit-tokens': tokens ? String(tokens.limit) : null,
      'x-ratelimit-remaining-tokens': tokens ? String(tokens.remaining) : null,
      'x-ratelimit-reset-tokens': tokens ? goDuration(tokens.reset) : null,
    };
  }
}

/** The free tier; it has no numbers for large models, which get those of tier 1. */
const FREE: Record<string, { RPM: number; RPD?: number; TPM: number }> = {
  'gpt-4o': { RPM: 500, TPM: 30_000 },
  'gpt-4o-mini': { RPM: 3, RPD: 200, TPM: 40_000 },
  'gpt-5': { RPM: 500, TPM: 500_000 },
};

/** As Go prints a duration: 1s, 6m0s, 20ms. */
function goDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1_000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${(ms % 60_000) / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
