/**
 * Twilio: what runs at once, what is queued, and the attempts of Verify.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Admitted, Expected, Model, ModelSpec } from '../../properties/model.js';
import { concurrency, fixedFirstRequest, tokenBucket } from '../../properties/references.js';
import { Buckets, type Limit } from '../buckets.js';

const ACCOUNTS = { a: `AC${'a'.repeat(32)}`, b: `AC${'b'.repeat(32)}`, gone: `AC${'0'.repeat(32)}` };
const SERVICE = `VA${'1'.repeat(32)}`;
const LONG = '+15557122661';
const TOLL_FREE = '+18005550100';
const TEXTS = { short: ['Hello', 1], long: ['x'.repeat(400), 3], greek: [`\u03b1${'x'.repeat(99)}`, 2] } as const;

interface Call {
  readonly as: keyof typeof ACCOUNTS | 'nobody';
  readonly to: 'message' | 'list' | 'call' | 'send' | 'check' | 'fetch' | 'no-recipient';
  readonly from: string;
  readonly text: keyof typeof TEXTS;
  readonly number: string;
  readonly force: number | undefined;
}

const MINUTE = 60_000;

/** Quotas that random steps can reach; the rates are the provider's. */
const QUOTAS = {
  concurrency: 4,
  'message-queue': 8,
  'call-queue': 5,
  'verify-sends': 5,
  'verify-concurrency': 1,
  'verify-checks': 5,
  'verify-fetches-minute': 6,
  'verify-fetches-hour': 10,
  'verify-fetches-day': 14,
} as const;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'twilio',
  variants: [[], ['queue-4h']],
  stretches: [1_000, 3_000, MINUTE, 10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE],
  call: fc.record({
    as: fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom<Call['as'][]>('a', 'b') },
      { weight: 1, arbitrary: fc.constantFrom<Call['as'][]>('gone', 'nobody') },
    ),
    to: fc.constantFrom<Call['to'][]>('message', 'message', 'list', 'call', 'send', 'check', 'fetch', 'no-recipient'),
    from: fc.constantFrom(LONG, TOLL_FREE),
    text: fc.constantFrom<Call['text'][]>('short', 'long', 'greek'),
    number: fc.constantFrom('+15558675310', '+15558675311'),
    force: fc.option(fc.constantFrom(400, 404, 429, 500, 503), { nil: undefined, freq: 6 }),
  }),
  request({ as, to, from, text, number, force }) {
    const account = as === 'nobody' ? ACCOUNTS.a : ACCOUNTS[as];
    const base = `/2010-04-01/Accounts/${account}`;
    const form = (path: string, fields: Record<string, string>) => ({
      method: 'POST',
      path,
      body: new URLSearchParams(fields).toString(),
    });
    const what = {
      message: () => form(`${base}/Messages.json`, { To: number, From: from, Body: TEXTS[text][0] }),
      'no-recipient': () => form(`${base}/Messages.json`, { From: from, Body: TEXTS[text][0] }),
      list: () => ({ method: 'GET', path: `${base}/Messages.json` }),
      call: () => form(`${base}/Calls.json`, { To: number, From: from, Url: 'https://example.com/answer' }),
      send: () => form(`/v2/Services/${SERVICE}/Verifications`, { To: number, Channel: 'sms' }),
      check: () => form(`/v2/Services/${SERVICE}/VerificationCheck`, { To: number, Code: '1234' }),
      fetch: () => ({ method: 'GET', path: `/v2/Services/${SERVICE}/Verifications/${encodeURIComponent(number)}` }),
    }[to]();
    return {
      ...what,
      force,
      headers: {
        ...(as === 'nobody' ? {} : { authorization: `Basic ${btoa(`${account}:secret`)}` }),
        ...('body' in what ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
    };
  },
  create: (_variants, sandbox) => new Twilio(sandbox),
};

const isMessage = ({ to }: Call) => to === 'message' || to === 'no-recipient';
const verification = (name: keyof typeof QUOTAS, to: Call['to'], lengthMs: number): Limit<Call> => ({
  name,
  bucket: () => fixedFirstRequest(lengthMs),
  quota: () => QUOTAS[name],
  key: (call) => (call.to === to ? call.number : undefined),
});

const LIMITS: Limit<Call>[] = [
  { name: 'concurrency', bucket: concurrency, quota: () => QUOTAS.concurrency, key: ({ as }) => as },
  ...([LONG, TOLL_FREE] as const).map(
    (sender): Limit<Call> => ({
      name: 'message-queue',
      bucket: () => tokenBucket(1_000, sender === TOLL_FREE ? 3 : 1),
      quota: () => QUOTAS['message-queue'],
      key: (call) => (isMessage(call) && call.from === sender ? `${call.as} ${sender}` : undefined),
      cost: ({ text }) => TEXTS[text][1],
    }),
  ),
  {
    name: 'call-queue',
    bucket: () => tokenBucket(1_000, 1),
    quota: () => QUOTAS['call-queue'],
    key: ({ as, to }) => (to === 'call' ? as : undefined),
  },
  verification('verify-sends', 'send', 10 * MINUTE),
  {
    name: 'verify-concurrency',
    bucket: concurrency,
    quota: () => QUOTAS['verify-concurrency'],
    key: ({ to, number }) => (to === 'send' ? number : undefined),
  },
  verification('verify-checks', 'check', 10 * MINUTE),
  verification('verify-fetches-minute', 'fetch', MINUTE),
  verification('verify-fetches-hour', 'fetch', 60 * MINUTE),
  verification('verify-fetches-day', 'fetch', 24 * 60 * MINUTE),
];

const CODES: Record<string, number> = {
  'message-queue': 21611,
  'call-queue': 22005,
  'verify-sends': 60203,
  'verify-concurrency': 60212,
  'verify-checks': 60202,
};
const QUEUES = new Set(['message-queue', 'call-queue']);
const STATUS: Record<Call['to'], number> = {
  message: 201,
  list: 200,
  call: 201,
  send: 201,
  check: 200,
  fetch: 200,
  'no-recipient': 400,
};

class Twilio implements Model<Call> {
  readonly #buckets = new Buckets(LIMITS);

  constructor(sandbox: Sandbox) {
    sandbox.setAccount('twilio', 'main', { quotas: QUOTAS });
  }

  reset(): void {
    this.#buckets.reset();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (call.as === 'nobody' || call.as === 'gone')
      return { status: 401, headers: { 'Twilio-Concurrent-Requests': null }, parts: { code: 20003, status: 401 } };
    const { counted, refused, lease } = this.#buckets.take(call, now);
    const running = counted[0]!.bucket;
    if (refused)
      return {
        status: 429,
        headers: { 'Retry-After': null, 'Twilio-Concurrent-Requests': String(running.used(now)) },
        parts: { code: CODES[refused.limit.name] ?? 20429, status: 429 },
      };
    return {
      finish: (at) => {
        const status = call.force ?? STATUS[call.to];
        // What was not created does not wait in a queue.
        for (const { limit, bucket, window, cost } of counted)
          if (status >= 400 && QUEUES.has(limit.name)) bucket.refund(window, cost, lease);
        return {
          status,
          headers: { 'Retry-After': null, 'Twilio-Concurrent-Requests': String(running.used(at)) },
        };
      },
      left: () => {
        for (const { limit, bucket } of counted) if (limit.name.endsWith('concurrency')) bucket.refund(0, 1, lease);
      },
    };
  }
}
