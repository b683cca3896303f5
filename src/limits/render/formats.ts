/**
 * The registry of formats: how providers write instants on the wire. Inside, an instant is epoch milliseconds; only here does it become seconds, dates or durations.
 *
 * Whole seconds are rounded up, so that a client that waits until the stamp is never early.
 * @module
 */

import { memoiseLast } from '../../runtime/memoise.js';

type Format = (instant: number, now: number) => number | string;

/** All formats by name: functions of the instant and the current instant, both in epoch ms. */
export const formats = {
  /** Unix seconds: `1718531412`. */
  'epoch-seconds': (at) => Math.ceil(at / 1_000),
  /** Unix seconds with decimals: `1470173023.123`. */
  'epoch-decimal': (at) => (at / 1_000).toFixed(3),
  /** Unix milliseconds: `1718531412000`. */
  'epoch-milliseconds': (at) => Math.ceil(at),
  /** Whole seconds from now: `23`. */
  'delta-seconds': (at, now) => Math.max(0, Math.ceil((at - now) / 1_000)),
  /** Seconds from now with decimals: `2.4`. */
  'delta-decimal': (at, now) => (Math.max(0, Math.ceil(at - now)) / 1_000).toFixed(3).replace(/0{1,2}$/, ''),
  /** Milliseconds from now: `2400`. */
  'delta-milliseconds': (at, now) => Math.max(0, Math.ceil(at - now)),
  /** A Go duration from now: `6m0s`, `20ms`. */
  'go-duration': (at, now) => goDuration(Math.max(0, Math.ceil(at - now))),
  /** ISO 8601 with milliseconds: `2025-10-29T16:30:00.000Z`. */
  iso: (at) => isoInstant(at),
  /** ISO 8601 in whole seconds: `2024-01-15T15:00:00Z`. A past instant is rounded down, so that nothing appears to be created in the future. */
  'iso-seconds': (at, now) => isoSecond(at > now ? Math.ceil(at / 1_000) : Math.floor(at / 1_000)),
  /** `YYYY-MM-DD`. */
  'iso-date': (at) => isoInstant(at).slice(0, 10),
  /** An HTTP date: `Tue, 12 May 2026 08:00:00 GMT`. */
  'http-date': (at) => httpDate(Math.ceil(at / 1_000) * 1_000),
} as const satisfies Record<string, Format>;

/** The name of a format, as a profile writes it. */
export type FormatName = keyof typeof formats;

/** Whether there is a format of that name. */
export function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

const WHOLE_SECONDS: ReadonlySet<string> = new Set(['epoch-seconds', 'iso-seconds', 'http-date']);

/**
 * The instant that a client reads out of a format: whole seconds are rounded up.
 *
 * @param format none: milliseconds
 * @param at epoch ms
 * @param now epoch ms of the answer, from which deltas count
 */
export function statedInstant(format: FormatName | undefined, at: number, now: number): number {
  if (format === 'delta-seconds') return now + Math.max(0, Math.ceil((at - now) / 1_000)) * 1_000;
  return format !== undefined && WHOLE_SECONDS.has(format) ? Math.ceil(at / 1_000) * 1_000 : Math.ceil(at);
}

/** ISO 8601 of an instant (epoch ms) that may lie outside the range of `Date`; the nearest instant within it is written then. */
export function isoInstant(at: number): string {
  return isoOf(Math.max(-8.64e15, Math.min(8.64e15, Math.round(at))));
}

/** Most responses of one request write the same instant several times. */
const isoOf = memoiseLast((instant) => new Date(instant).toISOString());

/** ISO 8601 in whole seconds. */
const isoSecond = memoiseLast((second) => isoInstant(second * 1_000).replace('.000Z', 'Z'));

/** An HTTP date (RFC 9110 §5.6.7) of an instant in epoch ms: `Tue, 12 May 2026 08:00:00 GMT`. Every response has one, and all within a second have the same. */
export function httpDate(at: number): string {
  return httpDateOf(Math.floor(at / 1_000));
}

const httpDateOf = memoiseLast((second) => new Date(second * 1_000).toUTCString());

function goDuration(ms: number): string {
  if (ms < 1_000) return ms === 0 ? '0s' : `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${(ms % 60_000) / 1_000}s`;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}`;
}

/** What each format writes, with an example; the profile's schema shows it in editors. */
export const FORMAT_TITLES: Readonly<Record<FormatName, string>> = {
  'epoch-seconds': 'Unix seconds: 1718531412',
  'epoch-decimal': 'Unix seconds with decimals: 1470173023.123',
  'epoch-milliseconds': 'Unix milliseconds: 1718531412000',
  'delta-seconds': 'whole seconds from now: 23',
  'delta-decimal': 'seconds from now with decimals: 2.4',
  'delta-milliseconds': 'milliseconds from now: 2400',
  'go-duration': 'a Go duration from now: 6m0s',
  iso: 'ISO 8601 with milliseconds: 2025-10-29T16:30:00.000Z',
  'iso-seconds': 'ISO 8601 in whole seconds: 2024-01-15T15:00:00Z',
  'iso-date': 'a date: 2024-01-15',
  'http-date': 'an HTTP date: Tue, 12 May 2026 08:00:00 GMT',
};

/** The names of all formats. */
export const FORMAT_NAMES = Object.keys(formats) as [FormatName, ...FormatName[]];

/** How a stamp in a header or a body is read: a format, or a plain number of seconds or milliseconds from now. */
export type TellFormat = FormatName | 'seconds' | 'milliseconds';

/** The names of all ways to read a stamp. */
export const TELL_FORMAT_NAMES = ['seconds', 'milliseconds', ...FORMAT_NAMES] as [TellFormat, ...TellFormat[]];

/**
 * The instant (epoch ms) that a client reads out of a stamp.
 *
 * @param now epoch ms of the answer, from which deltas count
 * @returns `undefined` if the stamp cannot be read
 */
export function readInstant(format: TellFormat, stamp: unknown, now: number): number | undefined {
  if (typeof stamp !== 'string' && typeof stamp !== 'number') return undefined;
  const at = readers[format](stamp, now);
  return Number.isFinite(at) ? at : undefined;
}

const numberIn = (stamp: string | number) => (String(stamp).trim() === '' ? Number.NaN : Number(stamp));
const dateIn = (stamp: string | number) => Date.parse(String(stamp));
const secondsFrom = (stamp: string | number, now: number) => now + numberIn(stamp) * 1_000;
const millisecondsFrom = (stamp: string | number, now: number) => now + numberIn(stamp);

const readers: Readonly<Record<TellFormat, (stamp: string | number, now: number) => number>> = {
  seconds: secondsFrom,
  milliseconds: millisecondsFrom,
  'epoch-seconds': (stamp) => numberIn(stamp) * 1_000,
  'epoch-decimal': (stamp) => numberIn(stamp) * 1_000,
  'epoch-milliseconds': numberIn,
  'delta-seconds': secondsFrom,
  'delta-decimal': secondsFrom,
  'delta-milliseconds': millisecondsFrom,
  'go-duration': (stamp, now) => now + readGoDuration(String(stamp)),
  iso: dateIn,
  'iso-seconds': dateIn,
  'iso-date': dateIn,
  'http-date': dateIn,
};

const GO_UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Milliseconds of a Go duration; `NaN` if it is none. */
function readGoDuration(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/.test(text)) return Number.NaN;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµ]+)/g)) sum += Number(amount) * GO_UNITS[unit!]!;
  return sum;
}
