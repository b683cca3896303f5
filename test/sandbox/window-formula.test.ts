/** Windows whose length is a formula over facts: each length has buckets of its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../src/profile/errors.js';
import { explainProfile } from '../../src/profile/explain/profile.js';
import { scaled } from '../properties/agree.js';
import { callersBy, documented as evidence, labProvider, openLab, RETRY_AFTER, refusal, START } from './lab.js';

const byMinutes = { length: '60 * (caller.minutes ?? 1)', start: 'first-request' };
const base = { algorithm: 'fixed-window', quota: 3, window: byMinutes, partitionBy: ['key'], refusal, evidence };
const keys = callersBy('^k_(?<minutes>[\\d.]*)\\w*$');
const HEADERS = {
  ...RETRY_AFTER,
  'X-Left': { policy: 'm', value: 'remaining', evidence },
  'X-Seconds': { policy: 'm', value: 'window-seconds', evidence },
};

function open(policy: object = {}) {
  return openLab({ m: { ...base, ...policy } }, { headers: HEADERS, ...keys });
}

function issuesOf(policy: object): string[] {
  try {
    labProvider({ m: { ...base, ...policy } }, keys);
    return [];
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return error.issues.map(({ path, problem }) => `${path}: ${problem}`);
  }
}

describe('a window whose length is a formula', () => {
  it('has the length of its request, in seconds, in headers and waits', () => {
    const { call, sandbox } = open();
    for (const [key, minutes] of [
      ['k_1', 1],
      ['k_5', 5],
      ['k_0.5', 0.5],
    ] as const) {
      for (const left of ['2', '1', '0'])
        expect(call({ key }).headers).toMatchObject({ 'X-Left': left, 'X-Seconds': String(60 * minutes) });
      expect(call({ key })).toMatchObject({ status: 429, headers: { 'Retry-After': String(60 * minutes) } });
    }
    sandbox.clock.advance(59_999);
    expect(call({ key: 'k_1' }).status).toBe(429);
    sandbox.clock.advance(1);
    expect(call({ key: 'k_1' }).headers).toMatchObject({ 'X-Left': '2' });
    expect(call({ key: 'k_5' })).toMatchObject({ status: 429, headers: { 'Retry-After': '240' } });
  });

  it('may depend on each request: each length is counted apart', () => {
    const { call } = open({ window: { length: 'header.x-seconds ?? 10', start: 'utc' } });
    expect(call().headers).toMatchObject({ 'X-Left': '2', 'X-Seconds': '10' });
    expect(call({ headers: { 'x-seconds': '20' } }).headers).toMatchObject({ 'X-Left': '2', 'X-Seconds': '20' });
    expect(call().headers).toMatchObject({ 'X-Left': '1' });
  });

  it('of a request for which it is 0 is no limit', () => {
    const { call } = open();
    for (let i = 0; i < 5; i++) expect(call({ key: 'k_0' }).status).toBe(200);
  });

  it.each(['fixed-window', 'sliding-window', 'sliding-log', 'token-bucket', 'leaky-bucket'])(
    'lets what it says about waiting be true: %s',
    (algorithm) => {
      const start = algorithm === 'sliding-window' ? 'utc' : 'first-request';
      const more = algorithm === 'leaky-bucket' ? { queue: 1 } : {};
      const request = fc.record({ key: fc.constantFrom('k_1', 'k_2', 'k_7'), ms: fc.integer({ min: 0, max: 90_000 }) });
      fc.assert(
        fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
          const { call, sandbox } = open({ algorithm, ...more, window: { ...byMinutes, start } });
          for (const { key, ms } of requests) {
            sandbox.clock.advance(ms);
            const { length } = sandbox.requests({});
            void call({ key });
            const entry = sandbox.requests({})[length];
            const retryAt = entry?.status === 429 ? entry.decisions[0]!.retryAt : null;
            if (retryAt === null) continue;
            const before = sandbox.snapshot();
            sandbox.clock.advance(retryAt - sandbox.clock.now() - 1);
            expect(call({ key })).toMatchObject({ status: 429 });
            sandbox.restore(before, (fault) => fault);
            sandbox.clock.advance(retryAt - sandbox.clock.now());
            void call({ key });
            expect(sandbox.requests({}).at(-1)?.refusedBy ?? null).toBeNull();
          }
        }),
        { numRuns: scaled(20) },
      );
    },
  );

  it('is counted like a policy with that length as a constant', () => {
    const request = fc.record({ minutes: fc.constantFrom(1, 2, 3), ms: fc.integer({ min: 0, max: 70_000 }) });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const varying = open();
        const fixed = new Map(
          [1, 2, 3].map((minutes) => [minutes, open({ window: { length: `${minutes}m`, start: 'first-request' } })]),
        );
        for (const { minutes, ms } of requests) {
          varying.sandbox.clock.advance(ms);
          for (const { sandbox } of fixed.values()) sandbox.clock.advance(ms);
          const key = `k_${minutes}`;
          const [actual, expected] = [varying.call({ key }), fixed.get(minutes)!.call({ key })];
          expect([actual.status, actual.headers]).toEqual([expected.status, expected.headers]);
        }
      }),
      { numRuns: scaled(100) },
    );
  });

  it('names its length in the bucket, where it can be seeded', () => {
    const { call, sandbox } = open();
    call({ key: 'k_5' });
    expect(sandbox.quotas()).toMatchObject([
      { partition: { window: '300s' }, remaining: 2, resetAt: new Date(START + 300_000).toISOString() },
    ]);
    sandbox.setQuota({ policy: 'm', partition: { key: 'k_5', window: '300s' }, remaining: 1 });
    expect(call({ key: 'k_5' }).headers).toMatchObject({ 'X-Left': '0' });
  });

  it('survives a snapshot, with its bucket', () => {
    const { call, sandbox } = open();
    for (let i = 0; i < 3; i++) call({ key: 'k_2' });
    const saved = JSON.parse(JSON.stringify(sandbox.snapshot()));
    const other = open();
    other.sandbox.restore(saved, (fault) => fault);
    expect(JSON.stringify(other.sandbox.snapshot())).toBe(JSON.stringify(saved));
    expect(other.call({ key: 'k_2' })).toMatchObject({ status: 429, headers: { 'Retry-After': '120' } });
  });

  it('is explained by its formula, and a request by its own length', () => {
    const { call, sandbox, provider } = open();
    expect(explainProfile(provider).join('\n')).toContain(
      '3 per (60 * (caller.minutes ?? 1)) s, counted from the first request',
    );
    for (let i = 0; i < 4; i++) call({ key: 'k_2' });
    const { policies } = sandbox.explain(sandbox.requests({}).at(-1)!.id);
    expect(policies[0]!.text).toContain('3 of 3 requests were used by key k… and window 120s');
  });

  it('may be a value of a table', () => {
    const { call } = open({
      window: {
        length: { by: 'operation', values: { listThings: '60 * (caller.minutes ?? 1)' }, else: '1h' },
        start: 'utc',
      },
    });
    expect(call({ key: 'k_2' }).headers).toMatchObject({ 'X-Seconds': '120' });
    expect(call({ key: 'k_2', method: 'POST', body: {} }).headers).toMatchObject({ 'X-Seconds': '3600' });
  });
});

describe('a formula that can be no length', () => {
  it.each([
    [{ length: 'caller.minutess * 60', start: 'utc' }, 'policies.m.window.length'],
    [{ length: '60 * (caller.minutes ?? 1)', start: 'Europe/Berlin' }, 'policies.m.window.start'],
    [{ length: '60 *', start: 'utc' }, 'policies.m.window.length'],
    [{ length: '60 * 2', start: 'utc' }, 'policies.m.window.length'],
    [{ length: '60 * caller.minutes', start: 'utc' }, 'policies.m.window.length'],
    [{ length: 'fortnight', start: 'utc' }, 'policies.m.window.length'],
    [{ length: 'response.seconds', start: 'utc' }, 'policies.m.window.length'],
  ])('is an error at its place: %j', (window, place) => {
    expect([...new Set(issuesOf({ window }).map((one) => one.split(':')[0]))]).toEqual([place]);
  });

  it('is an error beside a fact that has its name', () => {
    const clash = { callers: callersBy('^k_(?<window>\\d+)$').callers };
    expect(() =>
      labProvider(
        { m: { ...base, window: { ...byMinutes, length: 'caller.window ?? 60' }, partitionBy: ['window'] } },
        clash,
      ),
    ).toThrow(/is the length of the window here/);
  });
});
