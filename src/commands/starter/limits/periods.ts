/**
 * Reads periods and rates as people and tools write them: `minute`, `MINUTE`, `minutely`, `1m`, `15 minutes`, `PT1H`, `120/min`.
 * @module
 */
import type { Window } from './limits.js';

const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

/** Other words for the units. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ s: 'second', sec: 'second', secs: 'second', seconds: 'second', secondly: 'second' },
  ...{ m: 'minute', min: 'minute', mins: 'minute', minutes: 'minute', minutely: 'minute' },
  ...{ h: 'hour', hr: 'hour', hrs: 'hour', hours: 'hour', hourly: 'hour' },
  ...{ d: 'day', days: 'day', daily: 'day' },
  ...{ w: 'week', weeks: 'week', weekly: 'week' },
  ...{ mon: 'month', months: 'month', monthly: 'month' },
  ...{ y: 'year', yr: 'year', years: 'year', yearly: 'year', annually: 'year' },
};

/** The unit that a word names; `undefined` if it is none. */
function unitOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(SECONDS, lower) ? lower : Object.hasOwn(WORDS, lower) ? WORDS[lower] : undefined;
}

/** A window of so many units, on the clock for calendar units and from the first request otherwise, unless `start` says so. */
export function windowOf(unit: string, count = 1, start?: Window['start']): Window {
  if (count === 1 && unit === 'month') return { length: 'month', start: start ?? 'utc' };
  const short = { second: 's', minute: 'm', hour: 'h', day: 'd' }[unit];
  if (unit === 'minute' && count === 1) return { length: '60s', start: start ?? 'first-request' };
  const length = short === undefined ? `${(count * SECONDS[unit]!) / 86_400}d` : `${count}${short}`;
  return { length, start: start ?? (unit === 'week' ? 'utc' : 'first-request') };
}

/** A window of so many seconds, in the largest unit that divides it. */
export function windowOfSeconds(seconds: number, start?: Window['start']): Window | undefined {
  if (!(seconds > 0)) return undefined;
  const ms = Math.round(seconds * 1_000);
  const unit = (['day', 'hour', 'minute', 'second'] as const).find((one) => ms % (SECONDS[one]! * 1_000) === 0);
  if (unit === undefined) return { length: `${ms}ms`, start: start ?? 'first-request' };
  return windowOf(unit, ms / 1_000 / SECONDS[unit]!, start);
}

/** The window that a text names: `minute`, `15 minutes`, `1m`, `PT1H`; `undefined` if it names none. */
export function windowIn(text: string, start?: Window['start']): Window | undefined {
  const iso = /^P(?:T(?:(\d+)H|(\d+)M|(\d+)S)|(\d+)D)$/i.exec(text.trim());
  if (iso) {
    const at = [1, 2, 3, 4].find((i) => iso[i] !== undefined)!;
    return windowOf((['hour', 'minute', 'second', 'day'] as const)[at - 1]!, Number(iso[at]), start);
  }
  const [, count = '1', word = ''] = /^(?:per\s+|each\s+|every\s+)?(\d+)?\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const unit = unitOf(word);
  return unit === undefined || Number(count) === 0 ? undefined : windowOf(unit, Number(count), start);
}

/** A number of requests per window. */
export interface Rate {
  readonly quota: number;
  readonly window: Window;
}

/** A rate that stands for itself: `120/min`, `100 requests per 15 minutes`. */
export function rateIn(text: string): Rate | undefined {
  const [rate] = ratesIn(text);
  return rate;
}

const NUMBER = String.raw`(\d{1,3}(?:[,_]\d{3})+|\d+)`;
const THINGS = String.raw`(?:(?:api|http)\s+)?(?:requests?|calls?|queries|hits|req)`;
const SENTENCE = new RegExp(
  String.raw`(?<![\d.])${NUMBER}\s*(?:${THINGS})?\s*(?:\/|\bper\b|\ba\b|\ban\b|\bevery\b|\beach\b|\bin\b)\s*(?:(?:each|any|rolling)\s+)?(\d+)?\s*-?\s*([a-z]+)\b`,
  'gi',
);

/** The rates in a sentence; none if it has no number of requests per unit of time. */
export function ratesIn(text: string): Rate[] {
  return [...text.matchAll(SENTENCE)].flatMap(([, number, count = '1', word]) => {
    const unit = unitOf(word!);
    if (unit === undefined || Number(count) === 0) return [];
    return [{ quota: Number(number!.replace(/[,_]/g, '')), window: windowOf(unit, Number(count)) }];
  });
}
