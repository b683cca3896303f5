/** Profiles and their rules as they are told in English. */
import { describe, expect, it } from 'vitest';
import { amountInWords, conditionInWords, costInWords, listInWords, whereInWords } from '../../src/limits/words.js';
import { explainProfile } from '../../src/profile/explain/profile.js';
import { loadProvider } from '../../src/profile/load.js';
import { profilesAndVariants, providerOf } from '../helpers/providers.js';
import { documented, labProvider, refusal } from '../sandbox/lab.js';

describe('words', () => {
  it('name amounts and lists', () => {
    expect([amountInWords(1, 'requests'), amountInWords(2.5, 'usd'), amountInWords(3, 'concurrent-requests')]).toEqual([
      '1 request',
      '2.5 usd',
      '3 concurrent requests',
    ]);
    expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map((list) => listInWords(list, 'or'))).toEqual([
      'a',
      'a or b',
      'a, b or c',
    ]);
  });

  it('name conditions', () => {
    expect(
      conditionInWords({
        operation: ['a', 'b'],
        method: ['GET'],
        path: ['/x/*'],
        tag: ['t'],
        status: [304, '5xx'],
        error: ['gone'],
        caller: { plan: ['free'] },
        fact: { 'body.kind': ['x', 'y'] },
        not: { method: ['POST'] },
      }),
    ).toBe(
      "the operation is a or b and the method is GET and the path is /x/* and the tag is t and the status is 304 or 5xx and the error is gone and the caller's plan is free and body.kind is x or y and not (the method is POST)",
    );
    expect(conditionInWords({})).toBe('always');
    expect(whereInWords(undefined)).toBe('');
    expect(whereInWords([{ not: { status: [401] } }])).toBe(' unless the status is 401');
    expect(whereInWords([{ status: [401] }, { error: ['x'] }])).toBe(' where the status is 401, or the error is x');
    expect(whereInWords([{ status: [200], not: { error: ['x'] } }])).toBe(
      ' where the status is 200 and not (the error is x)',
    );
  });

  it.each([
    [[], '1 token'],
    [[{ units: 5 }], '5 tokens'],
    [[{ units: 'body.max' }], 'as many tokens as body.max says'],
    [[{ when: { method: ['GET'] }, units: 0 }], '0 tokens where the method is GET; otherwise 1 token'],
    [
      [{ when: { method: ['GET'] }, units: 0 }, { count: 'body.list' }],
      '0 tokens where the method is GET; otherwise as many tokens as body.list has entries',
    ],
    [
      [{ price: { by: 'item.model', values: { big: 3 }, else: 1 }, each: 'body.jobs', times: 'item.n' }],
      'for each of body.jobs the price in tokens of item.model (big: 3, others: 1) times item.n',
    ],
  ])('name the cost %j', (rules, words) => {
    expect(costInWords(rules, 'tokens')).toBe(words);
  });
});

const COMMON =
  /^(?:uncoordinated|shared-key|never-admissible|futile-retry|no-retry-budget|lost-or-doubled|no-timeout|slow-completion) /;

describe('a profile', () => {
  it('is told whole, in order', () => {
    const lines = explainProfile(
      labProvider(
        {
          door: {
            algorithm: 'fixed-window',
            quota: 9,
            window: { length: '60s', start: 'utc' },
            partitionBy: ['ip'],
            asked: 'arrival',
            applies: { not: { operation: 'getStatus' } },
            refusal: { error: 'limited', charges: 'self', final: true, retryAfter: 5 },
            evidence: { level: 'assumed' },
          },
          running: {
            algorithm: 'concurrency',
            quota: 2,
            unit: 'concurrent-requests',
            partitionBy: ['key'],
            refusal: { error: 'limited', impossible: 'too-much', charges: ['door'] },
            evidence: documented,
          },
          money: {
            algorithm: 'token-bucket',
            quota: 2.5,
            scale: 100,
            refill: 2,
            unit: 'usd',
            window: { length: '1h', start: 'first-request' },
            partitionBy: [],
            cost: [{ units: 'body.cost' }],
            actualCost: [{ units: 'response.cost' }],
            free: [{ status: '5xx' }],
            warnAbove: 0.8,
            refusal,
            evidence: { level: 'inferred', source: 'limits', note: 'the word is bucket' },
          },
          spend: {
            algorithm: 'fixed-window',
            quota: 'none',
            window: { length: 'month', start: 'utc' },
            partitionBy: ['account', 'key'],
            refusal: { error: 'limited', retryAfter: 'reset' },
            evidence: documented,
          },
        },
        {
          headers: {
            Left: {
              policy: ['door', 'money'],
              value: 'remaining',
              when: { not: { status: 401 } },
              evidence: documented,
            },
            Reset: { policy: 'door', value: 'reset', format: 'delta-seconds', below: 0.2, evidence: documented },
            'Retry-After': { value: 'retry-after', on: 'refusal', evidence: documented },
            Note: { text: '${request.id}', on: 'success', evidence: documented },
          },
          advice: {
            without: ['no-backoff'],
            'polling-too-fast': {
              operations: ['listThings', 'getStatus'],
              every: '90s',
              severity: 'warn',
              says: 'Do not poll',
              evidence: documented,
            },
          },
          variants: {
            strict: { says: 'A smaller door', patch: { policies: { door: { quota: 1 } } }, evidence: documented },
          },
        },
      ),
    );
    const page = '   Documented: “Rate limits”, https://lab.example/docs/limits (2026-05-12).';
    // What is asked of every client has lines of its own, two each.
    const own = lines.filter((line, i) => !COMMON.test(line) && !COMMON.test(i > 0 ? lines[i - 1]! : ''));
    expect(own).toEqual([
      'The Lab (lab), https://lab.example',
      'Accounts are on the plan basic by default. Assumed.',
      '',
      'Callers:',
      '',
      'key: the header X-Key (key); facts: key.',
      '   Assumed.',
      '',
      'Policies, in the order in which they are checked:',
      '',
      '1. door',
      '   Rule: 9 per 1 min, on the UTC clock; requests are counted for each ip.',
      '   Applies to: every request unless the operation is getStatus, before the credential is checked.',
      '   A request takes: 1 request.',
      '   Free: no outcome.',
      '   A refusal: is answered with 429 (limited); it is charged to this policy; Retry-After is always 5 s.',
      '   After a refusal here, the policies below are neither checked nor charged.',
      '   Assumed.',
      '',
      '2. running',
      '   Rule: 2 at once (requests in flight); concurrent requests are counted for each key.',
      '   Applies to: every request, after the credential has been checked.',
      '   A request takes: 1 concurrent request.',
      '   Held: until its response has been sent.',
      '   A refusal: is answered with 429 (limited), and with 400 (too-much) where it asks for more than the quota; it is charged to door; Retry-After is the time until a request is admitted.',
      page,
      '',
      '3. money',
      '   Rule: a bucket of 2.5 that refills by 2 every 1 h, evenly; usd are counted for all together.',
      '   Applies to: every request, after the credential has been checked.',
      '   A request takes: as many usd as body.cost says. Once the response is known, that is corrected to: as many usd as response.cost says.',
      '   Free: what ends where the status is 5xx.',
      '   A refusal: is answered with 429 (limited); it charges nothing; Retry-After is the time until a request is admitted.',
      '   A warning is recorded once per window when more than 80 % are used.',
      '   Inferred: “Rate limits”, https://lab.example/docs/limits (2026-05-12); the word is bucket.',
      '',
      '4. spend',
      '   Rule: No limit, unless a plan or an account sets one; requests are counted for each account and key.',
      '   Applies to: every request, after the credential has been checked.',
      '   A request takes: 1 request.',
      '   Free: no outcome.',
      '   A refusal: is answered with 429 (limited); it charges nothing; Retry-After is the time until the reset.',
      page,
      '',
      'Headers:',
      '',
      'Left: remaining of whichever of door and money has the smallest share left; on every response unless the status is 401.',
      page,
      'Reset: reset of door, as delta-seconds; on every response, when less than 20 % is left.',
      page,
      'Retry-After: when to come back; on refusals.',
      page,
      'Note: the text ${request.id}; on successes.',
      page,
      '',
      'Plans:',
      '',
      "basic: the policies' own quotas.",
      '   Assumed.',
      "unlimited: the policies' own quotas.",
      '   Assumed.',
      "closed: the policies' own quotas; every request is answered 403 (closed).",
      '   Assumed.',
      '',
      'Advice: what clients are judged by:',
      '',
      'retry-too-early (error): A client sends nothing to a limit before the wait that its refusal stated is over.',
      '   Documented: “RFC 9110, HTTP Semantics, section 10.2.3”, https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3.',
      'hammering (error): A client that is refused pauses before it sends another request. Judged by refusals 3; pause 1 s.',
      '   Assumed: usual practice; the profile gives no advice of its own.',
      'polling-too-fast (warn): Do not poll. Judged by operations listThings, getStatus; every 1 min 30 s.',
      '   Documented: “Rate limits”, https://lab.example/docs/limits.',
      '',
      'Variants: other readings of the documents:',
      '',
      'strict: A smaller door.',
      page,
    ]);
  });

  it('is told as it is served', () => {
    const lines = explainProfile(providerOf('klinky', { variants: ['sliding-hour'] }));
    expect(lines.some((line) => line.startsWith('sliding-hour (served): '))).toBe(true);
    expect(lines.find((line) => line.includes('Rule:'))).toContain('1000 in any 1 h');
    expect(lines.join('\n')).toContain('growth (Growth): account-hour 100 requests.');
  });

  it.each(profilesAndVariants())(
    '$name names every policy, header and variant, and leaves nothing unsaid',
    ({ id, variants }) => {
      const provider = providerOf(id, { variants });
      const text = explainProfile(provider).join('\n');
      const { headers, variants: others, plans, advice } = provider.profile;
      for (const name of [
        ...provider.policy.keys(),
        ...Object.keys(headers),
        ...Object.keys(others),
        ...Object.keys(plans),
        ...Object.keys(advice).filter((name) => name !== 'without'),
      ])
        expect(text).toContain(name);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      expect(text).not.toContain('..');
      for (const evidence of text.split('\n').filter((line) => /^ {3}(Documented|Inferred)/.test(line)))
        expect(evidence).toContain('“');
    },
  );
});

it('tells callers apart: credentials, what they tell, and requests without one', () => {
  const lines = explainProfile(loadProvider('test/docs/profiles/relay.profile.yaml'));
  const callers = lines.slice(
    lines.indexOf('Callers:') + 2,
    lines.indexOf('Policies, in the order in which they are checked:'),
  );
  expect(callers.filter((line) => line !== '' && !line.startsWith(' '))).toEqual([
    'user: the header Authorization: OAuth oauth_token="…" (user); facts: user, app and workspace.',
    'bot: the path parameter token (bot); facts: bot.',
    'legacy: the body field token (legacy); facts: user.',
    'Operations for which the document names no security read a credential if one is sent.',
    'A request with several credentials has the facts of all of them.',
    'anonymous: no credential, where none is needed; account guests, plan guest; facts: user ${ip}.',
  ]);
});

const POLICY = {
  algorithm: 'fixed-window',
  quota: 1,
  window: { length: '60s', start: 'utc' },
  partitionBy: ['key'],
  evidence: documented,
};

it('says of a refusal without Retry-After that it has none', () => {
  const policies = { m: { ...POLICY, refusal: { error: 'limited' } }, n: { ...POLICY, refusal: { error: 'closed' } } };
  const errors = { closed: { status: 429, headers: { 'retry-after': '5' }, evidence: documented } };
  const lines = explainProfile(labProvider(policies, { headers: {}, errors }));
  expect(lines.filter((line) => line.includes('A refusal'))).toEqual([
    '   A refusal: is answered with 429 (limited); it charges nothing; it has no Retry-After.',
    '   A refusal: is answered with 429 (closed); it charges nothing; Retry-After is the time until a request is admitted.',
  ]);
});
