/**
 * Validation of changes to the clock.
 * @module
 */
import { readDuration } from '../../limits/duration.js';
import { checkInstant, parseInstant } from './instants.js';
import { Problem } from './problem.js';

/** A change to the clock. Members that are omitted stay as they are. */
export interface ClockChange {
  /** ISO 8601, or epoch ms. */
  readonly now?: string | number | undefined;
  readonly frozen?: boolean | undefined;
  /** Virtual milliseconds per real one. */
  readonly rate?: number | undefined;
}

/** Validates a change and parses its instant. @throws Problem */
export function checkClockChange({ now: instant, frozen, rate }: ClockChange): {
  now?: number;
  frozen?: boolean;
  rate?: number;
} {
  const now = instant === undefined ? undefined : parseInstant(instant, 'now');
  if (rate !== undefined && !(Number.isFinite(rate) && rate >= 0 && rate <= 1_000_000)) {
    throw new Problem(
      400,
      'bad-rate',
      'must be a number from 0 to 1000000 (virtual milliseconds per real one)',
      'rate',
    );
  }
  return {
    ...(now === undefined ? {} : { now }),
    ...(frozen === undefined ? {} : { frozen }),
    ...(rate === undefined ? {} : { rate }),
  };
}

/** Validates an advance from `now`. @returns whole milliseconds @throws Problem */
export function checkAdvance(by: number | string, now: number): number {
  const ms = typeof by === 'number' ? by : readDuration(by);
  const field = typeof by === 'number' ? 'ms' : 'duration';
  if (typeof ms !== 'number') {
    // A duration that is too long for a window is out of the clock's range as well.
    if (ms.isTooLong) checkInstant(Number.POSITIVE_INFINITY, field);
    throw new Problem(400, 'bad-duration', `"${by}" ${ms.fault}`, field);
  }
  if (!Number.isFinite(ms) || ms < 0)
    throw new Problem(
      400,
      'bad-duration',
      'must be a number of milliseconds from 0 up; PUT /clock sets the clock back',
      field,
    );
  checkInstant(now + ms, field);
  return Math.round(ms);
}
