/**
 * Calls by minute, hour and day: of each credential, and of all together. What no bucket of a policy holds, the usage page reads from here.
 *
 * The counts of a credential are a row of numbers in one typed array: a call adds to a few numbers and allocates nothing. Above a maximum of credentials, the
 * least recently used is evicted; the counts of all calls keep its calls.
 * @module
 */
import type { Calendar } from '../limits/calendar.js';
import { Recency } from './buckets/recency.js';
import { bytesOfMap } from './bytes.js';

/** Days for which calls are counted: today, and seven before it. A power of two. */
export const COUNTED_DAYS = 8;

/** The most credentials that are counted apart. */
export const MAX_COUNTED_KEYS = 1_000;

/** Places in a row: the start of the minute and of the hour that are counted (epoch ms), and their counts; the numbers of the days, and their counts. */
const MINUTE = 0;
const HOUR = 2;
const DAYS = 4;
const WIDTH = DAYS + 2 * COUNTED_DAYS;

/** The row of all calls, and that of calls without a caller. Rows of credentials follow. */
const ALL = 0;
const NOBODY = 1;
const FIRST = 2;

/** The calls of one credential, or of all, at one instant. */
export interface CallFigures {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  /** By day; the oldest first, today last. */
  readonly trend: readonly number[];
}

/** The calls of one credential. */
export interface KeyCalls extends CallFigures {
  /** The credential, unmasked; empty for callers without one. */
  readonly key: string;
  /** The account of its latest call. */
  readonly account: string;
}

/** One row as a snapshot has it. Starts are epoch ms; days are numbered from 1970-01-01. */
export interface CallRowDump {
  readonly minute?: readonly [start: number, calls: number] | undefined;
  readonly hour?: readonly [start: number, calls: number] | undefined;
  /** In ascending order. */
  readonly days: readonly (readonly [day: number, calls: number])[];
}

/** All counts as a snapshot has them. */
export interface CallsDump {
  readonly all: CallRowDump;
  readonly nobody: CallRowDump;
  /** The least recently used first. */
  readonly keys: readonly (CallRowDump & { readonly key: string; readonly account: string })[];
  /** How many credentials have been evicted. */
  readonly evicted: number;
}

/** The calls to one provider in one sandbox. */
export class Calls {
  #numbers = emptyRows(FIRST);
  readonly #rows = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #accounts: string[] = [];
  #order = new Recency();
  #capacity = FIRST;
  #evicted = 0;
  /** The latest credential and its row: most calls are of the same one again. */
  #lastKey: string | undefined;
  #lastRow = 0;

  /** Whether no call has been counted since the store was created. */
  get isEmpty(): boolean {
    return Number.isNaN(this.#numbers[ALL * WIDTH + MINUTE]!);
  }

  /** How many credentials have been evicted, because more than `MAX_COUNTED_KEYS` were in use. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    return this.#numbers.byteLength + this.#order.bytes + bytesOfMap(this.#rows, () => 16);
  }

  /**
   * Counts a call.
   *
   * @param key the credential; empty for a caller without one; `undefined` without a caller
   * @param account the account of the caller
   * @param at epoch ms
   */
  add(key: string | undefined, account: string, at: number, calendar: Calendar): void {
    const row = key === undefined ? NOBODY : this.#rowFor(key, account);
    const minute = calendar.minute(at);
    const hour = calendar.hour(at);
    const day = calendar.day(at);
    this.#count(ALL, minute, hour, day);
    this.#count(row, minute, hour, day);
  }

  /** Takes back a call that was counted at the instant `at` (epoch ms). Does nothing where its minute, hour or day is no longer counted. */
  takeBack(key: string | undefined, at: number, calendar: Calendar): void {
    const minute = calendar.minute(at);
    const hour = calendar.hour(at);
    const day = calendar.day(at);
    this.#uncount(ALL, minute, hour, day);
    const row = key === undefined ? NOBODY : this.#rows.get(key);
    if (row !== undefined) this.#uncount(row, minute, hour, day);
  }

  /** The calls of all callers at the instant `now` (epoch ms). @param days the length of the trend, at most `COUNTED_DAYS` */
  all(now: number, calendar: Calendar, days: number): CallFigures {
    return this.#figures(ALL, now, calendar, days);
  }

  /** The calls without a caller: of operations that need no credential. */
  nobody(now: number, calendar: Calendar, days: number): CallFigures {
    return this.#figures(NOBODY, now, calendar, days);
  }

  /** The calls of each credential, the least recently used first. */
  *keys(now: number, calendar: Calendar, days: number): Generator<KeyCalls> {
    for (let row = this.#order.oldest; row !== 0; row = this.#order.after(row))
      yield { key: this.#keys[row]!, account: this.#accounts[row]!, ...this.#figures(row, now, calendar, days) };
  }

  /** All counts, as a snapshot has them. */
  dump(): CallsDump {
    const keys: CallsDump['keys'][number][] = [];
    for (let row = this.#order.oldest; row !== 0; row = this.#order.after(row))
      keys.push({ key: this.#keys[row]!, account: this.#accounts[row]!, ...this.#dumpRow(row) });
    return { all: this.#dumpRow(ALL), nobody: this.#dumpRow(NOBODY), keys, evicted: this.#evicted };
  }

  /** Replaces all counts by dumped ones. */
  load({ all, nobody, keys, evicted }: CallsDump): void {
    this.#numbers = emptyRows(FIRST);
    this.#capacity = FIRST;
    this.#rows.clear();
    this.#keys.length = 0;
    this.#accounts.length = 0;
    this.#order = new Recency();
    this.#evicted = evicted;
    this.#lastKey = undefined;
    this.#loadRow(ALL, all);
    this.#loadRow(NOBODY, nobody);
    for (const { key, account, ...row } of keys) this.#loadRow(this.#rowFor(key, account), row);
  }

  #rowFor(key: string, account: string): number {
    const row = key === this.#lastKey ? this.#lastRow : (this.#rows.get(key) ?? this.#addRow(key));
    this.#lastKey = key;
    this.#lastRow = row;
    this.#order.touch(row);
    this.#accounts[row] = account;
    return row;
  }

  #addRow(key: string): number {
    let row = FIRST + this.#rows.size;
    if (this.#rows.size >= MAX_COUNTED_KEYS) {
      row = this.#order.oldest;
      this.#order.remove(row);
      this.#rows.delete(this.#keys[row]!);
      this.#numbers.fill(Number.NaN, row * WIDTH, (row + 1) * WIDTH);
      this.#evicted += 1;
    } else if (row >= this.#capacity) this.#grow();
    this.#rows.set(key, row);
    this.#keys[row] = key;
    this.#order.add(row);
    return row;
  }

  #grow(): void {
    this.#capacity = Math.min(2 * this.#capacity + 4, FIRST + MAX_COUNTED_KEYS);
    const numbers = emptyRows(this.#capacity);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#order.reserve(this.#capacity);
  }

  #count(row: number, minute: number, hour: number, day: number): void {
    const from = row * WIDTH;
    this.#increment(from + MINUTE, minute);
    this.#increment(from + HOUR, hour);
    this.#increment(from + placeOf(day), day);
  }

  /** Adds a call to the count behind its period; starts the count anew where the place holds another period. */
  #increment(place: number, period: number): void {
    const numbers = this.#numbers;
    if (numbers[place] === period) {
      numbers[place + 1] = numbers[place + 1]! + 1;
    } else {
      numbers[place] = period;
      numbers[place + 1] = 1;
    }
  }

  #uncount(row: number, minute: number, hour: number, day: number): void {
    const from = row * WIDTH;
    this.#decrement(from + MINUTE, minute);
    this.#decrement(from + HOUR, hour);
    this.#decrement(from + placeOf(day), day);
  }

  #decrement(place: number, period: number): void {
    const calls = this.#callsAt(place, period);
    if (calls > 0) this.#numbers[place + 1] = calls - 1;
  }

  #callsAt(place: number, period: number): number {
    return this.#numbers[place] === period ? this.#numbers[place + 1]! : 0;
  }

  #figures(row: number, now: number, calendar: Calendar, days: number): CallFigures {
    const from = row * WIDTH;
    const today = calendar.day(now);
    const trend = Array.from({ length: days }, (_, i) => {
      const day = today - days + 1 + i;
      return this.#callsAt(from + placeOf(day), day);
    });
    return {
      minute: this.#callsAt(from + MINUTE, calendar.minute(now)),
      hour: this.#callsAt(from + HOUR, calendar.hour(now)),
      day: trend.at(-1)!,
      trend,
    };
  }

  #dumpRow(row: number): CallRowDump {
    const from = row * WIDTH;
    const [minute, hour, ...days] = Array.from({ length: WIDTH / 2 }, (_, i) => from + 2 * i)
      .map((place) => [this.#numbers[place]!, this.#numbers[place + 1]!] as const)
      .map((pair) => (Number.isNaN(pair[0]) ? undefined : pair));
    return {
      ...(minute ? { minute } : {}),
      ...(hour ? { hour } : {}),
      days: days.filter((pair) => pair !== undefined).sort(([a], [b]) => a - b),
    };
  }

  #loadRow(row: number, { minute, hour, days }: CallRowDump): void {
    const from = row * WIDTH;
    if (minute) this.#numbers.set(minute, from + MINUTE);
    if (hour) this.#numbers.set(hour, from + HOUR);
    for (const [day, calls] of days) this.#numbers.set([day, calls], from + placeOf(day));
  }
}

/** The place of a day in a row. Two days that are a multiple of `COUNTED_DAYS` apart share one. */
function placeOf(day: number): number {
  return DAYS + 2 * (day & (COUNTED_DAYS - 1));
}

/** Rows without any counts: a period of NaN equals none. */
function emptyRows(rows: number): Float64Array {
  return new Float64Array(rows * WIDTH).fill(Number.NaN);
}
