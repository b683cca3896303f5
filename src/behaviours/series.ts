/**
 * `series`: one row per day of a window that ends today, oldest first. The values are derived from a hash, so they are equal for the same seed and day.
 * @module
 */
import type { z } from 'zod';
import { formats } from '../limits/render/formats.js';
import { compileTemplate, renewable } from '../limits/render/template.js';
import type { Zod } from '../limits/zod.js';
import { hashFraction } from '../state/ids.js';
import { defineBehaviour } from './behaviour.js';
import { withScope } from './collections/shared.js';
import { json, status } from './options.js';

const DAY_MS = 86_400_000;
/** A hundred years. Bounds the size of a response. */
const MAX_DAYS = 36_525;

const options = (z: Zod) =>
  z
    .strictObject({
      days: z.string().describe('Query parameter: how many days'),
      buckets: z.array(z.int().positive()).optional().describe('The number of days is changed to the nearest of these'),
      seed: z.string().describe('Template of a text; the same text gives the same values'),
      min: z.number().default(0).describe('Least value of a day'),
      max: z.number().describe('Greatest value of a day'),
      decimals: z.int().min(0).max(6).default(0).describe('Decimals of a value'),
      status: status(z).default(200),
      body: json(z).describe('Template of the body; may use rows (a list of {date, value}) and days'),
    })
    .describe('Sends a made-up series of daily values, the same for the same request');

/** The behaviour `series`. */
export const series = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'series',
  options,
  templates: ({ seed, body }) => [seed, body],
  compile({ days: parameter, buckets, seed, min, max, decimals, status: code, body }) {
    const name = compileTemplate(seed);
    const answer = compileTemplate(body);
    return (context) => {
      const requested = Number(context.query[parameter] ?? 30);
      const days = Math.min(MAX_DAYS, buckets ? nearest(buckets, requested) : requested);
      const text = String(name.render(context.scope, context.now));
      const today = Math.floor(context.now / DAY_MS) * DAY_MS;
      const rows = Array.from({ length: days }, (_, i) => {
        const date = formats['iso-date'](today - (days - 1 - i) * DAY_MS);
        const value = min + hashFraction(`${text} ${date}`) * (max - min);
        return { date, value: Number(value.toFixed(decimals)) };
      });
      return { status: code, ...renewable(answer, withScope(context.scope, { rows, days }), context.now) };
    };
  },
});

function nearest(buckets: readonly number[], requested: number): number {
  return buckets.reduce(
    (best, bucket) => (Math.abs(bucket - requested) < Math.abs(best - requested) ? bucket : best),
    buckets[0]!,
  );
}
