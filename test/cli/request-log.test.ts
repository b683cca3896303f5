/**
 * The log of requests: a line for each, as text or JSON, with a bound on lines a second and on what text from outside may do.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { jsonLine, textLine } from '../../src/commands/log/request-line.js';
import { MAX_LINES, messageLine, RequestLog, restInWords } from '../../src/commands/log/request-log.js';
import { painter } from '../../src/commands/terminal/paint.js';
import { pad, widthOf } from '../../src/commands/terminal/width.js';
import { createMock } from '../../src/mock.js';
import type { JournalEntry } from '../../src/state/journal/entry.js';
import { fakeTerminal } from './screens.js';
import { command } from './terminal.js';

const PLAIN = painter(false);
const ONE = { credential: 'ad_live_…aaaa', isOneOfSeveral: false };
const AT = Date.parse('2026-05-12T08:00:00Z');

const DECISION = {
  policy: 'token-minute',
  bucket: 'b',
  partition: {},
  allowed: true,
  cost: 1,
  used: 1,
  limit: 120,
  remaining: 119,
  resetAt: AT + 42_000,
  retryAt: null,
  charged: 1,
  refunded: 0,
};

function entry(facts: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id: '1',
    sandbox: '',
    profile: 'ads',
    method: 'GET',
    path: '/v1/audits',
    status: 200,
    admitted: true,
    decisions: [DECISION],
    comeBackAt: [],
    at: AT,
    sentAt: AT,
    durationMs: 2,
    ...facts,
  } as JournalEntry;
}

const REFUSED = entry({
  status: 429,
  admitted: false,
  refusedBy: 'token-minute',
  retryAfter: 42,
  decisions: [{ ...DECISION, allowed: false, used: 120, remaining: 0, charged: 0 }],
});

describe('a line', () => {
  test.each([
    ['200 GET /v1/audits  ad_live_…aaaa  token-minute 119/120, 42 s', entry()],
    ['429 GET /v1/audits  ad_live_…aaaa  refused by token-minute 0/120, wait 42 s', REFUSED],
    ['429 GET /v1/audits  ad_live_…aaaa  refused: barred', entry({ status: 429, error: 'barred', decisions: [] })],
    ['404 GET /v1/audits  ad_live_…aaaa  not-found', entry({ status: 404, error: 'not-found', decisions: [] })],
    [
      '--- GET /v1/audits  ad_live_…aaaa  token-minute 119/120, 42 s, connection dropped',
      entry({ status: 0, broken: 'dropped' }),
    ],
    ['200 GET /v1/audits  ad_live_…aaaa  token-minute 119/120, 42 s, delayed 2 s', entry({ delayMs: 2_000 })],
    [
      '304 GET /v1/audits  ad_live_…aaaa  token-minute 120/120, 42 s',
      entry({ status: 304, decisions: [{ ...DECISION, charged: 0, refunded: 1 }] }),
    ],
    [
      '200 GET /~t1/v1/audits  ad_live_…aaaa  jobs 1/2',
      entry({
        sandbox: 't1',
        decisions: [DECISION, { ...DECISION, policy: 'jobs', limit: 2, remaining: 1, resetAt: null }],
      }),
    ],
  ])('says %s', (line, request) => {
    expect(textLine(request, ONE, undefined, PLAIN)).toBe(line);
  });

  test('has no credential where there is none, and the profile where several are served', () => {
    expect(textLine(entry(), { credential: undefined, isOneOfSeveral: true }, undefined, PLAIN)).toBe(
      '200 GET /ads/v1/audits  token-minute 119/120, 42 s',
    );
  });

  test.each([40, 60, 80, 200])('cuts a long path so that it fits %d columns', (columns) => {
    const line = textLine(entry({ path: `/v1/${'a'.repeat(300)}` }), ONE, columns, PLAIN);
    expect(widthOf(line)).toBe(columns - 1);
    expect(line).toContain('…');
  });

  test('has colours that do not count as columns', () => {
    const line = textLine(entry({ path: `/v1/${'a'.repeat(300)}` }), ONE, 80, painter(true));
    expect(line).toContain('\u001b[32m200\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are sequences that begin with ESC
    expect(widthOf(line.replace(/\u001b\[\d+m/g, ''))).toBe(79);
  });

  test.each([20, 30, 44, 70])('keeps the colours of a line that is cut to %d columns', (columns) => {
    const line = textLine(REFUSED, ONE, columns, painter(true));
    expect(line).toContain('\u001b[33m429\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are sequences that begin with ESC
    expect(widthOf(line.replace(/\u001b\[\d+m/g, ''))).toBeLessThan(columns);
    expect(line.split('\u001b').length % 2).toBe(1);
  });

  test('lets no text from outside steer the terminal', () => {
    const hostile = 'a\u001b[2J\u001b]0;x\u0007\r\n\u0085\u009b31m\u202eb';
    const line = textLine(
      entry({ path: `/${hostile}`, method: `GET\u001b[31m`, error: hostile, status: 400, decisions: [] }),
      { credential: hostile, isOneOfSeveral: false },
      undefined,
      PLAIN,
    );
    expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    const json = jsonLine(entry({ path: `/${hostile}` }), { credential: hostile, isOneOfSeveral: false });
    expect(json).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(json)).toMatchObject({ path: `/${hostile}`, key: hostile });
    expect(messageLine('text', 'info', hostile).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(messageLine('text', 'info', 'a\nb')).toBe('mock429: a\nb\n');
  });

  test('as JSON has the facts of the journal', () => {
    expect(JSON.parse(jsonLine(REFUSED, ONE))).toEqual({
      type: 'request',
      time: '2026-05-12T08:00:00.000Z',
      id: '1',
      sandbox: '',
      profile: 'ads',
      method: 'GET',
      path: '/v1/audits',
      key: 'ad_live_…aaaa',
      status: 429,
      admitted: false,
      refusedBy: 'token-minute',
      retryAfter: 42,
      durationMs: 2,
      limits: [{ policy: 'token-minute', limit: 120, remaining: 0, resetAt: '2026-05-12T08:00:42.000Z' }],
    });
  });
});

test.each([
  ['ab', 4, 'left', 'ab  '],
  ['ab', 4, 'right', '  ab'],
  ['abcdef', 4, 'left', 'abc…'],
  ['日本語', 5, 'left', '日本…'],
  ['日本語', 6, 'left', '日本語'],
  ['e\u0301a', 3, 'left', 'e\u0301a '],
  ['a', 0, 'left', ''],
] as const)('%s in %d columns (%s) is "%s"', (text, columns, side, shown) => {
  expect(pad(text, columns, side)).toBe(shown);
});

describe('at a high rate', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const logTo = (lines: string[], format: 'text' | 'json') => {
    const read = vi.fn(() => entry());
    const log = new RequestLog({
      format,
      write: (line) => lines.push(line),
      columns: () => 80,
      colours: false,
      hasSeveral: false,
      credentialFact: () => undefined,
    });
    return { read, answer: (isRefused: boolean) => log.answered({ entry: read }, 1, isRefused) };
  };

  test('a bounded number of lines is written a second, and the rest is summed up without being read', () => {
    const lines: string[] = [];
    const { read, answer } = logTo(lines, 'text');
    for (let i = 0; i < 4_812 + MAX_LINES; i++) answer(i % 43 === 42);
    expect(lines).toHaveLength(MAX_LINES);
    expect(read).toHaveBeenCalledTimes(MAX_LINES);
    vi.advanceTimersByTime(1_000);
    expect(lines.slice(MAX_LINES)).toEqual(['… 4,812 more requests in the last second: 4,700 admitted, 112 refused\n']);
    answer(false);
    expect(lines).toHaveLength(MAX_LINES + 2);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(MAX_LINES + 2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('JSON has a line for each', () => {
    const lines: string[] = [];
    const { answer } = logTo(lines, 'json');
    for (let i = 0; i < 1_000; i++) answer(false);
    expect(lines).toHaveLength(1_000);
  });

  test('one is singular', () => {
    expect(restInWords(0, 1)).toBe('… 1 more request in the last second: 0 admitted, 1 refused');
  });
});

describe('serve', () => {
  const KEY = { 'X-API-Key': 'klinky_live_aaaabbbb' };
  const SERVE = [
    '-p',
    'klinky',
    '--port',
    '0',
    '--set',
    'policies.account-hour.quota=1',
    '--clock',
    '2026-05-12T08:00:00Z',
  ];

  async function served(flags: readonly string[], env: Record<string, string> = {}, terminal = fakeTerminal(100, 24)) {
    const session = command([...SERVE, ...flags], env, undefined, { terminal: terminal.terminal });
    const [, url] = await session.printed(/^mock429 klinky (http:\S+)\n/m);
    for (let i = 0; i < 2; i++) await fetch(`${url}/api/v1/public/links/a`, { headers: KEY });
    await fetch(`${url}/api/v1/public/links/a`);
    session.stop();
    await session.ended;
    return { out: session.out.replace(url!, 'URL'), err: session.err };
  }

  const LINES = [
    '404 GET /api/v1/public/links/a  klinky…bbbb  account-hour 0/1, 1 h',
    '429 GET /api/v1/public/links/a  klinky…bbbb  refused by account-hour 0/1, wait 1 h',
    '401 GET /api/v1/public/links/a  key-missing',
  ];

  test('writes a line per request to a terminal, in place of its line on refusals, and nothing more to stdout', async () => {
    const { out, err } = await served([]);
    expect(out).toBe('mock429 klinky URL\n');
    expect(err.split('\n').filter((line) => /^\d/.test(line))).toEqual(LINES);
    expect(err).not.toContain('(429)');
  });

  test.each([
    ['--log none', ['--log', 'none'], {}],
    ['MOCK429_LOG=none', [], { MOCK429_LOG: 'none' }],
    ['--quiet', ['--quiet'], {}],
  ] as const)('writes none with %s', async (_name, flags, env) => {
    const { err } = await served(flags, env);
    expect(err).not.toMatch(/^(?:404|429|401) /m);
    expect(err.includes('refused by account-hour (429)')).toBe(flags[0] !== '--quiet');
  });

  test('writes JSON alone with --log json', async () => {
    const { out, err } = await served(['--log', 'json']);
    expect(out).toBe('mock429 klinky URL\n');
    const lines = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; status?: number; key?: string });
    expect(lines.filter(({ type }) => type === 'request').map(({ status, key }) => [status, key])).toEqual([
      [404, 'klinky…bbbb'],
      [429, 'klinky…bbbb'],
      [401, undefined],
    ]);
    expect(new Set(lines.map(({ type }) => type))).toEqual(new Set(['request', 'message']));
  });

  test('writes none where nobody looks, as before', async () => {
    const session = command(SERVE);
    const [, url] = await session.printed(/^mock429 klinky (http:\S+)\n/m);
    for (let i = 0; i < 2; i++) await fetch(`${url}/api/v1/public/links/a`, { headers: KEY });
    session.stop();
    await session.ended;
    expect(session.err).toMatch(
      /^mock429: klinky: GET \/api\/v1\/public\/links\/a refused by account-hour \(429\); free in 1 h\n$/,
    );
  });

  test('refuses another format', async () => {
    const session = command([...SERVE, '--log', 'xml']);
    expect(await session.ended).toBe(2);
    expect(session.err).toContain('"xml" is not a format of the log; give one of text, json, none');
  });
});

test('a mock in the same process logs no requests', async () => {
  const lines: string[] = [];
  await using mock = await createMock({ profile: 'klinky', log: (_level, line) => lines.push(line) });
  await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
  expect(lines).toEqual([]);
});
