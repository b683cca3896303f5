/** Nothing that validates is ignored: keys without effect, unknown values and contradictions are errors, and versions of a policy never hide each other. */
import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../src/profile/errors.js';
import { explainProfile } from '../../src/profile/explain/profile.js';
import { documented as evidence, labProvider, openLab, refusal } from './lab.js';

const minute = { length: '60s', start: 'first-request' };
const base = { algorithm: 'fixed-window', quota: 3, window: minute, partitionBy: ['key'], refusal, evidence };
const slots = { algorithm: 'concurrency', quota: 3, partitionBy: ['key'], refusal, evidence };
const fixtures = [{ key: 'k_pro', credential: 'key', account: 'acme', plan: 'pro', says: 'on the plan pro' }];
const withPro = (pro: object) => ({ plans: { basic: { evidence }, pro: { ...pro, evidence } }, fixtures });
const header = (rule: object) => ({ headers: { 'X-Value': { ...rule, evidence } } });

/** The problem of each issue, with its place. */
function issuesOf(policies: unknown, more: Record<string, unknown> = {}): string[] {
  try {
    labProvider(policies, more);
    return [];
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return error.issues.map(({ path, problem }) => `${path}: ${problem}`);
  }
}

describe('a plan', () => {
  it('overrides the value of a table that names it', () => {
    const quota = { by: 'caller.plan', values: { pro: 5 }, else: 3 };
    const { call } = openLab(
      { m: { ...base, quota } },
      { ...withPro({ policies: { m: { quota: 8 } } }), ...header({ policy: 'm', value: 'limit' }) },
    );
    expect(call({ key: 'k_pro' }).headers).toMatchObject({ 'X-Value': '8' });
    expect(call().headers).toMatchObject({ 'X-Value': '3' });
  });

  it('must name policies that there are, and a quota once', () => {
    expect(issuesOf({ m: base }, withPro({ policies: { zz: { quota: 8 } } }))).toEqual([
      'plans.pro.policies.zz: there is no policy "zz"',
    ]);
    expect(issuesOf({ m: base }, withPro({ quotas: { m: 4 }, policies: { m: { quota: 8 } } }))).toEqual([
      'plans.pro.quotas.m: the quota of m is given here and in policies.m.quota',
    ]);
  });

  it('may have the name of a value of a window table', () => {
    const window = { length: { by: 'header.x-kind', values: { pro: '1s' }, else: '60s' }, start: 'utc' };
    const hour = { window: { length: '1h', start: 'utc' } };
    const { call, provider } = openLab(
      { m: { ...base, window } },
      { ...withPro({ policies: { m: hour } }), ...header({ policy: 'm', value: 'window-seconds' }) },
    );
    expect(provider.policy.size).toBe(3);
    const seconds = (key: string, kind: string) => call({ key, headers: { 'x-kind': kind } }).headers['X-Value'];
    expect([seconds('k_a', ''), seconds('k_a', 'pro'), seconds('k_pro', ''), seconds('k_pro', 'pro')]).toEqual([
      ...['60', '1', '3600', '3600'],
    ]);
  });
});

describe('a version of a policy', () => {
  const pro = withPro({ policies: { m: { window: { length: '1s', start: 'first-request' } } } });

  it('has the name of its policy in headers and bodies', () => {
    const errors = { limited: { status: 429, body: { policy: '${refusal.policy}' }, evidence } };
    const { call } = openLab(
      { m: { ...base, quota: 1 } },
      { ...pro, errors, ...header({ policy: 'm', value: 'policy' }) },
    );
    expect(call({ key: 'k_pro' }).headers).toMatchObject({ 'X-Value': 'm' });
    const refused = call({ key: 'k_pro' });
    expect(JSON.parse(String(refused.body))).toEqual({ policy: 'm' });
  });

  it('that reads the state of its policy is an error', () => {
    const own = { quota: '(policies.m.used ?? 0) + 3', window: { length: '1s', start: 'first-request' } };
    expect(issuesOf({ m: base }, withPro({ policies: { m: own } }))).toEqual([
      'policies.m: its numbers depend on its own state',
    ]);
    const bucket = { ...base, algorithm: 'token-bucket', refill: '(policies.m.remaining ?? 0) + 1' };
    expect(issuesOf({ m: bucket })).toEqual(['policies.m: its numbers depend on its own state']);
  });
});

describe('a key without an effect', () => {
  it.each([
    ['free', { free: [{ status: 500 }] }],
    ['actualCost', { actualCost: 2 }],
    ['refusal.retryAfter', { refusal: { error: 'limited', retryAfter: 'reset' } }],
    ['refusal.charges', { refusal: { error: 'limited', charges: 'self' } }],
  ])('is an error: %s of requests in flight', (key, more) => {
    expect(issuesOf({ m: { ...slots, ...more } }).map((one) => one.split(':')[0])).toEqual([`policies.m.${key}`]);
  });

  it.each([
    ['policies.m.absent', { partitionBy: ['ip'], absent: 'refuse' }],
    ['policies.m.asked', { asked: 'arrival' }],
    [
      'policies.m.asked',
      { asked: 'arrival', partitionBy: ['ip'], quota: { by: 'caller.plan', values: { basic: 1 }, else: 2 } },
    ],
    ['policies.m.cost[0].units', { cost: [{ graphql: {}, units: 2 }] }],
    ['policies.m.cost[0].count', { cost: [{ count: 'body.items.length' }] }],
    ['policies.m.quota', { quota: 'method' }],
    ['policies.m.quota', { quota: '10 / 0' }],
    ['policies.m.factor', { algorithm: 'ramp', floor: 1, factor: 0.5, window: { length: '1m', start: 'utc' } }],
    ['policies.m.floor', { algorithm: 'ramp', floor: 9, factor: 2, window: { length: '1m', start: 'utc' } }],
  ])('is an error: %s %j', (place, more) => {
    expect(issuesOf({ m: { ...base, ...more } }).map((one) => one.split(':')[0])).toEqual([place]);
  });

  it('is an error: the quota of a plan, where no caller is known', () => {
    const policy = { ...base, asked: 'arrival', partitionBy: ['ip'] };
    expect(issuesOf({ m: policy }, withPro({ quotas: { m: 4 } }))).toEqual([
      'plans.pro.quotas.m: at arrival the caller is not known, so no plan has a quota of its own',
    ]);
  });

  it('is an error: a header that has another rule under its name', () => {
    const headers = { 'X-A': { text: '1', evidence }, 'x-a': { text: '2', evidence } };
    expect(issuesOf({ m: base }, { headers })).toEqual(['headers.x-a: is the header X-A once more']);
  });
});

describe('a value that a fact cannot have', () => {
  it.each([
    ['quota.values.nope', { quota: { by: 'operation', values: { nope: 1 }, else: 2 } }],
    ['quota.values.nope*', { quota: { by: 'operation', values: { 'nope*': 1 }, else: 2 } }],
    ['quota.values.get', { quota: { by: 'method', values: { get: 1 }, else: 2 } }],
    ['quota.values.gold', { quota: { by: 'caller.plan', values: { gold: 1 }, else: 2 } }],
    ['applies[0].caller.kind', { applies: { caller: { kind: 'session' } } }],
    ['applies[0].fact.method', { applies: { fact: { method: 'get' } } }],
  ])('is an error: %s', (place, more) => {
    expect(issuesOf({ m: { ...base, ...more } }).map((one) => one.split(':')[0])).toEqual([`policies.m.${place}`]);
  });

  it('is none where a glob finds one', () => {
    const quota = { by: 'operation', values: { 'list*': 1 }, else: 2 };
    expect(issuesOf({ m: { ...base, quota, applies: { caller: { kind: ['key', 'anon*'] } } } })).toEqual([]);
  });
});

describe('a refusal that no wait helps', () => {
  it('is answered with the error that applies of a list', () => {
    const choice = { error: [{ when: { method: 'POST' }, error: 'closed' }, { error: 'limited' }] };
    const { call } = openLab({ m: { ...base, quota: 10, mostPerRequest: 4, cost: 'body.n ?? 5', refusal: choice } });
    expect(call({ method: 'POST', body: { n: 6 } }).status).toBe(403);
    expect(call().status).toBe(429);
  });

  it.each([
    [
      { mostPerRequest: 2, cost: 3 },
      'However much is left, it will never be admitted: it asks for more than one request may take.',
    ],
    [{ partitionBy: ['header.x-team'], absent: 'refuse' }, 'it lacks a fact that this policy counts by'],
    [{ needs: 5 }, 'the request asks for 1, which needs more units to be free'],
  ])('is explained: %j', (more, words) => {
    const { call, sandbox } = openLab({ m: { ...base, quota: 5, ...more } });
    for (let i = 0; i < 2; i++) call();
    const last = sandbox.requests({}).at(-1)!;
    expect(sandbox.explain(last.id).policies[0]!.text).toContain(words);
  });
});

describe('the explanation of a plan', () => {
  it('names what is different on it', () => {
    const hour = { length: '1h', start: 'utc' };
    const plan = withPro({ quotas: { a: 9 }, policies: { m: { quota: 8 }, w: { window: hour } } });
    const lines = explainProfile(labProvider({ m: base, a: base, w: base }, plan)).join('\n');
    expect(lines).toContain('pro: a 9 requests, numbers of its own in m, w@pro in place of w.');
  });
});
