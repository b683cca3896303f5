/**
 * notion, from its pages: windows of 60 seconds for each connection, and the average of three a second of the older page.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter } from '../../properties/model.js';

interface Call {
  readonly as: 'a' | 'b' | 'business' | 'blocked' | 'nobody' | 'bad';
  readonly to: 'me' | 'search' | 'append' | 'no-version' | 'bad-body';
  readonly force: number | undefined;
}

/** What can be forced, with its code. */
const CODES: Readonly<Record<number, string>> = {
  404: 'object_not_found',
  409: 'conflict_error',
  500: 'internal_server_error',
  503: 'service_unavailable',
  529: 'service_overload',
};
const BURST = 10;
const PER_SECOND = 3;
const REASON = {
  connection: 'public_api_request_rate_limit',
  workspace: 'public_api_space_request_rate_limit',
  endpoint: 'public_api_endpoint_rate_limit',
};

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'notion',
  variants: [[], ['average']],
  stretches: [60_000, 300_000, 30_000, 1_000, 334],
  call: fc.record({
    as: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Call['as'][]>('a', 'b') },
      { weight: 3, arbitrary: fc.constant('business' as const) },
      { weight: 2, arbitrary: fc.constantFrom<Call['as'][]>('blocked', 'nobody', 'bad') },
    ),
    to: fc.constantFrom<Call['to'][]>('me', 'search', 'append', 'no-version', 'bad-body'),
    force: fc.option(fc.constantFrom(...Object.keys(CODES).map(Number)), { nil: undefined, freq: 3 }),
  }),
  request({ as, to, force }) {
    const token = as === 'bad' ? 'wrong' : `ntn_${as}`;
    const headers: Record<string, string> = as === 'nobody' ? {} : { authorization: `Bearer ${token}` };
    if (to !== 'no-version') headers['notion-version'] = '2025-09-03';
    if (to === 'me' || to === 'no-version') return { method: 'GET', path: '/v1/users/me', headers, force };
    if (to === 'search') return { method: 'POST', path: '/v1/search', headers, body: { query: 'x' }, force };
    const body = to === 'append' ? { children: [] } : { children: 'none' };
    return { method: 'PATCH', path: '/v1/blocks/b1/children', headers, body, force };
  },
  create: (variants, sandbox) => new Notion(variants.includes('average'), sandbox),
};

type Window = { readonly start: number; used: number };

class Notion implements Model<Call> {
  #windows = new Map<string, Window>();
  /** Of the older page: the instants of requests, as how much of a burst is left and when that was. */
  #bursts = new Map<string, { left: number; at: number }>();
  readonly #quotas: Record<'connection' | 'workspace' | 'endpoint', number> = {
    connection: 8,
    workspace: 12,
    endpoint: 6,
  };
  #plan = 'free';

  constructor(
    readonly average: boolean,
    readonly sandbox: Sandbox,
  ) {
    sandbox.setAccount('notion', 'main', {
      quotas: this.average ? { workspace: 12, endpoint: 6 } : { ...this.#quotas },
    });
  }

  arrive({ as, to, force }: Call, now: number): Expected | Admitted {
    if (as === 'nobody' || as === 'bad') return refusal(401, 'unauthorized', undefined);
    if (as === 'blocked') return refusal(429, 'rate_limited', undefined, 'public_api_request_blocked');
    const account = as === 'business' ? 'business' : 'main';
    const operation = to === 'search' ? 'search' : to === 'append' || to === 'bad-body' ? 'append' : 'me';
    const limits: [kind: keyof typeof REASON, key: string, length: number, quota: number][] = [
      ['connection', as, 60_000, account === 'main' ? this.#quotas.connection : 600],
      ['workspace', account, 300_000, account === 'main' ? this.#quotas.workspace : Infinity],
      ['endpoint', `${as} ${operation}`, 60_000, account === 'main' ? this.#quotas.endpoint : Infinity],
    ];
    const waits = (at: number) =>
      limits.map(([kind, key, length, quota]) =>
        kind === 'connection' && this.average
          ? this.#burstWait(key, at)
          : this.#windowWait(`${kind} ${key}`, length, quota, at),
      );
    const first = waits(now).findIndex((wait) => wait > now);
    if (first >= 0) {
      // All limits have to let it through at the same instant.
      let at = now;
      for (let next = Math.max(...waits(at)); next > at; next = Math.max(...waits(at))) at = next;
      return refusal(429, 'rate_limited', String(retryAfter(at, now)), REASON[limits[first]![0]]);
    }
    for (const [kind, key, length, quota] of limits) {
      if (kind === 'connection' && this.average) {
        const { left, at } = this.#burst(key, now);
        this.#bursts.set(key, { left: left - 1, at });
      } else if (quota !== Infinity) this.#window(`${kind} ${key}`, length, now).used += 1;
    }
    return {
      finish: () => outcome(to, force),
      left() {},
    };
  }

  #burst(key: string, now: number) {
    const { left, at } = this.#bursts.get(key) ?? { left: BURST, at: now };
    // Where the clock was set back, nothing flows in until it is past that instant again.
    const since = Math.max(at, now);
    return { left: Math.min(BURST, left + ((since - at) * PER_SECOND) / 1_000), at: since };
  }

  #burstWait(key: string, now: number): number {
    const { left, at } = this.#burst(key, now);
    return left > 1 - 1e-9 ? now : at + Math.ceil(((1 - left) * 1_000) / PER_SECOND - 1e-6);
  }

  #window(key: string, length: number, now: number): Window {
    let window = this.#windows.get(key);
    if (!window || now >= window.start + length || now < window.start) window = { start: now, used: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #windowWait(key: string, length: number, quota: number, now: number): number {
    const window = this.#windows.get(key);
    if (quota === Infinity || !window || now >= window.start + length || now < window.start) return now;
    return window.used < quota ? now : window.start + length;
  }

  reset(): void {
    this.#windows.clear();
    this.#bursts.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number): void {
    if (what < 6) {
      const kind = this.average
        ? (['workspace', 'endpoint'] as const)[what % 2]!
        : (['connection', 'workspace', 'endpoint'] as const)[what % 3]!;
      this.#quotas[kind] = amount + 1;
      sandbox.setAccount('notion', 'main', { quotas: { [kind]: amount + 1 } });
    } else {
      this.#plan = this.#plan === 'free' ? 'enterprise' : 'free';
      // Its own quotas stay above those of the plan.
      sandbox.setAccount('notion', 'main', { plan: this.#plan });
    }
  }
}

function outcome(to: Call['to'], force: number | undefined): Expected {
  if (force !== undefined) return refusal(force, CODES[force]!, force === 529 ? '5' : undefined);
  if (to === 'no-version') return refusal(400, 'missing_version', undefined);
  if (to === 'bad-body') return refusal(400, 'validation_error', undefined);
  return { status: 200, headers: { 'Retry-After': null } };
}

function refusal(status: number, code: string, seconds: string | undefined, reason?: string): Expected {
  return {
    status,
    headers: { 'Retry-After': seconds ?? null },
    parts: {
      object: 'error',
      status,
      code,
      'additional_data.rate_limit_reason': reason,
      'additional_data.retry_after': seconds,
    },
  };
}
