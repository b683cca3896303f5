/**
 * The registry of checks. A new one is one file and one line here; the profile's schema follows.
 * @module
 */
import type { Check } from '../check.js';
import { concurrentWrites } from './concurrent-writes.js';
import { conflatedBackoff } from './conflated-backoff.js';
import { futileRetry } from './futile-retry.js';
import { gaveUp } from './gave-up.js';
import { hammering } from './hammering.js';
import { herdAtReset } from './herd-at-reset.js';
import { ignoredRemaining } from './ignored-remaining.js';
import { keySpreading } from './key-spreading.js';
import { lostOrDoubled } from './lost-or-doubled.js';
import { missed304 } from './missed-304.js';
import { missedCache } from './missed-cache.js';
import { neverAdmissible } from './never-admissible.js';
import { noBackoff } from './no-backoff.js';
import { noHeadroom } from './no-headroom.js';
import { noJitter } from './no-jitter.js';
import { noRetryBudget } from './no-retry-budget.js';
import { noTimeout } from './no-timeout.js';
import { oneByOne } from './one-by-one.js';
import { pollingTooFast } from './polling-too-fast.js';
import { retryTooEarly } from './retry-too-early.js';
import { sharedKey } from './shared-key.js';
import { slowCompletion } from './slow-completion.js';
import { smallPages } from './small-pages.js';
import { uncoordinated } from './uncoordinated.js';
import { unsafeRetry } from './unsafe-retry.js';
import { waitedTooLong } from './waited-too-long.js';

export const checks = {
  'retry-too-early': retryTooEarly,
  'ignored-remaining': ignoredRemaining,
  hammering,
  'no-backoff': noBackoff,
  'no-jitter': noJitter,
  'conflated-backoff': conflatedBackoff,
  'unsafe-retry': unsafeRetry,
  'polling-too-fast': pollingTooFast,
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

export type CheckName = keyof typeof checks;

export const checkNames = Object.keys(checks) as [CheckName, ...CheckName[]];

export function checkNamed(name: CheckName): Check {
  return checks[name];
}
