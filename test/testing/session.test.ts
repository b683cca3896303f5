/** The mock of a helper: a sandbox for each test, where its client finds it, and what is there after a test. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Session, startSession, type TestMock, type TestMockOptions } from '../../src/testing/session.js';
import { type Hooks, useMockIn } from '../../src/testing/use-mock.js';

const KEY = { headers: { 'X-API-Key': 'klinky_live_aaaabbbb' } };
const sessions: Session[] = [];

async function start(options: TestMockOptions): Promise<Session> {
  const session = await startSession(options);
  sessions.push(session);
  return session;
}
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

const ask = async (url: string) => (await fetch(`${url}/api/v1/public/links`, KEY)).status;

describe('a test', () => {
  test('has a sandbox of its own, which is gone afterwards', async () => {
    const session = await start({ profile: 'klinky', clock: 'frozen' });
    const [first, second] = [session.open(), session.open()];
    expect(await ask(first.mock.url)).toBe(200);
    expect(first.mock.requests()).toHaveLength(1);
    expect(second.mock.requests()).toEqual([]);
    first.end();
    expect(session.open().mock.requests()).toEqual([]);
  });

  test('has the base URL of each profile in the environment while it runs', async () => {
    process.env['MOCK429_TEST_B'] = 'before';
    const env = { MOCK429_TEST_A: 'klinky', MOCK429_TEST_B: 'aiclicks' };
    const open = (await start({ profile: ['klinky', 'aiclicks'], env })).open();
    expect(process.env['MOCK429_TEST_A']).toBe(`${open.mock.url}/klinky`);
    expect(process.env['MOCK429_TEST_B']).toBe(open.mock.urlOf('aiclicks'));
    expect(await ask(process.env['MOCK429_TEST_A']!)).toBe(200);
    open.end();
    expect(process.env['MOCK429_TEST_A']).toBeUndefined();
    expect(process.env['MOCK429_TEST_B']).toBe('before');
    delete process.env['MOCK429_TEST_B'];
  });

  test('shares one base URL with others of its file, and begins anew', async () => {
    const session = await start({ profile: 'klinky', clock: '2026-05-12T08:30:00Z', sandbox: 'file' });
    const first = session.open();
    await ask(first.mock.url);
    await first.mock.clock.advance('1h');
    first.end();
    const second = session.open();
    expect(second.mock.url).toBe(first.mock.url);
    expect(second.mock.requests()).toEqual([]);
    expect(second.mock.clock.read().now).toBe('2026-05-12T08:30:00.000Z');
  });

  test('leads fetch to the mock until it has ended', async () => {
    const real = globalThis.fetch;
    const open = (await start({ profile: 'klinky', intercept: { unhandled: 'error' } })).open();
    expect((await fetch('https://klinky-api.fly.dev/api/v1/public/links', KEY)).status).toBe(200);
    await expect(fetch('https://elsewhere.example/')).rejects.toThrow('nothing is served there');
    open.end();
    expect(globalThis.fetch).toBe(real);
  });

  test('fails by its verdict, if that is wanted, and passes without requests', async () => {
    const session = await start({ profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z', verdict: 'error' });
    const { mock, judge } = session.open();
    judge();
    mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    for (let i = 0; i < 2; i++) await mock.fetch('/api/v1/public/links', KEY);
    expect(judge).toThrow('retry-too-early');
    const tolerant = (await start({ profile: 'klinky' })).open();
    for (let i = 0; i < 2; i++) await tolerant.mock.fetch('/nowhere');
    tolerant.judge();
  });
});

test.each([
  [{ profile: 'klinky', env: { A: 'klinki' } }, 'env.A: no profile "klinki" is served; did you mean "klinky"?'],
  [
    { profile: ['klinky', 'aiclicks'], env: 'A' },
    'env: several profiles are served (klinky, aiclicks); say whose base URL it is: { A: "klinky" }',
  ],
  [{ profile: 'klinky', sandbox: 'worker' as 'file' }, 'sandbox must be "test" or "file", not "worker"'],
  [{ profile: 'klinky', verdict: true as unknown as 'warn' }, 'verdict must be "error", "warn" or false, not true'],
] satisfies [TestMockOptions, string][])('%j is refused', async (options, message) => {
  await expect(start(options)).rejects.toThrow(message);
});

describe('useMock()', () => {
  /** A runner whose hooks are called by hand. */
  function runner(isNested?: (outer: unknown, inner: unknown) => boolean) {
    const hooks = {} as { [Name in keyof Hooks]: Parameters<Hooks[Name]>[0] };
    const register = Object.fromEntries(
      ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'].map((name) => [
        name,
        (run: never) => Object.assign(hooks, { [name]: run }),
      ]),
    ) as unknown as Hooks;
    const mock: TestMock = useMockIn(register, { profile: 'klinky', clock: 'frozen' }, isNested);
    return { hooks, mock };
  }

  test('stands for the mock of the test that runs', async () => {
    const { hooks, mock } = runner();
    expect(() => mock.url).toThrow('mock.url is there while a test of this file runs');
    expect(await Promise.resolve(mock)).toBe(mock);
    await hooks.beforeAll();
    hooks.beforeEach();
    const { url } = mock;
    expect(await ask(url)).toBe(200);
    expect(mock.requests()).toHaveLength(1);
    hooks.afterEach();
    hooks.beforeEach();
    expect(mock.url).not.toBe(url);
    expect(mock.requests()).toEqual([]);
    hooks.afterEach();
    await hooks.afterAll();
    expect(() => mock.requests).toThrow('while a test of this file runs');
  });

  test('refuses tests that run at the same time', async () => {
    const { hooks } = runner();
    await hooks.beforeAll();
    hooks.beforeEach();
    expect(() => hooks.beforeEach()).toThrow('useMock() serves one test at a time');
    await hooks.afterAll();
  });

  test('takes parts of a test for the test', async () => {
    const { hooks, mock } = runner((outer, inner) => inner === `${outer} > part`);
    await hooks.beforeAll();
    hooks.beforeEach('test');
    const { url } = mock;
    hooks.beforeEach('test > part');
    expect(mock.url).toBe(url);
    hooks.afterEach();
    expect(mock.url).toBe(url);
    hooks.afterEach();
    expect(() => mock.url).toThrow();
    await hooks.afterAll();
  });
});
