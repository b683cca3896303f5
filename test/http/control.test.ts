import { describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { createControl, createControlApp } from '../../src/http/control/app.js';
import { PROBLEM_JSON } from '../../src/http/web/problem-json.js';
import { Sandboxes } from '../../src/sandbox/sandboxes.js';
import { type Control, START, tinyControl, tinyProvider, tinySandbox } from './control-sandbox.js';

const KEY = 'tiny_live_aaaabbbb';

/** The call is refused as told, and has changed nothing. */
async function refuses(
  control: Control,
  [method, path, body]: readonly [string, string, unknown?],
  expected: { status?: number; code: string; field?: string; detail?: RegExp },
) {
  const before = control.state();
  const reply = await control.ask(method, path, body);
  const { status = 400, code, field, detail = /\w/ } = expected;
  expect(reply.headers.get('content-type')).toBe(PROBLEM_JSON);
  expect(reply.body).toEqual({
    type: `urn:mock429:problem:${code}`,
    title: expect.stringMatching(/^[A-Z]/),
    status,
    code,
    detail: expect.stringMatching(detail),
    ...(field === undefined ? {} : { field }),
  });
  expect(reply.status).toBe(status);
  expect(control.state()).toEqual(before);
}

describe('health', () => {
  it('tells the version and what is served', async () => {
    const { status, body, headers } = await tinyControl().ask('GET', '/health');
    expect([status, body]).toEqual([200, { status: 'ok', version: '9.9.9', profiles: ['tiny'] }]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('answers HEAD', async () => {
    expect(await tinyControl().ask('HEAD', '/health')).toMatchObject({ status: 200, text: '' });
  });
});

describe('profiles', () => {
  it('tells everything about one', async () => {
    const { status, body } = await tinyControl().ask('GET', '/profiles/tiny');
    expect(status).toBe(200);
    const documented = { level: 'documented', source: 'limits' };
    expect(body).toMatchObject({
      id: 'tiny',
      title: 'Tiny',
      baseUrl: 'https://tiny.example/v1',
      plan: 'free',
      variants: [{ id: 'aligned', says: 'Windows begin with the minute', active: false }],
      plans: [
        { id: 'free', quotas: {} },
        { id: 'paid', title: 'Paid', quotas: { 'key-minute': 10 } },
      ],
      fixtures: [{ key: 'tiny_live_acme', account: 'acme', plan: 'paid', says: 'A key on the paid plan' }],
      sources: [{ id: 'limits', title: 'Limits', url: 'https://tiny.example/docs/limits', date: '2026-05-12' }],
    });
    expect(body.policies).toEqual([
      {
        id: 'key-minute',
        algorithm: 'fixed-window',
        quota: 5,
        unit: 'requests',
        window: { length: '60s', start: 'first-request', ms: 60_000 },
        partitionBy: ['key'],
        refusal: { error: 'limited', status: 429, charges: [] },
        explain: '5 per 1 min, counted from the first request',
        evidence: documented,
      },
      expect.objectContaining({
        id: 'running',
        window: null,
        unit: 'concurrent-requests',
        explain: expect.stringContaining('2 at once'),
      }),
      expect.objectContaining({
        id: 'money',
        quota: null,
        refusal: { error: 'limited', status: 429, charges: ['money'] },
        explain: expect.stringContaining('no limit'),
      }),
    ]);
  });

  it('tells quotas as the default account has them, in the units of the profile', async () => {
    const { ask } = tinyControl();
    await ask('PUT', '/accounts/tiny/home', { plan: 'paid', quotas: { money: 2.5 } });
    const { body } = await ask('GET', '/profiles');
    expect(body.profiles).toHaveLength(1);
    expect(body.profiles[0].plan).toBe('paid');
    expect(body.profiles[0].policies).toMatchObject([
      { quota: 10, explain: expect.stringMatching(/^10 per/) },
      { quota: 2 },
      { quota: 2.5, explain: expect.stringMatching(/^2.5 per month/) },
    ]);
  });

  it('tells the active variants', async () => {
    const { ask } = tinyControl({ sandbox: tinySandbox([tinyProvider('tiny', ['aligned'])]) });
    const { body } = await ask('GET', '/profiles/tiny');
    expect(body.variants).toMatchObject([{ id: 'aligned', active: true }]);
    expect(body.policies[0].window).toMatchObject({ start: 'utc' });
  });

  it('knows no others', async () => {
    await refuses(tinyControl(), ['GET', '/profiles/tny'], {
      status: 404,
      code: 'unknown-profile',
      field: 'profile',
      detail: /did you mean "tiny"/,
    });
  });
});

describe('clock', () => {
  it('is read', async () => {
    const { body } = await tinyControl().ask('GET', '/clock');
    expect(body).toEqual({ now: '2026-05-12T08:00:00.000Z', epochMs: START, mode: 'frozen', rate: 1 });
  });

  it.each([
    [{ now: '2026-05-12T09:00:00Z' }, { epochMs: START + 3_600_000, mode: 'frozen' }],
    [{ now: START - 5 }, { epochMs: START - 5 }],
    [{ rate: 60 }, { epochMs: START, rate: 60 }],
    [{ frozen: false }, { mode: 'offset' }],
  ])('is set by %j', async (change, expected) => {
    const { ask, sandbox } = tinyControl();
    expect(await ask('PUT', '/clock', change)).toMatchObject({ status: 200, body: expected });
    sandbox.clock.stop();
  });

  it.each([
    [{ ms: 1_500 }, 1_500],
    [{ ms: 0 }, 0],
    [{ duration: '90s' }, 90_000],
    [{ duration: 'PT1H' }, 3_600_000],
  ])('is advanced by %j', async (by, ms) => {
    const { ask } = tinyControl();
    expect(await ask('POST', '/clock/advance', by)).toMatchObject({ status: 200, body: { epochMs: START + ms } });
    expect((await ask('GET', '/clock')).body.epochMs).toBe(START + ms);
  });

  it('answers an advance once delayed responses are due', async () => {
    const { ask, send } = tinyControl();
    await ask('POST', '/faults', { delayMs: 2_000 });
    let answered = false;
    const answer = Promise.resolve(send('/things')).then(() => {
      answered = true;
    });
    const { body } = await ask('GET', '/in-flight');
    expect(body.inFlight).toEqual([
      {
        id: '1',
        profile: 'tiny',
        method: 'GET',
        path: '/v1/things',
        operation: 'listThings',
        caller: { key: 'tiny_…bbbb', account: 'home' },
        since: '2026-05-12T08:00:00.000Z',
        until: '2026-05-12T08:00:02.000Z',
      },
    ]);
    expect(answered).toBe(false);
    // The response leaves through a port that never reports, so the call itself is not waited for.
    void ask('POST', '/clock/advance', { duration: '2s' });
    await answer;
    expect((await ask('GET', '/in-flight')).body).toEqual({ inFlight: [] });
  });

  it.each([
    ['PUT', '/clock', {}, { code: 'nothing-to-set', detail: /now, frozen or rate/ }],
    ['PUT', '/clock', { frozn: true }, { code: 'unknown-key', field: 'frozn', detail: /did you mean "frozen"/ }],
    [
      'PUT',
      '/clock',
      { frozen: true, zzzzzzzz: 1 },
      { code: 'unknown-key', field: 'zzzzzzzz', detail: /use one of: now, rate/ },
    ],
    ['PUT', '/clock', { frozen: 'yes' }, { code: 'wrong-type', field: 'frozen', detail: /true or false, not "yes"/ }],
    ['PUT', '/clock', { now: 'tomorrow' }, { code: 'bad-date', field: 'now', detail: /ISO 8601/ }],
    ['PUT', '/clock', { now: true }, { code: 'bad-value', field: 'now', detail: /ISO 8601/ }],
    ['PUT', '/clock', { now: 1e15 }, { code: 'clock-out-of-range', field: 'now' }],
    ['PUT', '/clock', { frozen: false, rate: -1 }, { code: 'bad-rate', field: 'rate' }],
    ['PUT', '/clock', null, { code: 'wrong-type', detail: /the body must be a JSON object, not null/ }],
    ['POST', '/clock/advance', {}, { code: 'ms-or-duration', field: 'duration' }],
    ['POST', '/clock/advance', { ms: 1, duration: '1s' }, { code: 'ms-or-duration', field: 'duration' }],
    ['POST', '/clock/advance', { ms: -1 }, { code: 'bad-duration', field: 'ms', detail: /PUT \/clock/ }],
    ['POST', '/clock/advance', { ms: '90' }, { code: 'wrong-type', field: 'ms', detail: /a number, not "90"/ }],
    [
      'POST',
      '/clock/advance',
      { duration: 60 },
      {
        code: 'wrong-type',
        field: 'duration',
        detail: /^60 has no unit; write 60s for seconds, 60ms for milliseconds$/,
      },
    ],
    [
      'POST',
      '/clock/advance',
      { duration: '60' },
      { code: 'bad-duration', field: 'duration', detail: /has no unit; write 60s/ },
    ],
    ['POST', '/clock/advance', { duration: 'a while' }, { code: 'bad-duration', field: 'duration', detail: /90s/ }],
    ['POST', '/clock/advance', { duration: '999999w' }, { code: 'clock-out-of-range', field: 'duration' }],
  ])('%s %s refuses %j', async (method, path, body, expected) => {
    await refuses(tinyControl(), [method, path, body], expected);
  });
});

describe('reset', () => {
  it.each([[undefined], [''], [' \n'], [{}], [{ clock: false }]])('forgets with the body %j', async (body) => {
    const { ask, send, sandbox } = tinyControl();
    await ask('POST', '/clock/advance', { ms: 5 });
    await ask('POST', '/faults', { times: 9, status: 503 });
    await ask('PUT', '/accounts/tiny/acme', { plan: 'free' });
    send('/things');
    expect(await ask('POST', '/reset', body)).toMatchObject({ status: 204, text: '' });
    expect([sandbox.quotas(), sandbox.requests(), sandbox.faults.list()]).toEqual([[], [], []]);
    expect(sandbox.clock.now()).toBe(START + 5);
    expect(sandbox.accounts('tiny').find(({ id }) => id === 'acme')?.plan).toBe('free');
  });

  it('takes clock and accounts along where it is told to', async () => {
    const { ask, sandbox } = tinyControl();
    await ask('POST', '/clock/advance', { ms: 5 });
    await ask('PUT', '/accounts/tiny/acme', { plan: 'free' });
    await ask('POST', '/reset', { clock: true, accounts: true });
    expect(sandbox.clock.now()).toBe(START);
    expect(sandbox.accounts('tiny').find(({ id }) => id === 'acme')?.plan).toBe('paid');
  });

  it('refuses what it does not know', async () => {
    const control = tinyControl();
    control.send('/things');
    await refuses(control, ['POST', '/reset', { clok: true }], {
      code: 'unknown-key',
      field: 'clok',
      detail: /"clock"/,
    });
    await refuses(control, ['POST', '/reset', 'clock'], { code: 'not-json' });
  });
});

describe('quotas', () => {
  const bucket = { policy: 'key-minute', partition: { key: KEY } };

  it('are listed with credentials masked', async () => {
    const { ask, send } = tinyControl();
    expect((await ask('GET', '/quotas')).body).toEqual({ quotas: [] });
    send('/things');
    const { body, text } = await ask('GET', '/quotas');
    expect(body.quotas).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{16}$/),
        profile: 'tiny',
        policy: 'key-minute',
        partition: { key: 'tiny_…bbbb' },
        keyHash: expect.stringMatching(/^[\w-]{12}$/),
        limit: 5,
        used: 1,
        remaining: 4,
        resetAt: '2026-05-12T08:01:00.000Z',
      },
    ]);
    expect(text).not.toContain(KEY);
  });

  it('are set by policy and partition, and by id', async () => {
    const { ask, send } = tinyControl();
    const first = await ask('PUT', '/quotas', { profile: 'tiny', ...bucket, remaining: 1 });
    expect(first).toMatchObject({ status: 200, body: { remaining: 1, used: 4, resetAt: '2026-05-12T08:01:00.000Z' } });
    expect([send('/things'), send('/things')]).toMatchObject([{ status: 200 }, { status: 429 }]);
    const { id } = first.body;
    expect((await ask('PUT', '/quotas', { id, used: 2 })).body).toMatchObject({ id, used: 2, remaining: 3 });
    expect((await ask('PUT', '/quotas', { profile: 'tiny', id, remaining: 5 })).body).toMatchObject({ id, used: 0 });
  });

  it('are set to reset when a test wants it', async () => {
    const { ask, send } = tinyControl();
    const { body } = await ask('PUT', '/quotas', { ...bucket, remaining: 0, resetsInMs: 5_000 });
    expect(body).toMatchObject({ remaining: 0, resetAt: '2026-05-12T08:00:05.000Z' });
    expect(send('/things')).toMatchObject({ status: 429 });
    await ask('POST', '/clock/advance', { ms: 5_000 });
    expect(send('/things')).toMatchObject({ status: 200 });
  });

  it.each([
    [{}, { code: 'missing-policy', field: 'policy', detail: /key-minute/ }],
    [
      { policy: 'key-minit', remaining: 1 },
      { code: 'unknown-policy', field: 'policy', detail: /"key-minute"/ },
    ],
    [
      { ...bucket, profile: 'tyni', remaining: 1 },
      { code: 'unknown-profile', field: 'profile', detail: /"tiny"/ },
    ],
    [
      { policy: 'key-minute', remaining: 1 },
      { code: 'missing-partition', field: 'partition.key' },
    ],
    [
      { policy: 'key-minute', partition: { kye: KEY }, remaining: 1 },
      { code: 'unknown-partition', field: 'partition.kye' },
    ],
    [
      { policy: 'key-minute', partition: { key: 7 }, remaining: 1 },
      { code: 'wrong-type', field: 'partition.key' },
    ],
    [bucket, { code: 'remaining-or-used', field: 'remaining' }],
    [
      { ...bucket, remaining: 1, used: 1 },
      { code: 'remaining-or-used', field: 'remaining' },
    ],
    [
      { ...bucket, remaining: 6 },
      { code: 'bad-amount', field: 'remaining', detail: /quota of 5/ },
    ],
    [
      { ...bucket, used: -1 },
      { code: 'bad-amount', field: 'used' },
    ],
    [
      { ...bucket, remaning: 1 },
      { code: 'unknown-key', field: 'remaning', detail: /"remaining"/ },
    ],
    [
      { ...bucket, remaining: 1, resetsInMs: 60_001 },
      { code: 'bad-amount', field: 'resetsInMs', detail: /from 1 to 60000/ },
    ],
    [
      { policy: 'money', partition: { account: 'home' }, used: 1, resetsInMs: 5_000 },
      { code: 'clock-window', field: 'resetsInMs', detail: /2026-06-01T00:00:00.000Z/ },
    ],
    [
      { id: 'nope', remaining: 1 },
      { code: 'unknown-bucket', field: 'id', detail: /GET \/quotas/ },
    ],
    [
      { id: 'nope', ...bucket, remaining: 1 },
      { code: 'id-or-policy', field: 'policy' },
    ],
    [
      { policy: 'running', partition: { account: 'home' }, used: 1 },
      { code: 'not-seedable', field: 'policy' },
    ],
  ])('refuse %j', async (body, expected) => {
    await refuses(tinyControl(), ['PUT', '/quotas', body], expected);
  });

  it('need a profile where several are served', async () => {
    const control = tinyControl({ sandbox: tinySandbox([tinyProvider('one'), tinyProvider('two')]) });
    await refuses(control, ['PUT', '/quotas', { ...bucket, used: 1 }], {
      code: 'missing-profile',
      field: 'profile',
      detail: /one, two/,
    });
    const { body } = await control.ask('PUT', '/quotas', { profile: 'two', ...bucket, used: 1 });
    expect((await control.ask('PUT', '/quotas', { id: body.id, used: 2 })).body).toMatchObject({
      profile: 'two',
      used: 2,
    });
    await refuses(control, ['PUT', '/quotas', { profile: 'one', id: body.id, used: 3 }], {
      code: 'unknown-bucket',
      field: 'id',
    });
  });
});

describe('accounts', () => {
  it('are listed with their keys masked, but for fixtures, which are no secret', async () => {
    const { ask } = tinyControl();
    await ask('PUT', '/accounts/tiny/home', { keys: [KEY] });
    const { body, text } = await ask('GET', '/accounts/tiny');
    expect(body.accounts).toEqual([
      { id: 'home', plan: 'free', quotas: {}, keys: ['tiny_…bbbb'] },
      { id: 'acme', plan: 'paid', quotas: {}, keys: ['tiny_live_acme'] },
    ]);
    expect(text).not.toContain(KEY);
  });

  it('are made and changed', async () => {
    const { ask, send } = tinyControl();
    const made = await ask('PUT', '/accounts/tiny/new%20one', { keys: [KEY], quotas: { 'key-minute': 1 } });
    expect(made).toMatchObject({
      status: 200,
      body: { id: 'new one', plan: 'free', quotas: { 'key-minute': 1 }, keys: ['tiny_…bbbb'] },
    });
    expect(made.text).not.toContain(KEY);
    expect([send('/things'), send('/things')]).toMatchObject([{ status: 200 }, { status: 429 }]);
    expect((await ask('PUT', '/accounts/tiny/acme', { plan: 'free' })).body).toMatchObject({
      plan: 'free',
      keys: ['tiny_live_acme'],
    });
    expect((await ask('PUT', '/accounts/tiny/acme', {})).body).toMatchObject({ plan: 'free' });
  });

  it.each([
    ['/accounts/tiny/acme', { plan: 'pade' }, { code: 'unknown-plan', field: 'plan', detail: /"paid"/ }],
    ['/accounts/tiny/acme', { plan: 'free', quotas: { nope: 1 } }, { code: 'unknown-policy', field: 'quotas.nope' }],
    [
      '/accounts/tiny/acme',
      { keys: [KEY], quotas: { 'key-minute': -1 } },
      { code: 'bad-amount', field: 'quotas.key-minute' },
    ],
    ['/accounts/tiny/acme', { keys: KEY }, { code: 'wrong-type', field: 'keys', detail: /a list/ }],
    ['/accounts/tiny/acme', { keys: [KEY, ''] }, { code: 'bad-value', field: 'keys[1]' }],
    ['/accounts/tiny/acme', { keyz: [KEY] }, { code: 'unknown-key', field: 'keyz', detail: /"keys"/ }],
    ['/accounts/tny/acme', { plan: 'free' }, { status: 404, code: 'unknown-profile', field: 'profile' }],
  ])('%s refuses %j', async (path, body, expected) => {
    await refuses(tinyControl(), ['PUT', path, body], expected);
  });

  it('belong to a profile that is served', async () => {
    await refuses(tinyControl(), ['GET', '/accounts/tny'], { status: 404, code: 'unknown-profile', field: 'profile' });
  });
});

describe('faults', () => {
  it('are arranged, listed, used and removed', async () => {
    const { ask, send } = tinyControl();
    const spec = {
      match: { profile: 'tiny', method: 'get', operationId: 'listThings', key: KEY },
      times: 2,
      status: 503,
      body: { down: [true] },
      headers: { 'Retry-After': '5' },
    };
    const added = await ask('POST', '/faults', spec);
    const shown = {
      ...spec,
      id: 'fault-1',
      matched: 0,
      used: 0,
      match: { ...spec.match, method: 'GET', key: 'tiny_…bbbb' },
    };
    expect(added).toMatchObject({ status: 201, body: shown });
    expect(added.headers.get('location')).toBe('faults/fault-1');
    expect(await send('/things')).toMatchObject({
      status: 503,
      body: '{"down":[true]}',
      headers: { 'Retry-After': '5' },
    });
    const listed = await ask('GET', '/faults');
    expect(listed.body).toEqual({ faults: [{ ...shown, matched: 1, used: 1 }] });
    expect(listed.text).not.toContain(KEY);
    expect(await ask('DELETE', '/faults/fault-1')).toMatchObject({ status: 204, text: '' });
    expect(await send('/things')).toMatchObject({ status: 200 });
  });

  it.each([[null], ['gone'], [0], [[]]])('may answer with the body %j', async (body) => {
    const { ask } = tinyControl();
    expect((await ask('POST', '/faults', { body })).body).toMatchObject({ body, match: {} });
  });

  it('are all removed', async () => {
    const { ask } = tinyControl();
    await ask('POST', '/faults', { drop: true });
    await ask('POST', '/faults', { delayMs: 5 });
    expect((await ask('DELETE', '/faults')).status).toBe(204);
    expect((await ask('GET', '/faults')).body).toEqual({ faults: [] });
    expect((await ask('DELETE', '/faults')).status).toBe(204);
  });

  it('are known by their id', async () => {
    const control = tinyControl();
    await refuses(control, ['DELETE', '/faults/fault-1'], {
      status: 404,
      code: 'unknown-fault',
      field: 'id',
      detail: /there are no faults/,
    });
    await control.ask('POST', '/faults', { status: 500 });
    await refuses(control, ['DELETE', '/faults/fault-2'], {
      status: 404,
      code: 'unknown-fault',
      field: 'id',
      detail: /"fault-1"/,
    });
  });

  it.each([
    [{ staus: 503 }, { code: 'unknown-key', field: 'staus', detail: /"status"/ }],
    [
      { match: { methd: 'GET' }, status: 503 },
      { code: 'unknown-key', field: 'match.methd', detail: /"method"/ },
    ],
    [
      { match: { profile: 'tny' }, status: 503 },
      { code: 'unknown-profile', field: 'match.profile', detail: /"tiny"/ },
    ],
    [
      { match: { operationId: 'listThing' }, status: 503 },
      { code: 'unknown-operation', field: 'match.operationId', detail: /^tiny has no .* did you mean "listThings"\?/ },
    ],
    [
      { match: { method: 'GET' }, times: 1 },
      { code: 'bad-fault', detail: /give one of: status, body, / },
    ],
    [
      { match: { path: 'v1/things' }, status: 503 },
      { code: 'bad-fault', field: 'match.path', detail: /start it with/ },
    ],
    [{ status: 100 }, { code: 'bad-fault', field: 'status', detail: /200 to 599/ }],
    [{ status: '503' }, { code: 'wrong-type', field: 'status', detail: /a number, not "503"/ }],
    [{ status: 503.5 }, { code: 'wrong-type', field: 'status', detail: /whole number/ }],
    [
      { times: 0, status: 503 },
      { code: 'bad-fault', field: 'times' },
    ],
    [{ delayMs: -1 }, { code: 'bad-fault', field: 'delayMs' }],
    [{ headers: { 'Retry-After': 5 } }, { code: 'wrong-type', field: 'headers.Retry-After' }],
    [{ headers: { 'a b': 'c' } }, { code: 'bad-fault', field: 'headers.a b', detail: /name of a header/ }],
    [{ headers: { a: 'b\nc' } }, { code: 'bad-fault', field: 'headers.a', detail: /one line/ }],
    [[], { code: 'wrong-type', detail: /the body must be a JSON object/ }],
  ])('refuse %j', async (body, expected) => {
    await refuses(tinyControl(), ['POST', '/faults', body], expected);
  });
});

describe('journal', () => {
  async function filled(): Promise<Control> {
    const control = tinyControl();
    await control.ask('PUT', '/quotas', { policy: 'key-minute', partition: { key: KEY }, remaining: 2 });
    for (const path of ['/things', '/slow', '/things', '/nowhere']) control.send(path);
    return control;
  }
  const ids = async ({ ask }: Control, query: string) =>
    (await ask('GET', `/requests${query}`)).body.requests.map((one: { id: string }) => one.id);

  it('lists requests, the newest last, with keys masked', async () => {
    const { ask } = await filled();
    const { status, body, text } = await ask('GET', '/requests');
    expect(status).toBe(200);
    expect(body.requests.map((one: { status: number }) => one.status)).toEqual([200, 200, 429, 404]);
    expect(body.requests[2]).toMatchObject({
      id: '3',
      profile: 'tiny',
      method: 'GET',
      path: '/v1/things',
      operation: 'listThings',
      caller: { key: 'tiny_…bbbb' },
      error: 'limited',
      admitted: false,
      retryAfter: 60,
      at: START,
      decisions: [
        {
          policy: 'key-minute',
          allowed: false,
          limit: 5,
          remaining: 0,
          charged: 0,
          refunded: 0,
          resetAt: START + 60_000,
        },
      ],
    });
    expect(text).not.toContain(KEY);
  });

  it.each([
    ['?status=429', ['3']],
    ['?status=4xx', ['3', '4']],
    ['?operation=listThings', ['1', '3']],
    ['?operation=slow&status=429', []],
    ['?since=2', ['3', '4']],
    ['?since=4', []],
    ['?since=forgotten', ['1', '2', '3', '4']],
    ['?limit=1', ['4']],
    ['?limit=99', ['1', '2', '3', '4']],
    ['?status=200&operation=listThings&since=0&limit=5', ['1']],
  ])('filters by %s', async (query, expected) => {
    expect(await ids(await filled(), query)).toEqual(expected);
  });

  it.each([
    ['?stauts=429', { code: 'unknown-parameter', field: 'stauts', detail: /"status"/ }],
    ['?status=9', { code: 'bad-value', field: 'status', detail: /429, or a class/ }],
    ['?limit=0', { code: 'bad-value', field: 'limit' }],
    ['?limit=ten', { code: 'bad-value', field: 'limit' }],
    ['?limit=1&limit=2', { code: 'wrong-type', field: 'limit' }],
  ])('refuses %s', async (query, expected) => {
    await refuses(await filled(), ['GET', `/requests${query}`], expected);
  });

  it('is emptied, and counters stay', async () => {
    const control = await filled();
    const counted = control.sandbox.quotas();
    expect((await control.ask('DELETE', '/requests')).status).toBe(204);
    expect(await ids(control, '')).toEqual([]);
    expect(counted.length).toBeGreaterThan(0);
    expect(control.sandbox.quotas()).toEqual(counted);
  });
});

describe('bodies', () => {
  it.each([
    [undefined],
    ['application/json'],
    ['application/x-www-form-urlencoded'],
    ['text/plain;charset=UTF-8'],
    ['multipart/form-data'],
    ['nonsense'],
  ])('are JSON whatever their content type says (%s)', async (type) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const reply = await tinyControl().ask('POST', '/clock/advance', '{"ms":7}', { headers });
    expect(reply).toMatchObject({ status: 200, body: { epochMs: START + 7 } });
  });

  it('need no content type at all', async () => {
    const sandbox = tinySandbox();
    const body = new TextEncoder().encode('\uFEFF {"ms":7} ');
    const response = await createControlApp({ version: '1' }).request(
      '/clock/advance',
      { method: 'POST', body },
      { sandbox },
    );
    expect(response.status).toBe(200);
  });

  it.each([
    ['PUT', '/clock'],
    ['POST', '/clock/advance'],
    ['PUT', '/quotas'],
    ['PUT', '/accounts/tiny/acme'],
    ['POST', '/faults'],
  ])('are needed by %s %s', async (method, path) => {
    for (const body of [undefined, '', ' \n '])
      await refuses(tinyControl(), [method, path, body], { code: 'missing-body', detail: /send JSON such as \{/ });
  });

  it('that are not JSON are told where they stop being so', async () => {
    await refuses(tinyControl(), ['PUT', '/clock', '{"frozen": true,}'], {
      code: 'not-json',
      detail: /line 1, column 17: expected a key in double quotes, found "}".*send JSON such as \{"now"/,
    });
    await refuses(tinyControl(), ['POST', '/faults', 'status=503'], {
      code: 'not-json',
      detail: /line 1, column 1: expected a value, found "s"/,
    });
    await refuses(tinyControl(), ['POST', '/faults', `{"body":${'['.repeat(5_000)}${']'.repeat(5_000)}}`], {
      code: 'not-json',
      detail: /100 levels/,
    });
  });

  it('are at most a mebibyte long', async () => {
    const body = (bytes: number) => JSON.stringify({ body: 'x'.repeat(bytes - 11) });
    expect((await tinyControl().ask('POST', '/faults', body(1_048_576))).status).toBe(201);
    await refuses(tinyControl(), ['POST', '/faults', body(1_048_577)], {
      status: 413,
      code: 'body-too-large',
      detail: /1048576 bytes/,
    });
  });
});

describe('what there is not', () => {
  it.each([
    ['/clok', /did you mean GET \/__mock429\/clock or PUT \/__mock429\/clock\?/],
    ['/profile/tiny', /did you mean GET \/__mock429\/profiles\/\{id\} or PUT/],
    ['/clock/', /\/__mock429\/clock/],
    ['/', /there are \/__mock429\/health/],
    ['/something/else/entirely', /there are .*\/__mock429\/faults/],
  ])('%s is answered with the calls nearest', async (path, detail) => {
    await refuses(tinyControl(), ['GET', path], { status: 404, code: 'unknown-call', detail });
  });

  it.each([
    ['PATCH', '/clock', 'GET, HEAD, PUT'],
    ['OPTIONS', '/clock', 'GET, HEAD, PUT'],
    ['GET', '/clock/advance', 'POST'],
    ['PUT', '/faults', 'DELETE, GET, HEAD, POST'],
    ['GET', '/faults/fault-1', 'DELETE'],
    ['DELETE', '/accounts/tiny/acme', 'PUT'],
  ])('%s %s is answered with what the path takes', async (method, path, allow) => {
    const control = tinyControl();
    await refuses(control, [method, path], { status: 405, code: 'method-not-allowed' });
    expect((await control.ask(method, path)).headers.get('allow')).toBe(allow);
  });
});

describe('faults of our own', () => {
  it('are told without their stack, and logged', async () => {
    const log = vi.fn();
    const sandbox = tinySandbox();
    vi.spyOn(sandbox, 'quotas').mockImplementation(() => {
      throw new TypeError('a secret of ours');
    });
    const response = await createControlApp({ version: '1', log }).request('/quotas', {}, { sandbox });
    const text = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([500, PROBLEM_JSON]);
    expect(JSON.parse(text)).toMatchObject({ code: 'internal-error', status: 500 });
    expect(text).not.toMatch(/secret|\.ts/);
    expect(log).toHaveBeenCalledWith('warn', expect.stringContaining('a secret of ours'));
  });
});

describe('who may call', () => {
  const from = (ip: string, headers: Record<string, string> = {}) => ({
    ip,
    headers: { host: 'localhost:4290', ...headers },
  });

  it('programs on this machine may', async () => {
    expect((await tinyControl().ask('GET', '/health', undefined, from('127.0.0.1'))).status).toBe(200);
    expect(
      (await tinyControl().ask('GET', '/health', undefined, from('::1', { origin: 'http://localhost:4290' }))).status,
    ).toBe(200);
  });

  it.each([
    ['10.0.0.1', {}, 'not-loopback'],
    ['127.0.0.1', { host: 'evil.example' }, 'foreign-host'],
    ['127.0.0.1', { origin: 'https://evil.example' }, 'foreign-origin'],
  ])('%s with %j may not', async (ip, headers, code) => {
    const { ask, sandbox } = tinyControl();
    const reply = await ask('POST', '/clock/advance', { ms: 5 }, from(ip, headers));
    expect(reply).toMatchObject({ status: 403, body: { code, status: 403 } });
    expect(reply.headers.get('content-type')).toBe(PROBLEM_JSON);
    expect(sandbox.clock.now()).toBe(START);
    // Nor do they learn what there is.
    expect((await ask('GET', '/nothing', undefined, from(ip, headers))).body.code).toBe(code);
    expect(
      (await ask('OPTIONS', '/clock', undefined, from(ip, headers))).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });

  it('those who know the token may, from anywhere', async () => {
    const { ask } = tinyControl({ token: 'secret' });
    const anywhere = { host: 'mock.example', origin: 'https://page.example' };
    expect(
      (await ask('GET', '/health', undefined, from('10.0.0.1', { ...anywhere, authorization: 'Bearer secret' })))
        .status,
    ).toBe(200);
    const refused = await ask(
      'GET',
      '/health',
      undefined,
      from('10.0.0.1', { ...anywhere, authorization: 'Bearer wrong' }),
    );
    expect(refused).toMatchObject({ status: 401, body: { code: 'token-needed' } });
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});

describe('within the application', () => {
  it('answers under its prefix, for every sandbox apart', async () => {
    const provider = tinyProvider();
    const sandboxes = new Sandboxes({
      providers: [provider],
      plans: {},
      clock: { frozen: true, now: START },
      log: () => {},
      deliver: async () => ({ status: 200 }),
    });
    const control = createControl({ version: '1' });
    const app = createApp({
      sandboxes,
      profiles: ['tiny'],
      maxBodyBytes: 1_000,
      control: async () => control,
      ui: async () => control,
    });
    const connection = { inProcess: true, ip: '127.0.0.1', onDone: () => {}, drop: () => new Response() };
    const ask = async (path: string, init?: RequestInit) =>
      (await app.fetch(new Request(`http://localhost${path}`, init), { target: path, connection })).json();
    expect(await ask('/~t1/__mock429/clock/advance', { method: 'POST', body: '{"ms":5}' })).toMatchObject({
      epochMs: START + 5,
    });
    expect(await ask('/~t1/__mock429/clock')).toMatchObject({ epochMs: START + 5 });
    expect(await ask('/__mock429/clock')).toMatchObject({ epochMs: START });
    expect(await ask('/__mock429')).toMatchObject({ code: 'unknown-call' });
  });
});
