/**
 * Ranges: items whose field lies between two bounds from the query, `?start_date=2024-01-01&end_date=2024-01-31`.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../../limits/facts.js';
import type { Zod } from '../../limits/zod.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The schema of a range. */
export const rangeOptions = (z: Zod) =>
  z
    .strictObject({
      field: z.string().describe('Path of the field'),
      from: z.string().optional().describe('Query parameter of the lower bound'),
      to: z.string().optional().describe('Query parameter of the upper bound'),
    })
    .describe(
      'A field that must lie within bounds, both inclusive. A field that is a number is compared as one, any other as an instant in ISO 8601 (UTC where no zone is given); a day as the upper bound is taken whole. A bound that is neither is ignored; the OpenAPI document can refuse it',
    );

/** A range, as the profile declares it. */
export type RangeOptions = z.infer<ReturnType<typeof rangeOptions>>;

/** Compiles a range. It returns the test of an item's data, or `undefined` if the query has no bound. */
export function compileRange({
  field,
  from,
  to,
}: RangeOptions): (query: Readonly<Record<string, unknown>>) => ((data: unknown) => boolean) | undefined {
  const path = field.split('.');
  return (query) => {
    const lower = from === undefined ? undefined : query[from];
    const upper = to === undefined ? undefined : query[to];
    if (lower === undefined && upper === undefined) return undefined;
    const numbers = { from: amount(lower), to: amount(upper) };
    const instants = { from: parseSpan(lower)?.first, to: parseSpan(upper)?.last };
    return (data) => {
      const value = dig(data, path);
      if (typeof value === 'number') return within(value, numbers);
      const at = parseSpan(value)?.first;
      return at !== undefined && within(at, instants);
    };
  };
}

function within(value: number, { from, to }: { from: number | undefined; to: number | undefined }): boolean {
  return (from === undefined || value >= from) && (to === undefined || value <= to);
}

function amount(bound: unknown): number | undefined {
  const number = bound === undefined || bound === '' ? Number.NaN : Number(bound);
  return Number.isFinite(number) ? number : undefined;
}

/** A space may stand for the plus sign of a zone, because an unescaped `+` in a query decodes to a space. */
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+ -])(\d\d):?(\d\d))?)?$/;

/** The first and last epoch ms of a day or an instant; `undefined` if the text is neither. */
function parseSpan(text: unknown): { first: number; last: number } | undefined {
  const parts = typeof text === 'string' ? INSTANT.exec(text) : null;
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] =
    parts;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (hour === undefined) return { first: midnight, last: midnight + DAY_MS - 1 };
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE_MS;
  const time = (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1_000;
  const at = midnight + time + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset;
  return { first: at, last: at };
}
