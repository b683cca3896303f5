/**
 * Checks of policies: windows that suit their algorithm, facts that exist, and that no policy is out of reach.
 * @module
 */
import { type AlgorithmName, algorithm as algorithmNamed } from '../limits/algorithms/index.js';
import { type Condition, globPattern } from '../limits/matching.js';
import type { OpenApiDocument } from '../openapi/document.js';
import type { Checker } from './checker.js';
import type { PolicySpec, Profile } from './schema.js';
import { compileWindow } from './windows.js';

export function checkPolicy(
  { profile, document, add, named, condition, factPath }: Checker,
  id: string,
  spec: PolicySpec,
): void {
  const path = ['policies', id];
  const algorithm = algorithmNamed(spec.algorithm as AlgorithmName);
  if (algorithm.windows.length === 0) {
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
    if (fact === 'ip' || fact === 'operation' || fact === 'method' || fact === 'path') continue;
    if (fact.includes('.')) factPath(fact, [...path, 'partitionBy', i]);
    else named('fact', fact, [...path, 'partitionBy', i]);
  }
  named('error', spec.refusal.error, [...path, 'refusal', 'error']);
  named('error', spec.refusal.impossible, [...path, 'refusal', 'impossible']);
  if (typeof spec.refusal.charges !== 'string')
    for (const other of spec.refusal.charges) named('policy', other, [...path, 'refusal', 'charges']);
  for (const [i, free] of spec.free.entries()) condition(free, [...path, 'free', i]);
  for (const [i, rule] of (spec.cost ?? []).entries())
    condition('when' in rule ? rule.when : undefined, [...path, 'cost', i, 'when']);
  for (const [i, one] of (spec.applies ?? []).entries()) condition(one, [...path, 'applies', i]);
  if (spec.applies && !spec.applies.some((one) => reachable(one, document, profile))) {
    add(
      'unreachable-policy',
      [...path, 'applies'],
      'no operation of the document ever meets this policy',
      'widen the condition, or remove the policy',
    );
  }
}

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
