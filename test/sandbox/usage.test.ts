/** The usage page against the answers that clients got, and against `GET /quotas`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMock, type Mock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';
import { runs, scaled } from '../properties/agree.js';

const apart = { minute: null, hour: null, day: null };
const DAY_MS = 86_400_000;
const NOON = '2026-05-12T12:00:00.000Z';

const frozen = (options: MockOptions) => createMock({ clock: NOON, ...options });
const token = (letter: string) => `ad_live_${letter.repeat(32)}`;

async function call(mock: Mock, letter: string, headers: Record<string, string> = {}): Promise<Response> {
  return mock.fetch('/v1/audits', { headers: { Authorization: `Bearer ${token(letter)}`, ...headers } });
}

function usageOf(mock: Mock, profile = 'full-domination') {
  return mock.usage({ profile }).profiles[0]!;
}

/** The sum of `used` of all buckets of a policy, or of those with a value in their partition. */
function used(mock: Mock, policy: string, value?: string): number {
  return mock
    .quotas()
    .filter(
      (quota) => quota.policy === policy && (value === undefined || Object.values(quota.partition).includes(value)),
    )
    .reduce((sum, quota) => sum + quota.used, 0);
}

type Step =
  | { readonly does: 'call'; readonly letter: string; readonly known: boolean; readonly times: number }
  | { readonly does: 'stranger' }
  | { readonly does: 'reset' }
  | { readonly does: 'copy' }
  | { readonly does: 'move'; readonly ms: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        does: fc.constant('call' as const),
        letter: fc.constantFrom('a', 'b', 'c'),
        known: fc.boolean(),
        times: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('stranger' as const, 'copy' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        does: fc.constant('move' as const),
        ms: fc.oneof(fc.nat({ max: 90_000 }), fc.nat({ max: 5 * 3_600_000 }), fc.nat({ max: 3 * DAY_MS })),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('reset' as const) }) },
  ),
  { maxLength: 30, size: 'max' },
);

describe('the usage page', () => {
  it('is what a recount of the answers gives, and what GET /quotas says', async () => {
    let refusals = 0;
    let unchanged = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const mock = await frozen({
          profile: 'full-domination',
          set: ['policies.token-minute.quota=9', 'policies.workspace-day.quota=40'],
        });
        let counted: { letter: string; at: number }[] = [];
        for (const step of all) {
          if (step.does === 'move') await mock.clock.advance(step.ms);
          else if (step.does === 'stranger') expect((await mock.fetch('/v1/audits')).status).toBe(401);
          else if (step.does === 'copy') {
            const saved = JSON.parse(JSON.stringify(mock.snapshot()));
            const before = mock.usage();
            mock.reset();
            mock.restore(saved);
            expect(mock.usage()).toEqual(before);
          } else if (step.does === 'reset') {
            mock.reset();
            counted = [];
          } else {
            for (let i = 0; i < step.times; i++) {
              const etag = step.known ? (await call(mock, step.letter, { 'If-None-Match': '*' })).status : undefined;
              if (etag === 304) unchanged += 1;
              const { status } = await call(mock, step.letter);
              if (status === 200) counted.push({ letter: step.letter, at: mock.clock.now() });
              else refusals += 1;
            }
          }
          const now = mock.clock.now();
          const { total, trend, keys, countedBy } = usageOf(mock);
          const inHour = ({ at }: { at: number }) => Math.floor(at / 3_600_000) === Math.floor(now / 3_600_000);
          const onDay = (day: string) => (one: { at: number }) => new Date(one.at).toISOString().startsWith(day);
          const today = new Date(now).toISOString().slice(0, 10);
          expect(trend).toHaveLength(7);
          expect(trend.at(-1)!.day).toBe(today);
          for (const { day, calls } of trend) expect(calls).toBe(counted.filter(onDay(day)).length);
          expect(countedBy.total).toEqual({ minute: 'workspace-minute', hour: null, day: 'workspace-day' });
          expect(total).toEqual({
            minute: used(mock, 'workspace-minute'),
            hour: counted.filter(inHour).length,
            day: used(mock, 'workspace-day'),
          });
          expect(total.day).toBe(trend.at(-1)!.calls);
          for (const letter of ['a', 'b', 'c']) {
            const masked = `ad_live_…${letter.repeat(4)}`;
            const own = counted.filter((one) => one.letter === letter);
            const week = own.filter(({ at }) => Math.floor(now / DAY_MS) - Math.floor(at / DAY_MS) < 7);
            const row = keys.find(({ key }) => key === masked);
            expect(row !== undefined, `${masked} is listed`).toBe(week.length > 0);
            if (!row) continue;
            expect(row).toMatchObject({
              account: 'default',
              minute: used(mock, 'token-minute', masked),
              hour: own.filter(inHour).length,
              day: own.filter(onDay(today)).length,
              trend: trend.map(({ day }) => own.filter(onDay(day)).length),
            });
            expect(row.day).toBe(used(mock, 'token-day', masked));
          }
        }
      }),
      // Fewer would not see enough refusals.
      { ...runs(25), numRuns: Math.max(25, scaled(25)) },
    );
    expect(refusals).toBeGreaterThan(20);
    expect(unchanged).toBeGreaterThan(20);
  });

  it('tells apart keys whose masked forms are equal, by the hashes of the journal', async () => {
    const mock = await frozen({ profile: 'full-domination' });
    for (const digit of ['1', '2'])
      await mock.fetch('/v1/companies', { headers: { Authorization: `Bearer ad_live_${digit.repeat(28)}aaaa` } });
    await mock.fetch('/v1/companies');
    const hashes = mock.requests().flatMap(({ admitted, keyHash }) => (admitted && keyHash ? [keyHash] : []));
    expect(new Set(hashes).size).toBe(2);
    const { keys, limits } = usageOf(mock);
    expect(keys.map(({ key, keyHash }) => [key, keyHash]).sort()).toEqual(
      hashes.map((hash) => ['ad_live_…aaaa', hash]).sort(),
    );
    const hashesOf = (rows: readonly { policy: string; keyHash?: string }[], policy: string) =>
      rows.flatMap((row) => (row.policy === policy ? [row.keyHash] : [])).sort();
    for (const rows of [limits, mock.quotas()]) {
      expect(hashesOf(rows, 'token-minute')).toEqual([...hashes].sort());
      expect(hashesOf(rows, 'workspace-minute')).toEqual([undefined]);
    }
    expect(JSON.stringify([mock.quotas(), mock.usage()])).not.toMatch(/1111|2222/);
  });

  it('warns above 80 % of the day, not at it', async () => {
    const mock = await frozen({ profile: 'full-domination' });
    const partition = { workspace: 'default' };
    mock.setQuota({ policy: 'workspace-day', partition, used: 160_000 });
    expect(usageOf(mock).warnings).toEqual([]);
    await call(mock, 'a');
    const { warnings, limits, total } = usageOf(mock);
    expect(warnings).toEqual([
      {
        policy: 'workspace-day',
        partition,
        used: 160_001,
        limit: 200_000,
        resetAt: '2026-05-13T00:00:00.000Z',
        percent: 80,
        message:
          'More than 80 % of workspace-day is used: 160001 of 200000 requests; it resets at 2026-05-13T00:00:00.000Z.',
      },
    ]);
    expect(limits[0]).toMatchObject({ policy: 'workspace-day', used: 160_001 });
    expect(limits.map(({ policy }) => policy)).not.toContain('token-in-flight');
    expect(total.day).toBe(160_001);
    await mock.clock.advance('12h');
    expect(usageOf(mock).warnings).toEqual([]);
  });

  it('counts a request from its admission, and what is given back no longer', async () => {
    const mock = await frozen({ profile: 'full-domination' });
    const etag = (await call(mock, 'a')).headers.get('etag')!;
    mock.faults.add({ delayMs: 1_000 });
    const slow = call(mock, 'a', { 'If-None-Match': etag });
    await Promise.resolve();
    await Promise.resolve();
    expect(mock.inFlight()).toHaveLength(1);
    expect(usageOf(mock).total).toEqual({ minute: 2, hour: 2, day: 2 });
    await mock.clock.advance(1_000);
    expect((await slow).status).toBe(304);
    expect(usageOf(mock).total).toEqual({ minute: 1, hour: 1, day: 1 });
    expect(usageOf(mock).trend.at(-1)).toEqual({ day: '2026-05-12', calls: 1 });
  });

  it('does not count the rest of a request that a reset has ended', async () => {
    const mock = await frozen({ profile: 'full-domination' });
    const etag = (await call(mock, 'a')).headers.get('etag')!;
    mock.faults.add({ delayMs: 1_000 });
    const slow = call(mock, 'a', { 'If-None-Match': etag }).catch(() => undefined);
    await Promise.resolve();
    mock.reset();
    await slow;
    await call(mock, 'b');
    await mock.clock.advance(2_000);
    expect(usageOf(mock)).toMatchObject({ total: { hour: 1 }, keys: [{ key: 'ad_live_…bbbb', hour: 1 }] });
  });

  it('counts the calls of a document alone, which has no policies', async () => {
    const openapi = {
      openapi: '3.1.0',
      info: { title: 'Open', version: '1' },
      paths: { '/things': { get: { operationId: 'things', responses: { 204: { description: 'none' } } } } },
    };
    const mock = await frozen({ openapi });
    for (let i = 0; i < 3; i++) await mock.fetch('/things');
    expect((await mock.fetch('/nothing')).status).toBe(404);
    const figures = { minute: 3, hour: 3, day: 3 };
    expect(usageOf(mock, 'open')).toMatchObject({
      timeZone: 'UTC',
      total: figures,
      countedBy: { total: { minute: null, hour: null, day: null } },
      keys: [{ key: 'anonymous', ...figures, trend: [0, 0, 0, 0, 0, 0, 3] }],
      limits: [],
      warnings: [],
    });
    expect(usageOf(mock, 'open').keys[0]).not.toHaveProperty('account');
  });

  it('shows as many keys and limits as were asked for, and how many more there are', async () => {
    const mock = await frozen({ profile: 'full-domination' });
    for (const letter of ['a', 'b', 'b', 'c']) await call(mock, letter);
    const [page] = mock.usage({ limit: 1 }).profiles;
    expect(page).toMatchObject({ keys: [{ key: 'ad_live_…bbbb', day: 2 }], moreKeys: 2, moreLimits: 7 });
    expect(page!.limits).toHaveLength(1);
    expect(() => mock.usage({ limit: 0 })).toThrow('must be a whole number from 1 up, not 0');
    expect(() => mock.usage({ profile: 'ful-domination' })).toThrow('did you mean "full-domination"?');
  });

  it.each([
    // Burst and sustained limits of buckets that refill are no counts of an hour or a day.
    ['acrely', { total: apart, keys: apart }],
    ['aiclicks', { total: apart, keys: apart }],
    ['klinky', { total: { ...apart, hour: 'account-hour' }, keys: apart }],
    ['prediction', { total: apart, keys: { ...apart, minute: 'key-minute' } }],
  ])('takes the counts of %s from its policies', async (profile, expected) => {
    const mock = await frozen({ profile });
    expect(usageOf(mock, profile).countedBy).toEqual(expected);
  });
});
