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
  readonly told: readonly Told[];
  readonly bodyHash: string | undefined;
  readonly items: number | undefined;
  /** In full; it is hashed for the entry. */
  readonly idempotencyKey: string | undefined;
  readonly conditional: boolean;
  readonly etag: string | undefined;
  readonly cache: JournalEntry['cache'];
}

/** The instants of a request, as the entry has them. */
export interface Times {
  readonly at: number;
  readonly sentAt: number;
  readonly realAt: number;
  readonly durationMs: number;
  readonly beganAt: number;
  readonly leftAt: number | null;
  readonly retryAfter: number | undefined;
}

/** Numbers per decision. */
const WIDTH = 7;
/** Where those of the times end and those of the decisions begin. */
const TIMES = 7;
const LEFT_AT = 5;

/**
 * All numbers of a request in one array, which is one object to the garbage collector; one field each would be up to forty. NaN is none.
 *
 * @param refunded per decision, in units inside
 */
export function packNumbers(times: Times, decisions: readonly Decision[], refunded: (policy: string) => number) {
  const numbers = new Array<number>(TIMES + WIDTH * decisions.length);
  // The first has a fraction, so that the array holds plain doubles from the start.
  numbers[4] = times.beganAt;
  numbers[0] = times.at;
  numbers[1] = times.sentAt;
  numbers[2] = times.realAt;
  numbers[3] = times.durationMs;
  numbers[LEFT_AT] = times.leftAt ?? Number.NaN;
  numbers[6] = times.retryAfter ?? Number.NaN;
  let at = TIMES;
  for (const { ask, allowed, used, remaining, resetAt, retryAt, charged } of decisions) {
    numbers[at] = allowed ? 1 : 0;
    numbers[at + 1] = used;
    numbers[at + 2] = remaining;
    numbers[at + 3] = resetAt ?? Number.NaN;
    numbers[at + 4] = retryAt ?? Number.NaN;
    numbers[at + 5] = charged;
    numbers[at + 6] = refunded(ask.policy.id);
    at += WIDTH;
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
  const { caller, credential, idempotencyKey, refusedBy } = facts;
  const [at, sentAt, realAt, durationMs, beganAt, leftAt, retryAfter] = numbers as Seven;
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
    decisions: facts.asks.map((ask, i) => decisionOf(facts, ask, numbers, TIMES + WIDTH * i)),
    skipped: facts.skipped,
    warnings: facts.warnings,
    retryAfter: Number.isNaN(retryAfter) ? undefined : retryAfter,
    told: facts.told,
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
