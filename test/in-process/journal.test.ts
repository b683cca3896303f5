/**
 * The journal as a test suite leans on it: filters, waiting for requests, and no credential anywhere.
 */
import { request } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createMock, type Mock, type MockOptions, type RequestFilter } from '../../src/index.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

const START = Date.parse('2026-05-12T08:00:00.000Z');
const A = 'ak_live_aaaaaaaaaaaa1111';
/** The same as A once both are masked. */
const B = 'ak_live_bbbbbbbbbbbb1111';
const PATH = '/api/v1/domains';

/** For what comes in its own time over a socket. */
const PATIENT = { timeout: 300_000, interval: 5 };

const open: Mock[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((mock) => mock.close()));
});

async function start(options: MockOptions = {}): Promise<Mock> {
  const mock = await createMock({ profile: ['aiclicks', 'klinky'], clock: { now: START }, ...options });
  open.push(mock);
  return mock;
}

const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

async function filled(): Promise<Mock> {
  const mock = await start({ set: ['aiclicks:policies.key-minute.quota=2'] });
  await mock.fetch(`/aiclicks${PATH}`, as(A));
  await mock.fetch(`/aiclicks${PATH}`, as(B));
  await mock.fetch(`/aiclicks${PATH}`, as(A));
  await mock.clock.advance(1_000);
  await mock.fetch(`/aiclicks${PATH}`, as(A));
  await mock.fetch('/klinky/api/v1/public/links', { headers: { 'x-api-key': 'klinky_live_a' } });
  await mock.fetch(`/aiclicks${PATH}`, as('nonsense'));
  mock.faults.add({ drop: true, times: 1 });
  await mock.fetch(`/aiclicks${PATH}`, as(B)).catch(() => {});
  return mock;
}

describe('filters', () => {
  const cases: [RequestFilter, string[]][] = [
    [{}, ['1', '2', '3', '4', '5', '6', '7']],
    [{ status: 429 }, ['4']],
    [{ status: '4xx' }, ['4', '6']],
    [{ status: 0 }, ['7']],
    [{ profile: 'klinky' }, ['5']],
    [{ operation: 'listPrompts' }, []],
    [{ key: A }, ['1', '3', '4']],
    [{ key: B }, ['2', '7']],
    [{ key: 'nonsense' }, ['6']],
    [{ key: 'ak_live_…1111' }, []],
    [{ since: '5' }, ['6', '7']],
    [{ since: '2026-05-12T08:00:01.000Z' }, ['4', '5', '6', '7']],
    [{ since: '2026-05-12T08:00:01.001Z' }, []],
    [{ limit: 2 }, ['6', '7']],
    [{ key: A, status: '2xx', limit: 1 }, ['3']],
  ];

  test.each(cases)('%j, in-process and by HTTP', async (filter, ids) => {
    const mock = await filled();
    expect(mock.requests(filter).map(({ id }) => id)).toEqual(ids);
    const query = new URLSearchParams(
      Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const { requests } = (await (await mock.fetch(`/__mock429/requests?${query}`)).json()) as {
      requests: { id: string }[];
    };
    expect(requests.map(({ id }) => id)).toEqual(ids);
  });

  test('take epoch milliseconds in-process', async () => {
    expect((await filled()).requests({ since: START + 1_000 })).toHaveLength(4);
  });

  test('know ids that look like dates', async () => {
    const mock = await start({ profile: 'aiclicks' });
    const sandbox = mock.sandbox('2026-05');
    for (let i = 1; i <= 12; i++) await sandbox.fetch('/nowhere');
    expect(sandbox.requests({ since: '2026-05-11' })).toMatchObject([{ id: '2026-05-12' }]);
  });

  test.each([
    [{ status: 'four' }, 'status'],
    [{ profile: 'klinki' }, 'profile'],
    [{ operation: 'listDomain' }, 'operation'],
    [{ since: '2026-13-45' }, 'since'],
    [{ limit: 0 }, 'limit'],
  ])('%j is refused', async (filter, field) => {
    const mock = await start();
    expect(() => mock.requests(filter)).toThrow(expect.objectContaining({ name: 'Problem', field }));
    const [[name, value]] = Object.entries(filter) as [[string, unknown]];
    const response = await mock.fetch(`/__mock429/requests?${name}=${value}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field });
  });
});

describe('an entry', () => {
  test('tells the sandbox, what was charged and refunded, and both times', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START + 500 });
    const mock = await start({ profile: 'full-domination' });
    const sandbox = mock.sandbox('t1');
    sandbox.faults.add({ status: 500, delayMs: 2_000 });
    const answer = sandbox.fetch('/v1/audits', as('ad_live_aaaabbbb'));
    vi.setSystemTime(START + 530);
    await sandbox.clock.advance('2s');
    expect((await answer).status).toBe(500);
    expect(sandbox.requests()).toMatchObject([
      {
        id: 't1-1',
        sandbox: 't1',
        at: START,
        sentAt: START + 2_000,
        realAt: START + 500,
        durationMs: 30,
      },
    ]);
    const decisions = sandbox.requests()[0]!.decisions.map(({ charged, refunded }) => charged + refunded);
    expect(new Set(decisions)).toEqual(new Set([1]));
  });

  test('shows no credential, wherever it was sent, and tells those apart that look alike', async () => {
    const mock = await start({ profile: 'aiclicks' });
    await mock.fetch(
      `${PATH}?api_key=${A}&limit=2&x=${encodeURIComponent(B)}&password=hunter2&q=www.example.com`,
      as(A),
    );
    await mock.fetch(`${PATH}?${B}`, as(B));
    await mock.fetch(`${PATH}?token=&b=%zz`, as(A));
    const text = JSON.stringify(mock.requests()) + (await (await mock.fetch('/__mock429/requests')).text());
    for (const secret of [A, B, 'hunter2']) expect(text).not.toContain(secret);
    expect(mock.requests().map(({ path }) => path)).toEqual([
      `${PATH}?api_key=ak_live_…1111&limit=2&x=ak_live_…1111&password=…&q=www.example.com`,
      `${PATH}?ak_live_…1111`,
      `${PATH}?token=&b=%zz`,
    ]);
    const hashes = mock.requests().map(({ pathHash }) => pathHash);
    expect(hashes).toEqual([expect.stringMatching(/^[\w-]{12}$/), expect.stringMatching(/^[\w-]{12}$/), undefined]);
    const [a, b, again] = mock.requests().map(({ keyHash }) => keyHash);
    expect(a).toMatch(/^[\w-]{12}$/);
    expect(a).toBe(again);
    expect(a).not.toBe(b);
  });

  test('is one of the newest so many', async () => {
    const mock = await start({ profile: 'aiclicks', journalSize: 2 });
    for (let i = 0; i < 5; i++) await mock.fetch('/nowhere');
    expect(mock.requests().map(({ id }) => id)).toEqual(['4', '5']);
    mock.clearRequests();
    expect(mock.requests()).toEqual([]);
  });

  test('is not kept where the journal has no room', async () => {
    const mock = await start({ profile: 'aiclicks', journalSize: 0 });
    await mock.fetch('/nowhere');
    expect(mock.requests()).toEqual([]);
    await expect(mock.waitForRequests()).rejects.toMatchObject({ field: 'count' });
  });
});

describe('waiting', () => {
  /** A wait that has begun: what follows is heard by it. */
  const long = { wait: '60s' };

  test('ends once so many that fit have come, those counted that are there', async () => {
    const mock = await filled();
    expect(await mock.waitForRequests({ key: A, count: 3, ...long })).toHaveLength(3);
    const wait = mock.waitForRequests({ key: A, count: 5, ...long });
    await mock.fetch(`/aiclicks${PATH}`, as(B));
    await mock.fetch(`/aiclicks${PATH}`, as(A));
    await mock.fetch(`/aiclicks${PATH}`, as(A));
    expect((await wait).map(({ id }) => id)).toEqual(['1', '3', '4', '9', '10']);
  });

  test('counts those that the limit leaves out, and those that the journal has forgotten meanwhile', async () => {
    const mock = await start({ profile: 'aiclicks', journalSize: 3 });
    const wait = mock.waitForRequests({ status: 404, count: 3, limit: 1, ...long });
    for (const path of ['/a', PATH, '/b', PATH, PATH, '/c']) await mock.fetch(path, as(A));
    expect(await wait).toMatchObject([{ id: '6', path: '/c' }]);
  });

  test('ends after its time with what there is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const mock = await filled();
    let ended = false;
    const wait = mock.waitForRequests({ key: B, count: 3, wait: '2s' }).finally(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(1_999);
    // The clock of the sandbox has nothing to do with it.
    await mock.clock.advance('1h');
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await wait).toHaveLength(2);
    const usual = mock.waitForRequests({ count: 99 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await usual).toHaveLength(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('counts from nothing after a reset', async () => {
    const mock = await start({ profile: 'aiclicks' });
    await mock.fetch('/a');
    const wait = mock.waitForRequests({ count: 2, ...long });
    mock.reset();
    await mock.fetch('/b');
    await mock.fetch('/c');
    expect((await wait).map(({ path }) => path)).toEqual(['/b', '/c']);
  });

  test('ends when the mock is closed', async () => {
    const mock = await start();
    const wait = mock.waitForRequests(long);
    await mock.close();
    expect(await wait).toEqual([]);
  });

  test('ends with the signal’s reason', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const mock = await start();
    const leaving = new AbortController();
    const wait = mock.waitForRequests({ ...long, signal: leaving.signal });
    expect(vi.getTimerCount()).toBe(1);
    leaving.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
    await expect(mock.waitForRequests({ signal: leaving.signal })).rejects.toThrow('enough');
  });

  test('is done by HTTP as well, with the clock frozen', async () => {
    const mock = await start({ profile: 'aiclicks' });
    const { url } = await mock.listen();
    // The list is asked for in the same turn in which the requests are sent: whichever is first, it holds both.
    const [response] = await Promise.all([
      fetch(`${url}/__mock429/requests?wait=60s&count=2&status=200`),
      fetch(`${url}${PATH}`, as(A)),
      fetch(`${url}/nowhere`, as(A)),
      fetch(`${url}${PATH}`, as(A)),
    ]);
    const { requests } = (await response.json()) as { requests: object[] };
    expect(requests).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await (await fetch(`${url}/__mock429/requests?wait=0s&count=9&status=404`)).json()).toMatchObject({
      requests: [{ status: 404 }],
    });
  });

  test('a client that leaves frees who waits for it', async () => {
    const mock = await start({ profile: 'aiclicks' });
    const { url } = await mock.listen();
    const waits = vi.spyOn(Sandbox.prototype, 'waitForRequests');
    onTestFinished(() => waits.mockRestore());
    const asked = request(`${url}/__mock429/requests?wait=60s`);
    asked.on('error', () => {});
    asked.end();
    await vi.waitUntil(() => waits.mock.results.length === 1, PATIENT);
    asked.destroy();
    // Otherwise it would go on for a minute, which is longer than a test may take.
    expect(await waits.mock.results[0]!.value).toEqual([]);
  });

  test.each([
    ['wait=soon', 'wait', 'bad-duration'],
    ['wait=5', 'wait', 'bad-duration'],
    ['wait=61s', 'wait', 'bad-duration'],
    ['wait=1s&count=0', 'count', 'bad-value'],
    ['wait=1s&count=10001', 'count', 'bad-value'],
    ['count=3', 'count', 'count-without-wait'],
  ])('%s is refused', async (query, field, code) => {
    const response = await (await start()).fetch(`/__mock429/requests?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field, code });
  });

  test('is refused in-process where it could never end well', async () => {
    const mock = await start();
    await expect(mock.waitForRequests({ wait: 60_001 })).rejects.toMatchObject({ field: 'wait' });
    await expect(mock.waitForRequests({ count: 1.5 })).rejects.toMatchObject({ field: 'count' });
  });
});
