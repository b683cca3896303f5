/**
 * Windows: the stretch of time that a request is counted in. Everything is computed from the given instant. Instants are epoch milliseconds; a window is `[start, end)`.
 * @module
 */
import { memoise } from '../runtime/memoise.js';

/** A window that opens at the first admitted request of a partition and lasts `lengthMs`. */
export interface FirstRequestWindow {
  readonly kind: 'first-request';
  readonly lengthMs: number;
}

/** Windows laid end to end from the epoch (moved by `offsetMs`): the UTC second, minute, hour and day are of this kind. */
export interface AlignedWindow {
  readonly kind: 'aligned';
  readonly lengthMs: number;
  readonly offsetMs: number;
}

/** A calendar unit in a time zone; its length varies (months, days with a clock change). */
export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly unit: 'hour' | 'day' | 'week' | 'month';
  readonly timeZone: string;
}

/** A window of a counter. */
export type Window = FirstRequestWindow | AlignedWindow | CalendarWindow;
/** A window whose start follows from the clock alone. */
export type ClockWindow = AlignedWindow | CalendarWindow;

/** Start (included) and end (excluded) of a window; epoch ms. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** The bounds of the window that `now` lies in. */
export function boundsAt(window: ClockWindow, now: number): Bounds {
  if (window.kind === 'aligned') {
    const start = startAt(window, now);
    return { start, end: start + window.lengthMs };
  }
  const last = lastBounds.get(window);
  if (last && now >= last.start && now < last.end) return last;
  const bounds = calendarBounds(window, now);
  lastBounds.set(window, bounds);
  return bounds;
}

/** The start of the window that `now` lies in. */
export function startAt(window: ClockWindow, now: number): number {
  if (window.kind === 'calendar') return boundsAt(window, now).start;
  return Math.floor((now - window.offsetMs) / window.lengthMs) * window.lengthMs + window.offsetMs;
}

/** How many windows can be open from one instant to another, both included. */
export function windowsBetween(window: Window, from: number, to: number): number {
  if (window.kind === 'first-request') return Math.floor((to - from) / window.lengthMs) + 1;
  if (window.kind === 'aligned')
    return Math.round((boundsAt(window, to).start - boundsAt(window, from).start) / window.lengthMs) + 1;
  let windows = 1;
  for (let { end } = boundsAt(window, from); end <= to; { end } = boundsAt(window, end)) windows += 1;
  return windows;
}

/** The last bounds of each calendar window. Calendar arithmetic is slow, and most calls are about the same bounds again. */
const lastBounds = new WeakMap<CalendarWindow, Bounds>();

/** The length that a policy reports, in milliseconds: for months the longest, 31 days. */
export function nominalLength(window: Window): number {
  if (window.kind !== 'calendar') return window.lengthMs;
  return { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 31 * 86_400_000 }[window.unit];
}

/** Monday 1970-01-05: what weeks are counted from (ISO 8601: a week begins on Monday). */
export const FIRST_MONDAY_MS = 4 * 86_400_000;

/** There are about 600 time zones; a profile names few. */
const MAX_FORMATTERS = 100;

const formatterOf = memoise(
  (timeZone: string) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
  { max: MAX_FORMATTERS },
);

/** Milliseconds that the zone's clock is ahead of UTC at an instant (epoch ms), exact to the second: some zones had odd offsets before 1970. */
export function zoneOffset(timeZone: string, at: number): number {
  if (timeZone === 'UTC') return 0;
  const formatter = formatterOf(timeZone);
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(at)) part[type] = Number(value);
  const local = Date.UTC(
    part['year']!,
    part['month']! - 1,
    part['day']!,
    part['hour']!,
    part['minute']!,
    part['second']!,
  );
  return local - Math.floor(at / 1_000) * 1_000;
}

/** No zone is further from UTC than this, and no two readings of one wall clock are further apart. */
const FARTHEST_OFFSET_MS = 16 * 3_600_000;

/** The first instant in `(from, to]` at which the zone's offset is that of `to`; the offset changes once in between. */
function transition(timeZone: string, from: number, to: number): number {
  const after = zoneOffset(timeZone, to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffset(timeZone, middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

/** The first instant at which the zone's wall clock shows `wall` (epoch ms of the same reading in UTC) or, where it skips that, something later. */
function instantOfWall(timeZone: string, wall: number): number {
  const [from, to] = [wall - FARTHEST_OFFSET_MS, wall + FARTHEST_OFFSET_MS];
  const [before, after] = [zoneOffset(timeZone, from), zoneOffset(timeZone, to)];
  if (before === after) return wall - before;
  const change = transition(timeZone, from, to);
  return wall - before < change ? wall - before : Math.max(change, wall - after);
}

function calendarBounds({ unit, timeZone }: CalendarWindow, now: number): Bounds {
  const offset = zoneOffset(timeZone, now);
  if (unit === 'hour') return hourBounds(timeZone, now, offset);
  const date = new Date(now + offset);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const monday = day - ((date.getUTCDay() + 6) % 7);
  const startOf = (steps: number) =>
    instantOfWall(
      timeZone,
      unit === 'month'
        ? Date.UTC(year, month + steps, 1)
        : Date.UTC(year, month, unit === 'week' ? monday + 7 * steps : day + steps),
    );
  const bounds = { start: startOf(0), end: startOf(1) };
  // A clock that is turned back over midnight shows the old date again; the new window has begun all the same.
  return now < bounds.end ? bounds : { start: bounds.end, end: startOf(2) };
}

/** Counted on the running clock: the repeated hour of an autumn night is an hour of its own, and a change by half an hour cuts one short. */
function hourBounds(timeZone: string, now: number, offset: number): Bounds {
  const start = Math.floor((now + offset) / 3_600_000) * 3_600_000 - offset;
  const end = start + 3_600_000;
  return {
    start: zoneOffset(timeZone, start) === offset ? start : transition(timeZone, start, now),
    end: zoneOffset(timeZone, end - 1) === offset ? end : transition(timeZone, now, end - 1),
  };
}
