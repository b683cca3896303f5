/**
 * The policies and plans of a starter profile: from the limits that were found, or a placeholder.
 * @module
 */
import { type AlgorithmName, algorithm, algorithms } from '../../limits/algorithms/index.js';
import { listInWords } from '../../limits/words.js';
import { kebab } from '../../profile/document/names.js';
import { errorName, ROLES } from './errors.js';
import type { ReadLimits } from './limits/index.js';
import type { AppliesTo, FoundLimit, Window } from './limits/limits.js';
import { inline } from './write.js';

/** A policy of a starter profile. */
export interface StarterPolicy {
  readonly id: string;
  readonly algorithm: string;
  readonly quota: number | 'none';
  readonly refill: number | undefined;
  readonly window: { readonly length: string; readonly start: string } | undefined;
  readonly partitionBy: readonly string[];
  readonly asked: 'arrival' | 'caller';
  readonly applies: AppliesTo | undefined;
  /** What the evidence says; `undefined` for a placeholder. */
  readonly note: string | undefined;
}

/** The rules of a starter profile. */
export interface StarterRules {
  readonly policies: readonly StarterPolicy[];
  /** Plan → policy → quota. The first is the default plan. */
  readonly plans: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const PLACEHOLDER: FoundLimit = {
  quota: 60,
  window: { length: '60s', start: 'first-request' },
  algorithm: 'fixed-window',
  by: 'caller',
  note: '',
};

/** Makes policies and plans of limits. Limits that differ only in plan and quota are one policy. @param fact the caller fact of credentials; `undefined` if there are none */
export function rulesOf(found: readonly FoundLimit[], fact: string | undefined): StarterRules {
  if (found.length === 0) return { policies: [policyOf(PLACEHOLDER, fact, new Set(), true)], plans: { standard: {} } };
  const planNames = [...new Set(found.flatMap(({ plan }) => (plan === undefined ? [] : [plan])))];
  const plans: Record<string, Record<string, number>> = {};
  for (const name of planNames.length === 0 ? ['standard'] : planNames) plans[planId(name)] = {};
  const [defaultPlan] = Object.keys(plans);
  const policies: StarterPolicy[] = [];
  const taken = new Set<string>();
  for (const group of groupsOf(found)) {
    const common = group.filter(({ plan }) => plan === undefined);
    const planned = group.filter(({ plan }) => plan !== undefined);
    // Two limits of the same plan are two policies.
    const byPlan = new Map(planned.map((one) => [planId(one.plan!), one]));
    const [first, ...others] = common;
    const governing = first ?? (byPlan.size === planNames.length ? byPlan.get(defaultPlan!) : undefined);
    const policy = policyOf(governing ?? ofPlans(planned, byPlan.size), fact, taken, false);
    policies.push(governing ? policy : { ...policy, quota: 'none' });
    for (const [plan, { quota }] of byPlan) if (quota !== governing?.quota) plans[plan]![policy.id] = quota;
    for (const other of [...others, ...planned.filter((one) => byPlan.get(planId(one.plan!)) !== one)]) {
      const more = policyOf(other, fact, taken, false);
      policies.push(other.plan === undefined ? more : { ...more, quota: 'none' });
      if (other.plan !== undefined) plans[planId(other.plan)]![more.id] = other.quota;
    }
  }
  return { policies, plans };
}

/** A limit that only some plans have. The name of a policy of one plan contains the plan's. */
function ofPlans([first]: readonly FoundLimit[], plans: number): FoundLimit & { readonly prefix?: string } {
  const { name = '', plan = '' } = first!;
  return plans > 1 || name !== '' ? first! : { ...first!, prefix: plan };
}

/** Limits of which all but plan and quota is the same. */
function groupsOf(found: readonly FoundLimit[]): FoundLimit[][] {
  const groups = new Map<string, FoundLimit[]>();
  for (const one of found) {
    const { algorithm, window, refill, by, applies } = one;
    // Limits with a name of their own and no plan are different, even if they are alike.
    const name = one.plan === undefined ? one.name : undefined;
    const key = JSON.stringify([algorithm, window, refill, by, applies, name]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function planId(name: string): string {
  return kebab(name) || `plan-${Buffer.from(name).toString('hex').slice(0, 8)}`;
}

function policyOf(
  limit: FoundLimit & { readonly prefix?: string },
  fact: string | undefined,
  taken: Set<string>,
  isPlaceholder: boolean,
): StarterPolicy {
  const { quota, refill, applies, note } = limit;
  const window = limit.window && suited(limit.window, limit.algorithm);
  const by = fact === undefined && (limit.by === 'caller' || limit.by === 'account') ? 'ip' : limit.by;
  const partitionBy = by === 'everyone' ? [] : [by === 'caller' ? fact! : by];
  const asked = by === 'caller' || by === 'account' ? 'caller' : 'arrival';
  const own = by === 'caller' ? 'key' : by;
  const id = unused(nameOf(limit, limit.prefix ? `${limit.prefix} ${own}` : own), taken);
  taken.add(id);
  return {
    id,
    algorithm: limit.algorithm,
    quota,
    refill,
    window,
    partitionBy,
    asked,
    applies,
    note: isPlaceholder ? undefined : note,
  };
}

/** The window, or the nearest one by which the algorithm can count. */
function suited(window: Window, algorithm: string): Window {
  const length = window.length === 'month' && !takesWindow(algorithm, 'calendar') ? '30d' : window.length;
  return { length, start: takesWindow(algorithm, window.start) ? window.start : 'utc' };
}

/** Whether an algorithm can count by windows of a kind, or with a start. */
export function takesWindow(name: string, start: 'first-request' | 'utc' | 'calendar'): boolean {
  const { windows } = algorithm(name as AlgorithmName) as { readonly windows?: readonly string[] };
  return windows?.includes(start === 'utc' ? 'aligned' : start) ?? false;
}

const UNITS: Readonly<Record<string, string>> = {
  '1s': 'second',
  '60s': 'minute',
  '1h': 'hour',
  '1d': 'day',
  '7d': 'week',
  '365d': 'year',
};

function nameOf({ name, window, algorithm, applies }: FoundLimit, by: string): string {
  const length = window === undefined ? algorithm : (UNITS[window.length] ?? window.length);
  const [only, ...more] = applies?.operation ?? [];
  const what =
    name !== undefined && name !== '' ? name : only !== undefined && more.length === 0 ? `${only} ${by}` : by;
  const id = kebab(`${what} ${length}`);
  return /^[a-z]/.test(id) ? id : `limit-${id}`;
}

function unused(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let i = 2; ; i++) if (!taken.has(`${id}-${i}`)) return `${id}-${i}`;
}

/** Writes the policies. @param keyed whether the document has credentials */
export function policySection({ policies }: StarterRules, keyed: boolean, read: ReadLimits | undefined): string {
  const remark = keyed
    ? '\n# Operations that need no credential are not counted here; for those add a policy with asked: arrival and partitionBy: [ip].'
    : '';
  return `# The rules, in evaluation order. A request is admitted if all of them admit it.${remark}${leftOutComment(read)}
policies:
${policies.map((policy, i) => policyText(policy, i === 0, keyed)).join('\n')}`;
}

/** What was found and is not in the profile. */
function leftOutComment(read: ReadLimits | undefined): string {
  if (!read || read.leftOut.length === 0) return '';
  const lines = read.leftOut.map(({ place, why }) => `\n#   ${oneLine(place)}: ${oneLine(why)}`);
  return `\n# Not carried over from ${oneLine(read.from)}:${lines.join('')}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function policyText(policy: StarterPolicy, isFirst: boolean, keyed: boolean): string {
  const { id, algorithm, quota, refill, window, partitionBy, asked, applies, note } = policy;
  const explain = (text: string) => (isFirst ? [`    # ${text}`] : []);
  const partition = keyed
    ? 'The bucket key: [key] per credential, [account] per account, [ip] per address, [] one bucket for all.'
    : 'The bucket key: [ip] per address, [] one bucket for all.';
  return [
    `  ${id}:`,
    ...explain(`The algorithm, one of ${listInWords(Object.keys(algorithms), 'or')}.`),
    `    algorithm: ${algorithm}`,
    ...explain('Units per window; a unit is a request, unless cost says otherwise.'),
    `    quota: ${quota}`,
    ...(refill === undefined ? [] : [...explain('Units that come back per window.'), `    refill: ${refill}`]),
    ...(window === undefined
      ? []
      : [
          ...explain(
            'length: a duration (60s, 1h) or minute, hour, day, month. start: first-request, utc (on the clock), or a time zone.',
          ),
          `    window: { length: ${window.length}, start: ${window.start} }`,
        ]),
    ...(asked === 'caller'
      ? []
      : [...explain('Evaluated when a request arrives, before its caller is identified.'), '    asked: arrival']),
    ...explain(partition),
    `    partitionBy: [${partitionBy.map((name) => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name))).join(', ')}]`,
    ...(applies === undefined
      ? []
      : [...explain('The requests to which it applies.'), `    applies: ${inline(applies)}`]),
    // What is held is given back at the end in any case.
    ...(window === undefined ? [] : [...explain('Outcomes that are not charged.'), '    free: [{ status: 5xx }]']),
    ...explain(
      'The error that refuses a request over the quota, and the policies that a refusal charges: none, self, or a list.',
    ),
    `    refusal: { error: ${errorName(ROLES.rateLimited)}, charges: none }`,
    ...(note === undefined
      ? []
      : [
          ...explain('How certain it is: documented, inferred or assumed. When left out, that of evidence at the top.'),
          `    evidence: ${inline({ level: 'assumed', source: 'limits', note: oneLine(note) })}`,
        ]),
  ].join('\n');
}

/** Writes the plans. */
export function planSection({ plans }: StarterRules): string {
  const lines = Object.entries(plans).map(([id, quotas]) => {
    const isEmpty = Object.keys(quotas).length === 0;
    return `  ${id}: ${isEmpty ? '{}' : `{ quotas: ${inline(quotas)} }`}`;
  });
  return `# The plans. A plan may override quotas: quotas: { <policy>: 600 }.
plans:
${lines.join('\n')}`;
}
