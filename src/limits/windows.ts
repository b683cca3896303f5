/**
 * Windows: which stretch of time a request falls into. Everything is computed from the given instant; instants are epoch milliseconds and a window is `[start, end)`.
 * @module
 */

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

export type Window = FirstRequestWindow | AlignedWindow | CalendarWindow;
export type ClockWindow = AlignedWindow | CalendarWindow;

export interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** The window of the clock that `now` falls into. */
export function boundsAt(window: ClockWindow, now: number): Bounds {
  if (window.kind === 'aligned') {
    const start = Math.floor((now - window.offsetMs) / window.lengthMs) * window.lengthMs + window.offsetMs;
    return { start, end: start + window.lengthMs };
  }
  const last = lastBounds.get(window);
  if (last && now >= last.start && now < last.end) return last;
  const bounds = calendarBounds(window, now);
  lastBounds.set(window, bounds);
  return bounds;
}

/** Calendar arithmetic is slow and nearly always asked about the same window again. */
const lastBounds = new WeakMap<CalendarWindow, Bounds>();

/** The length that a policy reports, in milliseconds: for months the longest, 31 days. */
export function nominalLength(window: Window): number {
  if (window.kind !== 'calendar') return window.lengthMs;
  return { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 31 * 86_400_000 }[window.unit];
}

/** Monday 1970-01-05: what weeks are counted from (ISO 8601: a week begins on Monday). */
export const FIRST_MONDAY_MS = 4 * 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Minutes and seconds matter: some zones were off by odd seconds before 1970. */
function zoneOffset(timeZone: string, at: number): number {
  if (timeZone === 'UTC') return 0;
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
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

/** The instant at which the zone's wall clock first shows `wall` (epoch ms of the same reading in UTC); within a skipped hour, the moment of the skip. */
function instantOfWall(timeZone: string, wall: number): number {
  const guess = wall - zoneOffset(timeZone, wall);
  const earlier = wall - zoneOffset(timeZone, guess - 86_400_000);
  if (earlier + zoneOffset(timeZone, earlier) === wall) return Math.min(earlier, guess);
  return wall - zoneOffset(timeZone, guess);
}

function calendarBounds(window: CalendarWindow, now: number): Bounds {
  const { unit, timeZone } = window;
  const offset = zoneOffset(timeZone, now);
  const wall = now + offset;
  if (unit === 'hour') {
    // Counted on the running clock, so that the repeated hour of an autumn night is an hour of its own.
    const start = Math.floor(wall / 3_600_000) * 3_600_000 - offset;
    return { start, end: start + 3_600_000 };
  }
  const date = new Date(wall);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (unit === 'month') {
    return {
      start: instantOfWall(timeZone, Date.UTC(year, month, 1)),
      end: instantOfWall(timeZone, Date.UTC(year, month + 1, 1)),
    };
  }
  const days = unit === 'week' ? 7 : 1;
  const back = unit === 'week' ? (date.getUTCDay() + 6) % 7 : 0;
  return {
    start: instantOfWall(timeZone, Date.UTC(year, month, day - back)),
    end: instantOfWall(timeZone, Date.UTC(year, month, day - back + days)),
  };
}
