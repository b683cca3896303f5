/**
 * SLA4OAI (github.com/isa-group/SLA4OAI-TC): plans with quotas (static windows) and rates (dynamic windows) for each path, method and metric.
 * @module
 */
import {
  type CountedBy,
  type FoundLimit,
  isMap,
  type LeftOut,
  type LimitsFormat,
  type LimitsInput,
  operationsAt,
  wholeNumber,
} from './limits.js';
import { windowIn, windowOf } from './periods.js';

/** Metrics that are numbers of requests. */
const REQUESTS = /^(?:number_?of_?)?requests?$/i;

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

const SCOPES: Readonly<Record<string, CountedBy>> = {
  account: 'caller',
  user: 'caller',
  tenant: 'account',
  organization: 'account',
};

/** Reads SLA4OAI documents. */
export const sla4oai: LimitsFormat = {
  title: 'SLA4OAI',
  shape: 'a map with context and metrics, and plans, quotas or rates',
  matches: (value) =>
    isMap(value) &&
    isMap(value['context']) &&
    (isMap(value['plans']) || isMap(value['quotas']) || isMap(value['rates'])),
  read(input) {
    const value = input.value as Record<string, unknown>;
    const found: Found = { limits: [], leftOut: [] };
    readLevels(input, value, [], undefined, found);
    const plans = isMap(value['plans']) ? Object.entries(value['plans']) : [];
    // `base` is what all plans have in common.
    for (const [plan, levels] of plans)
      if (isMap(levels)) readLevels(input, levels, ['plans', plan], plan === 'base' ? undefined : plan, found);
    return found;
  },
};

interface Found {
  readonly limits: FoundLimit[];
  readonly leftOut: LeftOut[];
}

function readLevels(
  input: LimitsInput,
  levels: Readonly<Record<string, unknown>>,
  at: readonly PropertyKey[],
  plan: string | undefined,
  found: Found,
): void {
  for (const key of ['guarantees', 'pricing', 'availability', 'configuration'])
    if (levels[key] !== undefined)
      found.leftOut.push({ place: [...at, key].join('.'), why: 'it is no limit on requests' });
  for (const kind of ['quotas', 'rates'] as const) {
    const paths = levels[kind];
    for (const [path, methods] of isMap(paths) ? Object.entries(paths) : []) {
      for (const [method, metrics] of isMap(methods) ? Object.entries(methods) : []) {
        for (const [metric, entries] of isMap(metrics) ? Object.entries(metrics) : []) {
          const place = [...at, kind, path, method, metric];
          if (REQUESTS.test(metric)) readEntries(input, entries, { place, path, method, plan, kind }, found);
          else found.leftOut.push({ place: place.join('.'), why: `it counts ${metric}; add a policy with a cost` });
        }
      }
    }
  }
}

interface Entries {
  readonly place: readonly PropertyKey[];
  readonly path: string;
  readonly method: string;
  readonly plan: string | undefined;
  readonly kind: 'quotas' | 'rates';
}

function readEntries(
  input: LimitsInput,
  entries: unknown,
  { place, path, method, plan, kind }: Entries,
  found: Found,
): void {
  const isEverywhere = /^(?:global|all|\/?\*)$/i.test(path);
  const verb = METHODS.has(method.toLowerCase()) ? method : undefined;
  const operation = isEverywhere ? undefined : operationsAt(input.document, path, verb);
  if (operation?.length === 0) {
    found.leftOut.push({ place: place.join('.'), why: `the document has no ${method.toUpperCase()} ${path}` });
    return;
  }
  const list = Array.isArray(entries) ? entries : [entries];
  for (const [i, entry] of list.entries()) {
    const at = Array.isArray(entries) ? [...place, i] : place;
    if (!isMap(entry)) input.fail(at, 'must be a map with max and period', 'write { max: 10, period: minutely }');
    if (entry['period'] === undefined) {
      const why = 'it has no period, so it limits a stock and not a rate';
      found.leftOut.push({ place: at.join('.'), why });
      continue;
    }
    const start = kind === 'quotas' ? 'utc' : 'first-request';
    found.limits.push({
      quota: wholeNumber(input, entry['max'], [...at, 'max']),
      window: periodOf(input, entry['period'], [...at, 'period'], start),
      algorithm: kind === 'quotas' ? 'fixed-window' : 'sliding-window',
      by: SCOPES[String(entry['scope'] ?? 'account')] ?? 'caller',
      applies: operation ? { operation } : verb === undefined ? undefined : { method: [verb.toUpperCase()] },
      plan,
      note: `${at.join('.')}; ${kind === 'quotas' ? 'a quota has a static window' : 'a rate has a dynamic window'}`,
    });
  }
}

/** `minutely`, or a map of amount and unit. */
function periodOf(input: LimitsInput, period: unknown, path: readonly PropertyKey[], start: 'utc' | 'first-request') {
  const found = isMap(period)
    ? windowIn(`${String(period['amount'] ?? 1)} ${String(period['unit'])}`, start)
    : windowIn(String(period), start);
  if (found) return found.length === '60s' && start === 'utc' ? windowOf('minute', 1, 'utc') : found;
  return input.fail(
    path,
    `${JSON.stringify(period)} is not a period`,
    'write secondly, minutely, hourly, daily, weekly, monthly or yearly',
  );
}
