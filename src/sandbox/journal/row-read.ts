/**
 * Makes the journal's entry of a row, when somebody asks for it. Credentials are masked here.
 * @module
 */
import type { PolicyQuery } from '../../limits/engine.js';
import type { Caller } from '../../limits/facts.js';
import type {
  ArrivalTiming,
  JournalDecision,
  JournalEntry,
  Peer,
  ReportedQuota,
  Skipped,
} from '../../state/journal/entry.js';
import { BROKEN } from '../../state/journal/entry.js';
import type { Ring } from '../../state/journal/ring.js';
import { requestName } from '../core.js';
import { readHash, shortHash } from '../masking/hashes.js';
import { bucketId, maskedPartition, maskedPeer, maskedText, maskFacts, type Origin } from '../masking/masking.js';
import {
  ANSWERED_AT,
  ARRIVED,
  AT,
  BEGAN_AT,
  BODY_HASH,
  BODY_SHAPE,
  BROKEN_HOW,
  CACHE,
  CALLER,
  CLIENT,
  COME_BACK_AT,
  CONDITIONAL,
  CREDENTIAL,
  DECISION,
  DECISIONS,
  DURATION,
  ERROR,
  ETAG,
  HEAD,
  ID,
  IDEMPOTENCY_KEY,
  IF_NONE_MATCH,
  ITEMS,
  LEFT_AT,
  METHOD,
  OPERATION,
  ORIGIN,
  PATH,
  PEER,
  QUERIES,
  QUERY,
  READ_AT,
  REAL_AT,
  REFUSED_BY,
  REPORTED,
  REPORTED_OF,
  RETRY_AFTER,
  SENT_AT,
  SKIPPED,
  STATUS,
  UNREAD_AT,
  WARNINGS,
} from './row-layout.js';

/** The entry of the row that the ring stands on. */
export function readRow({ facts, fact, numbers, number }: Ring): JournalEntry {
  const origin = facts[fact + ORIGIN] as Origin;
  const { sandbox, profile } = origin;
  const text = (place: number) => facts[fact + place] as string | undefined;
  const amount = (place: number) => numbers[number + place]!;
  const queries = facts[fact + QUERIES] as readonly PolicyQuery[];
  const caller = facts[fact + CALLER] as Caller | undefined;
  const credential = text(CREDENTIAL);
  const idempotencyKey = text(IDEMPOTENCY_KEY);
  const refusedBy = text(REFUSED_BY);
  const query = text(QUERY)!;
  const target = query === '' ? text(PATH)! : `${text(PATH)}?${query}`;
  const path = origin.secrets.target(target, credential, origin.isKnown);
  const told = number + HEAD + DECISION * amount(DECISIONS);
  const decisions = queries.map((query, i) => decisionOf(origin, query, numbers, number + HEAD + DECISION * i));
  return {
    id: requestName(sandbox, amount(ID)),
    sandbox,
    profile,
    method: text(METHOD)!,
    path,
    pathHash: path === target ? undefined : shortHash(target),
    operation: text(OPERATION),
    caller: caller && maskFacts(origin, { kind: caller.kind, ...caller.facts }),
    keyHash: credential === undefined ? undefined : shortHash(credential),
    status: amount(STATUS),
    error: text(ERROR),
    broken: BROKEN[amount(BROKEN_HOW)],
    admitted: refusedBy === undefined,
    refusedBy,
    decisions,
    skipped: facts[fact + SKIPPED] as readonly Skipped[],
    warnings: facts[fact + WARNINGS] as readonly string[],
    retryAfter: orUndefined(amount(RETRY_AFTER)),
    comeBackAt: facts[fact + COME_BACK_AT] as readonly number[],
    told: reportedQuotasOf(queries, numbers, told, amount(REPORTED_OF)),
    bodyHash: Number.isNaN(amount(BODY_HASH)) ? undefined : readHash(numbers, number + BODY_HASH),
    bodyShape: text(BODY_SHAPE),
    items: orUndefined(amount(ITEMS)),
    idempotencyKey: idempotencyKey === undefined ? undefined : shortHash(idempotencyKey),
    conditional: amount(CONDITIONAL) === 1,
    ifNoneMatch: maskedText(origin, text(IF_NONE_MATCH), credential),
    etag: text(ETAG),
    cache: text(CACHE) as JournalEntry['cache'],
    at: amount(AT),
    sentAt: amount(SENT_AT),
    answeredAt: orNull(amount(ANSWERED_AT)),
    realAt: amount(REAL_AT),
    durationMs: amount(DURATION),
    delayMs: longestDelay(decisions),
    beganAt: amount(BEGAN_AT),
    leftAt: orNull(amount(LEFT_AT)),
    unreadAt: orUndefined(amount(UNREAD_AT)),
    readAt: amount(READ_AT) === Number.POSITIVE_INFINITY ? null : orUndefined(amount(READ_AT)),
    arrived: facts[fact + ARRIVED] as ArrivalTiming | undefined,
    peer: maskedPeer(origin, facts[fact + PEER] as Peer | undefined, credential),
    client: maskedText(origin, text(CLIENT), credential),
  };
}

type Eight = readonly [number, number, number, number, number, number, number, number];

function decisionOf(
  origin: Origin,
  { policy, params, partition, cost }: PolicyQuery,
  numbers: Float64Array,
  from: number,
): JournalDecision {
  const { scale } = policy;
  const [allowed, used, remaining, resetAt, retryAt, charged, back, delayMs] = numbers.subarray(
    from,
  ) as unknown as Eight;
  const refunded = back / scale;
  return {
    policy: policy.id,
    bucket: bucketId(origin.profile, policy, partition),
    partition: maskedPartition(origin, policy, partition),
    allowed: allowed === 1,
    cost: cost / scale,
    used: used / scale,
    limit: params.quota / scale,
    remaining: remaining / scale,
    resetAt: orNull(resetAt),
    retryAt: Number.isFinite(retryAt) ? retryAt : null,
    charged: charged / scale - refunded,
    refunded,
    delayMs: delayMs === 0 ? undefined : delayMs,
  };
}

function reportedQuotasOf(
  queries: readonly PolicyQuery[],
  numbers: Float64Array,
  from: number,
  count: number,
): ReportedQuota[] {
  return Array.from({ length: count }, (_, i) => {
    const [query, remaining, resetAt] = numbers.subarray(from + REPORTED * i) as unknown as readonly [
      number,
      number,
      number,
    ];
    return { policy: queries[query]!.policy.id, remaining, resetAt: orNull(resetAt) };
  });
}

/** The longest delay of any policy; `undefined` if none delayed the request. */
function longestDelay(decisions: readonly JournalDecision[]): number | undefined {
  const delays = decisions.flatMap(({ delayMs }) => delayMs ?? []);
  return delays.length === 0 ? undefined : Math.max(...delays);
}

function orNull(amount: number): number | null {
  return Number.isNaN(amount) ? null : amount;
}

function orUndefined(amount: number): number | undefined {
  return Number.isNaN(amount) ? undefined : amount;
}
