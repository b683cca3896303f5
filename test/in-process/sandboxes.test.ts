/**
 * Sandboxes: that they never meet, are bounded in number, and go when nobody uses them, in-process and by the control API.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../src/commands/program.js';
import { createMock, type Mock, type MockOptions } from '../../src/index.js';
import { scaled } from '../properties/agree.js';

const START = Date.parse('2026-05-12T08:00:00.000Z');
const KEY = { headers: { authorization: 'Bearer ak_live_xxxxyyyy' } };
const PATH = '/api/v1/domains';

const open: Mock[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((mock) => mock.close()));
});

async function start(options: MockOptions = {}): Promise<Mock & { readonly said: string[] }> {
  const said: string[] = [];
  const mock = await createMock({
    profile: 'aiclicks',
    clock: { now: START },
    log: (level, message) => said.push(`${level} ${message}`),
    ...options,
  });
  open.push(mock);
  return { ...mock, said };
}

const names = (mock: Mock) => mock.sandboxes().map(({ name }) => name);
const call = async (mock: Mock, method: string, path: string) => {
  const response = await mock.fetch(`/__mock429${path}`, { method });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

test('log lines name the sandbox that they are of', async () => {
  const mock = await start();
  for (const sandbox of [mock, mock.sandbox('t1')]) {
    sandbox.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_xxxxyyyy' }, remaining: 0 });
    await sandbox.fetch(PATH, KEY);
  }
  expect(mock.said).toEqual([
    `info aiclicks: GET ${PATH} refused by key-minute (429); free in 1 min`,
    `info ~t1 aiclicks: GET ${PATH} refused by key-minute (429); free in 1 min`,
  ]);
});

describe('the list', () => {
  test('tells when each was made and last used, how much it has seen, and its clock', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const mock = await start();
    await mock.sandbox('a').fetch(PATH, KEY);
    await mock.sandbox('b').clock.advance('1h');
    vi.setSystemTime(START + 5_000);
    await mock.sandbox('a').fetch(PATH, KEY);
    mock.sandbox('a').reset();
    const clock = { mode: 'frozen', rate: 1 };
    const expected = [
      {
        name: 'b',
        madeAt: '2026-05-12T08:00:00.000Z',
        usedAt: '2026-05-12T08:00:00.000Z',
        requests: 0,
        bytes: expect.any(Number),
        clock: { ...clock, now: '2026-05-12T09:00:00.000Z', epochMs: START + 3_600_000 },
      },
      {
        name: 'a',
        madeAt: '2026-05-12T08:00:00.000Z',
        usedAt: '2026-05-12T08:00:05.000Z',
        requests: 2,
        bytes: expect.any(Number),
        clock: { ...clock, now: '2026-05-12T08:00:00.000Z', epochMs: START },
      },
    ];
    expect(mock.sandboxes()).toEqual(expected);
    expect(await call(mock, 'GET', '/sandboxes')).toEqual({ status: 200, body: { sandboxes: expected } });
  });

  test('is empty at first: the one without a name is not on it', async () => {
    const mock = await start();
    await mock.fetch(PATH, KEY);
    expect(await call(mock, 'GET', '/sandboxes')).toEqual({ status: 200, body: { sandboxes: [] } });
  });
});

describe('removing one', () => {
  test('forgets it, and ends what waits in it', async () => {
    const mock = await start();
    const sandbox = mock.sandbox('gone');
    sandbox.faults.add({ delayMs: 1_000 });
    const waiting = sandbox.fetch(PATH, KEY);
    const arrival = sandbox.waitForRequests({ wait: '60s' });
    expect(sandbox.inFlight()).toHaveLength(1);
    expect(await call(mock, 'DELETE', '/sandboxes/gone')).toEqual({ status: 204, body: undefined });
    await expect(waiting).rejects.toThrow(TypeError);
    expect(await arrival).toEqual([]);
    expect(names(mock)).toEqual([]);
    // The same name, made anew.
    expect(sandbox.quotas()).toEqual([]);
    expect(sandbox.faults.list()).toEqual([]);
    expect(names(mock)).toEqual(['gone']);
  });

  test('of another name is refused, and changes nothing', async () => {
    const mock = await start();
    mock.sandbox('worker-1').quotas();
    expect(await call(mock, 'DELETE', '/sandboxes/worker-2')).toMatchObject({
      status: 404,
      body: { code: 'unknown-sandbox', field: 'name', detail: expect.stringContaining('did you mean "worker-1"?') },
    });
    expect(() => mock.removeSandbox('x')).toThrow('GET /sandboxes');
    expect(names(mock)).toEqual(['worker-1']);
  });
});

describe('the bound', () => {
  test('takes the one unused for longest, with a line in the log', async () => {
    const mock = await start({ maxSandboxes: 2 });
    for (const name of ['a', 'b', 'a', 'c']) mock.sandbox(name).quotas();
    expect(names(mock)).toEqual(['a', 'c']);
    expect(mock.said).toEqual(['info sandbox ~b removed: more than 2, and it was unused for longest']);
  });

  test('is 1,000 unless told otherwise', async () => {
    const mock = await start();
    for (let i = 0; i <= 1_000; i++) mock.sandbox(`s${i}`).clock.now();
    expect(names(mock)).toHaveLength(1_000);
    expect(names(mock)[0]).toBe('s1');
  });

  test('passes over those in which a request waits', async () => {
    const mock = await start({ maxSandboxes: 2 });
    for (const name of ['a', 'b', 'c']) {
      const sandbox = mock.sandbox(name);
      sandbox.faults.add({ delayMs: 1_000 });
      void sandbox.fetch(PATH, KEY);
      expect(sandbox.inFlight()).toHaveLength(1);
    }
    expect(names(mock)).toEqual(['a', 'b', 'c']);
    expect(mock.said.filter((line) => line.startsWith('warn'))).toEqual([
      'warn there are 3 sandboxes, more than 2, and each is in use',
    ]);
    await mock.sandbox('b').clock.advance('1s');
    mock.sandbox('d').quotas();
    expect(names(mock)).toEqual(['a', 'c', 'd']);
  });
});

describe('the bound on memory', () => {
  const PER_JOURNAL = 100_000;
  const bytes = (mock: Mock) => Object.fromEntries(mock.sandboxes().map((one) => [one.name, one.bytes]));

  test('takes the one unused for longest, says why, and how to allow more', async () => {
    const mock = await start({ maxSandboxBytes: 3 * PER_JOURNAL });
    for (const name of ['a', 'b', 'a']) await mock.sandbox(name).fetch(PATH, KEY);
    expect(names(mock)).toEqual(['b', 'a']);
    await mock.sandbox('c').fetch(PATH, KEY);
    mock.sandbox('d').quotas();
    expect(names(mock)).toEqual(['a', 'c', 'd']);
    expect(mock.said).toEqual([
      expect.stringMatching(
        /^warn sandbox ~b \(about \d+ KiB\) removed: the sandboxes took about \d+ KiB, more than 293 KiB, and it was unused for longest; allow more with --max-sandbox-bytes, or keep less with --journal-size$/,
      ),
    ]);
  });

  test('is looked at again after some requests to sandboxes that there are', async () => {
    const mock = await start({ maxSandboxBytes: 6 * PER_JOURNAL });
    for (const name of ['a', 'b']) await mock.sandbox(name).fetch(PATH, KEY);
    for (let i = 0; i < 600 && names(mock).length === 2; i++) await mock.sandbox('b').fetch(`${PATH}?x=${i}`, KEY);
    expect(names(mock)).toEqual(['b']);
  });

  test('is looked at at once after what may be large', async () => {
    const mock = await start({ maxSandboxBytes: 20 * PER_JOURNAL });
    for (const name of ['a', 'b']) await mock.sandbox(name).fetch(PATH, KEY);
    mock.sandbox('b').quotas();
    expect(names(mock)).toEqual(['a', 'b']);
    mock.sandbox('b').faults.add({ status: 500, body: { text: 'x'.repeat(20 * PER_JOURNAL) } });
    mock.sandbox('b').quotas();
    expect(names(mock)).toEqual(['b']);
  });

  test('passes over those in use, and says once that nothing can go', async () => {
    const mock = await start({ maxSandboxBytes: 1 });
    for (const name of ['a', 'b']) {
      const sandbox = mock.sandbox(name);
      sandbox.faults.add({ delayMs: 1_000 });
      void sandbox.fetch(PATH, KEY);
      expect(sandbox.inFlight()).toHaveLength(1);
    }
    for (let i = 0; i < 50; i++) mock.sandbox('b').quotas();
    expect(names(mock)).toEqual(['a', 'b']);
    expect(mock.said.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(/^warn the sandboxes take about \d+ KiB, more than 1 KiB, and each is in use; allow more/),
    ]);
  });

  test('counts what is kept, by an estimate: requests, faults, accounts, buckets; and what is gone no more', async () => {
    const mock = await start();
    for (const name of ['empty', 'journal', 'texts', 'fault', 'account', 'bucket']) mock.sandbox(name).clock.now();
    const { empty } = bytes(mock);
    for (let i = 0; i < 300; i++) await mock.sandbox('journal').fetch(PATH, KEY);
    for (let i = 0; i < 300; i++) await mock.sandbox('texts').fetch(`${PATH}?x=${i}${'x'.repeat(10_000)}`, KEY);
    mock.sandbox('fault').faults.add({ status: 500, body: { text: 'x'.repeat(500_000) } });
    const keys = Array.from({ length: 2_000 }, (_, i) => `ak_live_${i}`);
    mock.sandbox('account').setAccount('aiclicks', 'acme', { keys });
    for (const key of keys) mock.sandbox('bucket').setQuota({ policy: 'key-minute', partition: { key }, used: 1 });
    const grown = bytes(mock);
    expect(grown['empty']).toBe(empty);
    expect(grown['journal']).toBeGreaterThan(empty! + 2 * PER_JOURNAL);
    expect(grown['texts']! - grown['journal']!).toBeGreaterThan(2_900_000);
    expect(grown['texts']! - grown['journal']!).toBeLessThan(6_100_000); // The provider's cache has some of the texts as well.
    expect(grown['fault']! - empty!).toBeGreaterThan(500_000);
    expect(grown['account']! - empty!).toBeGreaterThan(2_000 * 50);
    expect(grown['bucket']! - empty!).toBeGreaterThan(2_000 * 30);
    // Of the texts those are left that the events of the last requests have.
    mock.sandbox('texts').reset();
    mock.sandbox('fault').faults.remove();
    expect(bytes(mock)['texts']).toBeLessThan(grown['texts']! - 300_000);
    expect(bytes(mock)['fault']).toBe(empty);
  });
});

describe('one that is unused', () => {
  test('goes after an hour of real time, whatever its clock shows', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const mock = await start();
    await mock.sandbox('old').clock.advance('100h');
    vi.setSystemTime(START + 1_800_000);
    mock.sandbox('young').quotas();
    vi.setSystemTime(START + 3_599_999);
    expect(names(mock)).toEqual(['old', 'young']);
    vi.setSystemTime(START + 3_600_000);
    expect(names(mock)).toEqual(['young']);
    expect(mock.said).toEqual(['info sandbox ~old removed: unused for 1 h']);
    // Any use of the server is enough for the others to be looked at.
    vi.setSystemTime(START + 5_400_000);
    await mock.fetch(PATH, KEY);
    expect(mock.said).toHaveLength(2);
  });

  test('begins anew when it is used again too late', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const mock = await start({ sandboxIdle: '90s' });
    const sandbox = mock.sandbox('t');
    await sandbox.fetch(PATH, KEY);
    vi.setSystemTime(START + 89_999);
    expect(sandbox.quotas()).toHaveLength(1);
    vi.setSystemTime(START + 89_999 + 90_000);
    expect(sandbox.quotas()).toEqual([]);
  });

  test('is none while a request waits in it, or somebody listens to it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const mock = await start({ sandboxIdle: 1_000 });
    const waiting = mock.sandbox('waiting');
    waiting.faults.add({ delayMs: 5 });
    const answer = waiting.fetch(PATH, KEY);
    expect(waiting.inFlight()).toHaveLength(1);
    const unlisten = mock.sandbox('heard').on('*', () => {});
    const wait = mock.sandbox('awaited').waitForRequests({ wait: '60s' });
    mock.sandbox('idle').quotas();
    vi.setSystemTime(START + 1_000);
    expect(names(mock)).toEqual(['waiting', 'heard', 'awaited']);
    vi.setSystemTime(START + 2_000);
    unlisten();
    await mock.sandbox('awaited').fetch(PATH, KEY);
    expect(await wait).toHaveLength(1);
    await waiting.clock.advance(5);
    expect((await answer).status).toBe(200);
    vi.setSystemTime(START + 3_000);
    expect(names(mock)).toEqual([]);
  });
});

describe('settings', () => {
  test.each([
    [{ maxSandboxes: 0 }, 'maxSandboxes must be a whole number from 1 up, not 0'],
    [{ maxSandboxes: 1.5 }, 'maxSandboxes must be a whole number from 1 up, not 1.5'],
    [{ maxSandboxBytes: 0 }, 'maxSandboxBytes must be a whole number from 1 up, not 0'],
    [{ sandboxIdle: 'soon' }, 'sandboxIdle "soon" is not a time; write 90s, 30m or 1h'],
    [{ sandboxIdle: 0 }, 'sandboxIdle 0 is not a time; write 90s, 30m or 1h'],
    [{ journalSize: -1 }, 'journalSize must be a whole number from 0 up, not -1'],
  ])('%j is refused', async (options, message) => {
    await expect(createMock({ profile: 'aiclicks', ...options })).rejects.toMatchObject({
      name: 'OptionError',
      message,
    });
  });

  const command = async (
    args: readonly string[],
    talk: (url: string) => Promise<void>,
    env: Readonly<Record<string, string>> = {},
  ) => {
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    let err = '';
    let talked: Promise<void> | undefined;
    const code = await run(['-p', 'aiclicks', '--port', '0', ...args], {
      out(text) {
        talked = talk(/http:\S+/.exec(text)![0]).finally(stop);
      },
      err(text) {
        err += text;
      },
      env: (name) => env[name],
      envNames: () => Object.keys(env),
      start: () => Promise.reject(new Error('nothing is run here')),
      cpuMs: () => 0,
      processes: () => Promise.reject(new Error('nothing is locked here')),
      stopped,
    });
    await talked;
    return { code, err };
  };

  test('are flags as well', async () => {
    const { code, err } = await command(
      ['--max-sandboxes', '1', '--sandbox-idle', '30m', '--journal-size', '2'],
      async (url) => {
        for (const name of ['a', 'b']) for (let i = 0; i < 3; i++) await fetch(`${url}/~${name}${PATH}`, KEY);
        const { sandboxes } = (await (await fetch(`${url}/__mock429/sandboxes`)).json()) as { sandboxes: object[] };
        expect(sandboxes).toMatchObject([{ name: 'b', requests: 3 }]);
        const { requests } = (await (await fetch(`${url}/~b/__mock429/requests`)).json()) as { requests: object[] };
        expect(requests).toMatchObject([{ id: 'b-2' }, { id: 'b-3' }]);
      },
    );
    expect(code).toBe(0);
    expect(err).toContain('sandbox ~a removed: more than 1');
  });

  test.each([
    [['--max-sandbox-bytes', '1'], {}],
    [[], { MOCK429_MAX_SANDBOX_BYTES: '1' }],
    [['--max-sandbox-bytes', '1'], { MOCK429_MAX_SANDBOX_BYTES: '1000000000' }],
  ])('the bound on memory is given by %j %j', async (args, env) => {
    const { code, err } = await command(
      args,
      async (url) => {
        for (const name of ['a', 'b', 'c']) await (await fetch(`${url}/~${name}${PATH}`, KEY)).text();
        const { sandboxes } = (await (await fetch(`${url}/__mock429/sandboxes`)).json()) as { sandboxes: object[] };
        expect(sandboxes).toMatchObject([{ name: 'c', requests: 1, bytes: expect.any(Number) }]);
      },
      env,
    );
    expect(code).toBe(0);
    expect(err).toMatch(/sandbox ~a \(about \d+ KiB\) removed: .* more than 1 KiB/);
  });

  test('a bound on memory that is no number is refused', async () => {
    const { code, err } = await command([], async () => {}, { MOCK429_MAX_SANDBOX_BYTES: 'much' });
    expect(code).toBe(2);
    expect(err).toContain('MOCK429_MAX_SANDBOX_BYTES: "much" is not a number of bytes');
  });

  test.each([
    [['--max-sandbox-bytes', '0'], '"0" is not a number of bytes'],
    [['--max-sandboxes', '0'], '"0" is not a number of sandboxes'],
    [['--sandbox-idle', 'soon'], '"soon" is not a time to stay; give a duration such as 90s, 30m or 1h'],
    [['--journal-size', 'all'], '"all" is not a number of requests'],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await command(args, async () => {});
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('sandboxes of one process', () => {
  /** How many requests the sandbox of that number gets. */
  const share = (i: number) => 1 + (i % 7);

  const MANY = Math.min(500, scaled(500));

  test(`${MANY} at once never see each other`, async () => {
    const mock = await start();
    const all = Array.from({ length: MANY }, (_, i) => ({ i, sandbox: mock.sandbox(`s${i}`) }));
    // One request of each in turn, so that no sandbox is done before the others begin.
    for (let round = 0; round < 7; round++) {
      await Promise.all(
        all.map(async ({ i, sandbox }) => {
          if (round === 0) await sandbox.clock.set({ now: START + i * 1_000 });
          if (round >= share(i)) return;
          const response = await sandbox.fetch(PATH, KEY);
          expect(response.headers.get('x-ratelimit-remaining')).toBe(String(60 - round - 1));
          expect(response.headers.get('date')).toBe(new Date(START + i * 1_000).toUTCString());
        }),
      );
    }
    for (const { i, sandbox } of all) {
      expect(sandbox.clock.now()).toBe(START + i * 1_000);
      expect(sandbox.quotas()).toMatchObject([{ used: share(i) }]);
      expect(sandbox.requests().map(({ id, sandbox: name, at }) => [id, name, at])).toEqual(
        Array.from({ length: share(i) }, (_, n) => [`s${i}-${n + 1}`, `s${i}`, START + i * 1_000]),
      );
    }
    expect(new Map(mock.sandboxes().map(({ name, requests }) => [name, requests]))).toEqual(
      new Map(all.map(({ i }) => [`s${i}`, share(i)])),
    );
    const half = MANY / 2;
    all[half]!.sandbox.reset();
    expect(all[half]!.sandbox.requests()).toEqual([]);
    expect(all[half + 1]!.sandbox.requests()).toHaveLength(share(half + 1));
    expect([mock.quotas(), mock.requests(), mock.clock.now()]).toEqual([[], [], START]);
  });

  test('nor do 40 over a socket', async () => {
    const mock = await start();
    const { url } = await mock.listen();
    const control = (i: number, path: string, init?: RequestInit) => fetch(`${url}/~w${i}/__mock429${path}`, init);
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const now = START + i * 86_400_000;
        await control(i, '/clock', { method: 'PUT', body: JSON.stringify({ now, frozen: true }) });
        for (let n = 1; n <= share(i); n++) {
          const response = await fetch(`${url}/~w${i}${PATH}`, KEY);
          expect(response.headers.get('x-ratelimit-remaining')).toBe(String(60 - n));
        }
        if (i % 2 === 0) await control(i, '/clock/advance', { method: 'POST', body: '{"duration":"1h"}' });
      }),
    );
    for (let i = 0; i < 40; i++) {
      expect(await (await control(i, '/clock')).json()).toMatchObject({
        epochMs: START + i * 86_400_000 + (i % 2 === 0 ? 3_600_000 : 0),
      });
      const { requests } = (await (await control(i, '/requests')).json()) as { requests: { sandbox: string }[] };
      expect(requests.map(({ sandbox }) => sandbox)).toEqual(Array.from({ length: share(i) }, () => `w${i}`));
    }
    expect(mock.requests()).toEqual([]);
  });
});
