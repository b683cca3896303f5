/**
 * What is written down of a request: the journal, the log, events.
 * @module
 */
import { hash } from 'node:crypto';
import { formatDuration } from '../limits/duration.js';
import type { Admission } from '../limits/engine.js';
import { splitPartition } from '../limits/partitions.js';
import type { Policy } from '../limits/policy.js';
import { maskCredential } from '../profile/callers.js';
import type { Provider } from '../profile/provider.js';
import type { JournalDecision, JournalEntry, Skipped, Told } from '../state/journal.js';
import type { Draft } from './answer.js';
import type { Reports } from './asks.js';
import type { Core } from './core.js';
import { maskQuery, shortHash } from './credentials.js';
import type { Request } from './request.js';
import { retryTold } from './retry-told.js';
import type { World } from './world.js';
import type { CacheState } from './wrappers.js';

/** A request, as far as it is written down. */
export interface Recorded {
  readonly id: string;
  readonly at: number;
  readonly realAt: number;
  readonly beganAt: number;
  readonly leftAt: number | null;
  readonly core: Core;
  readonly world: World;
  readonly request: Request;
  readonly admissions: readonly Admission[];
  readonly skipped: readonly Skipped[];
  /** Refunded per policy. */
  readonly refunds: ReadonlyMap<string, number>;
  /** Policies whose soft limit it was the first to pass. */
  readonly warnings: string[];
  readonly refusal: { readonly policy: string; readonly seconds: number | undefined } | undefined;
  readonly shown: readonly Told[];
  readonly cacheState: CacheState | undefined;
}

/** Records a warning when a policy's soft limit is passed, once per window. Asked after settlement: what turned out to be free passes nothing. */
export function warnIfNear(exchange: Recorded, standing: Reports): void {
  const { core, world } = exchange;
  for (const { ask, used, resetAt, charged, allowed } of exchange.admissions.flatMap(({ decisions }) => decisions)) {
    const { policy, params, partition } = ask;
    const { id, scale, warnAbove } = policy;
    const refunded = exchange.refunds.get(id) ?? 0;
    if (warnAbove === undefined || charged - refunded <= 0 || !allowed) continue;
    const limit = params.quota / scale;
    const now = standing.get(id);
    // Others may have been refunded meanwhile; a request that was answered in a later window speaks of its own.
    const taken = now?.resetAt === resetAt ? now.used : (used - refunded) / scale;
    const key = `${id} ${partition} ${resetAt}`;
    if (taken <= warnAbove * limit || world.warned.has(key)) continue;
    world.warned.add(key);
    exchange.warnings.push(id);
    const share = Math.round(warnAbove * 100);
    core.log('warn', `${world.provider.id}: more than ${share} % of ${id} is used (${taken} of ${limit})`);
    core.emit({
      type: 'warning',
      at: core.clock.now(),
      data: { profile: world.provider.id, policy: id, used: taken, limit, above: warnAbove },
    });
  }
}

/** @param headers the answer's, as they are sent */
export function record(exchange: Recorded, draft: Draft, headers: Readonly<Record<string, string>>): JournalEntry {
  const { core, world, request, refusal } = exchange;
  const { arrival, credential } = request;
  const { idempotency } = world.provider.profile;
  const idempotencyKey = idempotency && request.header(idempotency.header);
  const { text: body } = arrival.body;
  const sentAt = core.clock.now();
  const entry: JournalEntry = {
    id: exchange.id,
    sandbox: core.name,
    profile: world.provider.id,
    method: request.method,
    path: arrival.rawQuery === '' ? request.path : `${request.path}?${maskQuery(world, arrival.rawQuery, credential)}`,
    operation: request.operation,
    caller: request.caller && maskFacts(world.provider, { kind: request.caller.kind, ...request.caller.facts }),
    keyHash: credential === undefined ? undefined : shortHash(credential),
    status: draft.status,
    error: draft.error,
    admitted: refusal === undefined,
    refusedBy: refusal?.policy,
    decisions: exchange.admissions.flatMap(({ decisions }) =>
      decisions.map((decision): JournalDecision => {
        const { policy, params, partition, cost } = decision.ask;
        const { retryAt } = decision;
        const refunded = (exchange.refunds.get(policy.id) ?? 0) / policy.scale;
        return {
          policy: policy.id,
          bucket: bucketId(world, policy, partition),
          partition: shownPartition(world.provider, policy, partition),
          allowed: decision.allowed,
          cost: cost / policy.scale,
          used: decision.used / policy.scale,
          limit: params.quota / policy.scale,
          remaining: decision.remaining / policy.scale,
          resetAt: decision.resetAt,
          retryAt: retryAt === Number.POSITIVE_INFINITY ? null : retryAt,
          charged: decision.charged / policy.scale - refunded,
          refunded,
        };
      }),
    ),
    skipped: exchange.skipped,
    warnings: exchange.warnings,
    retryAfter: retryTold(headers, sentAt),
    told: exchange.shown,
    bodyHash: body === '' ? undefined : shortHash(body),
    items: body === '' ? undefined : longestList(request.body),
    idempotencyKey: idempotencyKey === undefined ? undefined : shortHash(idempotencyKey),
    conditional: request.header('if-none-match') !== undefined,
    etag: headers['ETag'],
    cache: exchange.cacheState,
    at: exchange.at,
    sentAt,
    realAt: exchange.realAt,
    durationMs: core.clock.real() - exchange.realAt,
    beganAt: exchange.beganAt,
    leftAt: exchange.leftAt,
  };
  core.journal.add(entry);
  if (refusal) {
    const wait =
      refusal.seconds === undefined ? 'it will never fit' : `free in ${formatDuration(refusal.seconds * 1_000)}`;
    core.log(
      'info',
      `${world.provider.id}: ${request.method} ${request.path} refused by ${refusal.policy} (${draft.status}); ${wait}`,
    );
  }
  core.emit({ type: refusal ? 'refusal' : 'request', at: sentAt, data: entry });
  return entry;
}

function longestList(body: unknown): number | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  const lengths = Object.values(body).flatMap((value) => (Array.isArray(value) ? [value.length] : []));
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

/** Caller facts for showing: credentials masked. */
export function maskFacts({ secretFacts }: Provider, facts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, secretFacts.has(name) ? maskCredential(value) : value]),
  );
}

/** What a policy counts apart, by name; credentials masked. */
export function shownPartition(provider: Provider, { partitionBy }: Policy, partition: string): Record<string, string> {
  const values = splitPartition(partition, partitionBy.length);
  return maskFacts(provider, Object.fromEntries(partitionBy.map((name, i) => [name, values[i]!])));
}

/** Names a bucket without telling what it counts. */
export function bucketId({ provider }: World, policy: Policy, partition: string): string {
  return hash('sha256', JSON.stringify([provider.id, policy.id, partition]), 'base64url').slice(0, 16);
}
