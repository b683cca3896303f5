/**
 * Reads limits of no fixed format: extensions of OpenAPI documents, whose keys differ by author.
 * @module
 */
import { type AppliesTo, type CountedBy, type FoundLimit, isMap, type LeftOut, type Window } from './limits.js';
import { rateIn, windowIn, windowOf, windowOfSeconds } from './periods.js';

/** Keys that hold a number of requests. */
const COUNT =
  /^(?:limit|max|maximum|requests?|calls?|events|count|quota|rate|amount|value|allowed|max_?requests|request_?count|requests_?allowed|max_?in_?period|number_?of_?requests)$/i;

/** Keys that hold a period. */
const PERIOD =
  /^(?:window|period|interval|per|unit|time_?unit|timeframe|time_?frame|duration|ttl|time_?window|every|window_?size|renewal_?period)$/i;

/** Keys that hold a period as a number of a unit. */
const PERIOD_IN: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/^(?:window|period|interval|duration|time_?window)?_?(?:in)?_?(?:ms|millis|milliseconds)$/i, 0.001],
  [/^(?:window|period|interval|duration|time_?window)?_?(?:in)?_?(?:s|sec|secs|seconds)$/i, 1],
  [/^(?:window|period|interval|duration|time_?window)?_?(?:in)?_?(?:min|mins|minutes)$/i, 60],
];

/** Keys such as `requests_per_minute`, `perMinute`, `rpm`; the unit is the first group. */
const PER_UNIT = /^(?:(?:max_?)?(?:requests?|calls?|limit|rate)_?)?per_?(second|minute|hour|day|week|month)s?$/i;
const SHORT_UNITS: Readonly<Record<string, string>> = {
  rps: 'second',
  qps: 'second',
  tps: 'second',
  rpm: 'minute',
  rph: 'hour',
  rpd: 'day',
};

/** Keys that say no limit. */
const REMARKS =
  /^(?:enabled|description|desc|message|notes?|docs?|url|name|id|title|tags?|headers?|status|strategy|algorithm|type)$/i;

/** Keys that say who is counted. */
const SCOPE = /^(?:scope|by|key|key_?by|limit_?by|per_?what|applies_?to|subject)$/i;

/** Where a limit was found. */
export interface Around {
  readonly place: string;
  readonly applies: AppliesTo | undefined;
  readonly plan?: string | undefined;
  readonly by?: CountedBy | undefined;
}

/** Finds the limits within a value, and adds what has none to `leftOut`. */
export function limitsWithin(value: unknown, around: Around, leftOut: LeftOut[]): FoundLimit[] {
  const { place } = around;
  if (typeof value === 'string') {
    const rate = rateIn(value);
    if (!rate) leftOut.push({ place, why: `${JSON.stringify(value)} is not a number of requests per period` });
    return rate ? [limit(rate.quota, rate.window, around)] : [];
  }
  if (Array.isArray(value))
    return value.flatMap((item, i) => limitsWithin(item, { ...around, place: `${place}.${i}` }, leftOut));
  if (!isMap(value)) {
    leftOut.push({ place, why: `${JSON.stringify(value)} has no period` });
    return [];
  }
  if (value['enabled'] === false) {
    leftOut.push({ place, why: 'it is disabled' });
    return [];
  }
  const here = { ...around, by: scopeOf(value) ?? around.by };
  const own = ownLimits(value, here);
  if (own.length > 0) return own;
  const inner = Object.entries(value).filter(([key, one]) => !REMARKS.test(key) && !SCOPE.test(key) && one !== null);
  if (inner.length === 0) leftOut.push({ place, why: 'it has no number of requests and no period' });
  const isPlans = /(?:tiers?|plans?)$/i.test(place);
  return inner.flatMap(([key, one]) =>
    limitsWithin(
      one,
      { ...here, place: `${place}.${key}`, ...(isPlans ? { plan: key } : { by: whoIs(key) ?? here.by }) },
      leftOut,
    ),
  );
}

/** The limits that the keys of one map state. */
function ownLimits(value: Readonly<Record<string, unknown>>, around: Around): FoundLimit[] {
  const entries = Object.entries(value);
  const perUnit = entries.flatMap(([key, quota]) => {
    const unit =
      PER_UNIT.exec(key)?.[1]?.toLowerCase() ??
      SHORT_UNITS[key.toLowerCase()] ??
      (/^(?:second|minute|hour|day|week|month)$/i.test(key) ? key.toLowerCase() : undefined);
    return unit !== undefined && isCount(quota) ? [limit(Number(quota), windowOf(unit), around)] : [];
  });
  if (perUnit.length > 0) return perUnit;
  const count = entries.find(([key, one]) => COUNT.test(key) && isCount(one));
  const window = windowAmong(entries);
  return count && window ? [limit(Number(count[1]), window, around)] : [];
}

function windowAmong(entries: readonly (readonly [string, unknown])[]): Window | undefined {
  for (const [key, value] of entries) {
    const seconds = PERIOD_IN.find(([pattern]) => pattern.test(key))?.[1];
    if (seconds !== undefined && Number(value) > 0) return windowOfSeconds(Number(value) * seconds);
    if (!PERIOD.test(key)) continue;
    // A number without a unit is one of seconds.
    const window =
      typeof value === 'number' || /^\d+$/.test(String(value))
        ? windowOfSeconds(Number(value))
        : windowIn(String(value));
    if (window) return window;
  }
  return undefined;
}

function isCount(value: unknown): boolean {
  return (
    (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) &&
    Number.isSafeInteger(Number(value))
  );
}

function scopeOf(value: Readonly<Record<string, unknown>>): CountedBy | undefined {
  const given = Object.entries(value).find(([key, one]) => SCOPE.test(key) && typeof one === 'string');
  return given && whoIs(given[1] as string);
}

/** Who is counted, from a word such as `perApiKeyOwner`, `per IP`, `tenant`; `undefined` if it does not say. */
export function whoIs(text: string): CountedBy | undefined {
  const words = text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  if (/\b(?:ip|address|host)\b/.test(words)) return 'ip';
  if (/\b(?:account|org|organi[sz]ation|tenant|team|company|project|workspace|owner)s?\b/.test(words)) return 'account';
  if (/\b(?:key|user|token|client|consumer|app|application|caller|authorization|credential)s?\b/.test(words))
    return 'caller';
  if (/\b(?:global|total|overall|platform|service|everyone)\b/.test(words)) return 'everyone';
  return undefined;
}

function limit(quota: number, window: Window, { applies, plan, by = 'caller', place }: Around): FoundLimit {
  return {
    quota,
    window,
    algorithm: 'fixed-window',
    by,
    applies,
    plan,
    note: `${place}; whom it counts and when its window starts are guesses`,
  };
}
