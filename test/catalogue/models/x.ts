/**
 * x, from its table: what an endpoint allows the app and each user in 15 minutes, a second and 24 hours, and the reads of a month.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Admitted, Expected, Model, ModelSpec } from '../../properties/model.js';

interface Call {
  readonly as: 'app' | 'other-app' | 'one' | 'two' | 'revoked' | 'nobody';
  readonly to: 'recent' | 'all' | 'post' | 'me' | 'like' | 'trends' | 'spaces' | 'usage' | 'one';
  readonly force: number | undefined;
}

const QUARTER = 900_000;
const DAY = 86_400_000;
const SECOND = 1_000;

/** What the page has of an endpoint: by the app in 15 minutes, by the user in 15 minutes, once a second, by the app and by the user in a day. */
interface Row {
  readonly app?: number;
  readonly user?: number;
  readonly second?: true;
  readonly appDay?: number;
  readonly userDay?: number;
  readonly reads?: number;
  readonly request: readonly [method: string, path: string, query?: string, body?: unknown];
  readonly status: number;
}
const ROWS: Record<Call['to'], Row> = {
  recent: { app: 450, user: 300, reads: 1, request: ['GET', '/2/tweets/search/recent', 'query=x'], status: 200 },
  all: { app: 300, second: true, reads: 1, request: ['GET', '/2/tweets/search/all', 'query=x'], status: 200 },
  post: { user: 100, appDay: 10_000, request: ['POST', '/2/tweets', '', { text: 'x' }], status: 201 },
  me: { user: 75, request: ['GET', '/2/users/me'], status: 200 },
  like: { user: 50, userDay: 1_000, request: ['POST', '/2/users/1/likes', '', { tweet_id: '1' }], status: 200 },
  trends: {
    app: 200,
    user: 10,
    appDay: 200,
    userDay: 100,
    request: ['GET', '/2/users/personalized_trends'],
    status: 200,
  },
  spaces: {
    app: 300,
    user: 300,
    second: true,
    request: ['GET', '/2/spaces/by/creator_ids', 'user_ids=1'],
    status: 200,
  },
  usage: { app: 50, request: ['GET', '/2/usage/tweets'], status: 200 },
  one: { app: 450, user: 900, reads: 1, request: ['GET', '/2/tweets/1'], status: 200 },
};
/** Endpoints that take one way of authenticating only. */
const USERS_ONLY: ReadonlySet<Call['to']> = new Set(['post', 'me', 'like', 'trends']);
const APPS_ONLY: ReadonlySet<Call['to']> = new Set(['usage']);

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'x',
  variants: [[], ['problem'], ['daily-403'], ['cap-2m']],
  stretches: [QUARTER, SECOND, 60_000, DAY, 30 * DAY],
  call: fc.record({
    as: fc.constantFrom<Call['as'][]>('app', 'app', 'one', 'one', 'two', 'other-app', 'revoked', 'nobody'),
    to: fc.constantFrom(...(Object.keys(ROWS) as Call['to'][])),
    force: fc.option(fc.constantFrom(404, 500, 503), { nil: undefined, freq: 5 }),
  }),
  request({ as, to, force }) {
    const [method, path, query = '', body] = ROWS[to].request;
    return { method, path, query, body, headers: HEADERS[as], force };
  },
  create: (variants, sandbox) => new X(variants, sandbox),
};

const HEADERS: Record<Call['as'], Record<string, string>> = {
  app: { authorization: 'Bearer AAAAmain' },
  'other-app': { authorization: 'Bearer AAAAother' },
  one: { authorization: 'Bearer user-one' },
  two: { authorization: 'OAuth oauth_consumer_key="k", oauth_token="two", oauth_signature="s"' },
  revoked: { authorization: 'Bearer revoked-user' },
  nobody: {},
};

interface Limit {
  readonly key: string;
  /** 0: the month of the calendar. */
  readonly length: number;
  readonly quota: number;
  readonly error: 'limited' | 'day' | 'cap';
  /** The name of the headers that report it. */
  readonly told?: 'x-rate-limit' | 'x-app-limit-24hour' | 'x-user-limit-24hour';
}

class X implements Model<Call> {
  #windows = new Map<string, { start: number; used: number }>();
  /** Reads of posts by month; they stay where they are when the clock moves. */
  #months = new Map<string, number>();
  readonly #own = { app: 7, user: 6, 'user-day': 9, 'post-reads': 15 };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('x', 'main', { quotas: this.#own });
  }

  arrive({ as, to, force }: Call, now: number): Expected | Admitted {
    if (as === 'nobody' || as === 'revoked') return { status: 401, headers: NONE, parts: { title: 'Unauthorized' } };
    const row = ROWS[to];
    const isApp = as === 'app' || as === 'other-app';
    const limits = this.#limits(as, to);
    const first = limits.find((limit) => this.#used(limit, now) >= limit.quota);
    if (first) return { ...this.#refusal(first.error), headers: this.#headers(limits, now) };
    for (const limit of limits) if (limit.error !== 'cap') this.#take(limit, now);
    const month = limits.find(({ error }) => error === 'cap');
    return {
      finish: (at) => {
        const isDenied = isApp ? USERS_ONLY.has(to) : APPS_ONLY.has(to);
        const status = force ?? (isDenied ? 403 : row.status);
        if (month && status < 300)
          this.#months.set(monthKey(month, now), (this.#months.get(monthKey(month, now)) ?? 0) + row.reads!);
        // Quotas may have changed meanwhile.
        return { status, headers: this.#headers(this.#limits(as, to), at) };
      },
      left() {},
    };
  }

  #limits(as: Call['as'], to: Call['to']): Limit[] {
    const row = ROWS[to];
    const app = as === 'other-app' ? 'other' : 'main';
    const isApp = as === 'app' || as === 'other-app';
    const own = app === 'main' ? this.#own : undefined;
    const limits: Limit[] = [];
    const add = (
      key: string,
      length: number,
      quota: number | undefined,
      error: Limit['error'],
      told?: Limit['told'],
    ) => {
      if (quota !== undefined) limits.push({ key, length, quota, error, ...(told ? { told } : {}) });
    };
    // An app's own number holds for each of its endpoints.
    if (isApp)
      add(
        `app ${app} ${to}`,
        QUARTER,
        own?.app ?? (USERS_ONLY.has(to) ? undefined : row.app),
        'limited',
        'x-rate-limit',
      );
    else {
      add(`user ${as} ${to}`, QUARTER, own?.user ?? row.user, 'limited', 'x-rate-limit');
      if (to === 'trends') add(`all users ${to}`, QUARTER, row.app, 'limited');
      add(`app day ${to}`, DAY, row.appDay, 'day', 'x-app-limit-24hour');
      add(`user day ${as} ${to}`, DAY, own?.['user-day'] ?? row.userDay, 'day', 'x-user-limit-24hour');
    }
    if (row.second) add(`second ${isApp ? app : as} ${to}`, SECOND, 1, 'limited', isApp ? undefined : 'x-rate-limit');
    if (row.reads)
      add(`reads ${app}`, 0, own?.['post-reads'] ?? (this.variants.includes('cap-2m') ? 2_000_000 : 3_000_000), 'cap');
    return limits;
  }

  #refusal(error: Limit['error']): Expected {
    if (error === 'cap') return { status: 429, parts: { title: 'UsageCapExceeded' } };
    if (error === 'day' && this.variants.includes('daily-403')) return { status: 403, parts: { 'errors.0.code': 185 } };
    return this.variants.includes('problem')
      ? {
          status: 429,
          body: { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 },
        }
      : { status: 429, body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] } };
  }

  #headers(limits: readonly Limit[], now: number): Record<string, string | null> {
    const headers: Record<string, string | null> = { ...NONE };
    const names = ['x-rate-limit', 'x-app-limit-24hour', 'x-user-limit-24hour'] as const;
    for (const name of names) {
      // Of several windows, the one with the smallest share left is told.
      const told = limits.filter((limit) => limit.told === name);
      const share = (limit: Limit) => Math.max(0, limit.quota - this.#used(limit, now)) / limit.quota;
      const tightest = told.reduce<Limit | undefined>(
        (least, one) => (least && share(least) <= share(one) ? least : one),
        undefined,
      );
      if (!tightest) continue;
      const window = this.#open(tightest, now);
      headers[`${name}-limit`] = String(tightest.quota);
      headers[`${name}-remaining`] = String(Math.max(0, tightest.quota - (window?.used ?? 0)));
      headers[`${name}-reset`] = String(Math.ceil(((window?.start ?? now) + tightest.length) / 1_000));
    }
    return headers;
  }

  #open({ key, length }: Limit, now: number) {
    const window = this.#windows.get(key);
    return window && now >= window.start && now < window.start + length ? window : undefined;
  }

  #used(limit: Limit, now: number): number {
    if (limit.error === 'cap') return this.#months.get(monthKey(limit, now)) ?? 0;
    return this.#open(limit, now)?.used ?? 0;
  }

  #take(limit: Limit, now: number): void {
    const window = this.#open(limit, now);
    if (window) window.used += 1;
    else this.#windows.set(limit.key, { start: now, used: 1 });
  }

  reset(): void {
    this.#windows.clear();
    this.#months.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number): void {
    const names = ['app', 'user', 'user-day', 'post-reads'] as const;
    const name = names[what % names.length]!;
    this.#own[name] = amount + 1;
    sandbox.setAccount('x', 'main', { quotas: { [name]: amount + 1 } });
  }
}

const monthKey = ({ key }: Limit, now: number) => `${key} ${new Date(now).toISOString().slice(0, 7)}`;
const NONE: Readonly<Record<string, string | null>> = Object.fromEntries(
  ['x-rate-limit', 'x-app-limit-24hour', 'x-user-limit-24hour']
    .flatMap((name) => [`${name}-limit`, `${name}-remaining`, `${name}-reset`])
    .concat('Retry-After')
    .map((name) => [name, null]),
);
