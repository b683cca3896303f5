import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bounds, boundsAt, type CalendarWindow, type ClockWindow } from '../../src/limits/windows.js';
import { runs } from './agree.js';

const HOUR = 3_600_000;
const at = (iso: string) => Date.parse(iso);
const iso = ({ start, end }: Bounds) => [new Date(start).toISOString(), new Date(end).toISOString()];
const calendar = (unit: CalendarWindow['unit'], timeZone: string): CalendarWindow => ({
  kind: 'calendar',
  unit,
  timeZone,
});

/** Zones that change by an hour, by half an hour, at midnight, skip a whole day, or are off by minutes. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Atlantic/Azores',
];

/** Instants within some days of a clock change, and any others. */
const CHANGES = [
  '2024-03-31T01:00:00Z',
  '2024-10-27T01:00:00Z',
  '2024-03-10T07:00:00Z',
  '2024-11-03T06:00:00Z',
  '2024-10-05T15:30:00Z',
  '2024-04-06T15:00:00Z',
  '2024-09-28T14:00:00Z',
  '2024-04-06T14:00:00Z',
  '2018-11-04T03:00:00Z',
  '2018-02-18T02:00:00Z',
  '2011-12-30T10:00:00Z',
  '2024-04-25T22:00:00Z',
].map(at);
const instant = fc.oneof(
  fc.integer({ min: at('1971-01-01T00:00:00Z'), max: at('2037-01-01T00:00:00Z') }),
  fc
    .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -30 * HOUR, max: 30 * HOUR }))
    .map(([change, away]) => change + away),
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -2, max: 2 })).map(([change, away]) => change + away),
);
const zone = fc.constantFrom(...ZONES);
const unit = fc.constantFrom<CalendarWindow['unit']>('hour', 'day', 'week', 'month');
const clockWindow: fc.Arbitrary<ClockWindow> = fc.oneof(
  fc.record({
    kind: fc.constant('aligned' as const),
    lengthMs: fc.integer({ min: 1, max: 10 * 86_400_000 }),
    offsetMs: fc.integer({ min: 0, max: 5 * 86_400_000 }),
  }),
  fc.record({ kind: fc.constant('calendar' as const), unit, timeZone: zone }),
);

/** What a calendar on the wall of that zone shows. */
const dates = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  ]),
);
const dateIn = (timeZone: string, instant: number) => dates.get(timeZone)!.format(instant);
const monthIn = (timeZone: string, instant: number) => dateIn(timeZone, instant).slice(0, 7);
const weekdayIn = (timeZone: string, instant: number) =>
  new Date(`${dateIn(timeZone, instant)}T00:00:00Z`).getUTCDay() || 7;

describe('windows of the clock', () => {
  it('contain the instant, and tell the same bounds for every instant within them', () => {
    fc.assert(
      fc.property(clockWindow, instant, fc.double({ min: 0, max: 1, noNaN: true }), (window, now, share) => {
        const bounds = boundsAt(window, now);
        expect(bounds.start).toBeLessThanOrEqual(now);
        expect(bounds.end).toBeGreaterThan(now);
        const inside = bounds.start + Math.floor(share * (bounds.end - 1 - bounds.start));
        // A copy, so that nothing remembered of the first question answers the second.
        for (const other of [bounds.start, inside, bounds.end - 1])
          expect(boundsAt({ ...window }, other)).toEqual(bounds);
      }),
      runs(1_500),
    );
  });

  it('adjoin: one begins where the one before ends', () => {
    fc.assert(
      fc.property(clockWindow, instant, (window, now) => {
        const { start, end } = boundsAt(window, now);
        expect(boundsAt({ ...window }, end).start).toBe(end);
        expect(boundsAt({ ...window }, start - 1).end).toBe(start);
      }),
      runs(1_500),
    );
  });

  it('answer the same whether they were asked about another instant before or not', () => {
    fc.assert(
      fc.property(clockWindow, fc.array(instant, { minLength: 2, maxLength: 6 }), (window, instants) => {
        for (const now of instants) expect(boundsAt(window, now)).toEqual(boundsAt({ ...window }, now));
      }),
      runs(200),
    );
  });

  it('are the days of the zone’s own calendar', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, now) => {
        const { start, end } = boundsAt(calendar('day', timeZone), now);
        expect(dateIn(timeZone, start)).toBe(dateIn(timeZone, now));
        expect(dateIn(timeZone, end - 1)).toBe(dateIn(timeZone, now));
        expect(dateIn(timeZone, start - 1) < dateIn(timeZone, now)).toBe(true);
        expect(dateIn(timeZone, end) > dateIn(timeZone, now)).toBe(true);
      }),
      runs(1_500),
    );
  });

  it('are the months of the zone’s own calendar', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, now) => {
        const { start, end } = boundsAt(calendar('month', timeZone), now);
        for (const inside of [start, end - 1]) expect(monthIn(timeZone, inside)).toBe(monthIn(timeZone, now));
        for (const outside of [start - 1, end]) expect(monthIn(timeZone, outside)).not.toBe(monthIn(timeZone, now));
      }),
      runs(500),
    );
  });

  it('are weeks that begin on a Monday', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, now) => {
        const { start, end } = boundsAt(calendar('week', timeZone), now);
        expect(weekdayIn(timeZone, start)).toBe(1);
        expect(weekdayIn(timeZone, end)).toBe(1);
        expect(weekdayIn(timeZone, end - 1)).toBe(7);
        expect(Math.abs(end - start - 7 * 24 * HOUR)).toBeLessThanOrEqual(24 * HOUR);
      }),
      runs(500),
    );
  });
});

describe('days with a clock change', () => {
  it.each([
    ['Europe/Berlin', '2024-03-31T10:00:00Z', '2024-03-30T23:00:00.000Z', 23],
    ['Europe/Berlin', '2024-10-27T10:00:00Z', '2024-10-26T22:00:00.000Z', 25],
    ['Europe/Berlin', '2024-10-28T10:00:00Z', '2024-10-27T23:00:00.000Z', 24],
    ['America/New_York', '2024-03-10T20:00:00Z', '2024-03-10T05:00:00.000Z', 23],
    ['America/New_York', '2024-11-03T20:00:00Z', '2024-11-03T04:00:00.000Z', 25],
    ['Australia/Lord_Howe', '2024-10-06T00:00:00Z', '2024-10-05T13:30:00.000Z', 23.5],
    ['Australia/Lord_Howe', '2024-04-07T00:00:00Z', '2024-04-06T13:00:00.000Z', 24.5],
    ['Pacific/Auckland', '2024-09-28T20:00:00Z', '2024-09-28T12:00:00.000Z', 23],
    ['America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00.000Z', 23],
    ['Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29T10:00:00.000Z', 24],
    ['Pacific/Apia', '2011-12-30T11:00:00Z', '2011-12-30T10:00:00.000Z', 24],
  ])('%s at %s begins %s and has %d hours', (timeZone, now, start, hours) => {
    const bounds = boundsAt(calendar('day', timeZone), at(now));
    expect(iso(bounds)[0]).toBe(start);
    expect((bounds.end - bounds.start) / HOUR).toBe(hours);
  });

  it('has the hour that a clock repeats as an hour of its own', () => {
    const berlin = calendar('hour', 'Europe/Berlin');
    expect(iso(boundsAt(berlin, at('2024-10-27T00:30:00Z')))).toEqual([
      '2024-10-27T00:00:00.000Z',
      '2024-10-27T01:00:00.000Z',
    ]);
    expect(iso(boundsAt(berlin, at('2024-10-27T01:30:00Z')))).toEqual([
      '2024-10-27T01:00:00.000Z',
      '2024-10-27T02:00:00.000Z',
    ]);
  });

  it('cuts the hour short in which a clock changes by half an hour', () => {
    const island = calendar('hour', 'Australia/Lord_Howe');
    const around = (now: string) => iso(boundsAt(island, at(now)));
    expect(around('2024-10-05T15:29:00Z')).toEqual(['2024-10-05T14:30:00.000Z', '2024-10-05T15:30:00.000Z']);
    expect(around('2024-10-05T15:45:00Z')).toEqual(['2024-10-05T15:30:00.000Z', '2024-10-05T16:00:00.000Z']);
    expect(around('2024-04-06T15:15:00Z')).toEqual(['2024-04-06T15:00:00.000Z', '2024-04-06T15:30:00.000Z']);
  });
});

describe('months', () => {
  it.each([
    ['UTC', '2024-02-29T23:59:59.999Z', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['UTC', '2024-12-31T23:59:59.999Z', '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['Europe/Berlin', '2024-03-31T21:59:59.999Z', '2024-02-29T23:00:00.000Z', '2024-03-31T22:00:00.000Z'],
  ])('in %s, %s lies between %s and %s', (timeZone, now, start, end) => {
    expect(iso(boundsAt(calendar('month', timeZone), at(now)))).toEqual([start, end]);
  });
});
