/**
 * The registry of checks. A new check is one file and one line here. The profile schema is generated from this registry.
 * @module
 */
import type { Check } from '../check.js';
import { missed304 } from './economy/missed-304.js';
import { missedCache } from './economy/missed-cache.js';
import { oneByOne } from './economy/one-by-one.js';
import { polledForCompletion } from './economy/polled-for-completion.js';
import { pollingTooFast } from './economy/polling-too-fast.js';
import { smallPages } from './economy/small-pages.js';
import { conflatedBackoff } from './failures/conflated-backoff.js';
import { futileRetry } from './failures/futile-retry.js';
import { lostOrDoubled } from './failures/lost-or-doubled.js';
import { noBackoff } from './failures/no-backoff.js';
import { noRetryBudget } from './failures/no-retry-budget.js';
import { noTimeout } from './failures/no-timeout.js';
import { unsafeRetry } from './failures/unsafe-retry.js';
import { concurrentWrites } from './quotas/concurrent-writes.js';
import { ignoredRemaining } from './quotas/ignored-remaining.js';
import { keySpreading } from './quotas/key-spreading.js';
import { neverAdmissible } from './quotas/never-admissible.js';
import { noHeadroom } from './quotas/no-headroom.js';
import { sharedKey } from './quotas/shared-key.js';
import { gaveUp } from './waits/gave-up.js';
import { hammering } from './waits/hammering.js';
import { herdAtReset } from './waits/herd-at-reset.js';
import { noJitter } from './waits/no-jitter.js';
import { retryTooEarly } from './waits/retry-too-early.js';
import { slowCompletion } from './waits/slow-completion.js';
import { uncoordinated } from './waits/uncoordinated.js';
import { waitedTooLong } from './waits/waited-too-long.js';

/** All checks by name, in the order of reports and documentation. */
export const checks = {
  'retry-too-early': retryTooEarly,
  'ignored-remaining': ignoredRemaining,
  hammering,
  'no-backoff': noBackoff,
  'no-jitter': noJitter,
  'conflated-backoff': conflatedBackoff,
  'unsafe-retry': unsafeRetry,
  'polling-too-fast': pollingTooFast,
  'polled-for-completion': polledForCompletion,
  'no-headroom': noHeadroom,
  'missed-304': missed304,
  'missed-cache': missedCache,
  'small-pages': smallPages,
  'one-by-one': oneByOne,
  'key-spreading': keySpreading,
  'waited-too-long': waitedTooLong,
  'gave-up': gaveUp,
  uncoordinated,
  'shared-key': sharedKey,
  'never-admissible': neverAdmissible,
  'futile-retry': futileRetry,
  'no-retry-budget': noRetryBudget,
  'concurrent-writes': concurrentWrites,
  'lost-or-doubled': lostOrDoubled,
  'no-timeout': noTimeout,
  'herd-at-reset': herdAtReset,
  'slow-completion': slowCompletion,
} as const;

/** Name of a check, as profiles and reports contain it. */
export type CheckName = keyof typeof checks;

/** The names of all checks, as a non-empty tuple for `z.enum`. */
export const checkNames = Object.keys(checks) as [CheckName, ...CheckName[]];

/** Returns a check without the type of its options. */
export function checkNamed(name: CheckName): Check {
  return checks[name];
}
