/**
 * Rows of the journal: writes an exchange into the ring, and makes the entry of a row when somebody asks for it. The facts are those of
 * state/journal/facts.ts; decisions and reported quotas, which vary in number, follow them as numbers.
 * @module
 */
import type { PolicyQuery } from '../../limits/engine.js';
import {
  BROKEN,
  type Broken,
  type JournalDecision,
  type JournalEntry,
  type ReportedQuota,
} from '../../state/journal/entry.js';
import { type AnswerFacts, type Fact, LATER, type RowReader } from '../../state/journal/fact.js';
import { entryFacts, rowFacts } from '../../state/journal/facts.js';
import type { RowShape } from '../../state/journal/journal.js';
import { Ring } from '../../state/journal/ring.js';
import { requestName } from '../core.js';
import type { Exchange } from '../exchange/state.js';
import { readHash, shortHash, writeHash } from '../masking/hashes.js';
import { bucketId, maskedPartition, maskedPeer, maskedText, maskFacts, type Origin } from '../masking/masking.js';

/** Where a fact is stored: its index among the objects, or among the numbers, of a row. */
const places = new Map<string, number>();
type Write = Fact<unknown>['write'];
/** The functions that take the facts from an exchange. Lists of functions: reading them from the facts, which have several hidden classes, takes as long as the calls. */
const objects: Write[] = [];
/** `undefined`: a number that is not known when the row is written. */
const numbers: (Write | undefined)[] = [];
const hashes: { readonly place: number; readonly write: Write }[] = [];
/** How many decisions and reported quotas follow the facts. */
const COUNTS = 2;
const FIRST_NUMBER = COUNTS;
/** Numbers of each decision, and of each reported quota. */
const DECISION = 8;
const REPORTED = 3;
/** The refunded units among the numbers of a decision. */
const REFUNDED = 6;

for (const [name, fact] of Object.entries(rowFacts) as [string, Fact<unknown>][]) {
  if (fact.kind === 'object') places.set(name, objects.push(fact.write) - 1);
  else if (fact.kind === 'number')
    places.set(name, FIRST_NUMBER + numbers.push(fact.write === LATER ? undefined : fact.write) - 1);
  else if (fact.kind === 'hash') {
    const place = FIRST_NUMBER + numbers.push(undefined, undefined) - 2;
    places.set(name, place);
    hashes.push({ place, write: fact.write });
  }
}
const HEAD = FIRST_NUMBER + numbers.length;
const entries = Object.entries(entryFacts) as [keyof typeof entryFacts, Fact<unknown>][];

const placeOf = (name: keyof typeof rowFacts): number => places.get(name)!;
const LEFT_AT = placeOf('leftAt');
const ANSWERED_AT = placeOf('answeredAt');
const UNREAD_AT = placeOf('unreadAt');
const READ_AT = placeOf('readAt');
const BROKEN_BY = placeOf('broken');
const WARNINGS = placeOf('warnings');
const ORIGIN = placeOf('origin');
const QUERIES = placeOf('queries');
const STATUS = placeOf('status');
const REFUSED_BY = placeOf('refusedBy');

/** A row with numbers for more policies than this has an array of its own. */
const MAX_POLICIES = 6;

/** The shape of rows. @param policies how many policies each provider has */
export function rowShape(policies: readonly number[]): RowShape {
  return {
    facts: objects.length,
    numbers: HEAD + (DECISION + REPORTED) * Math.min(MAX_POLICIES, Math.max(...policies)),
    read: readRow,
    left(ring, entry, { leftAt, answeredAt }) {
      ring.numbers[ring.number + LEFT_AT] = leftAt ?? Number.NaN;
      ring.numbers[ring.number + ANSWERED_AT] = answeredAt ?? Number.NaN;
      if (entry) Object.assign(entry, { leftAt, answeredAt });
    },
    unread(ring, entry, at) {
      ring.numbers[ring.number + UNREAD_AT] = at;
      if (entry) Object.assign(entry, { unreadAt: at });
    },
    readBy(ring, entry, at) {
      ring.numbers[ring.number + READ_AT] = at ?? Number.POSITIVE_INFINITY;
      if (entry) Object.assign(entry, { readAt: at });
    },
  };
}

/** How many numbers the row of this request has. */
export function rowNumbers({ decisions, reportedQuotas }: Exchange): number {
  return HEAD + DECISION * decisions.length + REPORTED * reportedQuotas.length;
}

/** Writes the row that the ring stands on. */
export function writeRow(ring: Ring, exchange: Exchange, answer: AnswerFacts): void {
  const { facts, fact, numbers: row, number } = ring;
  for (let i = 0; i < objects.length; i++) {
    const value = objects[i]!(exchange, answer);
    // Equal texts of many rows are stored once.
    if (facts[fact + i] !== value) facts[fact + i] = value;
  }
  for (let i = 0; i < numbers.length; i++)
    row[number + FIRST_NUMBER + i] = (numbers[i]?.(exchange, answer) as number | null | undefined) ?? Number.NaN;
  for (const { place, write } of hashes) {
    const text = write(exchange, answer) as string;
    if (text !== '') writeHash(text, row, number + place);
  }
  row[number] = exchange.decisions.length;
  row[number + 1] = exchange.reportedQuotas.length;
  writeDecisions(row, number + HEAD, exchange);
}

/** Writes into the row that the ring stands on what the end of a streamed answer has changed: corrected charges, warnings, and why the client did not get all of it. */
export function updateRow(
  { facts, fact, numbers: row, number }: Ring,
  exchange: Exchange,
  broken: Broken | undefined,
): void {
  const { decisions, refunds, warnings } = exchange;
  let at = number + HEAD;
  for (const { query } of decisions) {
    row[at + REFUNDED] = refunds?.get(query.policy.id) ?? 0;
    at += DECISION;
  }
  facts[fact + WARNINGS] = warnings;
  if (broken !== undefined) row[number + BROKEN_BY] = BROKEN.indexOf(broken);
}

function writeDecisions(
  row: Float64Array,
  from: number,
  { decisions, reportedQuotas, refunds, refusal }: Exchange,
): void {
  const admitted = refusal === undefined;
  let at = from;
  for (const { query, allowed, used, remaining, resetAt, retryAt, charged, delayMs } of decisions) {
    row[at] = allowed ? 1 : 0;
    row[at + 1] = used;
    row[at + 2] = remaining;
    row[at + 3] = resetAt ?? Number.NaN;
    row[at + 4] = retryAt ?? Number.NaN;
    row[at + 5] = charged;
    row[at + REFUNDED] = refunds?.get(query.policy.id) ?? 0;
    row[at + 7] = admitted ? delayMs : 0;
    at += DECISION;
  }
  for (const { policy, remaining, resetAt } of reportedQuotas) {
    row[at] = decisions.findIndex(({ query }) => query.policy.id === policy);
    row[at + 1] = remaining;
    row[at + 2] = resetAt ?? Number.NaN;
    at += REPORTED;
  }
}

/** The outcome of a request, as far as counts need it. */
export interface RowOutcome {
  readonly profile: string;
  /** The policy that refused it. */
  readonly refusedBy: string | undefined;
  /** Whether a policy refused it, or it was answered 429. */
  readonly isRefused: boolean;
  /** Whether it was answered 5xx, or its client did not get a whole answer. */
  readonly isFailed: boolean;
}

/** The outcome of the row that the ring stands on. It makes no entry. @returns `undefined` for a row of a restored snapshot, which has an entry and no facts */
export function rowOutcome({ facts, fact, numbers: row, number }: Ring): RowOutcome | undefined {
  const origin = facts[fact + ORIGIN] as Origin | undefined;
  if (!origin) return undefined;
  const status = row[number + STATUS]!;
  const refusedBy = facts[fact + REFUSED_BY] as string | undefined;
  return outcomeOf(origin.profile, status, refusedBy, !Number.isNaN(row[number + BROKEN_BY]!));
}

/** The same for an entry. */
export function entryOutcome({ profile, status, refusedBy, broken }: JournalEntry): RowOutcome {
  return outcomeOf(profile, status, refusedBy, broken !== undefined);
}

function outcomeOf(profile: string, status: number, refusedBy: string | undefined, isBroken: boolean): RowOutcome {
  const isRefused = refusedBy !== undefined || status === 429;
  return { profile, refusedBy, isRefused, isFailed: !isRefused && (status === 0 || status >= 500 || isBroken) };
}

/** The entry of the row that the ring stands on. Credentials are masked here. */
function readRow(ring: Ring): JournalEntry {
  const row = new Reader(ring);
  return Object.fromEntries(
    entries.map(([name, fact]) => [name, fact.read(row, storedFor(ring, name, fact.kind) as never)]),
  ) as unknown as JournalEntry;
}

function storedFor({ facts, fact, numbers: row, number }: Ring, name: string, kind: Fact<unknown>['kind']): unknown {
  if (kind === 'derived') return undefined;
  const place = places.get(name)!;
  if (kind === 'object') return facts[fact + place];
  const stored = row[number + place]!;
  if (Number.isNaN(stored)) return undefined;
  return kind === 'hash' ? readHash(row, number + place) : stored;
}

/** A row as facts read it. */
class Reader implements RowReader {
  readonly sandbox: string;
  readonly profile: string;
  readonly target: string;
  readonly maskedTarget: string;
  readonly decisions: readonly JournalDecision[];
  readonly reported: readonly ReportedQuota[];
  readonly #ring: Ring;
  readonly #origin: Origin;
  readonly #credential: string | undefined;

  constructor(ring: Ring) {
    const { facts, fact, numbers: row, number } = ring;
    this.#ring = ring;
    const origin = facts[fact + ORIGIN] as Origin;
    this.#origin = origin;
    this.#credential = this.stored('credential') as string | undefined;
    this.sandbox = origin.sandbox;
    this.profile = origin.profile;
    const query = this.stored('query') as string;
    const path = this.stored('rawPath') as string;
    this.target = query === '' ? path : `${path}?${query}`;
    this.maskedTarget = origin.secrets.target(this.target, this.#credential, origin.isKnown);
    const queries = facts[fact + QUERIES] as readonly PolicyQuery[];
    const decided = row[number]!;
    const first = number + HEAD;
    this.decisions = queries.map((query, i) => decisionOf(origin, query, row, first + DECISION * i));
    this.reported = reportedQuotasOf(queries, row, first + DECISION * decided, row[number + 1]!);
  }

  stored(name: string): unknown {
    return this.#ring.facts[this.#ring.fact + places.get(name)!];
  }

  name(number: number): string {
    return requestName(this.sandbox, number);
  }

  hash(text: string): string {
    return shortHash(text);
  }

  masked(text: string | undefined): string | undefined {
    return maskedText(this.#origin, text, this.#credential);
  }

  maskedCaller({ kind, facts }: Parameters<RowReader['maskedCaller']>[0]): Record<string, string> {
    return maskFacts(this.#origin, { kind, ...facts });
  }

  maskedPeer(peer: Parameters<RowReader['maskedPeer']>[0]): ReturnType<RowReader['maskedPeer']> {
    return maskedPeer(this.#origin, peer, this.#credential);
  }
}

type Eight = readonly [number, number, number, number, number, number, number, number];

function decisionOf(
  origin: Origin,
  { policy, params, partition, cost }: PolicyQuery,
  row: Float64Array,
  from: number,
): JournalDecision {
  const { scale } = policy;
  const [allowed, used, remaining, resetAt, retryAt, charged, back, delayMs] = row.subarray(from) as unknown as Eight;
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
  row: Float64Array,
  from: number,
  count: number,
): ReportedQuota[] {
  return Array.from({ length: count }, (_, i) => {
    const [query, remaining, resetAt] = row.subarray(from + REPORTED * i) as unknown as readonly [
      number,
      number,
      number,
    ];
    return { policy: queries[query]!.policy.id, remaining, resetAt: orNull(resetAt) };
  });
}

function orNull(amount: number): number | null {
  return Number.isNaN(amount) ? null : amount;
}

/** A ring of one row, for exchanges that have none yet. */
let scratch: Ring | undefined;

/** What is known of an answer that has not been given. */
const UNANSWERED = {
  status: 0,
  error: undefined,
  etag: undefined,
  retryAfter: undefined,
  comeBackAt: [],
  bodyShape: undefined,
  broken: undefined,
};

/** The entry of a request whose client still waits for the answer: status 0, no decisions, and the time waited so far as `durationMs`. */
export function unansweredEntry(exchange: Exchange): JournalEntry {
  const { core, delayMs } = exchange;
  scratch ??= new Ring(1, objects.length + 1, HEAD);
  scratch.claim(rowNumbers(exchange));
  writeRow(scratch, exchange, { ...UNANSWERED, durationMs: core.clock.real() - exchange.realAt });
  const entry = readRow(scratch);
  scratch.facts.fill(undefined);
  return {
    ...entry,
    admitted: true,
    refusedBy: undefined,
    decisions: [],
    told: [],
    items: undefined,
    idempotencyKey: undefined,
    sentAt: core.clock.now(),
    answeredAt: null,
    leftAt: null,
    delayMs: delayMs === 0 ? undefined : delayMs,
  };
}
