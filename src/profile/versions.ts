/**
 * Versions of policies: where a plan changes a policy's window or algorithm, or its window depends on a fact, each form becomes a policy of its own.
 *
 * `minute@pro` is the version of the policy `minute` for the plan `pro`. A version has buckets of its own, because counts of different windows cannot be carried
 * over. A change of the quota or of a setting needs no version: it becomes a table, and the bucket stays. The expansion works on plain data, before the schema
 * checks it, so that each version is checked like any policy.
 * @module
 */
import { algorithms } from '../limits/algorithms/index.js';
import { mergePatch } from './merge-patch.js';

/** A map of plain data. */
type Data = Record<string, unknown>;

/** A profile with all versions of its policies. */
export interface Expanded {
  readonly value: unknown;
  /** The path in the file that a path of the expanded profile stems from. Candidates, the closest first. */
  sources(path: readonly PropertyKey[]): readonly (readonly PropertyKey[])[];
}

/** The sign between a policy's name and its version. */
export const VERSION_SIGN = '@';

/** The name under which rules refer to a policy: `minute` for `minute@pro`. */
export function baseName(policy: string): string {
  const at = policy.indexOf(VERSION_SIGN);
  return at < 0 ? policy : policy.slice(0, at);
}

/** Expands the policies of a profile, given as plain data. Data of another form is left as it is, for the schema to report. */
export function expandVersions(value: unknown): Expanded {
  const policies = isRecord(value) ? value['policies'] : undefined;
  if (!isRecord(value) || !isRecord(policies)) return { value, sources: (path) => [path] };
  const plans = isRecord(value['plans']) ? value['plans'] : {};
  const planOf = new Map<string, string>();
  const expanded: Data = {};
  for (const [id, policy] of Object.entries(policies)) {
    if (!isRecord(policy)) {
      expanded[id] = policy;
      continue;
    }
    let base: Data = policy;
    const versions: [name: string, version: Data, plan: string][] = [];
    const conditions: Data[] = [];
    for (const [plan, given] of Object.entries(plans)) {
      const patch = isRecord(given) && isRecord(given['policies']) ? given['policies'][id] : undefined;
      if (!isRecord(patch)) continue;
      const amounts = amountsOnly(base, patch);
      if (amounts) {
        base = { ...base };
        for (const [key, amount] of amounts) base[key] = byPlan(base[key], plan, amount);
        continue;
      }
      const condition = { caller: { plan: [{ oneOf: [plan] }] } };
      versions.push([`${id}${VERSION_SIGN}${plan}`, narrowed(mergePatch(policy, patch) as Data, [condition]), plan]);
      conditions.push(condition);
    }
    if (conditions.length > 0)
      base = narrowed(
        base,
        conditions.map((condition) => ({ not: condition })),
      );
    for (const [name, version, plan] of [[id, base] as [string, Data], ...versions])
      for (const [inner, one] of byWindow(name, version)) {
        const free = notIn(expanded, inner);
        if (plan !== undefined) planOf.set(free, plan);
        expanded[free] = one;
      }
  }
  return {
    value: { ...value, policies: expanded },
    sources: (path) => sourcesOf(path, planOf),
  };
}

function sourcesOf(path: readonly PropertyKey[], planOf: ReadonlyMap<string, string>): (readonly PropertyKey[])[] {
  const [first, id, ...rest] = path;
  if (first !== 'policies' || typeof id !== 'string' || !id.includes(VERSION_SIGN)) return [path];
  const base = baseName(id);
  const plan = planOf.get(id);
  const own = ['policies', base, ...rest];
  return plan === undefined ? [own] : [['plans', plan, 'policies', base, ...rest], own];
}

/** The amounts of a patch that changes nothing else, and nothing that is not there; `undefined` for any other patch. */
function amountsOnly(policy: Data, patch: Data): [key: string, amount: unknown][] | undefined {
  const name = policy['algorithm'];
  if (typeof name !== 'string' || !Object.hasOwn(algorithms, name)) return undefined;
  const amounts = new Set<string>(['quota', ...algorithms[name as keyof typeof algorithms].amounts]);
  const entries = Object.entries(patch);
  return entries.every(([key, amount]) => amounts.has(key) && amount !== null && policy[key] !== undefined)
    ? entries
    : undefined;
}

function byPlan(old: unknown, plan: string, amount: unknown): unknown {
  if (isRecord(old) && old['by'] === 'caller.plan' && isRecord(old['values']))
    return { ...old, values: { ...old['values'], [plan]: amount } };
  return { by: 'caller.plan', values: { [plan]: amount }, else: old };
}

/** The policy, for the requests that meet all conditions as well. */
function narrowed(policy: Data, conditions: readonly Data[]): Data {
  const { applies } = policy;
  const own = applies === undefined ? [] : [Array.isArray(applies) ? { any: applies } : applies];
  return { ...policy, applies: { all: [...own, ...conditions] } };
}

/** One policy for each window of a table; the policy itself where it has one window. */
function byWindow(name: string, policy: Data): [string, Data][] {
  const { window } = policy;
  if (!isRecord(window)) return [[name, policy]];
  const key = (['length', 'start'] as const).find((one) => isRecord(window[one]));
  const table = key && (window[key] as Data);
  if (!table || typeof table['by'] !== 'string' || !isRecord(table['values']) || table['else'] === undefined)
    return [[name, policy]];
  const { by, values } = table as { by: string; values: Data };
  const withWindow = (value: unknown) => ({ ...policy, window: { ...window, [key!]: value } });
  // Exact keys come before keys with `*`, as in every table.
  const keys = Object.keys(values).sort((a, b) => Number(a.includes('*')) - Number(b.includes('*')));
  const conditions = keys.map((one) => conditionOn(by, one));
  const names = new Set<string>();
  const versions = keys.flatMap((one, i) => {
    const before = conditions.slice(0, i).map((condition) => ({ not: condition }));
    return byWindow(
      `${name}${VERSION_SIGN}${unique(one, names)}`,
      narrowed(withWindow(values[one]), [conditions[i]!, ...before]),
    );
  });
  const rest = narrowed(
    withWindow(table['else']),
    conditions.map((condition) => ({ not: condition })),
  );
  return [...byWindow(name, rest), ...versions];
}

function conditionOn(by: string, key: string): Data {
  const [root, ...rest] = by.split('.');
  return root === 'caller' ? { caller: { [rest.join('.')]: [key] } } : { fact: { [by]: [key] } };
}

function unique(key: string, names: Set<string>): string {
  const slug =
    key
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'other';
  let name = slug;
  for (let i = 2; names.has(name); i++) name = `${slug}-${i}`;
  names.add(name);
  return name;
}

/** The name, with a number behind it where it is taken: a plan and a value of a window table may have the same name. */
function notIn(taken: Data, name: string): string {
  let free = name;
  for (let i = 2; Object.hasOwn(taken, free); i++) free = `${name}-${i}`;
  return free;
}

function isRecord(value: unknown): value is Data {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
