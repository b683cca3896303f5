/**
 * Instants and durations as a caller of the control plane gives them.
 * @module
 */
import { EARLIEST_MS, LATEST_MS } from '../clock.js';
import { Problem } from './problem.js';

/** Epoch milliseconds of an ISO date or a number. @throws Problem */
export function parseInstant(value: string | number, field: string): number {
  const ms = typeof value === 'number' ? value : /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
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

/** @throws Problem when the clock cannot show it */
export function checkInstant(ms: number, field: string): void {
  if (ms < EARLIEST_MS || ms > LATEST_MS) {
    const range = `${new Date(EARLIEST_MS).toISOString()} to ${new Date(LATEST_MS).toISOString()}`;
    throw new Problem(400, 'clock-out-of-range', `the clock can show ${range} and no instant beyond`, field);
  }
}
