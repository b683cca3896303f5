/**
 * Reads entries of the journal.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import type { JournalDecision, JournalEntry, Skipped, Told } from '../../state/journal.js';
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
        'told',
        'conditional',
        'beganAt',
        'leftAt',
      ],
      [
        'pathHash',
        'operation',
        'caller',
        'keyHash',
        'error',
        'refusedBy',
        'retryAfter',
        'bodyHash',
        'items',
        'idempotencyKey',
        'etag',
        'cache',
      ],
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
      pathHash: read.pathHash?.text(),
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
      told: read.told.list().map(readTold),
      bodyHash: read.bodyHash?.text(),
      items: read.items?.count(),
      idempotencyKey: read.idempotencyKey?.text(),
      conditional: read.conditional.flag(),
      etag: read.etag?.text(),
      cache: read.cache?.oneOf('HIT', 'MISS', 'BYPASS'),
      at: read.at.instant(),
      sentAt: read.sentAt.instant(),
      realAt: read.realAt.instant(),
      durationMs: read.durationMs.number(),
      beganAt: read.beganAt.instant(),
      leftAt: read.leftAt.orNull((one) => one.instant()),
    };
  });
}

function readTold(node: Node): Told {
  const { policy, remaining, resetAt } = node.fields(['policy', 'remaining', 'resetAt']);
  return { policy: policy.text(), remaining: remaining.number(), resetAt: resetAt.orNull((one) => one.instant()) };
}

function readDecision(node: Node): JournalDecision {
  const read = node.fields([
    'policy',
    'bucket',
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
    bucket: read.bucket.text(),
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
