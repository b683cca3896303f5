/** Rules about headers: several of one name, shares of the quota, texts, and the fields of the IETF draft. */
import { describe, expect, it } from 'vitest';
import { dig, type RequestFacts } from '../../../src/limits/facts.js';
import { compileHeaders, type HeaderContext, type HeaderRules } from '../../../src/limits/render/headers.js';
import type { PolicyStatus } from '../../../src/limits/render/policy-status.js';
import { parseList } from '../../../src/limits/render/structured-fields.js';

const NOW = 1_000_000;
const minute: PolicyStatus = {
  policy: 'minute',
  limit: 10,
  used: 1,
  remaining: 9,
  resetAt: NOW + 29_001,
  windowSeconds: 60,
  cost: 1,
  charged: 1,
  unit: 'requests',
  partition: 'k_a',
};

/** The headers of a response, and what they report. */
function send(
  rules: Readonly<Record<string, HeaderRules>>,
  statuses: readonly PolicyStatus[] = [minute],
  more: Partial<HeaderContext> = {},
) {
  const told: number[] = [];
  const waits: number[] = [];
  const quotas: string[] = [];
  const status = (policy: string) => statuses.find((one) => one.policy === policy);
  const context: HeaderContext = {
    status,
    refused: false,
    retryAfter: undefined,
    retryAt: undefined,
    facts: { method: 'GET' } as RequestFacts,
    outcome: { status: 200 },
    now: NOW,
    scope: (path) => (path[0] === 'policies' ? dig(status(path[1]!), path, 2) : undefined),
    reportTold: (at) => told.push(at - NOW),
    reportWait: (at) => waits.push(at - NOW),
    reportQuota: ({ policy }) => quotas.push(policy),
    ...more,
  };
  const headers: Record<string, string> = {};
  compileHeaders(rules)(context, headers);
  return { headers, told, waits, quotas };
}

const on = 'every-response' as const;
const left = (remaining: number): PolicyStatus[] => [{ ...minute, remaining }];

describe('several rules for one header', () => {
  const rules: Readonly<Record<string, HeaderRules>> = {
    'X-Left': [
      { text: 'refused', on: 'refusal' },
      { text: 'writes', on, when: { method: ['POST'] } },
      { text: 'plenty', on, policy: 'minute', above: 0.5 },
      { text: 'near', on, policy: 'minute', below: 0.2 },
      { policy: 'hour', value: 'remaining', on },
      { policy: 'minute', value: 'remaining', on },
    ],
  };

  it('sends the first that applies', () => {
    expect(send(rules, left(9)).headers).toEqual({ 'X-Left': 'plenty' });
    expect(send(rules, left(1)).headers).toEqual({ 'X-Left': 'near' });
    expect(send(rules, left(9), { refused: true }).headers).toEqual({ 'X-Left': 'refused' });
    expect(send(rules, left(9), { facts: { method: 'POST' } as RequestFacts }).headers).toEqual({ 'X-Left': 'writes' });
  });

  it('passes over a rule whose value is absent', () => {
    expect(send(rules, left(4)).headers).toEqual({ 'X-Left': '4' });
    expect(send(rules, [...left(4), { ...minute, policy: 'hour', remaining: 7 }]).headers).toEqual({ 'X-Left': '7' });
    expect(send(rules, []).headers).toEqual({});
  });
});

describe('below and above', () => {
  it.each(['remaining', 'limit', 'reset', 'ratelimit', 'ratelimit-policy', 'policy', 'window-seconds'] as const)(
    'hold for %s',
    (value) => {
      const near: Readonly<Record<string, HeaderRules>> = { X: { policy: 'minute', value, on, below: 0.2 } };
      const far: Readonly<Record<string, HeaderRules>> = { X: { policy: 'minute', value, on, above: 0.2 } };
      expect(send(near, left(2)).headers).toEqual({});
      expect(send(far, left(2)).headers).toEqual({});
      expect(Object.keys(send(near, left(1)).headers)).toEqual(['X']);
      expect(Object.keys(send(far, left(3)).headers)).toEqual(['X']);
    },
  );

  it('hold for a text, and for the tightest of several policies', () => {
    const rules: Readonly<Record<string, HeaderRules>> = {
      X: { text: 'true', policy: ['minute', 'hour'], on, below: 0.2 },
    };
    const hour = { ...minute, policy: 'hour', limit: 100, remaining: 50 };
    expect(send(rules, [minute, hour]).headers).toEqual({});
    expect(send(rules, [minute, { ...hour, remaining: 19 }]).headers).toEqual({ X: 'true' });
  });

  it('take a quota of nothing as used up', () => {
    const rules: Readonly<Record<string, HeaderRules>> = { X: { policy: 'minute', value: 'limit', on, below: 0.2 } };
    expect(send(rules, [{ ...minute, limit: 0, remaining: 0 }]).headers).toEqual({ X: '0' });
  });
});

describe('a text', () => {
  it('reports the quota that it names, and is left out where a placeholder has no value', () => {
    const rules: Readonly<Record<string, HeaderRules>> = {
      'X-Call-Limit': { text: '${policies.minute.used}/${policies.minute.limit}', on },
      'X-Round': { text: '${ceil(policies.minute.remaining / 5) * 5 | pad(3)}', on },
    };
    const { headers, quotas } = send(rules);
    expect(headers).toEqual({ 'X-Call-Limit': '1/10', 'X-Round': '010' });
    expect(quotas).toEqual(['minute', 'minute']);
    expect(send(rules, [])).toMatchObject({ headers: {}, quotas: [] });
  });

  it('tells a wait where the profile says so, to a client that has to wait', () => {
    const rules: Readonly<Record<string, HeaderRules>> = { 'X-Pace': { text: '1500', on, tells: 'milliseconds' } };
    expect(send(rules, [minute], { refused: true }).told).toEqual([1_500]);
    expect(send(rules, [minute], { outcome: { status: 503 } }).told).toEqual([1_500]);
    expect(send(rules).told).toEqual([]);
  });
});

describe('retry-after in a format', () => {
  const rule = (format: 'delta-milliseconds' | 'epoch-seconds' | 'http-date') => ({
    X: { value: 'retry-after', on, format } as const,
  });

  it('is right where only the seconds are known', () => {
    const refused = { refused: true, retryAfter: 3 };
    expect(send(rule('delta-milliseconds'), [], refused)).toMatchObject({ headers: { X: '3000' }, waits: [3_000] });
    expect(send(rule('epoch-seconds'), [], refused).headers).toEqual({ X: '1003' });
    expect(send(rule('http-date'), [], refused).headers).toEqual({ X: 'Thu, 01 Jan 1970 00:16:43 GMT' });
  });
});

describe('the fields of draft-ietf-httpapi-ratelimit-headers', () => {
  const cents = { ...minute, policy: 'money', limit: 12.5, remaining: 8.7, unit: 'usd', windowSeconds: 3_600 };
  const slots = { ...minute, policy: 'slots', resetAt: null, windowSeconds: 0, unit: 'concurrent-requests' };
  const bytes = { ...minute, policy: 'bytes', unit: 'content-bytes', limit: 1e21 };
  const all = [minute, cents, slots];
  const policy = all.map((one) => one.policy);
  const fields = (more: object) => ({
    RateLimit: { policy, value: 'ratelimit', on, ...more } as const,
    'RateLimit-Policy': { policy, value: 'ratelimit-policy', on, ...more } as const,
  });

  it.each([{}, { revision: 10 }, { revision: 11 }])('have integers, rounded down, and registered units: %o', (more) => {
    expect(send(fields(more), all).headers).toEqual({
      RateLimit: '"minute";r=9;t=30, "money";r=8;t=30, "slots";r=9',
      'RateLimit-Policy': '"minute";q=10;w=60, "money";q=12;w=3600, "slots";q=10;qu="concurrent-requests"',
    });
  });

  it('disclose the partition key as bytes, if asked', () => {
    const { headers } = send(fields({ partitionKey: true }), [{ ...minute, partition: 'Zoë' }]);
    expect(headers).toEqual({
      RateLimit: '"minute";r=9;t=30;pk=:Wm/Dqw==:',
      'RateLimit-Policy': '"minute";q=10;w=60;pk=:Wm/Dqw==:',
    });
    expect(parseList(headers['RateLimit']!)).toEqual([
      {
        value: 'minute',
        parameters: new Map<string, unknown>([
          ['r', 9],
          ['t', 30],
          ['pk', Buffer.from('Zoë')],
        ]),
      },
    ]);
  });

  it('never have more digits than a structured field may', () => {
    const rule = { 'RateLimit-Policy': { policy: 'bytes', value: 'ratelimit-policy', on } } as const;
    expect(send(rule, [bytes]).headers).toEqual({
      'RateLimit-Policy': '"bytes";q=999999999999999;w=60;qu="content-bytes"',
    });
  });

  it('are a dictionary of the tightest policy in revision 7', () => {
    expect(send(fields({ revision: 7 }), all).headers).toEqual({
      RateLimit: 'limit=12, remaining=8, reset=30',
      'RateLimit-Policy': '10;w=60;comment="minute", 12;w=3600;comment="money"',
    });
    expect(send(fields({ revision: 7 }), [slots]).headers).toEqual({});
  });

  it('are three fields of integers in revision 6', () => {
    const rule = (value: 'limit' | 'remaining' | 'reset') => ({ policy: 'money', value, on, revision: 6 }) as const;
    const rules = {
      'RateLimit-Limit': rule('limit'),
      'RateLimit-Remaining': rule('remaining'),
      'RateLimit-Reset': rule('reset'),
    };
    expect(send(rules, all).headers).toEqual({
      'RateLimit-Limit': '12',
      'RateLimit-Remaining': '8',
      'RateLimit-Reset': '30',
    });
  });

  it('report the quota to the verdict', () => {
    expect(send({ RateLimit: { policy, value: 'ratelimit', on } }, all).quotas).toEqual(policy);
  });
});
