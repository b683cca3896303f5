/**
 * A request as the journal keeps it: a row of what was true. The entry that is read is made when somebody reads it, which happens to few of the many that a load
 * test makes; until then nothing is masked, hashed or put into words.
 *
 * Nothing in a row leads to the request, its body or the provider, which are free to go.
 * @module
 */
import type { Ask } from '../limits/engine.js';
import type { Caller } from '../limits/facts.js';
import {
  type Arrived,
  BROKEN,
  type Broken,
  type JournalDecision,
  type JournalEntry,
  type Peer,
  type RowShape,
  type Skipped,
  type Told,
} from '../state/journal.js';
import type { Ring } from '../state/ring.js';
import type { Draft } from './answer.js';
import { requestName } from './core.js';
import { readHash, shortHash, writeHash } from './credentials.js';
import type { Exchange } from './exchange-state.js';
import { bucketId, maskFacts, type Origin, shownPartition } from './shown.js';

/** What only the answer shows. */
export interface Shown {
  /** With its query, credentials masked. */
  readonly path: string;
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

/** Places of the facts in a row. */
const ORIGIN = 0;
const METHOD = 1;
const PATH = 2;
const OPERATION = 3;
const CALLER = 4;
const CREDENTIAL = 5;
const ERROR = 6;
const REFUSED_BY = 7;
/** What the policies were asked; the numbers have their answers in the same order. */
const ASKS = 8;
const SKIPPED = 9;
const WARNINGS = 10;
const IDEMPOTENCY_KEY = 11;
const ETAG = 12;
const CACHE = 13;
const PEER = 14;
const CLIENT = 15;
const IF_NONE_MATCH = 16;
const BODY_SHAPE = 17;
const COME_BACK_AT = 18;
const ARRIVED = 19;
const FACTS = 20;

/** Places of the numbers. NaN is none. */
const ID = 0;
const STATUS = 1;
const AT = 2;
const SENT_AT = 3;
const REAL_AT = 4;
const DURATION = 5;
const BEGAN_AT = 6;
const LEFT_AT = 7;
const RETRY_AFTER = 8;
const ITEMS = 9;
const CONDITIONAL = 10;
const DECISIONS = 11;
const TOLD_OF = 12;
/** Two of them. */
const BODY_HASH = 13;
const ANSWERED_AT = 15;
const UNREAD_AT = 16;
/** Place in `BROKEN`. */
const BROKEN_HOW = 17;
const HEAD = 18;
/** Numbers per decision, and per policy that was told of. */
const DECISION = 7;
const TOLD = 3;

/** A row with numbers for more policies than this has them apart. */
const MOST_POLICIES = 6;

/** @param policies how many the providers have */
export function rowShape(policies: readonly number[]): RowShape {
  return {
    facts: FACTS,
    numbers: HEAD + (DECISION + TOLD) * Math.min(MOST_POLICIES, Math.max(...policies)),
    read: readRow,
    left(ring, entry, { leftAt, answeredAt }) {
      ring.numbers[ring.number + LEFT_AT] = leftAt;
      ring.numbers[ring.number + ANSWERED_AT] = answeredAt ?? Number.NaN;
      if (entry) Object.assign(entry, { leftAt, answeredAt });
    },
    unread(ring, entry, at) {
      ring.numbers[ring.number + UNREAD_AT] = at;
      if (entry) (entry as { unreadAt: number | undefined }).unreadAt = at;
    },
  };
}

/** Numbers that the row of this request has. */
export function rowNumbers({ decisions, shown }: Exchange): number {
  return HEAD + DECISION * decisions.length + TOLD * shown.length;
}

/** Writes the row that the ring stands on. */
export function writeRow(ring: Ring, one: Exchange, draft: Draft, shown: Shown): void {
  const { request, world } = one;
  const { facts, fact, numbers, number } = ring;
  facts[fact + ORIGIN] = world.origin;
  facts[fact + METHOD] = request.method;
  // Of the same text in many rows one is kept.
  if (facts[fact + PATH] !== shown.path) facts[fact + PATH] = shown.path;
  facts[fact + OPERATION] = request.operation;
  facts[fact + CALLER] = request.caller;
  if (facts[fact + CREDENTIAL] !== request.credential) facts[fact + CREDENTIAL] = request.credential;
  facts[fact + ERROR] = draft.error;
  facts[fact + REFUSED_BY] = one.refusal?.policy;
  facts[fact + ASKS] = one.asks;
  facts[fact + SKIPPED] = one.skipped;
  facts[fact + WARNINGS] = one.warnings;
  facts[fact + IDEMPOTENCY_KEY] = shown.idempotencyKey;
  facts[fact + ETAG] = shown.etag;
  facts[fact + CACHE] = one.cacheState;
  facts[fact + PEER] = request.arrival.peer;
  facts[fact + ARRIVED] = request.arrival.arrived;
  facts[fact + CLIENT] = request.header('x-mock429-client');
  facts[fact + IF_NONE_MATCH] = shown.ifNoneMatch;
  facts[fact + BODY_SHAPE] = shown.bodyShape;
  facts[fact + COME_BACK_AT] = shown.comeBackAt;
  numbers[number + ID] = one.number;
  numbers[number + STATUS] = draft.status;
  numbers[number + AT] = one.at;
  numbers[number + SENT_AT] = one.instant.now;
  numbers[number + REAL_AT] = one.realAt;
  numbers[number + DURATION] = shown.durationMs;
  numbers[number + BEGAN_AT] = one.beganAt;
  numbers[number + LEFT_AT] = one.departure.leftAt ?? Number.NaN;
  numbers[number + ANSWERED_AT] = one.departure.answeredAt ?? Number.NaN;
  numbers[number + UNREAD_AT] = Number.NaN;
  numbers[number + RETRY_AFTER] = shown.retryAfter ?? Number.NaN;
  numbers[number + ITEMS] = shown.items ?? Number.NaN;
  numbers[number + CONDITIONAL] = shown.conditional ? 1 : 0;
  numbers[number + BROKEN_HOW] = shown.broken === undefined ? Number.NaN : BROKEN.indexOf(shown.broken);
  numbers[number + DECISIONS] = one.decisions.length;
  numbers[number + TOLD_OF] = one.shown.length;
  if (shown.body === '') numbers[number + BODY_HASH] = Number.NaN;
  else writeHash(shown.body, numbers, number + BODY_HASH);
  writeDecisions(numbers, number + HEAD, one);
}

function writeDecisions(numbers: Float64Array, from: number, { decisions, shown, refunds }: Exchange): void {
  let at = from;
  for (const { ask, allowed, used, remaining, resetAt, retryAt, charged } of decisions) {
    numbers[at] = allowed ? 1 : 0;
    numbers[at + 1] = used;
    numbers[at + 2] = remaining;
    numbers[at + 3] = resetAt ?? Number.NaN;
    numbers[at + 4] = retryAt ?? Number.NaN;
    numbers[at + 5] = charged;
    numbers[at + 6] = refunds?.get(ask.policy.id) ?? 0;
    at += DECISION;
  }
  for (const { policy, remaining, resetAt } of shown) {
    numbers[at] = decisions.findIndex(({ ask }) => ask.policy.id === policy);
    numbers[at + 1] = remaining;
    numbers[at + 2] = resetAt ?? Number.NaN;
    at += TOLD;
  }
}

function readRow({ facts, fact, numbers, number }: Ring): JournalEntry {
  const origin = facts[fact + ORIGIN] as Origin;
  const { sandbox, profile } = origin;
  const text = (place: number) => facts[fact + place] as string | undefined;
  const amount = (place: number) => numbers[number + place]!;
  const asks = facts[fact + ASKS] as readonly Ask[];
  const caller = facts[fact + CALLER] as Caller | undefined;
  const credential = text(CREDENTIAL);
  const idempotencyKey = text(IDEMPOTENCY_KEY);
  const refusedBy = text(REFUSED_BY);
  const told = number + HEAD + DECISION * amount(DECISIONS);
  return {
    id: requestName(sandbox, amount(ID)),
    sandbox,
    profile,
    method: text(METHOD)!,
    path: text(PATH)!,
    operation: text(OPERATION),
    caller: caller && maskFacts(origin, { kind: caller.kind, ...caller.facts }),
    keyHash: credential === undefined ? undefined : shortHash(credential),
    status: amount(STATUS),
    error: text(ERROR),
    broken: BROKEN[amount(BROKEN_HOW)],
    admitted: refusedBy === undefined,
    refusedBy,
    decisions: asks.map((ask, i) => decisionOf(origin, ask, numbers, number + HEAD + DECISION * i)),
    skipped: facts[fact + SKIPPED] as readonly Skipped[],
    warnings: facts[fact + WARNINGS] as readonly string[],
    retryAfter: orUndefined(amount(RETRY_AFTER)),
    comeBackAt: facts[fact + COME_BACK_AT] as readonly number[],
    told: toldOf(asks, numbers, told, amount(TOLD_OF)),
    bodyHash: Number.isNaN(amount(BODY_HASH)) ? undefined : readHash(numbers, number + BODY_HASH),
    bodyShape: text(BODY_SHAPE),
    items: orUndefined(amount(ITEMS)),
    idempotencyKey: idempotencyKey === undefined ? undefined : shortHash(idempotencyKey),
    conditional: amount(CONDITIONAL) === 1,
    ifNoneMatch: text(IF_NONE_MATCH),
    etag: text(ETAG),
    cache: text(CACHE) as JournalEntry['cache'],
    at: amount(AT),
    sentAt: amount(SENT_AT),
    answeredAt: orNull(amount(ANSWERED_AT)),
    realAt: amount(REAL_AT),
    durationMs: amount(DURATION),
    beganAt: amount(BEGAN_AT),
    leftAt: orNull(amount(LEFT_AT)),
    unreadAt: orUndefined(amount(UNREAD_AT)),
    arrived: facts[fact + ARRIVED] as Arrived | undefined,
    peer: facts[fact + PEER] as Peer | undefined,
    client: text(CLIENT),
  };
}

type Seven = readonly [number, number, number, number, number, number, number];

function decisionOf(
  origin: Origin,
  { policy, params, partition, cost }: Ask,
  numbers: Float64Array,
  from: number,
): JournalDecision {
  const { scale } = policy;
  const [allowed, used, remaining, resetAt, retryAt, charged, back] = numbers.subarray(from) as unknown as Seven;
  const refunded = back / scale;
  return {
    policy: policy.id,
    bucket: bucketId(origin.profile, policy, partition),
    partition: shownPartition(origin, policy, partition),
    allowed: allowed === 1,
    cost: cost / scale,
    used: used / scale,
    limit: params.quota / scale,
    remaining: remaining / scale,
    resetAt: orNull(resetAt),
    retryAt: Number.isFinite(retryAt) ? retryAt : null,
    charged: charged / scale - refunded,
    refunded,
  };
}

function toldOf(asks: readonly Ask[], numbers: Float64Array, from: number, count: number): Told[] {
  return Array.from({ length: count }, (_, i) => {
    const [ask, remaining, resetAt] = numbers.subarray(from + TOLD * i) as unknown as readonly [number, number, number];
    return { policy: asks[ask]!.policy.id, remaining, resetAt: orNull(resetAt) };
  });
}

function orNull(amount: number): number | null {
  return Number.isNaN(amount) ? null : amount;
}

function orUndefined(amount: number): number | undefined {
  return Number.isNaN(amount) ? undefined : amount;
}
