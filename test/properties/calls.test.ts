/** The counts of calls against a naive recount, with random calls, refunds, clock moves, copies and time zones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar, dateOfDay } from '../../src/limits/calendar.js';
import { Calls, COUNTED_DAYS, MAX_COUNTED_KEYS } from '../../src/state/calls.js';
import { runs, scaled } from './agree.js';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-28T22:40:00.000Z');

/** Reads date, hour and minute of an instant from `Intl`, which the calendar does not use for them. */
function wall(timeZone: string, at: number) {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  return { date: text.slice(0, 10), hour: text.slice(0, 13), minute: text };
}

/** A call that has been counted, with the periods it belongs to. */
interface Counted {
  readonly key: string | undefined;
  readonly at: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
}

/**
 * Recounts from a list of all calls. One minute and one hour are remembered, the latest in which a call was counted; a day is forgotten when another day is counted
 * in its place.
 */
class Recount {
  #calls: Counted[] = [];
  constructor(readonly calendar: Calendar) {}

  #periods(at: number) {
    const { calendar } = this;
    return { minute: calendar.minute(at), hour: calendar.hour(at), day: calendar.day(at) };
  }

  add(key: string | undefined, at: number): void {
    const call = { key, at, ...this.#periods(at) };
    this.#calls.push(call);
  }

  #counted(period: 'minute' | 'hour' | 'day', value: number, only: { key: string | undefined } | undefined): Counted[] {
    const same = (call: Counted) => only === undefined || call.key === only.key;
    const calls = this.#calls.filter(same);
    const sharesPlace = (call: Counted) => period !== 'day' || (call.day - value) % COUNTED_DAYS === 0;
    const from = calls.findLastIndex((call) => sharesPlace(call) && call[period] !== value) + 1;
    return calls.slice(from).filter((call) => call[period] === value);
  }

  count(period: 'minute' | 'hour' | 'day', value: number, only: { key: string | undefined } | undefined): number {
    return this.#counted(period, value, only).length;
  }

  get calls(): readonly Counted[] {
    return this.#calls;
  }
}

type Step =
  | { readonly does: 'call'; readonly key: string | undefined; readonly times: number }
  | { readonly does: 'move'; readonly ms: number }
  | { readonly does: 'copy' };

const key = fc.constantFrom(undefined, '', 'a', 'b', 'c');
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ does: fc.constant('call' as const), key, times: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('move' as const),
        ms: fc.oneof(
          fc.integer({ min: -90_000, max: 90_000 }),
          fc.integer({ min: -2 * 3_600_000, max: 5 * 3_600_000 }),
          fc.integer({ min: -12, max: 12 }).map((days) => days * DAY_MS),
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('copy' as const) }) },
  ),
  { maxLength: 60, size: 'max' },
);

const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'];

describe('calls', () => {
  it.each(zones)('are those of a recount (%s)', (zone) => {
    let compared = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const calendar = new Calendar(zone);
        const model = new Recount(new Calendar(zone));
        let calls = new Calls();
        let now = START;
        for (const step of all) {
          if (step.does === 'move') now += step.ms;
          else if (step.does === 'copy') {
            const copy = new Calls();
            const saved = JSON.stringify(calls.dump());
            copy.load(JSON.parse(saved));
            expect(JSON.stringify(copy.dump())).toBe(saved);
            calls = copy;
          } else
            for (let i = 0; i < step.times; i++) {
              calls.add(step.key, `account of ${step.key}`, now, calendar);
              model.add(step.key, now);
            }
          const today = calendar.day(now);
          const expected = (only?: { key: string | undefined }) => {
            const trend = Array.from({ length: 7 }, (_, i) => model.count('day', today - 6 + i, only));
            return {
              minute: model.count('minute', calendar.minute(now), only),
              hour: model.count('hour', calendar.hour(now), only),
              day: trend[6],
              trend,
            };
          };
          expect(calls.all(now, calendar, 7)).toEqual(expected());
          expect(calls.nobody(now, calendar, 7)).toEqual(expected({ key: undefined }));
          const used = new Set(model.calls.map((call) => call.key).filter((one) => one !== undefined));
          const listed = [...calls.keys(now, calendar, 7)];
          expect(listed.map((row) => row.key).sort()).toEqual([...used].sort());
          for (const { key, account, ...figures } of listed) {
            expect(account).toBe(`account of ${key}`);
            expect(figures).toEqual(expected({ key }));
            compared += 1;
          }
        }
      }),
      runs(60),
    );
    expect(compared).toBeGreaterThan(scaled(100));
  });

  it.each(zones)('are counted in the hours and dates of the zone (%s)', (zone) => {
    const calendar = new Calendar(zone);
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) }), (at) => {
        const { date, hour, minute } = wall(zone, at);
        expect(dateOfDay(calendar.day(at))).toBe(date);
        expect(wall(zone, calendar.hour(at)).hour).toBe(hour);
        expect(at - calendar.hour(at)).toBeLessThan(3_600_000);
        expect(wall(zone, calendar.minute(at)).minute).toBe(minute);
      }),
      runs(300),
    );
  });

  it('takes calls back from the periods in which they were counted', () => {
    const calendar = new Calendar('UTC');
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ key: fc.constantFrom('a', 'b', undefined), after: fc.nat({ max: 40_000 }), back: fc.boolean() }),
        ),
        (all) => {
          const calls = new Calls();
          const plain = new Calls();
          let now = START;
          const made: { key: string | undefined; at: number; back: boolean }[] = [];
          for (const { key, after, back } of all) {
            now += after;
            made.push({ key, at: now, back });
            calls.add(key, 'x', now, calendar);
          }
          for (const { key, at, back } of made) {
            if (back) calls.takeBack(key, at, calendar);
            else plain.add(key, 'x', at, calendar);
          }
          expect(calls.all(now, calendar, 7)).toEqual(plain.all(now, calendar, 7));
          expect(calls.nobody(now, calendar, 7)).toEqual(plain.nobody(now, calendar, 7));
        },
      ),
      runs(200),
    );
  });

  it('evicts the key that was used least recently, and keeps its calls in the sum', () => {
    const calendar = new Calendar('UTC');
    const calls = new Calls();
    for (let i = 0; i < MAX_COUNTED_KEYS; i++) calls.add(`key-${i}`, 'x', START, calendar);
    const { bytes } = calls;
    calls.add('key-0', 'x', START, calendar);
    for (let i = 0; i < 10; i++) calls.add(`more-${i}`, 'x', START, calendar);
    const rows = new Map([...calls.keys(START, calendar, 7)].map((row) => [row.key, row]));
    expect(rows.size).toBe(MAX_COUNTED_KEYS);
    expect(calls.evicted).toBe(10);
    expect(rows.get('key-0')!.day).toBe(2);
    expect(rows.has('key-1')).toBe(false);
    expect(rows.has('key-10')).toBe(false);
    expect(rows.has('key-11')).toBe(true);
    expect(rows.get('more-3')!.trend).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(calls.all(START, calendar, 7).day).toBe(MAX_COUNTED_KEYS + 11);
    expect(calls.bytes).toBeLessThan(bytes * 1.1);
    // The call of a key that was evicted meanwhile is taken back from the sum only.
    calls.takeBack('key-1', START, calendar);
    expect(calls.all(START, calendar, 7).day).toBe(MAX_COUNTED_KEYS + 10);
    const saved = calls.dump();
    const copy = new Calls();
    copy.load(saved);
    expect(copy.dump()).toEqual(saved);
  });
});
