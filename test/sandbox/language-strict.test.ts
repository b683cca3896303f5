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

describe('a comparison that no value passes', () => {
  it.each([
    [{ from: 5, to: 1 }, 'from'],
    [{ above: 5, below: 5 }, 'above'],
    [{ above: 1, to: 1 }, 'above'],
    [{ given: false, above: 3 }, 'given'],
    [{ given: false, oneOf: ['a'] }, 'given'],
  ])('is an error: %j', (test, key) => {
    const found = issuesOf({ m: { ...base, applies: { fact: { 'header.x-n': test } } } });
    expect(found.map((one) => one.split(':')[0])).toEqual([`policies.m.applies[0].fact.header.x-n.${key}`]);
  });

  it.each([
    { from: 5, to: 5 },
    { above: 1, below: 2 },
    { from: 'header.x-m ?? 3', to: 1 },
    { given: true, above: 3 },
  ])('is none: %j', (test) => {
    expect(issuesOf({ m: { ...base, applies: { fact: { 'header.x-n': test } } } })).toEqual([]);
  });
});

describe('a cost', () => {
  it('behind a rule that decides every request is an error', () => {
    const cost = [{ units: 5 }, { when: { method: 'GET' }, units: 1 }];
    expect(issuesOf({ m: { ...base, quota: 9, cost } })).toEqual([
      'policies.m.cost[1]: is never reached: the rule before it decides every request',
    ]);
    expect(issuesOf({ m: { ...base, quota: 9, cost: [{ units: 'body.n' }, { units: 2 }] } })).toEqual([]);
  });

  it.each(['body.items.*.n', '2 * body.items.*.n', 'ceil(body.items.*.n)', 'body.n ?? body.items.*.n'])(
    'is no list of values: %s',
    (cost) => {
      const [issue] = issuesOf({ m: { ...base, cost } });
      expect(issue).toContain('"body.items.*.n" is a list of values');
    },
  );

  it('may read a list by a function', () => {
    const { call } = openLab(
      { m: { ...base, quota: 100, cost: 'sum(body.items.*.n) + max(body.items.*.n)' } },
      header({ policy: 'm', value: 'remaining' }),
    );
    const body = { items: [{ n: 2 }, { n: 5 }] };
    expect(call({ method: 'POST', body }).headers).toMatchObject({ 'X-Value': '88' });
  });
});

describe('the first that is given', () => {
  it('is the first that is a number, where a number is needed', () => {
    const { call } = openLab(
      { m: { ...base, quota: 'header.x-quota ?? 5', cost: '2 * max(header.x-cost ?? 1, 1)' } },
      header({ policy: 'm', value: 'remaining' }),
    );
    expect(call({ headers: { 'x-quota': 'many', 'x-cost': 'free' } }).headers).toMatchObject({ 'X-Value': '3' });
    expect(call({ headers: { 'x-quota': '9' } }).headers).toMatchObject({ 'X-Value': '5' });
  });

  it('is the first text, where a text is needed', () => {
    const quota = { by: 'header.x-tier ?? 5', values: { gold: 9, '5': 4 }, else: 1 };
    const { call } = openLab({ m: { ...base, quota } }, header({ policy: 'm', value: 'limit' }));
    expect(call({ headers: { 'x-tier': 'gold' } }).headers).toMatchObject({ 'X-Value': '9' });
    expect(call({ key: 'k_b' }).headers).toMatchObject({ 'X-Value': '4' });
  });
});

describe('a header', () => {
  it('of successes has no status of a failure', () => {
    const rule = { policy: 'm', value: 'limit', on: 'success', when: { status: [429, '5xx'] } };
    expect(issuesOf({ m: base }, header(rule))).toEqual(['headers.X-Value.when.status: names no status of a success']);
  });

  it('tells a wait only in a text of that format', () => {
    expect(issuesOf({ m: base }, header({ text: '30', tells: 'seconds' }))).toEqual([]);
    expect(issuesOf({ m: base }, header({ text: 'soon', tells: 'seconds' }))).toEqual([
      'headers.X-Value.tells: has no effect: "soon" is not in the format seconds',
    ]);
  });
});

describe('an unknown key of a policy on a plan', () => {
  it('is reported once, at its place', () => {
    const hour = { length: '1h', start: 'utc' };
    expect(issuesOf({ m: base }, withPro({ policies: { m: { window: hour, quotta: 5 } } }))).toEqual([
      'plans.pro.policies.m.quotta: unknown key "quotta"',
    ]);
  });
});

describe('a bucket of a version', () => {
  const plan = withPro({ policies: { m: { window: { length: '1h', start: 'utc' } } } });

  it('is seeded by the name of the policy, for the plan of its account', () => {
    const { call, sandbox } = openLab({ m: base }, { ...plan, ...header({ policy: 'm', value: 'remaining' }) });
    expect(sandbox.setQuota({ policy: 'm', partition: { key: 'k_pro' }, remaining: 1 })).toMatchObject({
      policy: 'm@pro',
    });
    expect(call({ key: 'k_pro' }).headers).toMatchObject({ 'X-Value': '0' });
    expect(sandbox.setQuota({ policy: 'm', partition: { key: 'k_a' }, remaining: 1 })).toMatchObject({ policy: 'm' });
  });

  it('is the live one where no plan decides', () => {
    const window = { length: { by: 'header.x-kind', values: { batch: '1s' }, else: '60s' }, start: 'utc' };
    const { call, sandbox } = openLab({ m: { ...base, window } }, header({ policy: 'm', value: 'remaining' }));
    call({ headers: { 'x-kind': 'batch' } });
    expect(sandbox.setQuota({ policy: 'm', partition: { key: 'k_a' }, remaining: 1 })).toMatchObject({
      policy: 'm@batch',
    });
  });
});

describe('the explanation of a setting that depends on facts', () => {
  it('has the table in place of the number', () => {
    const refill = { by: 'caller.plan', values: { pro: 5 }, else: 1 };
    const second = { length: '1s', start: 'first-request' };
    const lab = labProvider({ m: { ...base, algorithm: 'token-bucket', window: second, refill } }, withPro({}));
    expect(explainProfile(lab).join('\n')).toContain(
      'a bucket of 3 that refills by (pro: 5, others: 1 (by caller.plan)) every 1 s, evenly',
    );
  });
});

describe('a snapshot', () => {
  it('is refused where other values are counted together now', () => {
    const policy = (team: string) => ({
      m: { ...base, partitionBy: ['header.x-team'], absent: 'skip', groups: { 'header.x-team': { 'a*': team } } },
    });
    const { call, sandbox } = openLab(policy('first'));
    call({ headers: { 'x-team': 'a1' } });
    const saved = JSON.parse(JSON.stringify(sandbox.snapshot()));
    openLab(policy('first')).sandbox.restore(saved, (fault) => fault);
    expect(() => openLab(policy('second')).sandbox.restore(saved, (fault) => fault)).toThrow(
      /counts in another way now/,
    );
  });
});
