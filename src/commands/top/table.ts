/**
 * The table of live buckets that `mock429 top` shows: pure functions from buckets to lines.
 * @module
 */
import { formatTime } from '../../verdict/words.js';
import type { Paint, Style } from '../terminal/paint.js';
import { count } from '../terminal/text.js';
import { cut, pad, safe, widthOf } from '../terminal/width.js';

/** A bucket, as `GET /quotas` lists it. */
export interface Bucket {
  readonly id: string;
  readonly profile: string;
  readonly policy: string;
  readonly partition: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** ISO instant; `null` for concurrency. */
  readonly resetAt: string | null;
}

/** The orders of the table. */
export const ORDERS = ['nearest', 'reset', 'used', 'name'] as const;
/** An order: nearest to its limit first, soonest reset first, most used first, or by name. */
export type Order = (typeof ORDERS)[number];

/** What a table shows. */
export interface TableView {
  readonly buckets: readonly Bucket[];
  /** Time of the sandbox's clock, epoch ms. */
  readonly now: number;
  readonly order: Order;
  /** Number of the first bucket that is shown, from 0. */
  readonly first: number;
  readonly columns: number;
  /** Lines for buckets. `undefined`: all. */
  readonly rows?: number | undefined;
  readonly paint: Paint;
}

/** Columns of each part but the name, with the space before it. */
const COUNTS = 19;
const RESETS = 14;
/** A narrower terminal has no room for the resets. */
const COLUMNS_FOR_RESETS = 50;
const LEAST_NAME = 24;
const MOST_BAR = 40;
const LEAST_BAR = 6;
/** From these shares on, a bar is shown as full, or as nearly full. */
const FULL = 1;
const NEARLY = 0.8;

/** Sorts buckets. */
export function sortBuckets(buckets: readonly Bucket[], order: Order): readonly Bucket[] {
  const resets = ({ resetAt }: Bucket) => (resetAt === null ? Number.POSITIVE_INFINITY : Date.parse(resetAt));
  const compare: Readonly<Record<Order, (a: Bucket, b: Bucket) => number>> = {
    nearest: (a, b) => shareOf(b) - shareOf(a),
    reset: (a, b) => (resets(a) === resets(b) ? 0 : resets(a) - resets(b)),
    used: (a, b) => b.used - a.used,
    name: () => 0,
  };
  return [...buckets].sort((a, b) => compare[order](a, b) || compareText(nameOf(a), nameOf(b)));
}

/** The head of the table, and a line for each bucket that fits. */
export function tableLines({ buckets, now, order, first, columns, rows, paint }: TableView): readonly string[] {
  const sorted = sortBuckets(buckets, order);
  const shown = sorted.slice(first, rows === undefined ? undefined : first + rows);
  const hasResets = columns >= COLUMNS_FOR_RESETS;
  const space = columns - 1 - COUNTS - (hasResets ? RESETS : 0);
  const longest = Math.max(LEAST_NAME, ...shown.map((bucket) => widthOf(nameOf(bucket))));
  const hasBar = space >= LEAST_NAME + 2 + LEAST_BAR;
  const name = Math.max(4, Math.min(longest, hasBar ? space - LEAST_BAR - 2 : space));
  const bar = Math.min(MOST_BAR, space - name - 2);
  const head = [
    pad('POLICY, WHO', name),
    ...(hasBar ? [pad('USED', bar)] : []),
    pad('LEFT/LIMIT', COUNTS - 2, 'right'),
    ...(hasResets ? [pad('RESETS IN', RESETS - 2, 'right')] : []),
  ].join('  ');
  return [
    paint('inverse', pad(head, columns - 1)),
    ...shown.map((bucket) => {
      const share = shareOf(bucket);
      const style: Style = share >= FULL ? 'yellow' : share >= NEARLY ? 'cyan' : 'green';
      return [
        pad(nameOf(bucket), name),
        ...(hasBar ? [paint(style, barOf(share, bar))] : []),
        paint(
          share >= FULL ? 'bold' : 'dim',
          pad(`${amount(bucket.remaining)}/${amount(bucket.limit)}`, COUNTS - 2, 'right'),
        ),
        ...(hasResets ? [pad(resetsIn(bucket, now), RESETS - 2, 'right')] : []),
      ].join('  ');
    }),
    ...(sorted.length === 0 ? [cut('No bucket is live: nothing has been counted yet.', columns - 1)] : []),
  ];
}

/** `12 buckets, 3 used up`. */
export function summaryOf(buckets: readonly Bucket[]): string {
  const full = buckets.filter((bucket) => shareOf(bucket) >= FULL).length;
  return `${count(buckets.length, 'bucket')}, ${full} used up`;
}

/** `klinky account-hour  account=default`. */
function nameOf({ profile, policy, partition }: Bucket): string {
  const who = Object.entries(partition).map(([fact, value]) => `${fact}=${value}`);
  return safe([profile, policy, ...who].join(' '));
}

/** A bar of eighths. A bucket that is not used up does not look full, and a used one not empty. */
function barOf(share: number, width: number): string {
  const most = share < FULL ? width * 8 - 1 : width * 8;
  const eighths = Math.max(share > 0 ? 1 : 0, Math.min(most, Math.round(share * width * 8)));
  const whole = Math.floor(eighths / 8);
  const rest = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8]!;
  return `${'█'.repeat(whole)}${rest}`.padEnd(width, '·');
}

/** Used share of the limit; a limit of 0 is used up. */
function shareOf({ limit, remaining }: Bucket): number {
  return limit <= 0 ? 1 : 1 - remaining / limit;
}

function resetsIn({ resetAt }: Bucket, now: number): string {
  return resetAt === null ? 'when done' : formatTime(Math.max(0, Date.parse(resetAt) - now));
}

/** At most 8 characters; long fractions are rounded. */
function amount(n: number): string {
  return Number.isInteger(n) ? String(n) : n.toFixed(2);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
