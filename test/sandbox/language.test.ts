/** The profile language: numbers that depend on facts, conditions, costs, versions of policies. Each rule is shown by what requests get. */
import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../src/profile/errors.js';
import { callersBy, documented as evidence, labProvider, openLab, RETRY_AFTER, refusal } from './lab.js';

const minute = { length: '60s', start: 'first-request' };
const base = { algorithm: 'fixed-window', quota: 3, window: minute, partitionBy: ['key'], refusal, evidence };
const left = (policy = 'm') => ({ headers: { ...RETRY_AFTER, 'X-Left': { policy, value: 'remaining', evidence } } });

/** What the headers say is left after a request. */
function remaining({ headers }: { headers: Readonly<Record<string, unknown>> }): number {
  return Number(headers['X-Left']);
}

/** The problem and the fix of each issue. */
function issuesOf(policies: unknown, more: Record<string, unknown> = {}): string[] {
  try {
    labProvider(policies, more);
    return [];
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return error.issues.map(({ path, problem, severity }) => `${severity ?? 'error'} ${path}: ${problem}`);
  }
}

describe('a quota', () => {
  it('may be a formula over facts of the caller', () => {
    const { call } = openLab(
      { m: { ...base, quota: 'min(5, 2 + (caller.seats ?? 0))' } },
      { ...left(), ...callersBy('^k_(?<seats>\\d*).*$') },
    );
    expect(remaining(call({ key: 'k_1' }))).toBe(2);
    expect(remaining(call({ key: 'k_9' }))).toBe(4);
    expect(remaining(call({ key: 'k_x' }))).toBe(1);
  });

  it('may be a table, with a bucket for each operation', () => {
    const quota = { by: 'operation', values: { 'add*': 2, listThings: 5 }, else: 'none' };
    const { call } = openLab({ m: { ...base, quota, partitionBy: ['key', 'operation'] } }, left());
    expect(remaining(call())).toBe(4);
    expect(remaining(call({ method: 'POST', body: {} }))).toBe(1);
    expect(remaining(call())).toBe(3);
  });

  it('of none in a table is no limit', () => {
    const quota = { by: 'operation', values: { addThing: 1 }, else: 'none' };
    const { call } = openLab({ m: { ...base, quota } }, left());
    for (let i = 0; i < 5; i++)
      expect(call()).toMatchObject({
        status: 200,
        headers: expect.not.objectContaining({ 'X-Left': expect.anything() }),
      });
    expect(call({ method: 'POST', body: {} }).status).toBe(200);
    expect(call({ method: 'POST', body: {} }).status).toBe(429);
  });

  it('may read how another policy stands', () => {
    const { call } = openLab(
      {
        all: { ...base, quota: 100 },
        reads: { ...base, quota: 'max(1, 0.5 * (policies.all.used ?? 0))', applies: { method: 'GET' } },
      },
      left('reads'),
    );
    expect(remaining(call())).toBe(0);
    expect(call().status).toBe(429);
    for (let i = 0; i < 4; i++) expect(call({ method: 'POST', body: {} }).status).toBe(200);
    // 5 requests count by now: of 2 reads that they allow, one is used.
    expect(remaining(call())).toBe(1);
  });

  it('may be a share of what happened: at most half of all requests may fail', () => {
    const { call } = openLab({
      all: { ...base, quota: 1_000 },
      failed: {
        ...base,
        quota: 'max(2, floor(0.5 * (policies.all.used ?? 0)))',
        cost: 1,
        free: [{ not: { status: '5xx' } }],
      },
    });
    expect([call({ status: 500 }).status, call({ status: 500 }).status]).toEqual([500, 500]);
    expect(call().status).toBe(429);
    const { call: other } = openLab({
      all: { ...base, quota: 1_000 },
      failed: { ...base, quota: 'max(2, floor(0.5 * (policies.all.used ?? 0)))', free: [{ not: { status: '5xx' } }] },
    });
    for (let i = 0; i < 6; i++) expect(other().status).toBe(200);
    for (let i = 0; i < 3; i++) expect(other({ status: 500 }).status).toBe(500);
  });

  it('that reads its own state is an error', () => {
    expect(
      issuesOf({
        a: { ...base, quota: '1 + (policies.b.used ?? 0)' },
        b: { ...base, quota: '1 + (policies.a.used ?? 0)' },
      }),
    ).toEqual([
      'error policies.a: its numbers depend on its own state',
      'error policies.b: its numbers depend on its own state',
    ]);
  });

  it('that may have no value is a warning', () => {
    expect(issuesOf({ m: { ...base, quota: '2 * body.n' } })).toEqual([
      'warning policies.m.quota: has no value for a request that lacks one of its facts, and then this is not limited',
    ]);
  });

  it('is not scaled twice', () => {
    const { call } = openLab({ m: { ...base, scale: 100, quota: 'min(0.5, 1)', cost: 0.2 } }, left());
    expect(remaining(call())).toBe(0.3);
    expect(remaining(call())).toBe(0.1);
    expect(call().status).toBe(429);
  });
});

describe('a setting of an algorithm', () => {
  it('may depend on a fact, and keeps the bucket', () => {
    const m = {
      ...base,
      algorithm: 'token-bucket',
      quota: 2,
      refill: { by: 'body.tier', values: { fast: 60 }, else: 6 },
    };
    const { call, sandbox } = openLab({ m }, left());
    call({ method: 'POST', body: {} });
    call({ method: 'POST', body: {} });
    expect(call({ method: 'POST', body: {} }).headers).toMatchObject({ 'Retry-After': '10' });
    expect(call({ method: 'POST', body: { tier: 'fast' } }).headers).toMatchObject({ 'Retry-After': '1' });
    sandbox.clock.advance(1_000);
    expect(call({ method: 'POST', body: {} }).status).toBe(429);
    expect(call({ method: 'POST', body: { tier: 'fast' } }).status).toBe(200);
  });
});

describe('a plan', () => {
  const plans = {
    basic: { evidence },
    pro: {
      policies: {
        m: { algorithm: 'sliding-log', window: { length: '10s', start: 'first-request' }, quota: 1 },
        b: { refill: 60 },
      },
      evidence,
    },
  };
  const fixtures = [{ key: 'k_pro', credential: 'key', account: 'acme', plan: 'pro', says: 'on the plan pro' }];
  const bucket = { ...base, algorithm: 'token-bucket', quota: 1, refill: 6 };

  it('may change the window, the algorithm and a setting of a policy', () => {
    const { call, sandbox, provider } = openLab({ m: base, b: bucket }, { ...left(), plans, fixtures });
    expect([...provider.policy.keys()]).toEqual(['m', 'm@pro', 'b']);
    expect(remaining(call({ key: 'k_a' }))).toBe(2);
    expect(remaining(call({ key: 'k_pro' }))).toBe(0);
    sandbox.clock.advance(1_000);
    expect(call({ key: 'k_pro' }).headers).toMatchObject({ 'Retry-After': '9' });
    expect(call({ key: 'k_a' }).headers).toMatchObject({ 'Retry-After': '9' });
    sandbox.clock.advance(9_000);
    expect(call({ key: 'k_pro' }).status).toBe(200);
  });

  it('that names an unknown algorithm is an error with the place in the plan', () => {
    const wrong = { ...plans, pro: { policies: { m: { algorithm: 'guess' } }, evidence } };
    expect(issuesOf({ m: base }, { plans: wrong }).join()).toContain('plans.pro.policies.m.algorithm');
  });
});

describe('a window', () => {
  it('may depend on a fact: each has buckets of its own', () => {
    const window = { length: { by: 'operation', values: { addThing: 'hour' }, else: '10s' }, start: 'utc' };
    const { call, sandbox } = openLab({ m: { ...base, quota: 1, window } }, left());
    call();
    call({ method: 'POST', body: {} });
    expect(call().headers).toMatchObject({ 'Retry-After': '10' });
    expect(call({ method: 'POST', body: {} }).headers).toMatchObject({ 'Retry-After': '3600' });
    sandbox.clock.advance(10_000);
    expect(call().status).toBe(200);
    expect(call({ method: 'POST', body: {} }).status).toBe(429);
  });

  it('may begin in the time zone of the account', () => {
    const start = { by: 'caller.zone', values: { tokyo: 'Asia/Tokyo' }, else: 'utc' };
    const { call } = openLab(
      { m: { ...base, quota: 1, window: { length: 'day', start } } },
      callersBy('^k_(?<zone>\\w+)$'),
    );
    // It is 08:00 UTC, 17:00 in Tokyo.
    for (const key of ['k_tokyo', 'k_rome']) call({ key });
    expect(call({ key: 'k_tokyo' }).headers).toMatchObject({ 'Retry-After': String(7 * 3_600) });
    expect(call({ key: 'k_rome' }).headers).toMatchObject({ 'Retry-After': String(16 * 3_600) });
  });
});

describe('a cost', () => {
  const post = (lab: ReturnType<typeof openLab>, body: unknown) => remaining(lab.call({ method: 'POST', body }));
  const lab = (cost: unknown, more = {}) => openLab({ m: { ...base, quota: 1_000, cost, ...more } }, left());

  it.each<[string, unknown, unknown, number]>([
    ['a sum of fields', 'body.a + body.b', { a: 3, b: 4 }, 7],
    ['the characters of a text', 'ceil(chars(body.text) / 4)', { text: 'hello world' }, 3],
    ['the length of a text', 'body.text.length', { text: 'hello' }, 5],
    ['tokens', 'tokens(body.messages.*.content)', { messages: [{ content: 'hello' }, { content: 'world' }] }, 2],
    ['items of a batch', 'length(body.items)', { items: [1, 2, 3] }, 3],
    ['of each item', [{ each: 'body.items', units: 'item.n ?? 2' }], { items: [{ n: 5 }, {}] }, 7],
    ['a table', { by: 'body.model', values: { 'gpt-*': 10 }, else: 1 }, { model: 'gpt-4' }, 10],
    ['the next rule where a fact is absent', [{ units: 'body.a' }, { units: 7 }], {}, 7],
    ['one where none has a value', [{ units: 'body.a' }], {}, 1],
  ])('may be %s', (_name, cost, body, units) => {
    const rules = typeof cost === 'object' && cost !== null && 'by' in cost ? [{ units: cost }] : cost;
    expect(post(lab(rules), body)).toBe(1_000 - units);
  });

  it('may be the parts of a multipart batch', () => {
    const { call } = openLab({ m: { ...base, quota: 10, cost: 'length(body)' } }, left());
    const part = '--b\r\nContent-Type: application/http\r\n\r\nGET /things HTTP/1.1\r\n\r\n';
    const text = { type: 'multipart/mixed; boundary=b', body: `${part.repeat(3)}\r\n--b--\r\n` };
    expect(remaining(call({ method: 'POST', path: '/batch', text }))).toBe(7);
  });

  it('may be what a GraphQL query asks for, and then what it returned', () => {
    const m = {
      ...base,
      quota: 100,
      applies: { operation: 'query' },
      cost: [{ graphql: { connection: 2 } }],
      actualCost: [{ graphql: { connection: 2, data: 'response.data' } }],
    };
    const { call } = openLab({ m }, left());
    const query = '{ things(first: 20) { nodes { id } } }';
    const answer = { things: { nodes: [{ id: 1 }, { id: 2 }] } };
    expect(remaining(call({ method: 'POST', path: '/graphql', body: { query, answer } }))).toBe(96);
    expect(call({ method: 'POST', path: '/graphql', body: { query: query.replace('20', '95'), answer } }).status).toBe(
      429,
    );
  });

  it('may be the time that the request took', async () => {
    const m = { ...base, quota: 50, cost: 1, actualCost: 'ceil(10 * elapsed)' };
    const { call, sandbox } = openLab({ m }, left());
    sandbox.addFault({ times: 1, delayMs: 1_240 });
    let leave = () => {};
    const hold = (left: () => void) => {
      leave = left;
    };
    const answer = call({ hold }) as unknown as Promise<ReturnType<typeof call>>;
    // The clock moves on once the answer has left.
    const moved = sandbox.advanceClock(1_240);
    expect(remaining(await answer)).toBe(37);
    leave();
    await moved;
  });

  it('may not depend on a response that there is not yet', () => {
    expect(issuesOf({ m: { ...base, cost: [{ when: { status: 200 }, units: 5 }] } })).toEqual([
      'error policies.m.cost[0].when.status: this is decided before there is a response, so no status can match',
    ]);
  });

  it('of 0 can become more at the end, and is refused once nothing is left', () => {
    const one = lab(0, { quota: 10, needs: 1, actualCost: 'response.cost' });
    expect(post(one, { cost: 6 })).toBe(4);
    expect(post(one, { cost: 6 })).toBe(0);
    expect(one.call({ method: 'POST', body: { cost: 1 } })).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '60' },
    });
  });

  it('stays as it was charged where the response does not tell it', () => {
    const one = lab(5, { actualCost: 'response.usage' });
    expect(post(one, {})).toBe(995);
    const free = lab(0, { needs: 1, actualCost: 'response.usage' });
    expect(post(free, {})).toBe(1_000);
  });

  it('may not be more than a request may take', () => {
    const one = lab('body.cost', { mostPerRequest: 5, refusal: { error: 'limited', impossible: 'too-much' } });
    expect(one.call({ method: 'POST', body: { cost: 5 } }).status).toBe(200);
    const answer = one.call({ method: 'POST', body: { cost: 6 } });
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('Retry-After');
    expect(post(one, { cost: 1 })).toBe(994);
  });
});

describe('groups', () => {
  it('count values of a fact together, and others by themselves', () => {
    const groups = { 'body.model': { 'large-*': 'large', big: 'large' } };
    const { call } = openLab({ m: { ...base, partitionBy: ['key', 'body.model'], absent: 'skip', groups } }, left());
    const post = (model: string) => remaining(call({ method: 'POST', body: { model } }));
    expect(post('large-1')).toBe(2);
    expect(post('large-2')).toBe(1);
    expect(post('big')).toBe(0);
    expect(post('tiny')).toBe(2);
    expect(post('mini')).toBe(2);
  });

  it('and of several facts the first that is given counts', () => {
    const { call } = openLab({ m: { ...base, partitionBy: ['key', 'body.for ?? body.by'], absent: 'skip' } }, left());
    const post = (body: unknown) => call({ method: 'POST', body });
    expect(remaining(post({ for: 'a', by: 'b' }))).toBe(2);
    expect(remaining(post({ by: 'a' }))).toBe(1);
    expect(remaining(post({ for: 'b' }))).toBe(2);
    expect(post({}).headers).not.toHaveProperty('X-Left');
  });

  it('and a credential among several is masked', () => {
    const { sandbox, call } = openLab({ m: { ...base, partitionBy: ['query.as ?? key'] } });
    call({ key: 'k_secretsecret' });
    expect(JSON.stringify(sandbox.quotas())).not.toContain('secretsecret');
  });

  it('must be of a fact that the policy is counted by', () => {
    expect(issuesOf({ m: { ...base, groups: { 'body.model': { 'a*': 'a' } } } })).toEqual([
      'error policies.m.groups.body.model: this policy is not counted by body.model',
    ]);
  });
});

describe('a request without the fact that a policy partitions by', () => {
  const policy = (absent?: string) => ({
    m: { ...base, quota: 1, partitionBy: ['body.channel'], ...(absent && { absent }) },
  });
  const statuses = (absent: string) => {
    const { call } = openLab(policy(absent));
    return [{}, {}, { channel: 'c' }].map((body) => call({ method: 'POST', body }).status);
  };

  it('is not limited, shares a bucket or is refused', () => {
    expect(statuses('skip')).toEqual([200, 200, 200]);
    expect(statuses('shared')).toEqual([200, 429, 200]);
    expect(statuses('refuse')).toEqual([429, 429, 200]);
  });

  it('is a warning where the policy does not say', () => {
    expect(issuesOf(policy())).toEqual([
      'warning policies.m.partitionBy[0]: a request without body.channel is not limited by this policy',
    ]);
  });
});

describe('a condition', () => {
  const matches = (fact: unknown, body: unknown) => {
    const { call } = openLab({ m: { ...base, quota: 0, applies: { fact } } });
    return call({ method: 'POST', body }).status === 429;
  };

  it.each<[unknown, unknown, unknown]>([
    [{ 'body.a': { given: true } }, { a: 0 }, {}],
    [{ 'body.a': { given: false } }, {}, { a: 0 }],
    [{ 'body.a': { above: 3 } }, { a: 4 }, { a: 3 }],
    [{ 'body.a': { below: 'body.b' } }, { a: 4, b: 5 }, { a: 5, b: 5 }],
    [{ 'body.a': { from: 1, to: 3 } }, { a: 3 }, { a: 4 }],
    [{ 'body.a': { oneOf: ['*', 5] } }, { a: 5 }, { a: 'x' }],
    [{ 'body.a': { matches: '^x+$' } }, { a: 'xx' }, { a: 'xy' }],
    [{ 'body.a': 'gpt-4*' }, { a: 'gpt-4o' }, { a: 'gpt-3' }],
    [{ 'body.a': true }, { a: true }, { a: false }],
    [{ 'body.list.*.n': { above: 1 } }, { list: [{ n: 1 }, { n: 2 }] }, { list: [{ n: 1 }] }],
  ])('%j holds for %j and not for %j', (fact, yes, no) => {
    expect([matches(fact, yes), matches(fact, no)]).toEqual([true, false]);
  });

  it('combines others with any, all and not', () => {
    const has = (name: string) => ({ fact: { [`body.${name}`]: { given: true } } });
    const applies = { any: [{ all: [has('a'), has('b')] }, { not: { any: [has('a'), has('b')] } }] };
    const { call } = openLab({ m: { ...base, quota: 0, applies } });
    const statuses = [{ a: 1, b: 1 }, {}, { a: 1 }, { b: 1 }].map((body) => call({ method: 'POST', body }).status);
    expect(statuses).toEqual([429, 429, 200, 200]);
  });

  it('may read how a policy stands', () => {
    const { call } = openLab({
      m: { ...base, quota: 2 },
      late: { ...base, quota: 0, applies: { fact: { 'policies.m.remaining': { below: 1 } } } },
    });
    expect([call().status, call().status]).toEqual([200, 200]);
    expect(call().status).toBe(429);
  });
});

describe('concurrency that only slow requests enter', () => {
  it('refuses once as many as the quota have been in flight for that long', () => {
    const { call, sandbox } = openLab({
      slow: { algorithm: 'concurrency', quota: 1, after: '2s', partitionBy: ['key'], refusal, evidence },
    });
    const open: (() => void)[] = [];
    const hold = (done: () => void) => open.push(done);
    expect([call({ hold }).status, call({ hold }).status]).toEqual([200, 200]);
    sandbox.clock.advance(1_999);
    expect(call().status).toBe(200);
    sandbox.clock.advance(1);
    expect(call().status).toBe(429);
    for (const done of open) done();
    expect(call().status).toBe(200);
  });
});

describe('the list of quotas', () => {
  it('shows the limit of the last request, where it depends on facts of requests', () => {
    const { call, sandbox } = openLab({ m: { ...base, quota: 'body.limit ?? 3' } });
    call({ method: 'POST', body: { limit: 8 } });
    expect(sandbox.quotas()).toMatchObject([{ policy: 'm', limit: 8, used: 1, remaining: 7 }]);
  });
});
