/**
 * Checks policies: windows must suit the algorithm, facts must exist, and every policy must be reachable.
 * @module
 */
import { type AlgorithmName, algorithm as algorithmNamed } from '../../limits/algorithms/index.js';
import type { CostRule } from '../../limits/cost.js';
import { type Condition, globPattern } from '../../limits/matching.js';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { compileWindow } from '../compiled/windows.js';
import { suggest } from '../errors.js';
import type { Path } from '../names.js';
import type { PolicySpec, Profile } from '../schema/schema.js';
import type { Checker } from './checker.js';
import { checkRefusalErrors } from './refusals.js';

/** Checks one policy. */
export function checkPolicy(checker: Checker, id: string, spec: PolicySpec): void {
  const { profile, document, names, add, named, condition, factPath } = checker;
  const path = ['policies', id];
  const algorithm = algorithmNamed(spec.algorithm as AlgorithmName);
  if (algorithm.kind === 'lease') {
    if (spec.window) add('window', [...path, 'window'], `${spec.algorithm} has no window`, 'remove it');
  } else if (!spec.window) {
    add(
      'missing-key',
      [...path, 'window'],
      `is missing (${spec.algorithm} needs one)`,
      'add it: { length: 60s, start: utc }',
    );
  } else {
    const window = compileWindow(spec.window, 1);
    if (!window)
      add(
        'window',
        [...path, 'window', 'length'],
        `a calendar in ${spec.window.start} has no such unit`,
        'use hour, day, week or month, or start: utc',
      );
    else if (!algorithm.windows.includes(window.kind)) {
      add(
        'window',
        [...path, 'window', 'start'],
        `${spec.algorithm} cannot count by such a window`,
        `use ${algorithm.windows.map(windowStart).join(' or ')}`,
      );
    }
  }
  for (const [i, fact] of spec.partitionBy.entries()) {
    const at = [...path, 'partitionBy', i];
    const plain = [...names.fact, ...REQUEST_FACTS];
    if (fact.includes('.')) factPath(fact, at);
    else if (!plain.includes(fact)) add('unknown-fact', at, `there is no fact "${fact}"`, suggest(fact, plain));
  }
  checkRefusalErrors(checker, spec.refusal.error, [...path, 'refusal', 'error']);
  named('error', spec.refusal.impossible, [...path, 'refusal', 'impossible']);
  if (typeof spec.refusal.charges !== 'string')
    for (const other of spec.refusal.charges) named('policy', other, [...path, 'refusal', 'charges']);
  for (const [i, free] of spec.free.entries()) condition(free, [...path, 'free', i]);
  checkCost(spec.cost ?? [], [...path, 'cost'], []);
  checkCost(spec.actualCost ?? [], [...path, 'actualCost'], ['response']);
  for (const [i, one] of (spec.applies ?? []).entries()) condition(one, [...path, 'applies', i]);
  const operations = (spec.applies ?? []).flatMap(({ operation }) => operation ?? []);
  const hasUnknownOperation = operations.some((id) => !names.operation.includes(id));
  if (spec.applies && !hasUnknownOperation && !spec.applies.some((one) => reachable(one, document, profile))) {
    add(
      'unreachable-policy',
      [...path, 'applies'],
      'no operation of the document ever meets this policy',
      'widen the condition, or remove the policy',
    );
  }

  function checkCost(rules: readonly CostRule[], at: Path, more: readonly string[]): void {
    for (const [i, rule] of rules.entries()) {
      condition(rule.when, [...at, i, 'when']);
      const roots = rule.each === undefined ? more : [...more, 'item'];
      for (const key of ['units', 'times', 'count'] as const) {
        const amount = rule[key];
        if (typeof amount === 'string') factPath(amount, [...at, i, key], roots);
      }
      if (rule.each !== undefined) factPath(rule.each, [...at, i, 'each'], more);
      if (rule.price) factPath(rule.price.by, [...at, i, 'price', 'by'], roots);
    }
  }
}

/** Facts that every request has. */
const REQUEST_FACTS = ['ip', 'operation', 'method', 'path'];

/** Whether any operation (or, for a path, any path that needs a caller) can meet the condition. */
function reachable({ operation, method, path, tag }: Condition, document: OpenApiDocument, profile: Profile): boolean {
  const patterns = path?.map(globPattern);
  const operations = document.operations.some(
    (one) =>
      (!operation || operation.includes(one.id)) &&
      (!method || method.includes(one.method)) &&
      (!tag || one.tags.some((name) => tag.includes(name))) &&
      (!patterns || patterns.some((pattern) => pattern.test(one.path))),
  );
  const wild =
    !operation && !tag && (path ?? []).some((glob) => profile.callers.under.some((prefix) => glob.startsWith(prefix)));
  return operations || wild;
}

function windowStart(kind: string): string {
  return kind === 'first-request' ? 'start: first-request' : kind === 'aligned' ? 'start: utc' : 'start: <time zone>';
}
