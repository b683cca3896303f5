/**
 * `mock429 top`: the table of live buckets, and the screen that shows it.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { painter } from '../../src/commands/terminal/paint.js';
import { keysOf } from '../../src/commands/terminal/screen.js';
import { widthOf } from '../../src/commands/terminal/width.js';
import { type Bucket, ORDERS, type Order, sortBuckets, tableLines } from '../../src/commands/top/table.js';
import { createMock, type Mock } from '../../src/mock.js';
import { fakeScreen } from './screens.js';
import { command, finished } from './terminal.js';

const NOW = Date.parse('2026-05-12T08:00:00Z');

function bucket(policy: string, used: number, limit: number, resetsInMs: number | null, who = 'ad_live_…aaaa'): Bucket {
  return {
    id: policy,
    profile: 'ads',
    policy,
    partition: { token: who },
    limit,
    used,
    remaining: Math.max(0, limit - used),
    resetAt: resetsInMs === null ? null : new Date(NOW + resetsInMs).toISOString(),
  };
}

const BUCKETS = [
  bucket('token-day', 10, 1_000, 3_600_000),
  bucket('token-minute', 120, 120, 42_000),
  bucket('jobs', 1, 2, null),
];

function table(
  columns: number,
  buckets: readonly Bucket[] = BUCKETS,
  order: Order = 'nearest',
  first = 0,
  rows?: number,
) {
  return tableLines({ buckets, now: NOW, order, first, columns, rows, paint: painter(false) });
}

describe('the table', () => {
  test('has the buckets by nearness to the limit, with what is left and when it resets', () => {
    expect(table(90).map((line) => line.trimEnd())).toMatchInlineSnapshot(`
      [
        "POLICY, WHO                           USED                       LEFT/LIMIT     RESETS IN",
        "ads token-minute token=ad_live_…aaaa  ██████████████████              0/120          42 s",
        "ads jobs token=ad_live_…aaaa          █████████·········                1/2     when done",
        "ads token-day token=ad_live_…aaaa     ▏·················           990/1000           1 h",
      ]
    `);
  });

  test.each([
    ['nearest', ['token-minute', 'jobs', 'token-day']],
    ['reset', ['token-minute', 'token-day', 'jobs']],
    ['used', ['token-minute', 'token-day', 'jobs']],
    ['name', ['jobs', 'token-day', 'token-minute']],
  ] as const)('is sorted by %s', (order, policies) => {
    expect(sortBuckets(BUCKETS, order).map(({ policy }) => policy)).toEqual(policies);
  });

  test.each([26, 40, 50, 60, 80, 120, 300])('fits %d columns', (columns) => {
    const long = bucket('token-minute', 3, 120, 86_400_000 * 40, 'x'.repeat(200));
    for (const line of table(columns, [...BUCKETS, long])) expect(widthOf(line)).toBeLessThan(columns);
  });

  test('has no bar that looks full before its limit is reached, and none that looks empty once used', () => {
    const bar = (used: number) => /[█▏▎▍▌▋▊▉·]+/.exec(table(90, [bucket('a', used, 100_000, 1)])[1]!)![0];
    expect(bar(0)).toMatch(/^·+$/);
    expect(bar(1)).toMatch(/^▏·+$/);
    expect(bar(99_999)).toMatch(/^█+▉$/);
    expect(bar(100_000)).toMatch(/^█+$/);
    expect(bar(250_000)).toMatch(/^█+$/);
  });

  test('shows as many buckets as there are rows, from any on', () => {
    expect(
      table(90, BUCKETS, 'name', 1, 1)
        .slice(1)
        .map((line) => line.split(' ')[1]),
    ).toEqual(['token-day']);
  });

  test('shows text from outside and does not obey it', () => {
    const lines = table(90, [bucket('a', 1, 2, 1, 'a\u001b[2J\r\n\u009b31m\u202e')]);
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('says so where nothing is live', () => {
    expect(table(90, [])[1]).toBe('No bucket is live: nothing has been counted yet.');
  });
});

test('keys are told apart, however many come at once', () => {
  expect(keysOf('qp \u001b[A\u001b[B\u001bOC\u001b[D\u001b[5~\u001b\u0003')).toEqual([
    'q',
    'p',
    ' ',
    'up',
    'down',
    'right',
    'left',
    '\u001b[5~',
    'escape',
    'interrupt',
  ]);
});

describe('of a server', () => {
  const mocks: Mock[] = [];
  afterEach(async () => {
    for (const mock of mocks.splice(0)) await mock.close();
  });

  async function server(
    keys = 1,
  ): Promise<{ mock: Mock; url: string; ask(key: string, sandbox?: string): Promise<unknown> }> {
    const mock = await createMock({ profile: 'prediction', clock: { now: '2026-05-12T08:00:00Z', frozen: true } });
    mocks.push(mock);
    const ask = (key: string, sandbox = '') =>
      (sandbox === '' ? mock : mock.sandbox(sandbox)).fetch('/v1/predictions/1', {
        headers: { authorization: `Bearer sk_live_${key}` },
      });
    for (let i = 0; i < keys; i++) await ask(`aaaabbbb${i}`);
    return { mock, url: (await mock.listen()).url, ask };
  }

  test('--once prints the table to anything, with the numbers of the control API', async () => {
    const { mock, url } = await server();
    const { code, out, err } = await finished(['top', '--once', '--url', url]);
    const [quota] = mock.quotas();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^POLICY, WHO .* LEFT\/LIMIT .* RESETS IN\n/);
    expect(out).toContain(`${quota!.remaining}/${quota!.limit}`);
    expect(out).toContain(`key=${quota!.partition['key']}`);
    expect(out).toContain('1 min\n');
  });

  test('--sandbox shows another sandbox', async () => {
    const { url, ask } = await server(0);
    for (let i = 0; i < 7; i++) await ask('ccccdddd', 't1');
    expect((await finished(['top', '--once', '--url', url])).out).toContain('No bucket is live');
    expect((await finished(['top', '--once', '--url', url, '--sandbox', 't1'])).out).toContain('53/60');
  });

  test('needs a terminal without --once', async () => {
    const { url } = await server();
    const { code, err } = await finished(['top', '--url', url]);
    expect([code, err]).toEqual([2, 'mock429: top needs a terminal; --once prints the table to anything\n']);
  });

  test('that wants its token gets that of the flag or of the environment', async () => {
    const mock = await createMock({ profile: 'prediction', controlToken: 'secret', controlTokenRequired: true });
    mocks.push(mock);
    const { url } = await mock.listen();
    const once = ['top', '--once', '--url', url];
    const refused = await finished(once);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/refuses \(40[13]\); give the control token with --token or MOCK429_CONTROL_TOKEN\n$/);
    expect((await finished([...once, '--token', 'secret'])).code).toBe(0);
    expect((await finished(once, { MOCK429_CONTROL_TOKEN: 'secret' })).code).toBe(0);
  });

  test('that is not there is a line that says what to do', async () => {
    const { mock, url } = await server();
    await mock.close();
    const { code, err } = await finished(['top', '--once', '--url', url]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^mock429: no server answers at http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\); start one, or give its --url\n$/,
    );
  });

  test.each(['nowhere', 'ftp://127.0.0.1'])('cannot be at %s', async (url) => {
    const { code, err } = await finished(['top', '--once', '--url', url]);
    expect([code, err]).toEqual([
      2,
      `mock429: --url ${url}: is not the address of a server; give it like http://127.0.0.1:4290\n`,
    ]);
  });

  test('is redrawn on keys and new sizes, until q restores the terminal', async () => {
    const { url } = await server(30);
    const screen = fakeScreen(100, 12);
    const session = command(['top', '--url', url], {}, undefined, { openScreen: async () => screen.screen });
    await screen.shown(([title]) => /30 buckets, 0 used up, by nearest$/.test(title!));
    expect(screen.pictures.at(-1)).toHaveLength(12);
    const policies = () =>
      screen.pictures
        .at(-1)!
        .slice(2, -1)
        .map((line) => line.split(' ')[2]);
    const before = policies();
    screen.press('down');
    expect(policies()).toEqual([...before.slice(1), expect.stringContaining('key=')]);
    screen.press('up');
    expect(policies()).toEqual(before);
    screen.press('right');
    expect(screen.pictures.at(-1)![0]).toMatch(/by reset$/);
    screen.press('left');
    screen.press('left');
    expect(screen.pictures.at(-1)![0]).toMatch(new RegExp(`by ${ORDERS.at(-1)}$`));
    screen.press('p');
    expect(screen.pictures.at(-1)![0]).toMatch(/, paused$/);
    screen.resize({ columns: 60, rows: 6 });
    expect(screen.pictures.at(-1)).toHaveLength(6);
    for (const line of screen.pictures.at(-1)!) expect(widthOf(line)).toBeLessThan(60);
    screen.press('q');
    expect(await session.ended).toBe(0);
    expect(screen.closed()).toBe(true);
    expect(screen.listeners()).toBe(0);
  });

  test('is read again, and says what is wrong while it does not answer', async () => {
    const { mock, url, ask } = await server(1);
    const screen = fakeScreen(140, 12);
    const session = command(['top', '--url', url], {}, undefined, { openScreen: async () => screen.screen });
    await screen.shown(([title]) => title!.includes('1 bucket,'));
    await ask('eeeeffff');
    await screen.shown(([title]) => title!.includes('2 buckets,'));
    await mock.close();
    await screen.shown(([title]) => title!.includes('no server answers'));
    session.stop();
    expect(await session.ended).toBe(0);
    expect(screen.closed()).toBe(true);
  });
});
