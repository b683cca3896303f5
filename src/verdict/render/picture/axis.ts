/**
 * The axis of a picture: the sandbox's clock or, where that stood still, the order of arrival.
 * @module
 */
import { formatTime } from '../../words.js';

/** A labelled place on an axis. */
export interface Tick {
  /** Position, 0 to 1. */
  readonly x: number;
  readonly label: string;
}

/** An axis. */
export interface Axis {
  /** Whether it shows time. Otherwise, it shows the order of arrival. */
  readonly isTime: boolean;
  /** The instant of the label `0`, epoch ms; `undefined` on an axis without time. */
  readonly zero: number | undefined;
  /** Position of an instant (epoch ms) or, on an axis without time, of a request. Below 0 or above 1 outside the axis. */
  at(instant: number, id: string): number;
  /** At most `most` ticks, from left to right. */
  ticks(most: number): readonly Tick[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps between ticks from a second on, in milliseconds. Shorter and longer ones are 1, 2 and 5 times a power of ten, of milliseconds and of days. */
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
];

/**
 * An axis of time. Its ticks tell the time from an instant.
 * @param from start, epoch ms
 * @param to end, epoch ms; later than `from`
 * @param zero the instant of the label `0`, within the axis
 */
export function timeAxis(from: number, to: number, zero: number): Axis {
  const length = to - from;
  return {
    isTime: true,
    zero,
    at: (instant) => (instant - from) / length,
    ticks(most) {
      const step = stepFor(length / Math.max(1, most));
      const ticks: Tick[] = [];
      for (let n = Math.ceil((from - zero) / step); n * step <= to - zero && ticks.length < most + 1; n += 1)
        ticks.push({ x: (zero + n * step - from) / length, label: tickLabel(n * step) });
      return ticks;
    },
  };
}

/** An axis of the order of arrival. @param ids the requests, in that order */
export function orderAxis(ids: readonly string[]): Axis {
  const places = new Map(ids.map((id, i) => [id, (i + 0.5) / ids.length]));
  return {
    isTime: false,
    zero: undefined,
    at: (_instant, id) => places.get(id) ?? 0,
    ticks(most) {
      const every = Math.ceil(ids.length / Math.max(1, most));
      return ids.filter((_, i) => i % every === 0).map((id) => ({ x: places.get(id)!, label: id }));
    },
  };
}

/** The shortest usual step that is at least this long, in milliseconds. */
function stepFor(least: number): number {
  if (least <= 500) return Math.max(1, decimal(least));
  const step = STEPS.find((one) => one >= least);
  return step ?? DAY * decimal(least / DAY);
}

/** The smallest number of 1, 2 and 5 times a power of ten that is not below `least`. */
function decimal(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least * (1 - 1e-9))!;
}

function tickLabel(ms: number): string {
  if (ms === 0) return '0';
  return `${ms < 0 ? '−' : '+'}${formatTime(Math.abs(ms))}`;
}
