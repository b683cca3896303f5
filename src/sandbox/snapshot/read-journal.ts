/**
 * Reads entries of the journal.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import {
  type ArrivalTiming,
  BROKEN,
  type JournalDecision,
  type JournalEntry,
  type Peer,
  type ReportedQuota,
  type Skipped,
} from '../../state/journal/entry.js';
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
        'broken',
        'refusedBy',
        'retryAfter',
        'bodyHash',
        'items',
        'idempotencyKey',
        'etag',
        'cache',
        'comeBackAt',
        'bodyShape',
        'ifNoneMatch',
        'answeredAt',
        'delayMs',
        'unreadAt',
        'readAt',
        'arrived',
        'peer',
        'client',
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
      broken: read.broken?.oneOf(...BROKEN),
      admitted: read.admitted.flag(),
      refusedBy: read.refusedBy?.text(),
      decisions: read.decisions.list().map(readDecision),
      skipped: read.skipped.list().map((skip): Skipped => {
        const { policy, why } = skip.fields(['policy', 'why']);
        return { policy: policy.text(), why: why.oneOf('applies', 'no-limit', 'no-partition') };
      }),
      warnings: read.warnings.list().map((warning) => warning.text()),
      retryAfter: read.retryAfter?.number(),
      comeBackAt: read.comeBackAt?.list().map((at) => at.instant()) ?? [],
      told: read.told.list().map(readReportedQuota),
      bodyHash: read.bodyHash?.text(),
      bodyShape: read.bodyShape?.text(),
      items: read.items?.count(),
      idempotencyKey: read.idempotencyKey?.text(),
      conditional: read.conditional.flag(),
      ifNoneMatch: read.ifNoneMatch?.text(),
      etag: read.etag?.text(),
      cache: read.cache?.oneOf('HIT', 'MISS', 'BYPASS'),
      at: read.at.instant(),
      sentAt: read.sentAt.instant(),
      answeredAt: read.answeredAt?.orNull((one) => one.instant()) ?? null,
      realAt: read.realAt.instant(),
      durationMs: read.durationMs.number(),
      delayMs: read.delayMs?.number(),
      beganAt: read.beganAt.instant(),
      leftAt: read.leftAt.orNull((one) => one.instant()),
      unreadAt: read.unreadAt?.instant(),
      readAt: read.readAt?.orNull((one) => one.instant()),
      arrived: read.arrived && readArrived(read.arrived),
      peer: read.peer && readPeer(read.peer),
      client: read.client?.text(),
    };
  });
}

function readArrived(node: Node): ArrivalTiming {
  const { earliestAt, lagMs } = node.fields(['earliestAt', 'lagMs']);
  return { earliestAt: earliestAt.instant(), lagMs: lagMs.number() };
}

function readPeer(node: Node): Peer {
  const read = node.fields(['connection', 'openedAt'], ['userAgent', 'opener']);
  const opener = read.opener?.fields(['pid', 'ancestors', 'startedAt', 'beside']);
  return {
    connection: read.connection.count(),
    openedAt: read.openedAt.instant(),
    userAgent: read.userAgent?.text(),
    opener: opener && {
      pid: opener.pid.count(),
      ancestors: opener.ancestors.list().map((one) => one.count()),
      startedAt: opener.startedAt.instant(),
      beside: opener.beside.list().map((one) => one.count()),
    },
  };
}

function readReportedQuota(node: Node): ReportedQuota {
  const { policy, remaining, resetAt } = node.fields(['policy', 'remaining', 'resetAt']);
  return { policy: policy.text(), remaining: remaining.number(), resetAt: resetAt.orNull((one) => one.instant()) };
}

function readDecision(node: Node): JournalDecision {
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
    delayMs: read.delayMs?.number(),
  };
}

function readFacts(node: Node): Record<string, string> {
  return Object.fromEntries([...node.map()].map(([name, value]) => [name, value.text()]));
}
