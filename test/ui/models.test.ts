/** What the page computes from the data of the control API: order of the buckets, lanes and marks, sections of time, lines of units left. */
import { describe, expect, it } from 'vitest';
import { addEntries, dropBefore, dropOverwritten, rememberRows } from '../../src/ui/data/entries.js';
import { Traffic } from '../../src/ui/data/traffic.js';
import type { Job, JournalEntry, ProfileUsage, Quota, WebhookDelivery } from '../../src/ui/data/types.js';
import {
  bucketHashes,
  bucketText,
  byNearness,
  fillOf,
  filterBuckets,
  nextReset,
  visibleRows,
} from '../../src/ui/model/buckets.js';
import { bytes, duration, facts, number, timeOfDay } from '../../src/ui/model/format.js';
import { neededHashes } from '../../src/ui/model/hashes.js';
import { deliveryText, type JobEnd, jobEndText, jobsInOrder, jobUpdate } from '../../src/ui/model/jobs.js';
import { KINDS, kindOf, laneOf, layOut, markAt, shifted, toldWait } from '../../src/ui/model/marks.js';
import { seenBuckets, stepsOf } from '../../src/ui/model/steps.js';
import { countedTexts, keyHashes, limitHashes } from '../../src/ui/model/usage.js';
import { fitting, following, moved, SPAN_MS, tickLabel, ticksOf, zoomed } from '../../src/ui/model/view.js';

const START = Date.parse('2026-05-12T08:00:00.000Z');

function quota(id: string, limit: number, used: number, more: Partial<Quota> = {}): Quota {
  return {
    id,
    profile: 'shop',
    policy: 'key-minute',
    partition: { key: id },
    limit,
    used,
    remaining: Math.max(0, limit - used),
    resetAt: null,
    ...more,
  };
}

interface Given {
  id?: string;
  at?: number;
  status?: number;
  admitted?: boolean;
  charged?: number;
  comeBackAt?: number[];
  key?: string;
  client?: string;
  connection?: number;
  broken?: JournalEntry['broken'];
  remaining?: number;
  refunded?: number;
  resetAt?: number | null;
}

function entry({
  id = '1',
  at = 0,
  status = 200,
  admitted = true,
  charged = 1,
  comeBackAt = [],
  key = 'a',
  ...more
}: Given): JournalEntry {
  const { remaining = 9, refunded = 0, resetAt = null } = more;
  return {
    id,
    profile: 'shop',
    method: 'GET',
    path: '/things',
    caller: { kind: 'api-key', plan: 'free', key },
    status,
    admitted,
    refusedBy: admitted ? undefined : 'key-minute',
    decisions: [
      {
        policy: 'key-minute',
        bucket: `bucket-${key}`,
        partition: { key },
        allowed: admitted,
        cost: 1,
        used: 1,
        limit: 10,
        remaining,
        resetAt,
        retryAt: null,
        charged,
        refunded,
      },
    ],
    comeBackAt,
    at: START + at,
    sentAt: START + at,
    client: more.client,
    broken: more.broken,
    peer: more.connection === undefined ? undefined : { connection: more.connection, openedAt: 0 },
  } as unknown as JournalEntry;
}

describe('buckets', () => {
  it('are sorted by the share that is left, then by the units', () => {
    const all = [
      quota('half', 10, 5),
      quota('small', 1, 1),
      quota('over', 10, 14),
      quota('nearly', 100, 99),
      quota('none', 0, 0),
    ];
    expect(byNearness(all).map(({ id }) => id)).toEqual(['small', 'over', 'none', 'nearly', 'half']);
  });

  it('are near their limit from 80 %, and full with nothing left', () => {
    expect([quota('a', 10, 7), quota('b', 10, 8), quota('c', 10, 10), quota('d', 10, 30)].map(fillOf)).toEqual([
      'room',
      'near',
      'full',
      'full',
    ]);
  });

  it('are filtered by all words', () => {
    const all = [quota('Acme', 10, 1), quota('zen', 10, 1, { policy: 'account-hour' })];
    expect(filterBuckets(all, ' acme KEY ').map(({ id }) => id)).toEqual(['Acme']);
    expect(filterBuckets(all, 'hour zen')).toHaveLength(1);
    expect(filterBuckets(all, 'hour acme')).toHaveLength(0);
    expect(filterBuckets(all, '')).toBe(all);
  });

  it('of a long list, only those in sight are drawn', () => {
    expect(visibleRows(100_000, { rowHeight: 50, height: 500, scrollTop: 5_000, beyond: 2 })).toEqual({
      first: 98,
      last: 112,
    });
    expect(visibleRows(3, { rowHeight: 50, height: 500, scrollTop: 0 })).toEqual({ first: 0, last: 3 });
    expect(visibleRows(0, { rowHeight: 50, height: 500, scrollTop: 900 })).toEqual({ first: 0, last: 0 });
  });

  it('the next reset is the first one ahead', () => {
    const at = (ms: number) => ({ resetAt: new Date(START + ms).toISOString() });
    const all = [quota('a', 1, 1, at(5_000)), quota('b', 1, 1, at(2_000)), quota('c', 1, 1, at(-1)), quota('d', 1, 1)];
    expect(nextReset(all, START)).toBe(START + 2_000);
    expect(nextReset(all, START + 5_000)).toBeUndefined();
  });
});

describe('requests', () => {
  it('have one of four kinds', () => {
    expect(kindOf(entry({}))).toBe('admitted');
    expect(kindOf(entry({ status: 404 }))).toBe('admitted');
    expect(kindOf(entry({ admitted: false, status: 429, charged: 0 }))).toBe('refused');
    expect(kindOf(entry({ admitted: false, status: 403 }))).toBe('refused');
    expect(kindOf(entry({ status: 429 }))).toBe('refused');
    expect(kindOf(entry({ status: 503, charged: 0 }))).toBe('failed');
    expect(kindOf(entry({ status: 0 }))).toBe('failed');
    expect(kindOf(entry({ broken: 'cut' }))).toBe('failed');
    expect(kindOf(entry({ status: 304, charged: 0 }))).toBe('free');
  });

  it('lie in the lane of their client, their key, or their connection', () => {
    expect(laneOf(entry({ key: 'k…1' }), 'caller').name).toBe('k…1');
    expect(laneOf(entry({ client: 'importer' }), 'caller').name).toBe('importer');
    expect(laneOf(entry({ client: '', key: 'k…1' }), 'caller').name).toBe('k…1');
    expect(laneOf(entry({ connection: 3 }), 'connection').name).toBe('connection 3');
    expect(laneOf(entry({}), 'connection').name).toBe('in-process');
  });

  it('are named by the credential, not by a fact that callers share', () => {
    const caller = { kind: 'api-token', scope: 'write', mode: 'live', workspace: 'acme', token: 'ad_live_…aaaa' };
    expect(laneOf({ ...entry({}), caller }, 'caller').name).toBe('ad_live_…aaaa');
    expect(laneOf({ ...entry({}), caller: undefined, keyHash: 'abcdefgh' }, 'caller').name).toBe('unknown credential');
    expect(laneOf({ ...entry({}), caller: undefined }, 'caller').name).toBe('no caller');
  });

  it('tell a wait only when they are refused', () => {
    expect(toldWait(entry({ admitted: false, status: 429, comeBackAt: [START + 1_000, START + 2_000] }))).toEqual({
      from: START,
      to: START + 2_000,
    });
    expect(toldWait(entry({ comeBackAt: [START + 1_000] }))).toBeUndefined();
  });
});

describe('the layout of the lanes', () => {
  const all = new Set(KINDS);
  const range = { from: START, to: START + 1_000, width: 1_000 };

  it('has a mark for each request that has room, and one for several that have not', () => {
    const { marks, lanes } = layOut(
      [
        entry({ id: '1', at: 0 }),
        entry({ id: '2', at: 5 }),
        entry({ id: '3', at: 500 }),
        entry({ id: '4', at: 5, status: 503 }),
      ],
      'caller',
      range,
      9,
      all,
    );
    expect(lanes.map(({ name }) => name)).toEqual(['a']);
    expect(marks.map(({ kind, x, entries }) => [kind, x, entries.map(({ id }) => id)])).toEqual([
      ['admitted', 2.5, ['1', '2']],
      ['admitted', 500, ['3']],
      ['failed', 5, ['4']],
    ]);
  });

  it('loses no request, however dense they are', () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      entry({ id: String(i), at: (i * 997) % 1_000, status: i % 3 === 0 ? 503 : 200 }),
    );
    const { marks } = layOut(many, 'caller', range, 9, all);
    expect(marks.reduce((sum, { entries }) => sum + entries.length, 0)).toBe(3_000);
    expect(marks.length).toBeLessThan(200);
  });

  it('sorts lanes with their numbers, and says how many have no room', () => {
    const { lanes, hiddenLanes } = layOut(
      [10, 2, 1].map((connection) => entry({ connection })),
      'connection',
      range,
      2,
      all,
    );
    expect([lanes.map(({ name }) => name), hiddenLanes]).toEqual([['connection 1', 'connection 2'], 1]);
  });

  it('keeps credentials apart whose masked forms are equal, and shows a hash only of those', () => {
    const of = (keyHash: string, key: string) => ({ ...entry({ key }), keyHash });
    const { lanes, marks } = layOut(
      [of('hash-one', 'k…1'), of('host-two', 'k…1'), of('hash-one', 'k…1'), of('hush-three', 'k…2')],
      'caller',
      range,
      9,
      all,
    );
    expect(lanes.map(({ name, hash }) => [name, hash])).toEqual([
      ['k…1', 'hash'],
      ['k…1', 'host'],
      ['k…2', undefined],
    ]);
    expect(marks.map(({ lane, entries }) => [lane, entries.length])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ]);
  });

  it('joins overlapping waits, and keeps one that began before the section', () => {
    const refused = (at: number, until: number) =>
      entry({ at, admitted: false, status: 429, comeBackAt: [START + until] });
    const { waits, marks } = layOut(
      [refused(-500, 100), refused(-400, 300), refused(600, 900)],
      'caller',
      range,
      9,
      all,
    );
    expect(waits.map(({ from, to }) => [from - START, to - START])).toEqual([
      [-500, 300],
      [600, 900],
    ]);
    expect(marks).toHaveLength(1);
  });

  it('leaves out kinds that are not shown, and what lies outside', () => {
    const { marks, lanes } = layOut(
      [entry({ at: 5 }), entry({ at: 5_000 }), entry({ at: 7, status: 503 })],
      'caller',
      range,
      9,
      new Set(['failed'] as const),
    );
    expect([marks.map(({ kind }) => kind), lanes.map(({ name }) => name)]).toEqual([['failed'], ['a']]);
  });

  it('finds the mark near a place', () => {
    const { marks } = layOut([entry({ at: 100 }), entry({ id: '2', at: 120 })], 'caller', range, 9, all);
    expect(markAt(marks, 0, 113)?.entries[0]?.id).toBe('2');
    expect(markAt(marks, 0, 300)).toBeUndefined();
    expect(markAt(marks, 1, 100)).toBeUndefined();
  });
});

describe('the section of time', () => {
  it('follows now, with room ahead', () => {
    expect(following(1_000, 400)).toEqual({ from: 700, to: 1_100 });
  });

  it('zooms about an instant, within bounds', () => {
    expect(zoomed({ from: 0, to: 1_000 }, 0.5, 250)).toEqual({ from: 125, to: 625 });
    const least = zoomed({ from: 0, to: 1_000 }, 0.000_01, 500);
    expect(least.to - least.from).toBe(SPAN_MS.least);
    const most = zoomed({ from: 0, to: 1_000 }, 1e12, 500);
    expect(most.to - most.from).toBeCloseTo(SPAN_MS.most);
  });

  it('moves, and fits', () => {
    expect(moved({ from: 0, to: 100 }, -0.5)).toEqual({ from: -50, to: 50 });
    expect(fitting([])).toBeUndefined();
    const { from, to } = fitting([10_000, 60_000])!;
    expect([from < 10_000, to > 60_000]).toEqual([true, true]);
  });

  it('has round ticks', () => {
    const { step, at } = ticksOf({ from: START + 1, to: START + 60_000 }, 6);
    expect([step, at.length, (at[0]! - START) % step]).toEqual([10_000, 6, 0]);
    expect(tickLabel(START + 10_000, 10_000)).toBe('08:00:10');
    expect(tickLabel(START, 3_600_000)).toBe('08:00');
    expect(tickLabel(START, 86_400_000)).toBe('05-12');
    expect(tickLabel(START + 250, 50)).toBe('00.250');
  });
});

describe('the units left', () => {
  it('step down with each request, and are full again after the reset', () => {
    const resetAt = START + 1_000;
    const entries = [
      entry({ at: 0, remaining: 9, resetAt }),
      entry({ at: 500, remaining: 8, resetAt }),
      entry({ at: 500, remaining: 3, resetAt, key: 'b' }),
    ];
    expect(stepsOf(entries, 'bucket-a', START + 700)).toEqual({
      at: [START, START + 500, START + 700],
      left: [9, 8, 8],
      limit: 10,
    });
    expect(stepsOf(entries, 'bucket-a', START + 2_000)).toEqual({
      at: [START, START + 500, START + 1_000, START + 2_000],
      left: [9, 8, 10, 10],
      limit: 10,
    });
    expect(stepsOf(entries, 'bucket-none', START)).toEqual({ at: [], left: [], limit: 0 });
  });

  it('count what was given back', () => {
    expect(stepsOf([entry({ remaining: 9, refunded: 1 })], 'bucket-a', START).left).toEqual([10]);
  });

  it('are offered for the buckets with refusals first', () => {
    const entries = [entry({ key: 'a' }), entry({ key: 'a' }), entry({ key: 'b', admitted: false })];
    expect(seenBuckets(entries).map(({ id, count }) => [id, count])).toEqual([
      ['bucket-b', 1],
      ['bucket-a', 2],
    ]);
  });
});

describe('texts', () => {
  it('of durations have at most two units', () => {
    expect([0, 120, 4_250, 42_000, 60_000, 200_000, 3_600_000, 5_400_000, 100_000_000].map(duration)).toEqual([
      '0 s',
      '120 ms',
      '4.2 s',
      '42 s',
      '1 min',
      '3 min 20 s',
      '1 h',
      '1 h 30 min',
      '1 d 3 h',
    ]);
  });

  it('of numbers, bytes, times and partitions', () => {
    expect([number(1_234.567), bytes(900), bytes(262_144), bytes(3_400_000)]).toEqual([
      '1,234.57',
      '900 B',
      '262.1 kB',
      '3.4 MB',
    ]);
    expect(timeOfDay(START + 250)).toBe('08:00:00.250');
    expect([facts({}), facts({ key: 'k', ip: '::1' })]).toEqual(['everyone', 'key k, ip ::1']);
  });
});

describe('jobs and webhooks', () => {
  const job = (id: string, endsInMs: number | null, state = 'running'): Job => ({
    id,
    profile: 'shop',
    collection: 'prints',
    state,
    outcome: 'done',
    createdAt: new Date(START).toISOString(),
    endsAt: endsInMs === null ? null : new Date(START + endsInMs).toISOString(),
    holds: [],
  });

  it('run first, the one that ends next at the top; the one that ended last follows', () => {
    const all = [
      job('old', -9_000),
      job('endless', null),
      job('soon', 1_000),
      job('recent', -1_000),
      job('late', 8_000),
    ];
    expect(jobsInOrder(all, START).map(({ id }) => id)).toEqual(['soon', 'late', 'endless', 'recent', 'old']);
    expect([job('a', 90_000), job('a', null), job('a', -1_000)].map((one) => jobEndText(one, START))).toEqual([
      'done in 1 min 30 s',
      'runs until it is ended',
      'since 07:59:59',
    ]);
  });

  it('are changed by what the API takes', () => {
    const of = (ends: JobEnd, one = job('a', 5_000)) => jobUpdate(one, ends, 'failed', 700, START);
    expect([of('now'), of('planned'), of('later'), of('never')]).toEqual([
      { profile: 'shop', state: 'failed' },
      { profile: 'shop', state: 'failed', endsInMs: 5_000 },
      { profile: 'shop', state: 'failed', endsInMs: 700 },
      { profile: 'shop', state: 'running' },
    ]);
    expect(of('planned', job('a', null))).toEqual({ profile: 'shop', state: 'failed' });
  });

  it('say what became of a delivery', () => {
    const sent = { attempts: 1, status: 204, error: null, nextAt: null, state: 'delivered' } as WebhookDelivery;
    const nextAt = new Date(START + 2_000).toISOString();
    const all: WebhookDelivery[] = [
      sent,
      { ...sent, attempts: 2, status: 500, state: 'pending', nextAt },
      { ...sent, attempts: 3, status: null, error: 'ECONNREFUSED', state: 'failed' },
      { ...sent, attempts: 0, status: null, state: 'pending', nextAt },
    ];
    expect(all.map((one) => deliveryText(one, START))).toEqual([
      '1 attempt · 204',
      '2 attempts · 500 · next in 2.0 s',
      '3 attempts · ECONNREFUSED',
      'not sent yet · next in 2.0 s',
    ]);
  });
});

describe('what looks alike', () => {
  it('has its hash, and nothing else has', () => {
    const of = (id: string, name: string, hash?: string) => ({ id, name, hash });
    const all = [of('1', 'k…1', 'abcdef'), of('2', 'k…1', 'xyzuvw'), of('3', 'k…2', 'abcdef'), of('4', 'k…1')];
    expect([...neededHashes(all)]).toEqual([
      ['1', 'abcd'],
      ['2', 'xyzu'],
    ]);
    expect([...neededHashes([all[0]!, all[0]!])]).toEqual([]);
  });

  it('of buckets is told apart by the credential, or else by the bucket itself', () => {
    const same = { partition: { key: 'k…1' } };
    const all = [
      quota('one', 1, 1, { ...same, keyHash: 'hash-a' }),
      quota('bucket-b', 1, 1, same),
      quota('c', 1, 1, { ...same, policy: 'other' }),
    ];
    const hashes = bucketHashes(all);
    expect(all.map((one) => bucketText(one, hashes))).toEqual([
      'key-minute · key k…1 #hash',
      'key-minute · key k…1 #buck',
      'other · key k…1',
    ]);
  });

  it('of keys and limits is told apart by position', () => {
    const calls = { minute: 1, hour: 1, day: 1, trend: [] };
    const keys: ProfileUsage['keys'] = [
      { key: 'k…1', keyHash: 'hash-a', ...calls },
      { key: 'k…2', keyHash: 'hash-c', ...calls },
      { key: 'k…1', keyHash: 'hosh-b', ...calls },
      { key: 'anonymous', ...calls },
    ];
    expect(keyHashes(keys)).toEqual(['hash', undefined, 'hosh', undefined]);
    const limit = { policy: 'p', used: 1, limit: 2, resetAt: null };
    const limits = keys.map(({ key, keyHash }) => ({ ...limit, partition: { key }, ...(keyHash && { keyHash }) }));
    expect(limitHashes(limits)).toEqual(['hash', undefined, 'hosh', undefined]);
  });
});

it('says what counts the calls, and why a total may be less than the number of one key', () => {
  const clock = { minute: null, hour: null, day: null };
  expect(countedTexts({ total: clock, keys: clock })).toEqual([
    'Calls are counted by the minutes, hours and days of the clock.',
  ]);
  expect(countedTexts({ total: { ...clock, minute: 'account-minute' }, keys: { ...clock, day: 'key-day' } })).toEqual([
    'Calls this minute are counted by account-minute, those of each key by the clock.',
    'Calls today are counted by the clock, those of each key by key-day.',
    'The clock counts the others.',
    expect.stringContaining('the total for a minute may be less than the number of one key'),
  ]);
  const hourly = { ...clock, hour: 'key-hour' };
  expect(countedTexts({ total: hourly, keys: hourly })).toEqual([
    'Calls this hour are counted by key-hour.',
    'The clock counts the others.',
  ]);
});

it('moves the marks between two pictures, and nothing else', () => {
  const range = { from: START, to: START + 1_000, width: 1_000 };
  const layout = layOut([entry({ at: 100 }), entry({ id: '2', at: 500 })], 'caller', range, 9, new Set(KINDS));
  const moved = shifted(layout, -30);
  expect(moved.marks.map(({ x }) => x)).toEqual([70, 470]);
  expect({ ...moved, marks: layout.marks }).toEqual(layout);
});

it('draws few lines for a section of many years, with the year', () => {
  const { step, at } = ticksOf({ from: Date.parse('2026-01-01T00:00:00Z'), to: Date.parse('2093-01-01T00:00:00Z') }, 6);
  expect(at.length).toBeGreaterThan(2);
  expect(at.length).toBeLessThan(8);
  expect(tickLabel(at[0]!, step)).toMatch(/^20\d\d-\d\d$/);
});

it('knows the rate over two seconds, and heavy traffic at its first ticks', () => {
  const traffic = new Traffic();
  expect([traffic.add(1_000, 70, true), traffic.isHeavy]).toEqual([0, false]);
  expect([traffic.add(1_500, 80, false), traffic.isHeavy, traffic.since]).toEqual([20, false, 1_000]);
  expect([traffic.add(2_000, 280, false), traffic.isHeavy]).toEqual([210, true]);
  expect([traffic.hasEnded(3_900), traffic.hasEnded(4_100), traffic.isHeavy]).toEqual([false, true, false]);
  // After a pause the rate is still low, and what came since the last tick came just now.
  expect([traffic.add(60_000, 400, false), traffic.isHeavy, traffic.since]).toEqual([60, true, 60_000]);
  // Another server begins with its own total.
  expect([traffic.add(60_500, 3, true), traffic.isHeavy]).toEqual([0, false]);
});

it('drops the requests whose rows the journal has overwritten, also of a slow one with a lower number', () => {
  const entries = new Map();
  const all = ['t1-7', 't1-9', 't1-8', 't1-10'].map((id) => entry({ id }));
  rememberRows(all.slice(0, 3), [6, 7, 8]);
  addEntries(entries, all);
  dropOverwritten(entries, 8);
  expect([...entries.keys()]).toEqual(['t1-8', 't1-10']);
  dropBefore(entries, 10);
  expect([...entries.keys()]).toEqual(['t1-10']);
});

it('drops the requests that the journal has forgotten', () => {
  const entries = new Map();
  addEntries(entries, [entry({ id: '9' }), entry({ id: '10' }), entry({ id: '11' })]);
  dropBefore(entries, 10);
  expect([...entries.keys()]).toEqual(['10', '11']);
});

it('names a bucket with a window before one of requests in flight', () => {
  const one = entry({ resetAt: START + 1_000 });
  const inFlight = { ...one.decisions[0]!, policy: 'in-flight', bucket: 'bucket-in-flight', resetAt: null };
  const seen = seenBuckets([{ ...one, decisions: [inFlight, ...one.decisions] }]);
  expect(seen.map(({ policy }) => policy)).toEqual(['key-minute', 'in-flight']);
});
