/**
 * Instants in control operations.
 * @module
 */
import { EARLIEST_MS, LATEST_MS } from '../../runtime/clock.js';
import { Problem } from './problem.js';

/** Parses an instant: epoch milliseconds, or an ISO date. A date without a zone is in UTC, so that it is the same on every machine. @throws Problem */
export function parseInstant(value: string | number, field: string): number {
  const ms = typeof value === 'number' ? value : parseIso(value);
  if (!Number.isFinite(ms)) {
    throw new Problem(
      400,
      'bad-date',
      `${JSON.stringify(value)} is not an instant; write ISO 8601 (2026-05-12T08:00:00Z) or epoch milliseconds`,
      field,
    );
  }
  checkInstant(ms, field);
  return Math.round(ms);
}

/** Checks that an instant is in the clock's range. @throws Problem */
export function checkInstant(ms: number, field: string): void {
  if (ms < EARLIEST_MS || ms > LATEST_MS) {
    const range = `${new Date(EARLIEST_MS).toISOString()} to ${new Date(LATEST_MS).toISOString()}`;
    throw new Problem(400, 'clock-out-of-range', `the clock can show ${range} and no instant beyond`, field);
  }
}

function parseIso(text: string): number {
  const [day, time] = [text.slice(0, 10), text.slice(10)];
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  // `Date.parse` reads February 30 as March 2.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return Number.NaN;
  return Date.parse(time === '' || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(time) ? text : `${text}Z`);
}
