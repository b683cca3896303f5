import { BROKEN, type Broken } from '../../state/journal/entry.js';
import type { RowShape } from '../../state/journal/journal.js';
import type { Ring } from '../../state/journal/ring.js';
import type { Draft } from '../exchange/answer.js';
import type { Exchange } from '../exchange/state.js';
import { writeHash } from '../masking/hashes.js';
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
  FACTS,
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
import { readRow } from './row-read.js';

/** What only the answer shows. */
export interface MaskedFacts {
  /** Only its hash is kept, however short it is: it may be of any size, and nobody's business. */
  readonly body: string;
  readonly items: number | undefined;
  /** In full; it is hashed for the entry. */
  readonly idempotencyKey: string | undefined;
  readonly conditional: boolean;
  readonly etag: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Hash of the body without timestamps and random ids. */
  readonly bodyShape: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  /** Virtual epoch ms. */
  readonly comeBackAt: readonly number[];
  readonly durationMs: number;
  readonly broken: Broken | undefined;
}

/** A row with numbers for more policies than this has them apart. */
const MAX_POLICIES = 6;

/** @param policies how many the providers have */
export function rowShape(policies: readonly number[]): RowShape {
  return {
    facts: FACTS,
    numbers: HEAD + (DECISION + REPORTED) * Math.min(MAX_POLICIES, Math.max(...policies)),
    read: readRow,
    left(ring, entry, { leftAt, answeredAt }) {
      ring.numbers[ring.number + LEFT_AT] = leftAt ?? Number.NaN;
      ring.numbers[ring.number + ANSWERED_AT] = answeredAt ?? Number.NaN;
      if (entry) Object.assign(entry, { leftAt, answeredAt });
    },
    unread(ring, entry, at) {
      ring.numbers[ring.number + UNREAD_AT] = at;
      if (entry) (entry as { unreadAt: number | undefined }).unreadAt = at;
    },
    readBy(ring, entry, at) {
      ring.numbers[ring.number + READ_AT] = at ?? Number.POSITIVE_INFINITY;
      if (entry) (entry as { readAt: number | null | undefined }).readAt = at;
    },
  };
}

/** Numbers that the row of this request has. */
export function rowNumbers({ decisions, shown }: Exchange): number {
  return HEAD + DECISION * decisions.length + REPORTED * shown.length;
}

/** Writes the row that the ring stands on. */
export function writeRow(ring: Ring, exchange: Exchange, draft: Draft, shown: MaskedFacts): void {
  const { request, providerState } = exchange;
  const { facts, fact, numbers, number } = ring;
  facts[fact + ORIGIN] = providerState.origin;
  facts[fact + METHOD] = request.method;
  // Of the same text in many rows one is kept.
  if (facts[fact + PATH] !== request.path) facts[fact + PATH] = request.path;
  const { rawQuery } = request.arrival;
  if (facts[fact + QUERY] !== rawQuery) facts[fact + QUERY] = rawQuery;
  facts[fact + OPERATION] = request.operation;
  facts[fact + CALLER] = request.caller;
  if (facts[fact + CREDENTIAL] !== request.credential) facts[fact + CREDENTIAL] = request.credential;
  facts[fact + ERROR] = draft.error;
  facts[fact + REFUSED_BY] = exchange.refusal?.policy;
  facts[fact + QUERIES] = exchange.queries;
  facts[fact + SKIPPED] = exchange.skipped;
  facts[fact + WARNINGS] = exchange.warnings;
  facts[fact + IDEMPOTENCY_KEY] = shown.idempotencyKey;
  facts[fact + ETAG] = shown.etag;
  facts[fact + CACHE] = exchange.cacheState;
  facts[fact + PEER] = request.arrival.peer;
  facts[fact + ARRIVED] = request.arrival.arrived;
  facts[fact + CLIENT] = request.header('x-mock429-client');
  facts[fact + IF_NONE_MATCH] = shown.ifNoneMatch;
  facts[fact + BODY_SHAPE] = shown.bodyShape;
  facts[fact + COME_BACK_AT] = shown.comeBackAt;
  numbers[number + ID] = exchange.number;
  numbers[number + STATUS] = draft.status;
  numbers[number + AT] = exchange.at;
  numbers[number + SENT_AT] = exchange.instant.now;
  numbers[number + REAL_AT] = exchange.realAt;
  numbers[number + DURATION] = shown.durationMs;
  numbers[number + BEGAN_AT] = exchange.beganAt;
  numbers[number + LEFT_AT] = exchange.departure.leftAt ?? Number.NaN;
  numbers[number + ANSWERED_AT] = exchange.departure.answeredAt ?? Number.NaN;
  numbers[number + UNREAD_AT] = Number.NaN;
  numbers[number + READ_AT] = Number.NaN;
  numbers[number + RETRY_AFTER] = shown.retryAfter ?? Number.NaN;
  numbers[number + ITEMS] = shown.items ?? Number.NaN;
  numbers[number + CONDITIONAL] = shown.conditional ? 1 : 0;
  numbers[number + BROKEN_HOW] = shown.broken === undefined ? Number.NaN : BROKEN.indexOf(shown.broken);
  numbers[number + DECISIONS] = exchange.decisions.length;
  numbers[number + REPORTED_OF] = exchange.shown.length;
  if (shown.body === '') numbers[number + BODY_HASH] = Number.NaN;
  else writeHash(shown.body, numbers, number + BODY_HASH);
  writeDecisions(numbers, number + HEAD, exchange);
}

function writeDecisions(numbers: Float64Array, from: number, { decisions, shown, refunds, refusal }: Exchange): void {
  let at = from;
  const admitted = refusal === undefined;
  for (const { query, allowed, used, remaining, resetAt, retryAt, charged, delayMs } of decisions) {
    numbers[at] = allowed ? 1 : 0;
    numbers[at + 1] = used;
    numbers[at + 2] = remaining;
    numbers[at + 3] = resetAt ?? Number.NaN;
    numbers[at + 4] = retryAt ?? Number.NaN;
    numbers[at + 5] = charged;
    numbers[at + 6] = refunds?.get(query.policy.id) ?? 0;
    numbers[at + 7] = admitted ? delayMs : 0;
    at += DECISION;
  }
  for (const { policy, remaining, resetAt } of shown) {
    numbers[at] = decisions.findIndex(({ query }) => query.policy.id === policy);
    numbers[at + 1] = remaining;
    numbers[at + 2] = resetAt ?? Number.NaN;
    at += REPORTED;
  }
}
