/**
 * microsoft-graph, from its pages: a bucket of resource units, windows of mailboxes, teams and notes, what runs at once, and batches of them.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter } from '../../properties/model.js';

type Target = 'me' | 'users' | 'users-selected' | 'members' | 'messages' | 'other-mailbox' | 'channel' | 'notes';

interface Call {
  readonly app: 'app-1' | 'app-2';
  readonly user: 'ada' | 'grace' | 'nobody';
  /** One request, or a batch of several. */
  readonly to: readonly Target[];
  readonly force: number | undefined;
}

const PATHS: Record<Target, string> = {
  me: '/me',
  users: '/users',
  'users-selected': '/users?$select=id',
  members: '/groups/g1/transitiveMembers?$top=5',
  messages: '/me/messages',
  'other-mailbox': '/users/grace/messages',
  channel: '/teams/t1/channels/c1/messages',
  notes: '/me/onenote/pages',
};
/** Resource units of identity. */
const UNITS: Partial<Record<Target, number>> = { me: 1, users: 2, 'users-selected': 1, members: 4 };
const TEN_SECONDS = 10_000;
const MINUTE = 60_000;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'microsoft-graph',
  variants: [[], ['concurrent-by-app']],
  stretches: [TEN_SECONDS, 1_000, MINUTE, 10 * MINUTE, 60 * MINUTE],
  call: fc.record({
    app: fc.constantFrom<Call['app'][]>('app-1', 'app-1', 'app-2'),
    user: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<Call['user'][]>('ada', 'grace') },
      { weight: 1, arbitrary: fc.constant('nobody' as const) },
    ),
    to: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.array(fc.constantFrom(...(Object.keys(PATHS) as Target[])), { minLength: 1, maxLength: 1 }),
      },
      {
        weight: 2,
        arbitrary: fc.array(fc.constantFrom(...(Object.keys(PATHS) as Target[])), { minLength: 2, maxLength: 5 }),
      },
    ),
    force: fc.option(fc.constantFrom(400, 404, 500, 503), { nil: undefined, freq: 5 }),
  }),
  request({ app, user, to, force }) {
    const headers: Record<string, string> =
      user === 'nobody' ? {} : { authorization: `Bearer graph_${app}_contoso_${user}` };
    if (to.length > 1) {
      const requests = to.map((one, i) => ({ id: String(i), method: 'GET', url: PATHS[one] }));
      return { method: 'POST', path: '/v1.0/$batch', headers, body: { requests }, force };
    }
    const [path, query = ''] = PATHS[to[0]!].split('?');
    return { method: 'GET', path: `/v1.0${path}`, query, headers, force };
  },
  create: (variants, sandbox) => new Graph(variants, sandbox),
};

interface Limit {
  readonly kind: 'bucket' | 'window' | 'clock' | 'running';
  readonly bucket: string;
  readonly quota: number;
  readonly cost: number;
  readonly period: number;
  readonly code: string;
}

class Graph implements Model<Call> {
  /** What buckets lack, in units × period, and when that was. */
  #buckets = new Map<string, { missing: number; at: number }>();
  /** Windows that begin with a request, and windows of the clock by their start. */
  #windows = new Map<string, { start: number; used: number }>();
  #running = new Map<string, number>();
  /** What the default tenant has, so that it is met. */
  readonly #own = {
    'identity-app-tenant': 12,
    mailbox: 6,
    'mailbox-concurrent': 2,
    'onenote-minute': 3,
    'onenote-hour': 8,
    'onenote-concurrent': 2,
  };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('microsoft-graph', 'contoso', { quotas: this.#own });
  }

  reset(): void {
    this.#buckets = new Map();
    this.#windows = new Map();
    this.#running = new Map();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (call.user === 'nobody') return { status: 401, parts: { 'error.code': 'InvalidAuthenticationToken' } };
    if (call.to.length > 1) {
      return {
        finish: (at) => (call.force === undefined ? this.#batch(call, at) : { status: call.force }),
        left() {},
      };
    }
    const refused = this.#refusal(call, call.to[0]!, now);
    if (refused) return refused;
    const left = this.#enter(call, call.to[0]!);
    return { finish: () => ({ status: call.force ?? 200, headers: { 'Retry-After': null } }), left };
  }

  /** The parts one after the other; each has left before the next. */
  #batch(call: Call, now: number): Expected {
    const parts: Record<string, unknown> = {};
    for (const [i, to] of call.to.entries()) {
      const refused = this.#refusal(call, to, now);
      if (!refused) this.#enter(call, to)();
      parts[`responses.${i}.id`] = String(i);
      parts[`responses.${i}.status`] = refused?.status ?? 200;
      const told = refused?.headers?.['Retry-After'];
      if (typeof told === 'string') parts[`responses.${i}.headers.Retry-After`] = told;
    }
    return { status: 200, parts };
  }

  /** Refuses a request, or charges it. */
  #refusal(call: Call, to: Target, now: number): Expected | undefined {
    const limits = this.#limits(call, to);
    const refusing = limits.find((limit) => this.#wait(limit, now) > 0);
    if (!refusing) {
      for (const limit of limits) this.#take(limit, now);
      return undefined;
    }
    const told: Record<string, string | null> = {};
    if (to === 'notes') told['Retry-After'] = null;
    else if (!limits.some(({ kind }) => kind === 'running'))
      told['Retry-After'] = String(retryAfter(now + this.#longest(limits, now), now));
    return { status: 429, headers: told, parts: { 'error.code': refusing.code } };
  }

  /** The wait until all have room at once. */
  #longest(limits: Limit[], now: number): number {
    let at = now;
    for (;;) {
      const wait = Math.max(...limits.map((limit) => this.#wait(limit, at)));
      if (wait <= 0) return at - now;
      at += wait;
    }
  }

  #enter(call: Call, to: Target): () => void {
    const running = this.#running;
    const held = this.#limits(call, to).filter(({ kind }) => kind === 'running');
    return () => {
      if (running !== this.#running) return;
      for (const { bucket } of held) running.set(bucket, running.get(bucket)! - 1);
    };
  }

  #limits({ app, user }: Call, to: Target): Limit[] {
    const own = this.#own;
    const units = UNITS[to];
    if (units !== undefined) {
      const code = 'TooManyRequests';
      return [
        {
          kind: 'bucket',
          bucket: `units ${app}`,
          quota: own['identity-app-tenant'],
          cost: units,
          period: TEN_SECONDS,
          code,
        },
      ];
    }
    if (to === 'channel') {
      const code = 'TooManyRequests';
      return [{ kind: 'clock', bucket: `team ${app}`, quota: 4, cost: 1, period: 1_000, code }];
    }
    if (to === 'notes') {
      const code = '20166';
      const who = `${app} ${user}`;
      return [
        { kind: 'window', bucket: `notes ${who}`, quota: own['onenote-minute'], cost: 1, period: MINUTE, code },
        {
          kind: 'window',
          bucket: `notes of an hour ${who}`,
          quota: own['onenote-hour'],
          cost: 1,
          period: 60 * MINUTE,
          code,
        },
        { kind: 'running', bucket: `notes ${who}`, quota: own['onenote-concurrent'], cost: 1, period: 0, code },
      ];
    }
    const code = 'ApplicationThrottled';
    const mailbox = to === 'messages' ? user : 'grace';
    const together = this.variants.includes('concurrent-by-app') ? app : `${app} ${mailbox}`;
    return [
      { kind: 'window', bucket: `mailbox ${app} ${mailbox}`, quota: own.mailbox, cost: 1, period: 10 * MINUTE, code },
      { kind: 'running', bucket: `mailbox ${together}`, quota: own['mailbox-concurrent'], cost: 1, period: 0, code },
    ];
  }

  #missing({ bucket, quota }: Limit, now: number): { missing: number; since: number } {
    const state = this.#buckets.get(bucket);
    if (!state) return { missing: 0, since: now };
    const since = Math.max(state.at, now);
    return { missing: Math.max(0, state.missing - (since - state.at) * quota), since };
  }

  #window({ kind, bucket, period }: Limit, now: number): { start: number; used: number } | undefined {
    if (kind === 'clock') return this.#windows.get(`${bucket} ${Math.floor(now / period)}`);
    const window = this.#windows.get(bucket);
    return window && window.start <= now && now < window.start + period ? window : undefined;
  }

  #wait(limit: Limit, now: number): number {
    const { kind, bucket, quota, cost, period } = limit;
    if (kind === 'running') return (this.#running.get(bucket) ?? 0) + cost > quota ? Number.POSITIVE_INFINITY : 0;
    if (kind === 'bucket') {
      const { missing, since } = this.#missing(limit, now);
      const excess = missing + (cost - quota) * period;
      return excess <= 0 ? 0 : since - now + Math.ceil(excess / quota);
    }
    const window = this.#window(limit, now);
    if ((window?.used ?? 0) + cost <= quota) return 0;
    return window!.start + period - now;
  }

  #take(limit: Limit, now: number): void {
    const { kind, bucket, cost, period } = limit;
    if (kind === 'running') this.#running.set(bucket, (this.#running.get(bucket) ?? 0) + cost);
    else if (kind === 'bucket') {
      const { missing, since } = this.#missing(limit, now);
      this.#buckets.set(bucket, { missing: missing + cost * period, at: since });
    } else {
      const start = kind === 'clock' ? Math.floor(now / period) * period : now;
      const window = this.#window(limit, now) ?? { start, used: 0 };
      window.used += cost;
      this.#windows.set(kind === 'clock' ? `${bucket} ${start / period}` : bucket, window);
    }
  }
}
