/**
 * Checks the errors with which a policy refuses: each must exist, and each must be reachable.
 * @module
 */
import type { Path } from '../names.js';
import type { PolicySpec } from '../schema/schema.js';
import type { Checker } from './checker.js';

/** Checks `refusal.error`: one error, or a list of which the first that applies is sent. */
export function checkRefusalErrors(
  { add, named, condition }: Checker,
  given: PolicySpec['refusal']['error'],
  path: Path,
): void {
  if (typeof given === 'string') {
    named('error', given, path);
    return;
  }
  for (const [i, { when, share, error }] of given.entries()) {
    named('error', error, [...path, i, 'error']);
    condition(when, [...path, i, 'when']);
    const isLast = i === given.length - 1;
    const isAlways = when === undefined && share === undefined;
    if (isLast && !isAlways)
      add(
        'refusal-without-error',
        [...path, i],
        'is the last error, and does not apply to every refusal',
        'add one without when and share: - error: <name>',
      );
    if (!isLast && isAlways)
      add(
        'unreachable-error',
        [...path, i + 1],
        'is never sent, since the error before it applies to every refusal',
        'put the error without when and share last',
      );
  }
}
