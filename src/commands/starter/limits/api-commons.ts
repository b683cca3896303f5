/**
 * API Commons rate limits (github.com/api-commons/rate-limits): a list of limits, or of `RateLimits` properties of an apis.yml that hold such lists.
 * @module
 */
import {
  type CountedBy,
  type FoundLimit,
  isMap,
  type LeftOut,
  type LimitsFormat,
  mapsIn,
  wholeNumber,
} from './limits.js';
import { windowIn } from './periods.js';

/** Metrics that are held and not counted per window. */
const HELD = new Set(['concurrent-request', 'connection']);

const SCOPES: Readonly<Record<string, CountedBy>> = {
  Platform: 'account',
  Organization: 'account',
  Application: 'caller',
  User: 'caller',
};

/** Reads API Commons rate limits. */
export const apiCommons: LimitsFormat = {
  title: 'API Commons rate limits',
  shape: 'a list of limits with metric and timeframe',
  matches: (value) => entriesOf(value).length > 0,
  read(input) {
    const limits: FoundLimit[] = [];
    const leftOut: LeftOut[] = [];
    for (const { entry, path } of entriesOf(input.value)) {
      const { name, metric, timeframe, type, tier, description, url } = entry;
      const place = `${path.join('.')} (${String(entry['name'])})`;
      if (metric !== 'request' && !HELD.has(String(metric))) {
        const why = `it counts ${String(metric)}; add a policy with a cost that says how many a request takes`;
        leftOut.push({ place, why });
        continue;
      }
      const by = SCOPES[String(type)];
      if (by === undefined) {
        const why = `it is for one ${String(type).toLowerCase()}, which the file does not identify; add a policy with applies`;
        leftOut.push({ place, why });
        continue;
      }
      const isHeld = HELD.has(String(metric));
      const window = isHeld ? undefined : windowIn(String(timeframe));
      if (!isHeld && !window)
        input.fail(
          [...path, 'timeframe'],
          `${JSON.stringify(timeframe)} is not a timeframe`,
          'write second, minute, hour, day, week, month or year',
        );
      if (entry['userMultiplied'] === true)
        leftOut.push({
          place,
          why: 'userMultiplied: the quota grows with the number of users; it is carried as it stands',
        });
      limits.push({
        name: String(name ?? ''),
        quota: wholeNumber(input, entry['limit'], [...path, 'limit']),
        window,
        algorithm: isHeld ? 'concurrency' : 'fixed-window',
        by,
        plan: typeof tier === 'string' ? tier : undefined,
        note: [description, url].filter((one) => typeof one === 'string').join(' ') || place,
      });
    }
    return { limits, leftOut };
  },
};

function entriesOf(value: unknown): { entry: Record<string, unknown>; path: PropertyKey[] }[] {
  const all = mapsIn(value).map((entry, i) => ({ entry, path: [i] as PropertyKey[] }));
  const properties = isMap(value)
    ? mapsIn(value['common']).map((entry, i) => ({ entry, path: ['common', i] as PropertyKey[] }))
    : [];
  return [...all, ...properties].flatMap(({ entry, path }) =>
    entry['type'] === 'RateLimits'
      ? mapsIn(entry['data']).map((inner, i) => ({ entry: inner, path: [...path, 'data', i] }))
      : Object.hasOwn(entry, 'metric') && Object.hasOwn(entry, 'timeframe')
        ? [{ entry, path }]
        : [],
  );
}
