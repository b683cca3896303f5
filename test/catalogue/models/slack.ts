/**
 * Slack: methods by tier, posting, webhooks.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { type Admitted, type Expected, type Model, type ModelSpec, retryAfter } from '../../properties/model.js';
import { fixedFirstRequest, type Reference, tokenBucket } from '../../properties/references.js';
import { Buckets, type Limit } from '../buckets.js';

const TOKENS = {
  one: 'xoxb-1000000001-1000000000001-secret',
  'one again': 'xoxp-1000000001-1000000000001-other',
  two: 'xoxb-1000000002-1000000000001-secret',
  unlisted: 'xoxb-3333333333-3333333333333-unlisted',
  older: 'xoxb-4444444444-4444444444444-unlisted-existing',
  revoked: 'xoxb-1111111111-1111111111111-revoked',
  bad: 'secret',
  none: undefined,
} as const;
/** Requests a minute of each method, as its page says. */
const TIERS = { 'rtm.connect': 1, 'conversations.list': 20, 'conversations.history': 50, 'users.info': 100 } as const;

interface Call {
  readonly as: keyof typeof TOKENS;
  readonly to: keyof typeof TIERS | 'chat.postMessage' | 'webhook' | 'trigger' | 'no.such';
  readonly channel: string;
  readonly form: boolean;
  readonly force: number | undefined;
}

const MINUTE = 60_000;
const POSTS = 5;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'slack',
  variants: [[], ['existing-limited'], ['short-bursts']],
  stretches: [1_000, 5_000, MINUTE / 2, MINUTE],
  call: fc.record({
    as: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Call['as'][]>('one', 'one again', 'two', 'unlisted', 'older') },
      { weight: 1, arbitrary: fc.constantFrom<Call['as'][]>('revoked', 'bad', 'none') },
    ),
    to: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom<Call['to'][]>('conversations.list', 'conversations.history', 'chat.postMessage'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom<Call['to'][]>('rtm.connect', 'users.info', 'webhook', 'trigger', 'no.such'),
      },
    ),
    channel: fc.constantFrom('C1', 'C2'),
    form: fc.boolean(),
    force: fc.option(fc.constantFrom(400, 500), { nil: undefined, freq: 8 }),
  }),
  request({ as, to, channel, form, force }) {
    const path = { webhook: `/services/T1/${channel}/x`, trigger: `/triggers/T1/${channel}/x` }[to as string];
    const fields = { channel, text: 'Hello', user: 'W012A3CDE' };
    const asForm = form && path === undefined;
    return {
      method: 'POST',
      path: path ?? `/api/${to}`,
      force,
      body: asForm ? new URLSearchParams(fields).toString() : fields,
      headers: {
        ...(TOKENS[as] === undefined ? {} : { authorization: `Bearer ${TOKENS[as]}` }),
        ...(asForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
    };
  },
  create: (variants, sandbox) => new Slack(variants, sandbox),
};

const APPS: Partial<Record<Call['as'], string>> = { one: 'one', 'one again': 'one', two: 'two' };
const appOf = ({ as }: Call) => APPS[as] ?? as;
const isMethod = ({ to }: Call) => to !== 'webhook' && to !== 'trigger';

function limits(variants: readonly string[]): Limit<Call>[] {
  const bursts = variants.includes('short-bursts');
  const isNew = ({ as }: Call) => as === 'unlisted' || (as === 'older' && variants.includes('existing-limited'));
  return [
    {
      name: 'webhook',
      bucket: () => fixedFirstRequest(1_000),
      quota: () => 1,
      key: ({ to, channel }) => (to === 'webhook' ? channel : undefined),
    },
    {
      name: 'trigger',
      bucket: () => fixedFirstRequest(MINUTE),
      quota: () => 10,
      key: ({ to, channel }) => (to === 'trigger' ? channel : undefined),
    },
    {
      name: 'method',
      bucket: () => fixedFirstRequest(MINUTE),
      quota: (call) =>
        call.to === 'conversations.history' && isNew(call) ? 1 : (TIERS[call.to as keyof typeof TIERS] ?? 50),
      key: (call) => (call.to in TIERS ? `${appOf(call)} ${call.to}` : undefined),
    },
    {
      name: 'channel',
      bucket: () => (bursts ? tokenBucket(1_000, 1) : fixedFirstRequest(1_000)),
      quota: () => (bursts ? 5 : 1),
      key: (call) => (call.to === 'chat.postMessage' ? `${appOf(call)} ${call.channel}` : undefined),
    },
    {
      name: 'workspace',
      bucket: () => fixedFirstRequest(MINUTE),
      quota: () => POSTS,
      key: (call) => (call.to === 'chat.postMessage' ? appOf(call) : undefined),
    },
  ];
}

class Slack implements Model<Call> {
  readonly #buckets: Buckets<Call>;

  constructor(variants: readonly string[], sandbox: Sandbox) {
    this.#buckets = new Buckets(limits(variants));
    for (const account of ['internal-app', 'unlisted-app', 'older-app'])
      sandbox.setAccount('slack', account, { quotas: { 'workspace-posts-minute': POSTS } });
  }

  reset(): void {
    this.#buckets.reset();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const wrong = { revoked: 'token_revoked', bad: 'invalid_auth', none: 'not_authed' }[call.as as string];
    if (call.to === 'no.such') return unknownMethod(call);
    if (wrong !== undefined && isMethod(call))
      return { status: 200, headers: { 'Retry-After': null }, body: { ok: false, error: wrong } };
    const { counted, refused } = this.#buckets.take(call, now);
    if (refused) {
      const at = firstRoomInAll(
        counted.map(({ bucket }) => bucket),
        now,
      );
      return {
        status: 429,
        headers: { 'Retry-After': String(retryAfter(at, now)) },
        ...(call.to === 'webhook' ? {} : { body: { ok: false, error: 'ratelimited' } }),
      };
    }
    return {
      finish: () => ({
        status: call.force ?? 200,
        headers: { 'Retry-After': null },
      }),
      left() {},
    };
  }
}

/** Nothing counts what is no method, and nobody needs a token for it. */
function unknownMethod({ force }: Call): Admitted {
  return {
    finish: () =>
      force === undefined ? { status: 200, parts: { ok: false, error: 'unknown_method' } } : { status: force },
    left() {},
  };
}

/** The first instant at which all have room. A window that lies ahead, since the clock was set back, may be full. */
function firstRoomInAll(buckets: readonly Reference[], now: number): number {
  let at = now;
  for (;;) {
    const next = Math.max(...buckets.map((bucket) => firstRoom(bucket, at)));
    if (next === at) return at;
    at = next;
  }
}

/** The first instant with room for one, found by halving: once there is room it stays. */
function firstRoom(bucket: Reference, from: number): number {
  if (bucket.admits(1, from)) return from;
  let [low, high] = [from, bucket.settledAt(from)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (bucket.admits(1, middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
