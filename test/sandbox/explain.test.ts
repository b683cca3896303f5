/** Why requests were admitted or refused, as it is told. */
import { describe, expect, it } from 'vitest';
import { createMock } from '../../src/mock.js';
import { documented, type LabCall, openLab, refusal } from './lab.js';

const first = { length: '60s', start: 'first-request' };
const clock = { length: '60s', start: 'utc' };
const common = { quota: 2, partitionBy: ['key'], refusal, evidence: documented };
const fixed = { ...common, algorithm: 'fixed-window', window: first };

function explaining(policies: unknown, more?: Record<string, unknown>) {
  const lab = openLab(policies, more);
  /** What is told of a call that is made now. */
  const ask = (call?: LabCall) => {
    lab.call(call);
    return lab.sandbox.explain(lab.sandbox.requests().at(-1)!.id);
  };
  const texts = (call?: LabCall) => ask(call).policies.map(({ text }) => text);
  return { ...lab, ask, texts };
}

describe('a fixed window', () => {
  it('tells what was used, what it took, what is left and when it resets', async () => {
    const { sandbox, ask, call } = explaining({ limit: fixed });
    call();
    await sandbox.advanceClock(18_000);
    const { summary, policies, request, text } = ask();
    expect(summary).toBe('GET /things (listThings) was admitted and answered 200: limit had room for it.');
    expect(policies).toEqual([
      {
        policy: 'limit',
        part: 'admitted',
        text: 'It admitted the request: 1 of 2 requests were used by key k…, it took 1, and 0 were left. It resets at 2026-05-12T08:01:00.000Z (42 s after it came).',
        rule: '2 per 1 min, counted from the first request, for each key',
        evidence: documented,
        source: {
          id: 'limits',
          title: 'Rate limits',
          url: 'https://lab.example/docs/limits',
          date: '2026-05-12',
        },
      },
    ]);
    expect(request).toEqual(sandbox.requests()[1]);
    expect(text).toBe(`${summary}

1. limit: ${policies[0]!.text}
   Rule: 2 per 1 min, counted from the first request, for each key.
   Documented: “Rate limits”, https://lab.example/docs/limits (2026-05-12).
`);
  });

  it('tells why it refused, when there is room, and that it charged nothing', async () => {
    const { sandbox, ask, call } = explaining({ limit: fixed });
    call();
    call();
    await sandbox.advanceClock(18_000);
    const { summary, policies } = ask();
    const why =
      '2 of 2 requests were used by key k…, and the request asks for 1. There is room for it at 2026-05-12T08:01:00.000Z (42 s after it came).';
    expect(summary).toBe(
      `GET /things (listThings) was refused by limit and answered 429 (limited): ${why} The response said to retry after 42 s.`,
    );
    expect(policies).toMatchObject([
      { part: 'refused', text: `It refused: ${why} The refused request was charged nothing here.` },
    ]);
  });

  it('tells that what is above the quota never fits', () => {
    const { ask } = explaining({ limit: { ...fixed, cost: [{ units: 'body.cost' }], unit: 'tokens' } });
    expect(ask({ method: 'POST', body: { cost: 3 } }).summary).toContain(
      'the request asks for 3, more than the whole quota of 2 tokens, so it will never be admitted.',
    );
  });

  it('tells fractions as they are written', () => {
    const money = { ...fixed, quota: 0.6, scale: 100, unit: 'usd', cost: [{ units: 'body.cost' }] };
    const { ask, call } = explaining({ limit: money });
    call({ method: 'POST', body: { cost: 0.1 } });
    const { policies } = ask({ method: 'POST', body: { cost: 0.2 } });
    expect(policies[0]!.text).toContain('0.1 of 0.6 usd were used by key k…, it took 0.2, and 0.3 were left.');
    expect(policies[0]!.rule).toBe('0.6 per 1 min, counted from the first request, for each key');
  });
});

describe('the other algorithms', () => {
  it('a sliding window tells when enough of the last one has faded', async () => {
    const { sandbox, ask, call } = explaining({ limit: { ...common, algorithm: 'sliding-window', window: clock } });
    call();
    call();
    await sandbox.advanceClock(60_000);
    const { policies } = ask();
    expect(policies[0]).toMatchObject({
      part: 'refused',
      text: expect.stringContaining(
        'There is room for it at 2026-05-12T08:01:00.001Z (1 ms after it came). It resets at',
      ),
      rule: expect.stringContaining('2 per sliding 1 min'),
    });
  });

  it('a sliding log tells when the oldest unit leaves', async () => {
    const { sandbox, ask, call } = explaining({ limit: { ...common, algorithm: 'sliding-log', window: first } });
    call();
    await sandbox.advanceClock(10_000);
    call();
    await sandbox.advanceClock(10_000);
    expect(ask().policies[0]).toMatchObject({
      text: expect.stringContaining('There is room for it at 2026-05-12T08:01:00.000Z (40 s after it came).'),
      rule: "2 in any 1 min (every request's instant is kept), for each key",
    });
  });

  it('a bucket tells when enough has come back, and when it is whole', () => {
    const { ask, call } = explaining({ limit: { ...common, algorithm: 'token-bucket', window: first } });
    call();
    call();
    expect(ask().policies[0]).toMatchObject({
      text: expect.stringContaining(
        'There is room for it at 2026-05-12T08:00:30.000Z (30 s after it came). It resets at 2026-05-12T08:01:00.000Z',
      ),
      rule: 'a bucket of 2 that refills by 2 every 1 min, evenly, for each key',
    });
  });

  it('what is in flight tells that nobody knows when it is over', () => {
    const { ask } = explaining({ limit: { ...common, algorithm: 'concurrency', unit: 'concurrent-requests' } });
    const left: (() => void)[] = [];
    const hold = (one: () => void) => left.push(one);
    expect(ask({ hold }).policies[0]!.text).toBe(
      'It admitted the request: 0 of 2 concurrent requests were used by key k…, it took 1, and 1 were left. Its units were released once its response had been sent.',
    );
    ask({ hold });
    expect(ask().policies[0]!.text).toBe(
      'It refused: 2 of 2 concurrent requests were used by key k…, and the request asks for 1. When there will be room is not known: another one must end first. The refused request was charged nothing here.',
    );
  });
});

describe('several policies', () => {
  const roomy = { ...fixed, quota: 50, partitionBy: [] };

  it('tell who had room, and whom a refusal charges', () => {
    const self = { ...fixed, refusal: { ...refusal, charges: 'self' } };
    const { texts, call } = explaining({ limit: self, all: roomy });
    call();
    call();
    expect(texts()).toEqual([
      expect.stringMatching(
        /^It refused: 2 of 2 .* The refused request was charged 1 request here all the same, since its own refusals count\.$/,
      ),
      'It had room: 2 of 50 requests were used, and the request asks for 1. The refused request was charged nothing here.',
    ]);
    // The refusal before has been counted.
    expect(texts()[0]).toMatch(/^It refused: 3 of 2 /);
  });

  it('tell that another one is charged', () => {
    const { texts, call } = explaining({ limit: { ...fixed, refusal: { ...refusal, charges: ['all'] } }, all: roomy });
    call();
    call();
    expect(texts()[1]).toBe(
      'It had room: 2 of 50 requests were used, and the request asks for 1. The refused request was charged 1 request here all the same, since a refusal by limit counts.',
    );
  });

  it('tell that a refusal ended the asking', () => {
    const final = { ...fixed, refusal: { ...refusal, final: true } };
    const { ask, call } = explaining({ limit: final, all: { ...roomy, quota: 2 } });
    call();
    call();
    expect(ask().policies[1]).toMatchObject({
      part: 'not-asked',
      text: 'It was not evaluated: a refusal by limit ends the evaluation. The refused request was charged nothing here.',
    });
  });
});

describe('what is free', () => {
  it('is told with the rule by which it is', () => {
    const free = [{ status: '5xx' }, { error: 'missing' }];
    const { ask } = explaining({ limit: { ...fixed, free }, other: fixed });
    const { summary, policies } = ask({ status: 503 });
    expect(summary).toMatch(
      /answered 503 \(failed\): limit and other had room for it\. What it took of limit was given back\.$/,
    );
    expect(policies[0]!.text).toContain(
      'it took 1, and 1 were left. 1 request was given back, since an outcome is free where the status is 5xx.',
    );
    expect(policies[1]!.text).not.toContain('given back');
    expect(ask({ path: '/things/nothing' }).policies[0]!.text).toContain(
      'since an outcome is free where the error is missing.',
    );
  });

  it('is told apart from what turned out cheaper, or dearer', () => {
    const actual = {
      ...fixed,
      quota: 50,
      unit: 'tokens',
      cost: [{ units: 5 }],
      actualCost: [{ units: 'response.cost' }],
    };
    const { texts } = explaining({ limit: actual });
    expect(texts({ method: 'POST', body: { cost: 2 } })[0]).toContain(
      'it took 5, and 45 were left. 3 tokens were given back, since the response reported that it took 2 tokens.',
    );
    expect(texts({ method: 'POST', body: { cost: 7 } })[0]).toContain(
      'The response reported that it took 2 more: 7 tokens in all.',
    );
  });

  it('is a request that costs nothing', () => {
    const { texts } = explaining({
      limit: { ...fixed, quota: 0, cost: [{ when: { method: 'DELETE' }, units: 1 }, { units: 0 }] },
    });
    expect(texts()[0]).toContain('it took none, which is never refused');
  });
});

describe('a policy that said nothing', () => {
  it.each<[string, Record<string, unknown>, LabCall, string, string]>([
    [
      'speaks of other requests',
      { applies: { operation: ['addThing', 'getStatus'], method: 'POST' } },
      {},
      'not-applicable',
      'It does not apply: it covers every request where the operation is addThing or getStatus and the method is POST.',
    ],
    [
      'has no quota for the caller',
      { quota: 'none' },
      {},
      'not-applicable',
      'It does not limit this caller: neither the account, nor its plan, nor the policy sets a quota.',
    ],
    [
      'counts by what the request lacks',
      { partitionBy: ['header.x-team'], absent: 'skip' },
      {},
      'not-applicable',
      'It does not apply: it counts by header.x-team, which the request does not have.',
    ],
    [
      'was not asked of nobody (401)',
      {},
      { key: '' },
      'not-asked',
      'It was not evaluated: no valid credential was found, so nothing was counted by caller.',
    ],
    [
      'was not asked of a bad key (401)',
      {},
      { key: 'nonsense' },
      'not-asked',
      'It was not evaluated: no valid credential was found, so nothing was counted by caller.',
    ],
    [
      'was not asked where no key is needed',
      { partitionBy: ['ip'] },
      { path: '/status', key: '' },
      'not-asked',
      'It was not evaluated: this request needs no credential, and the policy is evaluated for identified callers only.',
    ],
  ])('%s', (_what, change, call, part, text) => {
    const { ask } = explaining({ limit: { ...fixed, ...change } });
    expect(ask(call).policies).toMatchObject([{ policy: 'limit', part, text }]);
  });

  it('says in the summary as well that no valid credential was found', () => {
    const { ask } = explaining({ limit: fixed });
    expect(ask({ key: '' }).summary).toBe(
      'GET /things (listThings) was answered 401 (no-key): no valid credential was found, so nothing was counted by caller.',
    );
    expect(ask({ path: '/status', key: '' }).summary).toBe(
      'GET /status (getStatus) was admitted and answered 200: no policy applies to it.',
    );
  });

  it('was not asked of a plan without access, nor after a refusal at the door', () => {
    const door = { ...fixed, partitionBy: ['ip'], asked: 'arrival' };
    const { sandbox, ask, call } = explaining({ door, limit: fixed });
    sandbox.setAccount('lab', 'poor', { plan: 'closed', keys: ['k_poor'] });
    const denied = ask({ key: 'k_poor' });
    expect(denied.summary).toContain("answered 403 (closed): the caller's plan has no access");
    expect(denied.policies.map(({ part }) => part)).toEqual(['admitted', 'not-asked']);
    call();
    expect(ask().policies).toMatchObject([
      { part: 'refused' },
      { part: 'not-asked', text: 'It was not evaluated: door refused the request before the caller was identified.' },
    ]);
  });
});

it('a soft limit that was passed is told', () => {
  const { texts } = explaining({ limit: { ...fixed, warnAbove: 0.4 } });
  expect(texts()[0]).toMatch(/With it more than 40 % were used, and a warning was sent\.$/);
});

it('evidence without a page is told as it is', () => {
  const evidence = { level: 'assumed', note: 'no page says so' };
  const { ask } = explaining({ limit: { ...fixed, evidence } });
  expect(ask()).toMatchObject({
    policies: [{ evidence, source: null }],
    text: expect.stringMatching(/\n {3}Assumed: no page says so\.\n$/),
  });
});

it('a request that the journal does not have is a problem', async () => {
  const mock = await createMock({ profile: 'klinky', clock: 'frozen' });
  await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
  expect(mock.explain('1').summary).toContain('was admitted');
  expect(() => mock.explain('2')).toThrow(
    expect.objectContaining({ status: 404, code: 'unknown-request', field: 'request' }) as Error,
  );
  await mock.close();
});
