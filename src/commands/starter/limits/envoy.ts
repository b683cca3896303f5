/**
 * Envoy: the configuration of the rate limit service (github.com/envoyproxy/ratelimit), a domain with a tree of descriptors.
 * @module
 */
import {
  type AppliesTo,
  type CountedBy,
  type FoundLimit,
  isMap,
  type LeftOut,
  type LimitsFormat,
  type LimitsInput,
  mapsIn,
  wholeNumber,
} from './limits.js';
import { windowIn } from './periods.js';

/** Reads the configuration of Envoy's rate limit service. */
export const envoy: LimitsFormat = {
  title: 'Envoy rate limit service configuration',
  shape: 'a map with domain and descriptors',
  matches: (value) => isMap(value) && typeof value['domain'] === 'string' && Array.isArray(value['descriptors']),
  read(input) {
    const found: Found = { limits: [], leftOut: [] };
    const { descriptors } = input.value as { descriptors: unknown };
    walk(input, descriptors, ['descriptors'], { names: [] }, found);
    return { ...found, headers: [] };
  },
};

interface Found {
  readonly limits: FoundLimit[];
  readonly leftOut: LeftOut[];
}

/** What the descriptors above one say. */
interface Above {
  readonly names: readonly string[];
  readonly by?: CountedBy;
  readonly applies?: AppliesTo;
  /** Why it cannot be said which requests match. */
  readonly unknown?: string;
}

function walk(
  input: LimitsInput,
  descriptors: unknown,
  path: readonly PropertyKey[],
  above: Above,
  found: Found,
): void {
  for (const [i, descriptor] of mapsIn(descriptors).entries()) {
    const at = [...path, i];
    const { key, value, rate_limit: rate } = descriptor;
    if (typeof key !== 'string')
      input.fail([...at, 'key'], 'is missing', 'give the key of the descriptor, such as remote_address');
    const here = meaningOf(key, value, above);
    if (isMap(rate)) readRate(input, rate, descriptor, [...at, 'rate_limit'], here, found);
    walk(input, descriptor['descriptors'], [...at, 'descriptors'], here, found);
  }
}

/** The keys of Envoy's own actions, and of headers where the key names one. */
function meaningOf(key: string, value: unknown, above: Above): Above {
  const names = [...above.names, value === undefined ? key : String(value)];
  const given = value === undefined ? undefined : String(value);
  if (key === 'remote_address' || key === 'masked_remote_address')
    return given === undefined
      ? { ...above, names, by: 'ip' }
      : {
          ...above,
          names,
          unknown: `it is for the address ${given}; add a policy with applies: { fact: { ip: ${given} } }`,
        };
  if (/^(?:path|:path|request_path|PATH)$/.test(key)) {
    if (given === undefined) return { ...above, names, by: above.by ?? 'path' };
    return { ...above, names, applies: { ...above.applies, path: [given] } };
  }
  if (/^(?:method|:method)$/i.test(key) && given !== undefined)
    return { ...above, names, applies: { ...above.applies, method: [given.toUpperCase()] } };
  if (key === 'generic_key' || key === 'header_match' || key === 'destination_cluster' || key === 'source_cluster')
    return {
      ...above,
      names,
      unknown: `Envoy's route decides which requests have ${key}${given === undefined ? '' : ` ${given}`}; add a policy with applies`,
    };
  if (given !== undefined)
    return {
      ...above,
      names,
      unknown: `it is for ${key} ${given}; add a policy with applies, or a plan with its quota`,
    };
  if (/(?:^|[_-])(?:user|api_?key|client|token|caller|authorization)(?:$|[_-])/i.test(key))
    return { ...above, names, by: 'caller' };
  if (/(?:account|tenant|org|organization|company|team)/i.test(key)) return { ...above, names, by: 'account' };
  return { ...above, names, by: `header.${key.toLowerCase().replaceAll('_', '-')}` };
}

function readRate(
  input: LimitsInput,
  rate: Record<string, unknown>,
  descriptor: Record<string, unknown>,
  path: readonly PropertyKey[],
  { names, by = 'everyone', applies, unknown }: Above,
  found: Found,
): void {
  const place = path.join('.');
  if (rate['unlimited'] === true) {
    found.leftOut.push({ place, why: 'these requests are not limited; add a condition to the policies of the others' });
    return;
  }
  if (descriptor['shadow_mode'] === true) {
    found.leftOut.push({ place, why: 'in shadow mode it refuses nothing' });
    return;
  }
  if (unknown !== undefined) {
    found.leftOut.push({ place, why: unknown });
    return;
  }
  const window = windowIn(String(rate['unit']), 'utc');
  if (!window)
    input.fail(
      [...path, 'unit'],
      `${JSON.stringify(rate['unit'])} is not a unit`,
      'write second, minute, hour, day, week, month or year',
    );
  for (const key of ['replaces', 'quota_mode'])
    if (rate[key] !== undefined)
      found.leftOut.push({ place: `${place}.${key}`, why: 'limits that replace others are all applied here' });
  found.limits.push({
    name: names.join(' '),
    quota: wholeNumber(input, rate['requests_per_unit'], [...path, 'requests_per_unit']),
    window,
    algorithm: 'fixed-window',
    by,
    applies,
    note: `${place} (${names.join(', ')})${by.startsWith('header.') ? '; that the key is a header is a guess' : ''}`,
  });
}
