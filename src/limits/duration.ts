/**
 * Durations as people write them: `250ms`, `60s`, `5m`, `1h`, `2d`, `1w`, several units in descending order (`1h30m`), or ISO 8601 (`PT1H`, `P1DT12H`). Result:
 * whole milliseconds.
 * @module
 */

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const PLAIN = /^(?:\d+(?:\.\d+)?\s*(?:ms|sec|s|min|m|h|d|w)\s*)+$/;
const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** 1000 years: what windows and lifetimes may last, so that every instant that follows from the clock is one that `Date` can show. */
export const MAX_DURATION_MS = 365_250 * 86_400_000;

/** Whole milliseconds of `text`; `undefined` if it is no duration, negative, shorter than a millisecond, or longer than 1000 years. */
export function parseDuration(text: string): number | undefined {
  const ms = readDuration(text);
  return typeof ms === 'number' ? ms : undefined;
}

/** Why a text is no duration that can be used, and what to write instead. */
export interface DurationFault {
  readonly fault: string;
  /** Whether it is one that is longer than 1000 years. */
  readonly isTooLong?: boolean;
}

/** Whole milliseconds of `text`, or what is wrong with it. */
export function readDuration(text: string): number | DurationFault {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return { fault: withoutUnit(trimmed) };
  const ms = millisecondsOf(trimmed);
  if (ms === undefined) return { fault: 'is not a duration; write it like 90s, 5m, 1h, 2d or PT1H' };
  if (ms > MAX_DURATION_MS) return { fault: 'is longer than 1000 years; write 365250d at most', isTooLong: true };
  const whole = Math.round(ms);
  // 0.29 s is 290.00000000000006 ms.
  if (Math.abs(whole - ms) > 1e-9 * ms)
    return { fault: 'is no whole number of milliseconds; write it in whole ones, such as 1ms' };
  return whole;
}

/** What is wrong with a number that stands for a duration, and what to write instead; `undefined` for anything else. An error function of a zod schema. */
export function durationTypeError({ input }: { readonly input?: unknown }): string | undefined {
  if (typeof input !== 'number' || !Number.isFinite(input)) return undefined;
  const seconds = readDuration(`${input}s`);
  return typeof seconds === 'number' ? withoutUnit(String(input)) : seconds.fault;
}

function withoutUnit(number: string): string {
  return `has no unit; write ${number}s for seconds, ${number}ms for milliseconds`;
}

function millisecondsOf(text: string): number | undefined {
  if (PLAIN.test(text)) return sumOf(text);
  const iso = ISO.exec(text);
  if (!iso || text.length < 3 || text.endsWith('T')) return undefined;
  const [, weeks, days, hours, minutes, seconds] = iso.map((part) => Number(part ?? 0));
  return (
    weeks! * UNIT_MS['w']! +
    days! * UNIT_MS['d']! +
    hours! * UNIT_MS['h']! +
    minutes! * UNIT_MS['m']! +
    seconds! * 1_000
  );
}

/** The sum of the parts; `undefined` where a unit is repeated or stands before a larger one. */
function sumOf(text: string): number | undefined {
  let sum = 0;
  let last = Number.POSITIVE_INFINITY;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const size = UNIT_MS[unit!]!;
    if (size >= last) return undefined;
    sum += Number(amount) * size;
    last = size;
  }
  return sum;
}

/** The units above a second, as people read them. */
const LONG_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A duration for people: `1 h`, `2 min 30 s`, `250 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of LONG_UNITS) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  if (rest > 0) parts.push(`${rest / 1_000} s`);
  return parts.join(' ');
}
