/**
 * The minutes, hours and days of a time zone, in which calls are counted for the usage page.
 * @module
 */
import { type Bounds, boundsAt, type CalendarWindow, zoneOffset } from './windows.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The calendar of a time zone. Instants are epoch ms; days are numbered from 1970-01-01 by their date in the zone. */
export class Calendar {
  readonly #hour: CalendarWindow | undefined;
  readonly #day: CalendarWindow | undefined;
  /** The last bounds, because most calls are about the same hour and day again. */
  #hourBounds: Bounds = { start: 0, end: 0 };
  #dayBounds: Bounds = { start: 0, end: 0 };
  #dayNumber = 0;

  /** @param timeZone name of an IANA time zone, or `UTC` */
  constructor(readonly timeZone: string) {
    if (timeZone === 'UTC') return;
    this.#hour = { kind: 'calendar', unit: 'hour', timeZone };
    this.#day = { kind: 'calendar', unit: 'day', timeZone };
  }

  /** The start of the minute; epoch ms. */
  minute(now: number): number {
    return Math.floor(now / MINUTE_MS) * MINUTE_MS;
  }

  /** The start of the hour; epoch ms. */
  hour(now: number): number {
    if (this.#hour === undefined) return Math.floor(now / HOUR_MS) * HOUR_MS;
    const { start, end } = this.#hourBounds;
    if (now < start || now >= end) this.#hourBounds = boundsAt(this.#hour, now);
    return this.#hourBounds.start;
  }

  /** The number of the day. */
  day(now: number): number {
    if (this.#day === undefined) return Math.floor(now / DAY_MS);
    const { start, end } = this.#dayBounds;
    if (now < start || now >= end) {
      this.#dayBounds = boundsAt(this.#day, now);
      // At noon no zone changes its clock, so that the date is the one of the whole day.
      const noon = (this.#dayBounds.start + this.#dayBounds.end) / 2;
      this.#dayNumber = Math.floor((noon + zoneOffset(this.timeZone, noon)) / DAY_MS);
    }
    return this.#dayNumber;
  }
}

/** The date of a day by its number: `2026-05-12`. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().replace(/T.*/, '');
}
