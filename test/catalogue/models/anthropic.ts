/**
 * anthropic, from its pages: token buckets of a minute for requests, input and output of each model class.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter } from '../../properties/model.js';

interface Call {
  readonly as: 'a' | 'b' | 'bearer' | 'tier-1' | 'nobody';
  readonly model: 'claude-opus-4-8' | 'claude-opus-4-5' | 'claude-sonnet-5' | 'claude-3-5-haiku-20241022' | 'claude-2';
  readonly characters: number;
  /** Characters of a system prompt, in whole tokens, and whether it is marked for the cache. */
  readonly system: { readonly characters: number; readonly cached: boolean } | undefined;
  readonly maxTokens: number;
  readonly force: number | undefined;
}

const MINUTE = 60_000;
/** Tokens of the text that the profile answers. */
const ANSWER = 14;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'anthropic',
  variants: [[], ['cache-reads-count'], ['output-reserved']],
  stretches: [MINUTE, 10_000, 1_200, 30_000],
  call: fc.record({
    as: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<Call['as'][]>('a', 'b', 'bearer') },
      { weight: 2, arbitrary: fc.constantFrom<Call['as'][]>('tier-1', 'nobody') },
    ),
    model: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Call['model'][]>('claude-opus-4-8', 'claude-opus-4-5') },
      {
        weight: 5,
        arbitrary: fc.constantFrom<Call['model'][]>('claude-sonnet-5', 'claude-3-5-haiku-20241022', 'claude-2'),
      },
    ),
    characters: fc.integer({ min: 1, max: 80 }),
    system: fc.option(
      fc.record({ characters: fc.integer({ min: 1, max: 50 }).map((n) => 4 * n), cached: fc.boolean() }),
      {
        nil: undefined,
        freq: 2,
      },
    ),
    maxTokens: fc.integer({ min: 1, max: 30 }),
    force: fc.option(fc.constantFrom(400, 404, 500, 529), { nil: undefined, freq: 4 }),
  }),
  request({ as, model, characters, system, maxTokens, force }) {
    const key = as === 'tier-1' ? 'sk-ant-tier-1' : `sk-ant-${as}`;
    const credential: Record<string, string> =
      as === 'nobody' ? {} : as === 'bearer' ? { authorization: `Bearer ${key}` } : { 'x-api-key': key };
    const cache = system?.cached ? { cache_control: { type: 'ephemeral' } } : {};
    return {
      method: 'POST',
      path: '/v1/messages',
      headers: { ...credential, 'anthropic-version': '2023-06-01' },
      body: {
        model,
        max_tokens: maxTokens,
        messages: [{ role: 'user', content: 'x'.repeat(characters) }],
        ...(system && { system: [{ type: 'text', text: 'y'.repeat(system.characters), ...cache }] }),
      },
      force,
    };
  },
  create: (variants, sandbox) => new Anthropic(variants, sandbox),
};

type Kind = 'requests' | 'input-tokens' | 'output-tokens';

interface Limit {
  readonly kind: Kind;
  readonly bucket: string;
  readonly quota: number;
  readonly cost: number;
  /** What must be free. */
  readonly needs: number;
}

class Anthropic implements Model<Call> {
  /** What a bucket lacked at an instant, in units × milliseconds of a minute, so that all arithmetic is on whole numbers. */
  #buckets = new Map<string, { missing: number; at: number }>();
  readonly #own = { requests: 9, 'input-tokens': 90, 'output-tokens': 40 };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('anthropic', 'org_mock429', { quotas: this.#own });
  }

  reset(): void {
    this.#buckets = new Map();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (call.as === 'nobody') return { status: 401, headers: { 'anthropic-ratelimit-requests-limit': null } };
    const limits = this.#limits(call);
    const refusing = limits.find((limit) => this.#wait(limit, now) > 0);
    if (refusing) {
      const possible = limits.filter(({ needs, quota }) => needs <= quota);
      const wait = Math.max(...possible.map((limit) => this.#wait(limit, now)));
      const never = refusing.needs > refusing.quota;
      return {
        status: 429,
        headers: {
          ...this.#headers(limits, now),
          'retry-after': never ? null : String(retryAfter(now + wait, now)),
        },
        parts: { type: 'error', 'error.type': 'rate_limit_error' },
      };
    }
    for (const limit of limits) this.#add(limit, limit.cost, now);
    const buckets = this.#buckets;
    return {
      finish: (at) => {
        const status = call.force ?? (call.model === 'claude-2' ? 404 : 200);
        if (buckets === this.#buckets)
          for (const limit of limits) {
            // A failed request takes no tokens.
            const actual = status === 200 || limit.kind === 'requests' ? this.#actual(call, limit) : 0;
            if (actual > limit.cost) this.#add(limit, actual - limit.cost, at);
            else this.#giveBack(limit, limit.cost - actual);
          }
        return { status, headers: { ...this.#headers(limits, at), 'retry-after': null } };
      },
      left() {},
    };
  }

  #limits({ as, model, characters, system, maxTokens }: Call): Limit[] {
    const family = model.startsWith('claude-opus-4') ? 'opus 4' : model;
    const numbers: Partial<Record<Kind, number>> = as === 'tier-1' ? (TIER_1[family] ?? {}) : this.#own;
    const reserved = this.variants.includes('output-reserved');
    const costs: Record<Kind, number> = {
      requests: 1,
      'input-tokens': Math.ceil((characters + (system?.characters ?? 0)) / 4),
      'output-tokens': reserved ? maxTokens : 0,
    };
    return (['requests', 'input-tokens', 'output-tokens'] as const).flatMap((kind) => {
      const quota = numbers[kind];
      if (quota === undefined) return [];
      const cost = costs[kind];
      const bucket = `${kind} ${as === 'tier-1' ? 'tier-1' : 'own'} ${family}`;
      return [{ kind, bucket, quota, cost, needs: Math.max(1, cost) }];
    });
  }

  /** What it took in the end. */
  #actual({ model, characters, system, maxTokens }: Call, { kind, cost }: Limit): number {
    if (kind === 'requests') return cost;
    if (kind === 'output-tokens') return Math.min(ANSWER, maxTokens);
    const fromCache = system?.cached ? system.characters : 0;
    const counted = Math.ceil((characters + (system?.characters ?? 0) - fromCache) / 4);
    const reads = this.variants.includes('cache-reads-count') || model === 'claude-3-5-haiku-20241022';
    return counted + (reads ? Math.ceil(fromCache / 4) : 0);
  }

  #missing({ bucket, quota }: Limit, now: number): { missing: number; since: number } {
    const state = this.#buckets.get(bucket);
    if (!state) return { missing: 0, since: now };
    const since = Math.max(state.at, now);
    return { missing: Math.max(0, state.missing - (since - state.at) * quota), since };
  }

  #used(limit: Limit, now: number): number {
    return Math.ceil(this.#missing(limit, now).missing / MINUTE);
  }

  #wait(limit: Limit, now: number): number {
    if (limit.needs > limit.quota) return Number.POSITIVE_INFINITY;
    const { missing, since } = this.#missing(limit, now);
    const excess = missing + (limit.needs - limit.quota) * MINUTE;
    return excess <= 0 ? 0 : since - now + Math.ceil(excess / limit.quota);
  }

  #add(limit: Limit, units: number, now: number): void {
    if (units === 0) return;
    const { missing, since } = this.#missing(limit, now);
    this.#buckets.set(limit.bucket, { missing: missing + units * MINUTE, at: since });
  }

  /** As if they had not been taken. */
  #giveBack({ bucket }: Limit, units: number): void {
    const state = this.#buckets.get(bucket);
    if (state) state.missing = Math.max(0, state.missing - units * MINUTE);
  }

  #headers(limits: Limit[], now: number): Record<string, string | null> {
    const told: Record<string, string | null> = {};
    for (const kind of ['requests', 'input-tokens', 'output-tokens'] as const) {
      const limit = limits.find((one) => one.kind === kind);
      const left = limit && Math.max(0, limit.quota - this.#used(limit, now));
      told[`anthropic-ratelimit-${kind}-limit`] = limit ? String(limit.quota) : null;
      told[`anthropic-ratelimit-${kind}-remaining`] =
        left === undefined ? null : String(kind === 'requests' ? left : Math.round(left / 1_000) * 1_000);
      told[`anthropic-ratelimit-${kind}-reset`] = limit ? this.#reset(limit, now) : null;
    }
    return told;
  }

  /** When the bucket is full again, in whole seconds. */
  #reset(limit: Limit, now: number): string {
    const { missing, since } = this.#missing(limit, now);
    // A full bucket tells the current second.
    const seconds =
      missing === 0 ? Math.floor(now / 1_000) : Math.ceil((since + Math.ceil(missing / limit.quota)) / 1_000);
    return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
  }
}

/** The page before, for organisations on its first tier; it knew no Sonnet 5, which gets the numbers of Start. */
const TIER_1: Record<string, Record<Kind, number>> = {
  'opus 4': { requests: 50, 'input-tokens': 500_000, 'output-tokens': 80_000 },
  'claude-sonnet-5': { requests: 1_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 },
  'claude-3-5-haiku-20241022': { requests: 1_000, 'input-tokens': 100_000, 'output-tokens': 20_000 },
};
