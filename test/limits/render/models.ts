/**
 * Reference models of what headers say: each format and each value written out by its definition, with no thought for speed.
 * @module
 */
import type { FormatName } from '../../../src/limits/render/formats.js';
import type { HeaderValue, PolicyStatus } from '../../../src/limits/render/headers.js';

type Format = (at: number, now: number) => string;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number) => String(value).padStart(2, '0');
const three = (value: number) => String(value).padStart(3, '0');
/** Whole seconds that are not before so many milliseconds. */
const up = (ms: number) => (ms % 1_000 === 0 ? ms / 1_000 : Math.floor(ms / 1_000) + 1);
const left = (at: number, now: number) => (at > now ? at - now : 0);

function date(at: number): string {
  const day = new Date(at);
  return `${day.getUTCFullYear()}-${two(day.getUTCMonth() + 1)}-${two(day.getUTCDate())}`;
}

function time(at: number): string {
  const day = new Date(at);
  return `${two(day.getUTCHours())}:${two(day.getUTCMinutes())}:${two(day.getUTCSeconds())}`;
}

/** Of whole milliseconds from 1970 to 9999. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  'epoch-seconds': (at) => `${up(at)}`,
  'epoch-decimal': (at) => `${Math.floor(at / 1_000)}.${three(at % 1_000)}`,
  'epoch-milliseconds': (at) => `${at}`,
  'delta-seconds': (at, now) => `${up(left(at, now))}`,
  'delta-decimal': (at, now) => {
    const [ms, decimals] = [left(at, now) % 1_000, three(left(at, now) % 1_000)];
    const shown = ms % 100 === 0 ? decimals.slice(0, 1) : ms % 10 === 0 ? decimals.slice(0, 2) : decimals;
    return `${Math.floor(left(at, now) / 1_000)}.${shown}`;
  },
  'delta-milliseconds': (at, now) => `${left(at, now)}`,
  'go-duration': (at, now) => {
    const ms = left(at, now);
    if (ms === 0) return '0s';
    if (ms < 1_000) return `${ms}ms`;
    const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
    const seconds = (ms % 60_000) / 1_000;
    if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
    return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
  },
  iso: (at) => `${date(at)}T${time(at)}.${three(at % 1_000)}Z`,
  // A future instant is rounded up, a past one down.
  'iso-seconds': (at, now) => {
    const second = (at > now ? up(at) : Math.floor(at / 1_000)) * 1_000;
    return `${date(second)}T${time(second)}Z`;
  },
  'iso-date': (at) => date(at),
  'http-date': (at) => {
    const day = new Date(up(at) * 1_000);
    const [name, month] = [DAYS[day.getUTCDay()], MONTHS[day.getUTCMonth()]];
    return `${name}, ${two(day.getUTCDate())} ${month} ${day.getUTCFullYear()} ${time(day.getTime())} GMT`;
  },
};

/** What an answer reports, of which a header says one thing. */
export interface Reported {
  readonly status: PolicyStatus;
  readonly now: number;
  readonly format: FormatName;
  /** Seconds to wait and the instant behind them, of a refusal. */
  readonly retry: { readonly seconds: number; readonly at: number } | undefined;
}

/** The header that reports one policy by that value; `undefined`: it is left out. */
export const VALUES: Readonly<Record<HeaderValue, (reported: Reported) => string | undefined>> = {
  limit: ({ status }) => `${status.limit}`,
  remaining: ({ status }) => `${status.remaining}`,
  used: ({ status }) => `${status.used}`,
  reset: ({ status, now, format }) => (status.resetAt === null ? undefined : FORMATS[format](status.resetAt, now)),
  'retry-after': ({ retry, now, format }) => {
    if (retry === undefined) return undefined;
    return format === 'delta-seconds' ? `${retry.seconds}` : FORMATS[format](retry.at, now);
  },
  policy: ({ status }) => status.policy,
  'window-seconds': ({ status }) => `${status.windowSeconds}`,
  ratelimit: ({ status, now }) => {
    const reset = status.resetAt === null ? '' : `;t=${FORMATS['delta-seconds'](status.resetAt, now)}`;
    return `"${status.policy}";r=${status.remaining}${reset}`;
  },
  // Only the units of the draft's registry are written; requests is the default.
  'ratelimit-policy': ({ status: { policy, limit, windowSeconds, unit } }) => {
    const window = windowSeconds === 0 ? '' : `;w=${windowSeconds}`;
    return `"${policy}";q=${limit}${window}${unit === 'concurrent-requests' ? `;qu="${unit}"` : ''}`;
  },
};
