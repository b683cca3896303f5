/**
 * Reads entries of the journal.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import type { JournalDecision, JournalEntry, Skipped } from '../../state/journal.js';
import type { Node } from './node.js';

/** @throws Problem */
export function readJournal(node: Node, profiles: readonly string[]): JournalEntry[] {
  return node.list().map((one): JournalEntry => {
    const read = one.fields(
      [
        'id',
        'sandbox',
        'profile',
        'method',
        'path',
        'status',
        'admitted',
        'decisions',
        'skipped',
        'warnings',
        'at',
        'sentAt',
        'realAt',
        'durationMs',
      ],
      ['operation', 'caller', 'keyHash', 'error', 'refusedBy', 'retryAfter'],
    );
    const profile = read.profile.text();
    if (!profiles.includes(profile))
      read.profile.wrong(`no profile "${profile}" is served; ${suggest(profile, profiles)}`, 'unknown-profile');
    return {
      id: read.id.text(),
      sandbox: read.sandbox.text(),
      profile,
      method: read.method.text(),
      path: read.path.text(),
      operation: read.operation?.text(),
      caller: read.caller && readFacts(read.caller),
      keyHash: read.keyHash?.text(),
      status: read.status.count(),
      error: read.error?.text(),
      admitted: read.admitted.flag(),
      refusedBy: read.refusedBy?.text(),
      decisions: read.decisions.list().map(readDecision),
      skipped: read.skipped.list().map((skip): Skipped => {
        const { policy, why } = skip.fields(['policy', 'why']);
        return { policy: policy.text(), why: why.oneOf('applies', 'no-limit', 'no-partition') };
      }),
      warnings: read.warnings.list().map((warning) => warning.text()),
      retryAfter: read.retryAfter?.number(),
      at: read.at.instant(),
      sentAt: read.sentAt.instant(),
      realAt: read.realAt.instant(),
      durationMs: read.durationMs.number(),
    };
  });
}

function readDecision(node: Node): JournalDecision {
  const read = node.fields([
    'policy',
    'partition',
    'allowed',
    'cost',
    'used',
    'limit',
    'remaining',
    'resetAt',
    'retryAt',
    'charged',
    'refunded',
  ]);
  return {
    policy: read.policy.text(),
    partition: readFacts(read.partition),
    allowed: read.allowed.flag(),
    cost: read.cost.number(),
    used: read.used.number(),
    limit: read.limit.number(),
    remaining: read.remaining.number(),
    resetAt: read.resetAt.orNull((one) => one.instant()),
    retryAt: read.retryAt.orNull((one) => one.instant()),
    charged: read.charged.number(),
    refunded: read.refunded.number(),
  };
}

function readFacts(node: Node): Record<string, string> {
  return Object.fromEntries([...node.map()].map(([name, value]) => [name, value.text()]));
}
