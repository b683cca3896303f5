/**
 * Kong: the plugins rate-limiting and rate-limiting-advanced of a declarative configuration, and of `x-kong-plugin-…` in OpenAPI documents.
 * @module
 */
import {
  type AppliesTo,
  type CountedBy,
  type FoundHeader,
  type FoundLimit,
  type FoundLimits,
  isMap,
  type LeftOut,
  type LimitsFormat,
  type LimitsInput,
  mapsIn,
  wholeNumber,
} from './limits.js';
import { windowOf, windowOfSeconds } from './periods.js';

/** Keys of `config` that limit, in Kong's order. */
const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;

/** Reads Kong's declarative configuration. */
export const kong: LimitsFormat = {
  title: 'Kong declarative configuration',
  shape: 'a map with _format_version',
  matches: (value) => isMap(value) && value['_format_version'] !== undefined,
  read(input) {
    const plugins: Placed[] = [];
    collect(input.value, [], {}, plugins);
    return readPlugins(input, plugins);
  },
};

/** A plugin with its place, and what it is attached to. */
export interface Placed {
  readonly plugin: Record<string, unknown>;
  readonly path: readonly PropertyKey[];
  readonly applies?: AppliesTo | undefined;
  /** Why it cannot be said to which requests it applies. */
  readonly unknown?: string | undefined;
}

/** Plugins of services, routes and consumers, and those at the top. */
function collect(
  value: unknown,
  path: readonly PropertyKey[],
  on: Pick<Placed, 'applies' | 'unknown'>,
  found: Placed[],
): void {
  if (!isMap(value)) return;
  for (const [i, plugin] of mapsIn(value['plugins']).entries()) {
    const owner = ['consumer', 'consumer_group', 'route', 'service'].find(
      (key) => plugin[key] !== undefined && plugin[key] !== null,
    );
    const unknown = owner === undefined ? on.unknown : `it is for the ${owner} ${JSON.stringify(plugin[owner])}`;
    found.push({ plugin, path: [...path, 'plugins', i], applies: on.applies, unknown });
  }
  for (const [i, service] of mapsIn(value['services']).entries()) collect(service, [...path, 'services', i], on, found);
  for (const [i, route] of mapsIn(value['routes']).entries()) {
    const applies = appliesTo(route);
    collect(
      route,
      [...path, 'routes', i],
      applies ? { ...on, applies } : { ...on, unknown: 'its route has no plain path' },
      found,
    );
  }
  for (const [key, kind] of [
    ['consumers', 'consumer'],
    ['consumer_groups', 'consumer group'],
  ] as const)
    for (const [i, owner] of mapsIn(value[key]).entries())
      collect(
        owner,
        [...path, key, i],
        { ...on, unknown: `it is for the ${kind} ${String(owner['username'] ?? owner['name'])}` },
        found,
      );
}

/** A route matches prefixes of paths, unless a path begins with `~`, which makes it a regular expression. */
function appliesTo(route: Record<string, unknown>): AppliesTo | undefined {
  const strings = (key: string) =>
    Array.isArray(route[key]) ? route[key].filter((one) => typeof one === 'string') : [];
  const paths = strings('paths');
  if (paths.some((path) => path.startsWith('~'))) return undefined;
  const method = strings('methods');
  return {
    ...(method.length > 0 ? { method } : {}),
    ...(paths.length > 0 && !paths.includes('/') ? { path: paths.map((path) => `${path}*`) } : {}),
  };
}

/** Reads the plugins that limit; lists the others. */
export function readPlugins(input: LimitsInput, plugins: readonly Placed[]): FoundLimits {
  const limits: FoundLimit[] = [];
  const leftOut: LeftOut[] = [];
  let message: unknown;
  let hidden = false;
  for (const { plugin, path, applies, unknown } of plugins) {
    const place = path.join('.');
    const name = String(plugin['name']);
    const config = isMap(plugin['config']) ? plugin['config'] : {};
    if (plugin['enabled'] === false) leftOut.push({ place, why: `the plugin ${name} is disabled` });
    else if (name === 'response-ratelimiting')
      leftOut.push({ place, why: 'the upstream says what a request costs; add a policy with a cost' });
    else if (name !== 'rate-limiting' && name !== 'rate-limiting-advanced') continue;
    else if (unknown !== undefined)
      leftOut.push({ place, why: `${unknown}; add a policy with applies, or a plan with its quota` });
    else {
      const found = name === 'rate-limiting' ? simple(input, config, path) : advanced(input, config, path);
      const by = countedBy(config, place, leftOut);
      limits.push(
        ...found.map((one) => ({
          ...one,
          by,
          applies: applies && Object.keys(applies).length > 0 ? applies : undefined,
        })),
      );
      message ??= config['error_message'];
      hidden ||= config['hide_client_headers'] === true;
      if (config['error_code'] !== undefined && config['error_code'] !== 429)
        leftOut.push({ place: `${place}.config.error_code`, why: 'change the status of the error of the policy' });
    }
  }
  const carried = plugins.filter(({ plugin, unknown }) => plugin['enabled'] !== false && unknown === undefined);
  for (const name of ['rate-limiting', 'rate-limiting-advanced']) {
    const same = carried.filter(({ plugin }) => plugin['name'] === name);
    if (same.length < 2) continue;
    const place = same.map(({ path }) => path.join('.')).join(', ');
    leftOut.push({ place, why: `Kong runs only the most specific ${name} of a request; here all that apply count` });
  }
  const headers = hidden ? [] : headersOf(limits);
  return {
    limits,
    leftOut,
    headers,
    body: { message: typeof message === 'string' ? message : 'API rate limit exceeded' },
  };
}

type Partial = Omit<FoundLimit, 'by' | 'applies'>;

/** `minute: 60`. Kong aligns the windows to the clock. */
function simple(input: LimitsInput, config: Record<string, unknown>, path: readonly PropertyKey[]): Partial[] {
  const given = PERIODS.filter((period) => config[period] !== undefined && config[period] !== null);
  if (given.length === 0) input.fail([...path, 'config'], 'limits nothing', `give one of ${PERIODS.join(', ')}`);
  return given.map((period) => ({
    quota: wholeNumber(input, config[period], [...path, 'config', period]),
    window: windowOf(period, 1, 'utc'),
    algorithm: 'fixed-window',
    note: `${path.join('.')}.config.${period}`,
  }));
}

/** Lists of limits and of window sizes, in seconds. */
function advanced(input: LimitsInput, config: Record<string, unknown>, path: readonly PropertyKey[]): Partial[] {
  const sizes = Array.isArray(config['window_size']) ? config['window_size'] : [config['window_size']];
  const quotas = Array.isArray(config['limit']) ? config['limit'] : [config['limit']];
  if (sizes.length !== quotas.length)
    input.fail(
      [...path, 'config', 'limit'],
      `has ${quotas.length} limits for ${sizes.length} windows`,
      'give one limit for each window_size',
    );
  const isFixed = config['window_type'] === 'fixed';
  return quotas.map((quota, i) => ({
    quota: wholeNumber(input, quota, [...path, 'config', 'limit', i]),
    window:
      windowOfSeconds(Number(sizes[i]), isFixed ? 'utc' : 'first-request') ??
      input.fail([...path, 'config', 'window_size', i], 'is not a number of seconds', 'write a number such as 60'),
    algorithm: isFixed ? 'fixed-window' : 'sliding-window',
    note: `${path.join('.')}.config.limit.${i}`,
  }));
}

function countedBy(config: Record<string, unknown>, place: string, leftOut: LeftOut[]): CountedBy {
  const by = String(config['limit_by'] ?? config['identifier'] ?? 'consumer');
  switch (by) {
    case 'ip':
      return 'ip';
    case 'service':
      return 'everyone';
    case 'header':
      if (typeof config['header_name'] === 'string') return `header.${config['header_name'].toLowerCase()}`;
      leftOut.push({ place: `${place}.config`, why: 'it has no header_name; the profile counts by caller' });
      return 'caller';
    case 'path':
      leftOut.push({ place: `${place}.config.path`, why: `it counts ${String(config['path'])} alone; add applies` });
      return 'everyone';
    case 'consumer':
    case 'credential':
      return 'caller';
    default:
      leftOut.push({ place: `${place}.config`, why: `it counts by ${by}; the profile counts by caller` });
      return 'caller';
  }
}

/** The headers that Kong sends for windows up to a year, and those of the window with the smallest share left. */
function headersOf(limits: readonly FoundLimit[]): FoundHeader[] {
  const names: Readonly<Record<string, string>> = {
    '1s': 'Second',
    '60s': 'Minute',
    '1h': 'Hour',
    '1d': 'Day',
    month: 'Month',
    '365d': 'Year',
  };
  const lengths = [...new Set(limits.flatMap(({ window }) => window?.length ?? []))];
  return [
    ...lengths.flatMap((length): FoundHeader[] =>
      names[length] === undefined
        ? []
        : [
            { name: `X-RateLimit-Limit-${names[length]}`, value: 'limit', length },
            { name: `X-RateLimit-Remaining-${names[length]}`, value: 'remaining', length },
          ],
    ),
    { name: 'RateLimit-Limit', value: 'limit' },
    { name: 'RateLimit-Remaining', value: 'remaining' },
    { name: 'RateLimit-Reset', value: 'reset', format: 'delta-seconds' },
    { name: 'Retry-After', value: 'retry-after', on: 'refusal' },
  ];
}
