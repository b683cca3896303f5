/** Waits that a refusal tells elsewhere than in `Retry-After`: in milliseconds, in its body, by a reset, as a text, or not at all. */
import { describe, expect, it } from 'vitest';
import { reportOf } from '../../src/sandbox/verdict/report.js';
import { openLab } from '../sandbox/lab.js';
import { findings } from './world.js';

const assumed = { level: 'assumed' };
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Two requests in 20 s, or what the test has in place of that. */
const limit = (given: object) => ({
  calls: {
    algorithm: 'fixed-window',
    quota: 2,
    window: { length: '20s', start: 'first-request' },
    partitionBy: ['key'],
    refusal: { error: 'limited' },
    evidence: assumed,
    ...given,
  },
});

interface Refusal {
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: what a client reads is for the client to know
  readonly body: any;
  /** Epoch ms. */
  readonly now: number;
}

interface ReportedQuota {
  readonly policy?: object;
  readonly headers?: Readonly<Record<string, object>>;
  /** The error that refuses. */
  readonly limited?: object;
  readonly advice?: Readonly<Record<string, object>>;
}

/** A client of such a provider that makes six calls and, when it is refused, waits for so many milliseconds and asks again, at most eight times in all. */
async function client(
  { policy = {}, headers = {}, limited = {}, advice = {} }: ReportedQuota,
  wait: (refusal: Refusal) => number,
) {
  const errors = { limited: { status: 429, body: { error: 'limited' }, evidence: assumed, ...limited } };
  const { sandbox, call } = openLab(limit(policy), { headers, errors, ...(advice && { advice }) });
  // Not on the second: what is told in whole seconds is rounded.
  await sandbox.clock.advance(321);
  let refused = 0;
  for (let left = 6, tries = 0; left > 0 && tries < 14; tries++) {
    const answer = call();
    await sandbox.clock.advance(150);
    if (answer.status === 200) {
      left -= 1;
      continue;
    }
    refused += 1;
    await sandbox.clock.advance(
      Math.round(
        wait({
          headers: answer.headers as Record<string, string>,
          body: JSON.parse(String(answer.body)),
          now: sandbox.clock.now(),
        }),
      ),
    );
  }
  expect(refused).toBeGreaterThan(0);
  const report = reportOf(sandbox);
  const verdictOf = (name: string) => report.profiles[0]!.checks.find(({ check }) => check === name)?.verdict;
  return { found: findings(report), verdictOf, verdict: report.verdict };
}

const header = (name: string, given: object) => ({ [name]: { evidence: assumed, ...given } });

/** How each tells a wait, and how a client reads it, in milliseconds. */
const ways: readonly [string, ReportedQuota, (refusal: Refusal) => number][] = [
  [
    'retry-after-ms',
    { headers: header('retry-after-ms', { value: 'retry-after', format: 'delta-milliseconds', on: 'refusal' }) },
    ({ headers }) => Number(headers['retry-after-ms']),
  ],
  [
    'retry-after-ms beside a Retry-After that is rounded up',
    {
      headers: {
        ...header('Retry-After', { value: 'retry-after', on: 'refusal' }),
        ...header('retry-after-ms', { value: 'retry-after', format: 'delta-milliseconds', on: 'refusal' }),
      },
    },
    ({ headers }) => Number(headers['retry-after-ms']),
  ],
  [
    'a number in the body',
    { limited: { body: { retry_after: '${retryAt | delta-decimal | number}' } } },
    ({ body }) => body.retry_after * 1_000,
  ],
  [
    'a number in the body beside a Retry-After that is rounded up',
    {
      headers: header('Retry-After', { value: 'retry-after', on: 'refusal' }),
      limited: { body: { retry_after: '${retryAt | delta-decimal | number}' } },
    },
    ({ body }) => body.retry_after * 1_000,
  ],
  [
    'the stamp of a reset, with a 403',
    { headers: header('X-RateLimit-Reset', { policy: 'calls', value: 'reset' }), limited: { status: 403 } },
    ({ headers, now }) => Number(headers['X-RateLimit-Reset']) * 1_000 - now,
  ],
  [
    'a reset as a duration',
    { headers: header('X-RateLimit-Reset-Requests', { policy: 'calls', value: 'reset', format: 'go-duration' }) },
    ({ headers }) => milliseconds(headers['X-RateLimit-Reset-Requests']!),
  ],
  [
    'the RateLimit field',
    { headers: header('RateLimit', { policy: ['calls'], value: 'ratelimit' }) },
    ({ headers }) => Number(/;t=(\d+)/.exec(headers['RateLimit']!)![1]) * 1_000,
  ],
  [
    'a text with a filter',
    { headers: header('X-Wait-Ms', { text: '${retryAfter | times(1000)}', on: 'refusal' }) },
    ({ headers }) => Number(headers['X-Wait-Ms']),
  ],
  [
    'a formula in a header, by the word of the profile',
    {
      headers: header('X-Backoff', {
        text: '${ceil(20 * policies.calls.used / policies.calls.limit)} s',
        on: 'refusal',
      }),
      limited: { headers: { 'X-Seconds': '20' }, tells: { 'header.X-Seconds': 'seconds' } },
    },
    ({ headers }) => Number(headers['X-Seconds']) * 1_000,
  ],
  [
    'the text of a header, by the word of the profile',
    { headers: header('X-Pause', { text: '20000', on: 'refusal', tells: 'milliseconds' }) },
    ({ headers }) => Number(headers['X-Pause']),
  ],
  [
    'fields of the body, by a formula of the profile',
    {
      limited: {
        body: { cost: { requested: 12, available: 2, restoreRate: 0.5 } },
        tells: { '(body.cost.requested - body.cost.available) / body.cost.restoreRate': 'seconds' },
      },
    },
    ({ body: { cost } }) => ((cost.requested - cost.available) / cost.restoreRate) * 1_000,
  ],
  [
    'a duration in the body, by the word of the profile',
    { limited: { body: { error: { wait: '0m20s' } }, tells: { 'body.error.wait': 'go-duration' } } },
    ({ body }) => milliseconds(body.error.wait),
  ],
];

/** `1m2.5s`, `850ms`. */
function milliseconds(duration: string): number {
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return [...duration.matchAll(/([\d.]+)(ms|[smh])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0);
}

describe.each(ways)('a client that is told by %s', (_name, told, read) => {
  it('is right to wait as long as that', async () => {
    const { found, verdictOf } = await client(told, (refusal) => read(refusal) + 1);
    expect(found).not.toHaveProperty('retry-too-early');
    expect(found).not.toHaveProperty('hammering');
    expect(verdictOf('retry-too-early')).toBe('pass');
  });

  it('comes too early after half of that', async () => {
    const { found, verdict } = await client(told, (refusal) => read(refusal) / 2);
    expect(found).toHaveProperty('retry-too-early');
    expect(verdict).toBe('fail');
  });

  it('comes too early when it asks again at once, and hammers', async () => {
    const { found } = await client(told, () => 0);
    expect(found).toMatchObject({ 'retry-too-early': expect.any(String), hammering: expect.any(String) });
  });
});

describe('a client that is told a stamp an hour ahead', () => {
  const told: ReportedQuota = {
    policy: { quota: 1, window: { length: '1h', start: 'first-request' } },
    headers: {
      ...header('X-RateLimit-Remaining', { policy: 'calls', value: 'remaining' }),
      ...header('X-RateLimit-Reset', { policy: 'calls', value: 'reset' }),
    },
    limited: { status: 403 },
  };

  it('comes too early every second', async () => {
    // The stamp is rounded up to the second.
    expect((await client(told, () => 1_200)).found).toEqual({
      'retry-too-early': 'came back 1.4 s after being told to wait 1 h 1 s, on key k…, 12 times',
    });
  });
});

describe('a client that is told nothing', () => {
  const told: ReportedQuota = {};

  it('may back off from a quarter of a second, each wait twice the one before', async () => {
    let tries = 0;
    const { found, verdictOf } = await client(told, () => 250 * 2 ** tries++);
    expect(found).toEqual({});
    expect(verdictOf('hammering')).toBe('pass');
    expect(verdictOf('retry-too-early')).toBe('not-judged');
  });

  it('may back off by random waits', async () => {
    const waits = [180, 240, 130, 700, 400, 1_900, 3_000, 5_000, 9_000];
    let tries = 0;
    const { found } = await client(told, () => waits[tries++] ?? 9_000);
    expect(found).toEqual({});
  });

  it.each([0, 100, 500])('hammers where it asks again every %i ms', async (ms) => {
    expect(Object.keys((await client(told, () => ms)).found)).toContain('hammering');
  });
});

describe('a client that is told less than the limit needs', () => {
  it('is right to come back then, since it cannot know better', async () => {
    const told = { limited: { body: { wait: 4 }, tells: { 'body.wait': 'seconds' } } };
    const { found, verdictOf } = await client(told, ({ body }) => body.wait * 1_000);
    expect(found).toEqual({});
    expect(verdictOf('retry-too-early')).toBe('pass');
  });
});

describe('a client that is told several waits', () => {
  const told = {
    headers: header('Retry-After', { value: 'retry-after', on: 'refusal' }),
    limited: {
      body: { wait: 2_000, at: '2026-05-12T08:05:00Z' },
      tells: { 'body.wait': 'milliseconds', 'body.at': 'iso' },
    },
  } as const;

  it('may follow the one that it can read', async () => {
    expect((await client(told, ({ body }) => body.wait)).found).toEqual({});
    expect((await client(told, ({ headers }) => Number(headers['Retry-After']) * 1_000)).found).toEqual({});
  });

  it('is too early for all of them', async () => {
    expect((await client(told, () => 1_000)).found).toHaveProperty('retry-too-early');
  });
});

describe('a client that is let in before a Retry-After that is rounded up', () => {
  const retryAfter = header('Retry-After', { value: 'retry-after', on: 'refusal' });
  /** After the limit has room, and before the whole second. */
  const before = ({ headers }: Refusal) => Number(headers['Retry-After']) * 1_000 - 200;

  it('is not early where the refusal tells the reset as well', async () => {
    const told = { headers: { ...retryAfter, ...header('X-Reset', { policy: 'calls', value: 'reset' }) } };
    expect((await client(told, before)).found).toEqual({});
  });

  it('is early where the refusal tells nothing else', async () => {
    expect((await client({ headers: retryAfter }, before)).found).toHaveProperty('retry-too-early');
  });
});

describe('a client that is told what is left', () => {
  const advice = { 'ignored-remaining': { says: 'Stop when nothing is left', severity: 'error', evidence: assumed } };
  const hour = { window: { length: '1h', start: 'first-request' } };

  it.each([
    ['as a number', header('X-Remaining', { policy: 'calls', value: 'remaining' })],
    ['within a text', header('X-Call-Limit', { text: '${policies.calls.used}/${policies.calls.limit}' })],
  ])('%s is found where it goes on with nothing left', async (_name, headers) => {
    const { found, verdictOf } = await client({ policy: hour, headers, advice }, () => 3_000);
    expect(found).toMatchObject({ 'ignored-remaining': expect.stringContaining('sent on with 0 left') });
    expect(verdictOf('ignored-remaining')).toBe('fail');
  });

  it('nowhere is not judged', async () => {
    expect((await client({ policy: hour, advice }, () => 3_000)).verdictOf('ignored-remaining')).toBe('not-judged');
  });
});

it('several limits tell each its own: a client is early only for the one that refused it', async () => {
  const one = limit({}).calls;
  const { sandbox, call } = openLab(
    { calls: { ...one, applies: { operation: 'listThings' } }, all: { ...one, quota: 100 } },
    { headers: header('retry-after-ms', { value: 'retry-after', format: 'delta-milliseconds', on: 'refusal' }) },
  );
  for (const _ of range(3)) call();
  await sandbox.clock.advance(100);
  // It takes nothing from the limit that refused the others.
  expect(call({ method: 'POST', body: {} }).status).toBe(200);
  expect(findings(reportOf(sandbox))).toEqual({});
  await sandbox.clock.advance(100);
  call();
  expect(Object.keys(findings(reportOf(sandbox)))).toEqual(['retry-too-early']);
});

describe('a 429 that no policy sends', () => {
  const fixtures = [{ key: 'k_busy', credential: 'key', error: 'limited', says: 'is always refused' }];

  it('counts as refused in every figure', () => {
    const { sandbox, call } = openLab(limit({ quota: 100 }), { fixtures, headers: {} });
    for (const key of ['k_a', 'k_busy', 'k_busy', 'k_a']) call({ key });
    const { figures } = reportOf(sandbox).profiles[0]!;
    expect(figures).toMatchObject({ requests: 4, admitted: 2, refused: 2, succeeded: 2, longestRefusalStreak: 2 });
    expect(sandbox.counts).toMatchObject({ requests: 4, refused: 2 });
  });

  it('makes its client wait as it tells', async () => {
    const limited = { status: 429, body: { wait: 7 }, tells: { 'body.wait': 'seconds' }, evidence: assumed };
    const { sandbox, call } = openLab(limit({}), { fixtures, headers: {}, errors: { limited } });
    call({ key: 'k_busy' });
    await sandbox.clock.advance(7_000);
    call({ key: 'k_busy' });
    const { figures } = reportOf(sandbox).profiles[0]!;
    expect(figures).toMatchObject({ toldToWaitMs: 7_000, waitedMs: 7_000 });
    await sandbox.clock.advance(1_000);
    call({ key: 'k_busy' });
    expect(findings(reportOf(sandbox))).toHaveProperty('retry-too-early');
    expect(sandbox.explain(sandbox.requests()[0]!.id).summary).toContain('429 (limited)');
  });
});
