/**
 * google, from its pages: windows of a minute for users and projects of Gmail and Sheets, sent mail in 24 hours, and what runs at once.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Admitted, Expected, Model, ModelSpec } from '../../properties/model.js';

interface Call {
  readonly as: 'a' | 'b' | 'trial' | 'expired' | 'nobody';
  readonly quotaUser: 'ada' | undefined;
  readonly to: 'profile' | 'messages' | 'history' | 'draft' | 'modify' | 'send' | 'read' | 'write';
  readonly force: number | undefined;
}

const GMAIL = '/gmail/v1/users/me';
const SHEET = '/v4/spreadsheets/1BxiMVs0XRA5/values/A1:B2';
const TO: Record<Call['to'], { method: string; path: string; status: number; units: number }> = {
  profile: { method: 'GET', path: `${GMAIL}/profile`, status: 200, units: 1 },
  messages: { method: 'GET', path: `${GMAIL}/messages`, status: 200, units: 5 },
  history: { method: 'GET', path: `${GMAIL}/history`, status: 200, units: 2 },
  draft: { method: 'POST', path: `${GMAIL}/drafts`, status: 200, units: 10 },
  modify: { method: 'POST', path: `${GMAIL}/messages/batchModify`, status: 204, units: 50 },
  send: { method: 'POST', path: `${GMAIL}/messages/send`, status: 200, units: 100 },
  read: { method: 'GET', path: SHEET, status: 200, units: 0 },
  write: { method: 'PUT', path: SHEET, status: 200, units: 0 },
};
const MINUTE = 60_000;
const DAY = 86_400_000;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'google',
  variants: [[], ['user-15000'], ['quota-metric']],
  stretches: [MINUTE, MINUTE / 2, DAY / 2, DAY, 9_876],
  call: fc.record({
    as: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<Call['as'][]>('a', 'b') },
      { weight: 2, arbitrary: fc.constantFrom<Call['as'][]>('trial', 'expired', 'nobody') },
    ),
    quotaUser: fc.option(fc.constant('ada' as const), { nil: undefined, freq: 4 }),
    to: fc.constantFrom(...(Object.keys(TO) as Call['to'][])),
    force: fc.option(fc.constantFrom(400, 404, 429, 500, 503), { nil: undefined, freq: 4 }),
  }),
  request({ as, quotaUser, to, force }) {
    const { method, path } = TO[to];
    return {
      method,
      path,
      query: quotaUser === undefined ? '' : `quotaUser=${quotaUser}`,
      headers: as === 'nobody' ? {} : { authorization: `Bearer ya29.${as}` },
      ...(method === 'GET' ? {} : { body: {} }),
      force,
    };
  },
  create: (variants, sandbox) => new Google(variants, sandbox),
};

interface Limit {
  readonly what: 'window' | 'log' | 'running';
  readonly bucket: string;
  readonly quota: number;
  readonly cost: number;
  readonly refused: Expected;
}

class Google implements Model<Call> {
  #windows = new Map<string, { start: number; used: number }>();
  #sent = new Map<string, number[]>();
  #running = new Map<string, number>();
  /** What the default project has, so that it is met. */
  readonly #own = {
    'gmail-user': 160,
    'gmail-project': 260,
    'gmail-concurrent': 2,
    'mail-sending': 3,
    'sheets-read-user': 3,
    'sheets-read-project': 5,
    'sheets-write-user': 2,
    'sheets-write-project': 4,
  };

  constructor(
    readonly variants: readonly string[],
    sandbox: Sandbox,
  ) {
    sandbox.setAccount('google', '123456789012', { quotas: this.#own });
  }

  reset(): void {
    this.#windows = new Map();
    this.#sent = new Map();
    this.#running = new Map();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (call.as === 'nobody' || call.as === 'expired') return { status: 401 };
    const limits = this.#limits(call);
    const full = limits.find((limit) => this.#left(limit, now) < limit.cost);
    if (full) return full.refused;
    for (const limit of limits) this.#take(limit, now);
    const running = this.#running;
    const sent = this.#sent;
    return {
      finish: () => {
        const status = call.force ?? TO[call.to].status;
        // What was not sent does not count as sent.
        if (status >= 400)
          for (const { what, bucket } of limits) {
            if (what !== 'log' || sent !== this.#sent) continue;
            const instants = sent.get(bucket)!;
            instants.splice(instants.indexOf(now), 1);
          }
        return { status, headers: { 'Retry-After': null } };
      },
      left: () => {
        if (running !== this.#running) return;
        for (const { what, bucket } of limits) if (what === 'running') running.set(bucket, running.get(bucket)! - 1);
      },
    };
  }

  #limits({ as, quotaUser, to }: Call): Limit[] {
    const project = as === 'trial' ? '210000000000' : '123456789012';
    const own = as === 'trial' ? undefined : this.#own;
    const user = `${project} ${as} ${quotaUser ?? ''}`;
    const metric = this.variants.includes('quota-metric');
    const { units } = TO[to];
    if (units === 0) {
      const kind = to === 'read' ? 'Read' : 'Write';
      const name = to === 'read' ? ('sheets-read' as const) : ('sheets-write' as const);
      const refused = (limit: string): Expected => ({
        status: 429,
        headers: { 'Retry-After': null },
        parts: {
          'error.status': 'RESOURCE_EXHAUSTED',
          'error.message': `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute${limit}' of service 'sheets.googleapis.com' for consumer 'project_number:${project}'.`,
        },
      });
      return [
        {
          what: 'window',
          bucket: `${name} ${user}`,
          quota: own?.[`${name}-user`] ?? 60,
          cost: 1,
          refused: refused(' per user'),
        },
        {
          what: 'window',
          bucket: `${name} ${project}`,
          quota: own?.[`${name}-project`] ?? 300,
          cost: 1,
          refused: refused(''),
        },
      ];
    }
    const reason = (one: string) => ({
      status: 403,
      headers: { 'Retry-After': null },
      parts: { 'error.errors.0.reason': metric ? 'rateLimitExceeded' : one },
    });
    const tooMany = { status: 429, parts: { 'error.errors.0.reason': 'rateLimitExceeded' } };
    const perUser = this.variants.includes('user-15000') ? 15_000 : 6_000;
    const limits: Limit[] = [
      {
        what: 'window',
        bucket: `gmail ${user}`,
        quota: own?.['gmail-user'] ?? perUser,
        cost: units,
        refused: reason('userRateLimitExceeded'),
      },
      {
        what: 'window',
        bucket: `gmail ${project}`,
        quota: own?.['gmail-project'] ?? 1_200_000,
        cost: units,
        refused: reason('rateLimitExceeded'),
      },
      { what: 'running', bucket: as, quota: own?.['gmail-concurrent'] ?? 10, cost: 1, refused: tooMany },
    ];
    if (to === 'send')
      limits.push({ what: 'log', bucket: as, quota: own?.['mail-sending'] ?? 500, cost: 1, refused: tooMany });
    return limits;
  }

  #window(bucket: string, now: number): { start: number; used: number } | undefined {
    const window = this.#windows.get(bucket);
    return window && window.start <= now && now < window.start + MINUTE ? window : undefined;
  }

  #left({ what, bucket, quota }: Limit, now: number): number {
    if (what === 'running') return quota - (this.#running.get(bucket) ?? 0);
    if (what === 'window') return quota - (this.#window(bucket, now)?.used ?? 0);
    return quota - (this.#sent.get(bucket) ?? []).filter((at) => at > now - DAY).length;
  }

  #take({ what, bucket, cost }: Limit, now: number): void {
    if (what === 'running') this.#running.set(bucket, (this.#running.get(bucket) ?? 0) + cost);
    else if (what === 'log') this.#sent.set(bucket, [...(this.#sent.get(bucket) ?? []), now]);
    else {
      const window = this.#window(bucket, now) ?? { start: now, used: 0 };
      window.used += cost;
      this.#windows.set(bucket, window);
    }
  }
}
