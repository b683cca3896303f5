/**
 * Compiles windows.
 * @module
 */
import { parseDuration } from '../../limits/duration.js';
import { FIRST_MONDAY_MS, type Window } from '../../limits/windows.js';
import type { WindowSpec } from '../schema/schema.js';

const UNIT_MS: Record<string, number> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 30 * 86_400_000,
};

/** Units whose length can vary in a calendar, by their usual length. */
const CALENDAR_UNITS = new Map<number, 'hour' | 'day' | 'week'>([
  [3_600_000, 'hour'],
  [86_400_000, 'day'],
  [604_800_000, 'week'],
]);

/** The length of a window in milliseconds. A month that is not a calendar month has 30 days. */
export function windowLengthMs(spec: WindowSpec): number {
  // A table has become versions of the policy by now.
  const length = spec.length as string;
  return UNIT_MS[length] ?? parseDuration(length)!;
}

/**
 * Compiles a window.
 *
 * @param compress divides the length. A compressed calendar window becomes one of even length, aligned to the epoch
 * @returns `undefined` if the calendar of a time zone has no such unit
 */
export function compileWindow(spec: WindowSpec, compress: number): Window | undefined {
  const lengthMs = windowLengthMs(spec);
  const short = Math.max(1, Math.round(lengthMs / compress));
  if (spec.start === 'first-request') return { kind: 'first-request', lengthMs: short };
  if (compress !== 1) return { kind: 'aligned', lengthMs: short, offsetMs: 0 };
  const timeZone = spec.start === 'utc' ? 'UTC' : (spec.start as string);
  if (spec.length === 'month') return { kind: 'calendar', unit: 'month', timeZone };
  if (timeZone === 'UTC')
    return { kind: 'aligned', lengthMs, offsetMs: lengthMs === UNIT_MS['week'] ? FIRST_MONDAY_MS : 0 };
  if (lengthMs <= 60_000) return { kind: 'aligned', lengthMs, offsetMs: 0 };
  const unit = CALENDAR_UNITS.get(lengthMs);
  return unit && { kind: 'calendar', unit, timeZone };
}
