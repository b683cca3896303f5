/**
 * A request as the journal keeps it: what was true, in as few objects as will do. The entry that is read is made when somebody reads it, which happens to few
 * of the many that a load test makes; until then nothing is masked, hashed or put into words.
 *
 * Nothing in here leads to the request, its body or the provider, which are free to go.
 * @module
 */
import type { Ask, Decision } from '../limits/engine.js';
import type { Caller } from '../limits/facts.js';
import type { JournalDecision, JournalEntry, Kept, Skipped, Told } from '../state/journal.js';
import { shortHash } from './credentials.js';
import { bucketId, maskFacts, shownPartition } from './shown.js';

/** What is kept as it is. */
export interface KeptFacts {
  readonly id: string;
  readonly sandbox: string;
  readonly profile: string;
  readonly secretFacts: ReadonlySet<string>;
  readonly method: string;
  /** Credentials in its query are masked already. */
  readonly path: string;
  readonly operation: string | undefined;
  readonly caller: Caller | undefined;
  readonly credential: string | undefined;
  readonly status: number;
  readonly error: string | undefined;
  readonly refusedBy: string | undefined;
  /** What the policies were asked; `decisions` has the answers in the same order. */
  readonly asks: readonly Ask[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  readonly bodyHash: string | undefined;
  readonly items: number | undefined;
  /** In full; it is hashed for the entry. */
  readonly idempotencyKey: string | undefined;
  readonly conditional: boolean;
  readonly etag: string | undefined;
  readonly cache: JournalEntry['cache'];
}

/** The instants of a request, as the entry has them. */
export type Times = Pick<JournalEntry, 'at' | 'sentAt' | 'realAt' | 'durationMs' | 'beganAt' | 'leftAt' | 'retryAfter'>;

/** Places of the times among the numbers. */
const AT = 0;
const SENT_AT = 1;
const REAL_AT = 2;
const DURATION = 3;
const BEGAN_AT = 4;
const LEFT_AT = 5;
const RETRY_AFTER = 6;
const TIMES = 7;
/** Numbers per decision, and per policy that was told of. */
const DECISION = 7;
const TOLD = 3;

/**
 * All numbers of a request in one array, which is one object to the garbage collector; a field each would be up to forty. NaN is none.
 *
 * @param refunded per policy, in units inside
 */
export function packNumbers(
  times: Times,
  decisions: readonly Decision[],
  told: readonly Told[],
  refunded: (policy: string) => number,
): number[] {
  const numbers = new Array<number>(TIMES + DECISION * decisions.length + TOLD * told.length);
  // The first has a fraction, so that the array holds plain doubles from the start.
  numbers[BEGAN_AT] = times.beganAt;
  numbers[AT] = times.at;
  numbers[SENT_AT] = times.sentAt;
  numbers[REAL_AT] = times.realAt;
  numbers[DURATION] = times.durationMs;
  numbers[LEFT_AT] = times.leftAt ?? Number.NaN;
  numbers[RETRY_AFTER] = times.retryAfter ?? Number.NaN;
  let at = TIMES;
  for (const { ask, allowed, used, remaining, resetAt, retryAt, charged } of decisions) {
    numbers[at] = allowed ? 1 : 0;
    numbers[at + 1] = used;
    numbers[at + 2] = remaining;
    numbers[at + 3] = resetAt ?? Number.NaN;
    numbers[at + 4] = retryAt ?? Number.NaN;
    numbers[at + 5] = charged;
    numbers[at + 6] = refunded(ask.policy.id);
    at += DECISION;
  }
  for (const { policy, remaining, resetAt } of told) {
    numbers[at] = decisions.findIndex(({ ask }) => ask.policy.id === policy);
    numbers[at + 1] = remaining;
    numbers[at + 2] = resetAt ?? Number.NaN;
    at += TOLD;
  }
  return numbers;
}

export class KeptRequest implements Kept {
  readonly #facts: KeptFacts;
  readonly #numbers: number[];
  #entry: { -readonly [K in keyof JournalEntry]: JournalEntry[K] } | undefined;

  /** @param numbers from `packNumbers` */
  constructor(facts: KeptFacts, numbers: number[]) {
    this.#facts = facts;
    this.#numbers = numbers;
  }

  get entry(): JournalEntry {
    this.#entry ??= entryOf(this.#facts, this.#numbers);
    return this.#entry;
  }

  /** The answer has been handed over. */
  left(at: number): void {
    this.#numbers[LEFT_AT] = at;
    if (this.#entry) this.#entry.leftAt = at;
  }
}

function entryOf(facts: KeptFacts, numbers: readonly number[]): JournalEntry {
  const { asks, caller, credential, idempotencyKey, refusedBy } = facts;
  const [at, sentAt, realAt, durationMs, beganAt, leftAt, retryAfter] = numbers as unknown as Seven;
  return {
    id: facts.id,
    sandbox: facts.sandbox,
    profile: facts.profile,
    method: facts.method,
    path: facts.path,
    operation: facts.operation,
    caller: caller && maskFacts(facts, { kind: caller.kind, ...caller.facts }),
    keyHash: credential === undefined ? undefined : shortHash(credential),
    status: facts.status,
    error: facts.error,
    admitted: refusedBy === undefined,
    refusedBy,
    decisions: asks.map((ask, i) => decisionOf(facts, ask, numbers, TIMES + DECISION * i)),
    skipped: facts.skipped,
    warnings: facts.warnings,
    retryAfter: Number.isNaN(retryAfter) ? undefined : retryAfter,
    told: toldOf(asks, numbers),
    bodyHash: facts.bodyHash,
    items: facts.items,
    idempotencyKey: idempotencyKey === undefined ? undefined : shortHash(idempotencyKey),
    conditional: facts.conditional,
    etag: facts.etag,
    cache: facts.cache,
    at,
    sentAt,
    realAt,
    durationMs,
    beganAt,
    leftAt: Number.isNaN(leftAt) ? null : leftAt,
  };
}

type Seven = readonly [number, number, number, number, number, number, number];

function decisionOf(
  facts: KeptFacts,
  { policy, params, partition, cost }: Ask,
  numbers: readonly number[],
  from: number,
): JournalDecision {
  const { scale } = policy;
  const [allowed, used, remaining, resetAt, retryAt, charged, back] = numbers.slice(from) as unknown as Seven;
  const refunded = back / scale;
  return {
    policy: policy.id,
    bucket: bucketId(facts.profile, policy, partition),
    partition: shownPartition(facts, policy, partition),
    allowed: allowed === 1,
    cost: cost / scale,
    used: used / scale,
    limit: params.quota / scale,
    remaining: remaining / scale,
    resetAt: Number.isNaN(resetAt) ? null : resetAt,
    retryAt: Number.isFinite(retryAt) ? retryAt : null,
    charged: charged / scale - refunded,
    refunded,
  };
}

function toldOf(asks: readonly Ask[], numbers: readonly number[]): Told[] {
  const told: Told[] = [];
  for (let at = TIMES + DECISION * asks.length; at < numbers.length; at += TOLD) {
    const { id } = asks[numbers[at]!]!.policy;
    const resetAt = numbers[at + 2]!;
    told.push({ policy: id, remaining: numbers[at + 1]!, resetAt: Number.isNaN(resetAt) ? null : resetAt });
  }
  return told;
}
