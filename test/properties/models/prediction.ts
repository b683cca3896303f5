/**
 * prediction, as the default readings say.
 * @module
 */
import fc from 'fast-check';
import type { Answer } from '../../../src/sandbox/exchange/answer.js';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter, seconds } from '../model.js';

interface Call {
  readonly as: 'a' | 'b' | 'forbidden' | 'broke' | 'bad-prefix' | 'nobody';
  readonly to:
    | 'create'
    | 'create-unknown'
    | 'batch-2'
    | 'batch-6'
    | 'poll-missing'
    | 'cancel'
    | 'status'
    | 'unknown-path';
  readonly force: number | undefined;
}

const KEY: Record<Call['as'], string | undefined> = {
  a: 'sk_live_aaaa',
  b: 'sk_live_bbbb',
  forbidden: 'sk_live_forbidden',
  broke: 'sk_live_broke',
  'bad-prefix': 'ad_live_aaaa',
  nobody: undefined,
};
const prediction = { owner: 'black-forest-labs', model: 'flux-kontext-max', input: { prompt: 'x' } };
const create = { method: 'POST', body: { input: { prompt: 'x' } } };
const TO: Record<
  Call['to'],
  { method: string; path: string; body?: unknown; status: number; slots: number; cents: number }
> = {
  create: { ...create, path: '/v1/black-forest-labs/flux-kontext-max/predictions', status: 201, slots: 1, cents: 12 },
  'create-unknown': { ...create, path: '/v1/somebody/unknown-model/predictions', status: 400, slots: 1, cents: 5 },
  'batch-2': batch(2),
  'batch-6': batch(6),
  'poll-missing': { method: 'GET', path: '/v1/predictions/pred_none', status: 404, slots: 0, cents: 0 },
  cancel: { method: 'POST', path: '/v1/predictions/pred_none/cancel', status: 404, slots: 0, cents: 0 },
  status: { method: 'GET', path: '/v1/account/rate-limits', status: 200, slots: 0, cents: 0 },
  'unknown-path': { method: 'GET', path: '/v1/nothing/at/all', status: 404, slots: 0, cents: 0 },
};
function batch(count: number) {
  const body = { predictions: new Array(count).fill(prediction) };
  return { method: 'POST', path: '/v1/predictions/batch', body, status: 201, slots: count, cents: 12 * count };
}
const MINUTE = 60_000;
const DAY = 86_400_000;
const RUN_TIME = 10_000;

/** Calls with two keys, fixtures and credentials that are not accepted, which create, poll and cancel predictions. Statuses are forced now and then. */
export const spec: ModelSpec<Call> = {
  id: 'prediction',
  variants: [[], ['first-request']],
  stretches: [MINUTE, MINUTE / 2, RUN_TIME, RUN_TIME / 2, DAY],
  call: fc
    .record({
      as: fc.oneof(
        { weight: 10, arbitrary: fc.constant('a' as const) },
        { weight: 3, arbitrary: fc.constantFrom<Call['as'][]>('b', 'forbidden', 'broke') },
        { weight: 1, arbitrary: fc.constantFrom<Call['as'][]>('bad-prefix', 'nobody') },
      ),
      to: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom<Call['to'][]>('create', 'create-unknown', 'batch-2', 'cancel') },
        { weight: 3, arbitrary: fc.constantFrom<Call['to'][]>('batch-6', 'poll-missing', 'status', 'unknown-path') },
      ),
      force: fc.option(fc.constantFrom(400, 403, 404, 409, 429, 500, 503), { nil: undefined, freq: 5 }),
    })
    // Which of two errors comes first is not what this is about.
    .filter(({ as, to }) => as !== 'broke' || to !== 'create-unknown'),
  request(call, model) {
    const { method, path, body } = TO[call.to];
    const headers = KEY[call.as] === undefined ? {} : { authorization: `Bearer ${KEY[call.as]}` };
    const id = call.to === 'cancel' ? (model as Prediction).running(call.as) : undefined;
    return { method, path: id === undefined ? path : path.replace('pred_none', id), headers, body, force: call.force };
  },
  create: (variants, sandbox) => new Prediction(variants.includes('first-request'), sandbox),
};

interface Job {
  readonly as: string;
  /** Empty until the answer has told it. */
  id: string;
  end: number;
}

class Prediction implements Model<Call> {
  readonly #minutes = new Map<string, { start: number; count: number }>();
  readonly #jobs: Job[] = [];
  /** Slots of creates that are being answered. */
  readonly #reserved = new Map<string, number>();
  /** Cents by key and day. */
  readonly #spent = new Map<string, number>();
  #limit = 9;
  #slots = 5;
  /** Cents a day; off in one of the two cases that are run. */
  readonly #budget: number;

  constructor(
    readonly fromFirst: boolean,
    readonly sandbox: Sandbox,
  ) {
    this.#budget = fromFirst ? Number.POSITIVE_INFINITY : 60;
    this.#setLimits();
  }

  #setLimits(): void {
    const spend = Number.isFinite(this.#budget) ? { 'key-day-spend': this.#budget / 100 } : {};
    for (const account of ['default', 'broke'])
      this.sandbox.setAccount('prediction', account, {
        quotas: { 'key-minute': this.#limit, 'key-running': this.#slots, ...spend },
      });
  }

  /** The job that a cancellation is aimed at. */
  running(as: string): string | undefined {
    return this.#jobs.find((job) => job.as === as && job.end > this.sandbox.clock.now())?.id;
  }

  observe({ to, force }: Call, answer: Answer): void {
    if (force !== undefined || answer.status !== 201) return;
    const body = JSON.parse(String(answer.body)) as { job_id: string; predictions: { job_id: string }[] };
    const ids = to === 'create' ? [body.job_id] : body.predictions.map(({ job_id }) => job_id);
    // The model has made these jobs already, and waits for their names.
    for (const id of ids) this.#jobs.find((job) => job.id === '')!.id = id;
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const { as, to } = call;
    if (as === 'bad-prefix' || as === 'nobody') return UNAUTHORIZED;
    const { slots, cents } = TO[to];
    const minuteFull = this.#minuteFull(as, now);
    const noSlot = slots > 0 && this.#active(as, now) + slots > this.#slots;
    const noMoney = slots > 0 && this.#spentOn(as, now) + cents > this.#budget;
    this.#count(as, now);
    if (minuteFull || noSlot || noMoney)
      return this.#refusal(call, now, minuteFull ? 'minute' : noSlot ? 'slot' : 'money');
    if (slots > 0) {
      this.#reserved.set(as, (this.#reserved.get(as) ?? 0) + slots);
      this.#spend(as, now, cents);
    }
    const target = to === 'cancel' ? this.#jobs.find((job) => job.id === this.running(as)) : undefined;
    let reserved = slots;
    const giveUp = () => {
      if (reserved > 0) this.#reserved.set(as, this.#reserved.get(as)! - reserved);
      reserved = 0;
    };
    return {
      finish: (at) => {
        giveUp();
        return this.#outcome(call, target, now, at);
      },
      // A client that went away makes no job.
      left: giveUp,
    };
  }

  #outcome(call: Call, target: Job | undefined, arrived: number, now: number): Expected {
    const { as, to, force } = call;
    const { slots, cents } = TO[to];
    let { status } = TO[to];
    if (target) status = 200;
    const creates = slots > 0;
    if (as === 'forbidden' && to !== 'unknown-path') status = 403;
    else if (as === 'broke' && creates) status = 402;
    if (force !== undefined) status = force;
    if (creates) {
      if (status === 201) for (let i = 0; i < slots; i++) this.#jobs.push({ as, id: '', end: now + RUN_TIME });
      else this.#spend(as, arrived, -cents);
    }
    if (target && status === 200 && target.end > now) target.end = now;
    const headers = this.#headers(as, now);
    const expected = { status, headers: { ...headers, ...(status === 429 ? {} : { 'Retry-After': null }) } };
    if (to !== 'status' || status !== 200) return expected;
    return {
      ...expected,
      parts: {
        'requests_per_minute.limit': this.#limit,
        'requests_per_minute.remaining': Number(headers['X-RateLimit-Remaining']),
        'requests_per_minute.reset': Number(headers['X-RateLimit-Reset']),
        'concurrent_predictions.active': this.#active(as, now),
      },
    };
  }

  #refusal({ as, to }: Call, now: number, by: 'minute' | 'slot' | 'money'): Expected {
    const { slots, cents } = TO[to];
    const headers = this.#headers(as, now);
    const never = slots > this.#slots;
    if (by === 'slot' && never) return { status: 400, headers: { ...headers, 'Retry-After': null } };
    if (by === 'money')
      return {
        status: 402,
        headers: { ...headers, 'Retry-After': null },
        parts: { 'error.type': 'payment_error', 'error.code': 'SPENDING_LIMIT_EXCEEDED' },
      };
    const admits = (at: number) =>
      !this.#minuteFull(as, at) &&
      (never || slots === 0 || this.#active(as, at) + slots <= this.#slots) &&
      (cents > this.#budget || slots === 0 || this.#spentOn(as, at) + cents <= this.#budget);
    // How long the slots of creates that are being answered will be held, nobody knows.
    const known = slots === 0 || (this.#reserved.get(as) ?? 0) === 0;
    let at = now;
    while (known && !admits(at)) at = this.#next(as, at);
    const active = this.#active(as, now);
    return {
      status: 429,
      headers: {
        ...headers,
        ...(by === 'minute' ? { 'X-RateLimit-Remaining': '0' } : {}),
        ...(known ? { 'Retry-After': String(retryAfter(at, now)) } : {}),
      },
      ...(by === 'slot'
        ? {
            body: {
              error: {
                type: 'rate_limit_error',
                message: `Concurrent prediction limit exceeded. ${active}/${this.#slots} predictions running.`,
                code: 'CONCURRENT_LIMIT_EXCEEDED',
                details: { limit: this.#slots, active },
              },
            },
          }
        : { parts: { 'error.type': 'rate_limit_error', 'error.code': 'RATE_LIMIT_EXCEEDED' } }),
    };
  }

  #headers(as: string, now: number): Record<string, string> {
    const limit = this.#limit;
    const window = this.#minute(as, now);
    return {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit - (window?.count ?? 0))),
      'X-RateLimit-Reset': String(seconds((window?.start ?? this.#start(now)) + MINUTE)),
    };
  }

  #start(now: number): number {
    return this.fromFirst ? now : Math.floor(now / MINUTE) * MINUTE;
  }

  #minute(as: string, now: number): { start: number; count: number } | undefined {
    const window = this.#minutes.get(this.fromFirst ? as : `${as} ${this.#start(now)}`);
    return window && window.start <= now && now < window.start + MINUTE ? window : undefined;
  }

  #minuteFull(as: string, now: number): boolean {
    return (this.#minute(as, now)?.count ?? 0) >= this.#limit;
  }

  #count(as: string, now: number): void {
    const window = this.#minute(as, now) ?? { start: this.#start(now), count: 0 };
    this.#minutes.set(this.fromFirst ? as : `${as} ${window.start}`, window);
    window.count += 1;
  }

  #active(as: string, now: number): number {
    return this.#jobs.filter((job) => job.as === as && job.end > now).length + (this.#reserved.get(as) ?? 0);
  }

  #spentOn(as: string, now: number): number {
    return this.#spent.get(`${as} ${Math.floor(now / DAY)}`) ?? 0;
  }

  #spend(as: string, now: number, cents: number): void {
    // What is not limited is not written down.
    if (Number.isFinite(this.#budget))
      this.#spent.set(`${as} ${Math.floor(now / DAY)}`, this.#spentOn(as, now) + cents);
  }

  #next(as: string, now: number): number {
    const window = this.#minutes.get(as);
    const events = [
      ...(this.fromFirst ? (window ? [window.start, window.start + MINUTE] : []) : [this.#start(now) + MINUTE]),
      ...this.#jobs.filter((job) => job.as === as).map((job) => job.end),
      (Math.floor(now / DAY) + 1) * DAY,
    ];
    return Math.min(...events.filter((at) => at > now));
  }

  reset(): void {
    for (const map of [this.#minutes, this.#reserved, this.#spent]) map.clear();
    this.#jobs.length = 0;
  }

  control(_sandbox: Sandbox, what: number, amount: number): void {
    if (what < 4) this.#limit = amount + 3;
    else if (what < 7) this.#slots = (amount % 5) + 1;
    else return;
    this.#setLimits();
  }
}

const UNAUTHORIZED: Expected = {
  status: 401,
  headers: { 'X-RateLimit-Limit': null, 'X-RateLimit-Remaining': null, 'X-RateLimit-Reset': null, 'Retry-After': null },
  body: { error: { type: 'authentication_error', message: 'Invalid API key', code: 'INVALID_API_KEY' } },
};
