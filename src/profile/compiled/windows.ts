/**
 * Compiles windows.
 * @module
 */
import { parseDuration } from '../../limits/duration.js';
import { mayBeAbsent } from '../../limits/facts.js';
import { compileFormula } from '../../limits/rules/formula.js';
import { compileVaryingWindow, isFormulaLength, type VaryingWindow } from '../../limits/varying-window.js';
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
  return UNIT_MS[length] ?? parseDuration(length) ?? usualLength(length);
}

/** The usual length of a window whose length is a formula, for what is said of the policy as a whole: its value where no fact is known. */
function usualLength(formula: string): number {
  const seconds = compileFormula(formula, mayBeAbsent).number({ read: () => undefined });
  return seconds !== undefined && seconds > 0 ? Math.round(seconds * 1_000) : UNIT_MS['minute']!;
}

/** Compiles windows whose length is a formula; `undefined` for any other. @param compress divides the length */
export function compileVarying(spec: WindowSpec | undefined, compress: number): VaryingWindow | undefined {
  if (!spec || !isFormulaLength(spec.length)) return undefined;
  const kind = spec.start === 'first-request' ? 'first-request' : 'aligned';
  return compileVaryingWindow(spec.length, (length) => {
    const lengthMs = Math.max(1, Math.round(length / compress));
    return kind === 'aligned' ? { kind, lengthMs, offsetMs: 0 } : { kind, lengthMs };
  });
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
