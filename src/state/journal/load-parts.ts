/**
 * Reads the parts of an entry that are objects from a snapshot.
 * @module
 */
import type { ArrivalTiming, JournalDecision, Peer, ReportedQuota, StreamProgress } from './entry-parts.js';
import type { FactNode } from './fact.js';

/** How exact an arrival is. */
export function readArrived(node: FactNode): ArrivalTiming {
  const { earliestAt, lagMs } = node.fields(['earliestAt', 'lagMs']);
  return { earliestAt: earliestAt.instant(), lagMs: lagMs.number() };
}

/** The client's end of a connection. */
export function readPeer(node: FactNode): Peer {
  const read = node.fields(['connection', 'openedAt'], ['userAgent', 'opener']);
  const opener = read.opener?.fields(['pid', 'ancestors', 'startedAt', 'beside']);
  return {
    connection: read.connection.count(),
    openedAt: read.openedAt.instant(),
    userAgent: read.userAgent?.text(),
    opener: opener && {
      pid: opener.pid.count(),
      ancestors: opener.ancestors.list().map((pid) => pid.count()),
      startedAt: opener.startedAt.instant(),
      beside: opener.beside.list().map((pid) => pid.count()),
    },
  };
}

/** What headers reported of a policy. */
export function readReportedQuota(node: FactNode): ReportedQuota {
  const { policy, remaining, resetAt } = node.fields(['policy', 'remaining', 'resetAt']);
  return { policy: policy.text(), remaining: remaining.number(), resetAt: resetAt.orNull((at) => at.instant()) };
}

/** How far a streamed body was sent. */
export function readStreamProgress(node: FactNode): StreamProgress {
  const { chunks, bytes, endedAt } = node.fields(['chunks', 'bytes', 'endedAt']);
  return { chunks: chunks.count(), bytes: bytes.count(), endedAt: endedAt.orNull((at) => at.instant()) };
}

/** What a policy decided. */
export function readDecision(node: FactNode): JournalDecision {
  const read = node.fields(
    [
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
    ],
    ['delayMs'],
  );
  return {
    policy: read.policy.text(),
    bucket: read.bucket.text(),
    partition: readTexts(read.partition),
    allowed: read.allowed.flag(),
    cost: read.cost.number(),
    used: read.used.number(),
    limit: read.limit.number(),
    remaining: read.remaining.number(),
    resetAt: read.resetAt.orNull((at) => at.instant()),
    retryAt: read.retryAt.orNull((at) => at.instant()),
    charged: read.charged.number(),
    refunded: read.refunded.number(),
    delayMs: read.delayMs?.number(),
  };
}

/** A map of texts. */
export function readTexts(node: FactNode): Record<string, string> {
  return Object.fromEntries([...node.map()].map(([name, value]) => [name, value.text()]));
}
