/**
 * Keys of a policy that are well formed but would have no effect, or would contradict each other.
 * @module
 */
import { type AlgorithmName, algorithm as algorithmNamed } from '../../limits/algorithms/index.js';
import type { CostRule } from '../../limits/rules/cost.js';
import { conditionsIn } from '../../limits/rules/matching.js';
import { compileQuantity } from '../../limits/rules/quantity.js';
import type { Path } from '../names.js';
import type { PolicySpec } from '../schema/schema.js';
import { baseName } from '../versions.js';
import type { Checker } from './checker.js';

/** Facts that no request lacks. */
const ALWAYS_GIVEN = new Set(['ip', 'method', 'path']);

/** Facts of a request that are not facts of its caller. */
const REQUEST_FACTS = new Set([...ALWAYS_GIVEN, 'operation']);

/** Reports keys of one policy that cannot have an effect. */
export function checkIneffective(checker: Checker, id: string, spec: PolicySpec): void {
  const { add, profile } = checker;
  const path = ['policies', id];
  const ignored = (at: Path, problem: string, fix: string) => add('ignored-key', [...path, ...at], problem, fix);
  const algorithm = algorithmNamed(spec.algorithm as AlgorithmName);
  const isLease = algorithm.kind === 'lease';
  if (isLease) {
    const reason = `has no effect with ${spec.algorithm}, whose units are given back when the request or job ends`;
    if (spec.free.length > 0) ignored(['free'], reason, 'remove it');
    if (spec.actualCost) ignored(['actualCost'], reason, 'remove it');
  }
  const { charges, retryAfter } = spec.refusal;
  const charged = charges === 'self' ? [id] : charges === 'none' ? [] : charges;
  const lease = charged.find((one) => isLeaseOf(profile.policies[one] as PolicySpec | undefined));
  if (lease !== undefined)
    ignored(
      ['refusal', 'charges'],
      `a refused request holds no unit of ${lease}, so it cannot be charged there`,
      'remove it, or name policies that count with time',
    );
  if (retryAfter === 'reset' && (isLease || algorithm.windows.length === 0))
    ignored(['refusal', 'retryAfter'], `${spec.algorithm} has no reset`, 'write truthful, or a number of seconds');
  if (spec.absent !== undefined && spec.partitionBy.every((fact) => ALWAYS_GIVEN.has(fact)))
    ignored(['absent'], 'no request lacks a fact of partitionBy', 'remove it, or add the fact to partitionBy');
  checkRamp(spec, ignored);
  if (!isLease && neverRefuses(spec))
    add(
      'never-refuses',
      [...path, 'cost'],
      'a request that costs 0 is never refused, so this policy refuses none, whatever has been charged',
      'write needs: 1, so that requests are refused once the quota is used up',
      'warning',
    );
  checkArrival(checker, id, spec);
  checkCostRules(spec, ignored);
}

/** A ramp grows from its floor to its quota. */
function checkRamp(spec: PolicySpec, ignored: (at: Path, problem: string, fix: string) => void): void {
  const { floor, factor } = spec as PolicySpec & { readonly floor?: number; readonly factor?: number };
  if (floor === undefined || factor === undefined) return;
  if (factor < 1) ignored(['factor'], `${factor} lets no use grow`, 'write more than 1');
  if (typeof spec.quota === 'number' && floor > spec.quota)
    ignored(['floor'], `${floor} is more than the quota of ${spec.quota}`, 'write less, or raise the quota');
}

/** Whether every request costs 0, and nothing else is asked of it. */
function neverRefuses({ cost = [], needs, mostPerRequest, absent }: PolicySpec): boolean {
  if (needs !== undefined || mostPerRequest !== undefined || absent === 'refuse') return false;
  const last = cost.findIndex(decidesAll);
  return last >= 0 && cost.slice(0, last + 1).every(isZero);
}

function isZero({ units = 1, count, price, graphql }: CostRule): boolean {
  return count === undefined && price === undefined && graphql === undefined && compileQuantity(units).constant === 0;
}

function isLeaseOf(spec: PolicySpec | undefined): boolean {
  return spec !== undefined && algorithmNamed(spec.algorithm as AlgorithmName).kind === 'lease';
}

/** A policy that is asked at arrival knows no caller. */
function checkArrival({ add, profile }: Checker, id: string, spec: PolicySpec): void {
  if (spec.asked !== 'arrival' || id !== baseName(id)) return;
  const fact =
    spec.partitionBy.find((one) => one.startsWith('caller.') || !(one.includes('.') || REQUEST_FACTS.has(one))) ??
    callerFactOf(spec);
  if (fact !== undefined)
    add(
      'no-caller-yet',
      ['policies', id, 'asked'],
      `at arrival the caller is not known, so "${fact}" has no value`,
      'leave asked out, or use facts of the request, such as ip',
    );
  for (const [plan, { quotas }] of Object.entries(profile.plans))
    if (quotas[id] !== undefined)
      add(
        'no-caller-yet',
        ['plans', plan, 'quotas', id],
        'at arrival the caller is not known, so no plan has a quota of its own',
        `leave asked out of ${id}, or remove it`,
      );
}

/** A fact of the caller that the policy's rules read. */
function callerFactOf({ quota, window, cost, needs, mostPerRequest, applies }: PolicySpec): string | undefined {
  for (const one of applies ?? [])
    for (const { caller } of conditionsIn(one)) for (const name of Object.keys(caller ?? {})) return `caller.${name}`;
  return /\bcaller\.[\w-]+/.exec(JSON.stringify([quota, window?.length, cost, needs, mostPerRequest, applies]))?.[0];
}

function checkCostRules(spec: PolicySpec, ignored: (at: Path, problem: string, fix: string) => void): void {
  for (const key of ['cost', 'actualCost'] as const)
    for (const [i, rule] of (spec[key] ?? []).entries()) {
      const given = (['graphql', 'count', 'price', 'units'] as const).filter((one) => rule[one] !== undefined);
      const [first, second] = given;
      if (second !== undefined)
        ignored([key, i, second], `has no effect beside ${first}`, `leave one of them out, or write two rules`);
      if (rule.count?.endsWith('.length'))
        ignored(
          [key, i, 'count'],
          'is the path of a number, not of a list',
          `write the list: count: ${rule.count.slice(0, -'.length'.length)}`,
        );
      if (i > 0 && decidesAll(spec[key]![i - 1]!))
        ignored(
          [key, i],
          'is never reached: the rule before it decides every request',
          'give that one a when, or remove this',
        );
    }
}

/** Whether no request is passed over to the next rule. */
function decidesAll({ when, units = 1, count, price, graphql }: CostRule): boolean {
  return when === undefined && !graphql && (count !== undefined || compileQuantity(price ?? units).sure);
}
