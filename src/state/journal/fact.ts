/**
 * The definition of a fact of a journal entry: what it is taken from, how a row stores it, how it is read, restored and described.
 * @module
 */
import type { z } from 'zod';
import type { Decision, PolicyQuery } from '../../limits/engine.js';
import type { Caller } from '../../limits/facts.js';
import type { Zod } from '../../limits/zod.js';
import type {
  ArrivalTiming,
  Broken,
  JobState,
  JournalDecision,
  Peer,
  ReportedQuota,
  Skipped,
  StreamProgress,
} from './entry-parts.js';

/** What facts are taken from: a request on its way. */
export interface ExchangeFacts {
  readonly providerState: {
    readonly origin: object;
    readonly provider: { readonly profile: { readonly idempotency?: { readonly header: string } | undefined } };
  };
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly operation: string | undefined;
    readonly caller: Caller | undefined;
    readonly credential: string | undefined;
    readonly longestList: number | undefined;
    /** The body as one text, equal for equal bodies; empty if there is none. */
    readonly bodyText: string;
    readonly arrival: {
      readonly rawQuery: string;
      readonly peer?: Peer | undefined;
      readonly arrived?: ArrivalTiming | undefined;
    };
    header(name: string): string | undefined;
  };
  /** Numbers the requests of a sandbox, from 1. */
  readonly number: number;
  readonly queries: readonly PolicyQuery[];
  readonly decisions: readonly Decision[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  readonly refusal: { readonly policy: string } | undefined;
  readonly streamed: Readonly<StreamProgress> | undefined;
  readonly cacheState: 'HIT' | 'MISS' | 'BYPASS' | undefined;
  /** The state of the job that the answer shows. */
  readonly job: JobState | undefined;
  /** Virtual epoch ms of arrival. */
  readonly at: number;
  /** Virtual epoch ms of the decision. */
  readonly instant: { readonly now: number };
  /** The machine's epoch ms of arrival; `beganAt` with fractions. */
  readonly realAt: number;
  readonly beganAt: number;
  readonly departure: { readonly leftAt: number | null; readonly answeredAt: number | null };
}

/** What facts are taken from besides: the answer. */
export interface AnswerFacts {
  readonly status: number;
  readonly error: string | undefined;
  readonly etag: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  /** Virtual epoch ms. */
  readonly comeBackAt: readonly number[];
  /** Hash of the request's body without timestamps and random ids. */
  readonly bodyShape: string | undefined;
  /** Real milliseconds. */
  readonly durationMs: number;
  readonly broken: Broken | undefined;
}

/** A row that is being read: other facts of it, and what masks credentials. */
export interface RowReader {
  readonly sandbox: string;
  readonly profile: string;
  readonly decisions: readonly JournalDecision[];
  readonly reported: readonly ReportedQuota[];
  /** The path with its query as it came, and masked. */
  readonly target: string;
  readonly maskedTarget: string;
  /** What the row stores for a fact. */
  stored(name: string): unknown;
  /** The name of a request of this sandbox. */
  name(number: number): string;
  hash(text: string): string;
  /** A header's value; a credential in it is masked. */
  masked(text: string | undefined): string | undefined;
  maskedCaller(caller: Caller): Readonly<Record<string, string>>;
  maskedPeer(peer: Peer | undefined): Peer | undefined;
}

/** A value of a snapshot, which says what is wrong with it. */
export interface FactNode {
  text(): string;
  flag(): boolean;
  number(): number;
  count(): number;
  instant(): number;
  list(): FactNode[];
  map(): Map<string, FactNode>;
  oneOf<T extends string>(...values: readonly T[]): T;
  orNull<T>(read: (node: FactNode) => T): T | null;
  fields<R extends string, O extends string = never>(
    required: readonly R[],
    optional?: readonly O[],
  ): Record<R, FactNode> & Partial<Record<O, FactNode>>;
}

/** Schemas of facts that are objects. The control API gives them their names. */
export type FactSchemas = Readonly<
  Record<'decision' | 'told' | 'skipped' | 'peer' | 'arrived' | 'maskedFacts' | 'profileId', z.ZodType>
>;

/** A fact of an entry. */
export interface Fact<Value> {
  /** `object`: any value; `number`: NaN if there is none; `hash`: two numbers of a text's hash; `derived`: read from other facts. */
  readonly kind: 'object' | 'number' | 'hash' | 'derived';
  /** The value to store: anything for `object`, a number or `undefined` for `number`, a text for `hash` (empty: none). */
  readonly write: (exchange: ExchangeFacts, answer: AnswerFacts) => unknown;
  /** The value of the entry. `stored` is a number or `undefined` for `number`, the hash or `undefined` for `hash`. */
  readonly read: (row: RowReader, stored: never) => Value;
  /** The value in a snapshot. */
  readonly load: (node: FactNode) => Value;
  /** The value where a snapshot lacks it; a fact without this must be there. */
  readonly absent?: Value;
  readonly schema: (z: Zod, schemas: FactSchemas) => z.ZodType;
  readonly description: string;
  readonly example?: unknown;
}

/** `Fact.write` of a number that becomes known only after the row has been written. */
export const LATER = (): undefined => undefined;

type Parts<Value, Stored, Written> = Pick<Fact<Value>, 'load' | 'absent' | 'schema' | 'description' | 'example'> & {
  readonly write: (exchange: ExchangeFacts, answer: AnswerFacts) => Written;
  readonly read: (row: RowReader, stored: Stored) => Value;
};

/** A fact that is stored as any value. */
export const object = <Value, Stored = unknown>(parts: Parts<Value, Stored, unknown>): Fact<Value> => ({
  ...parts,
  kind: 'object',
});
/** A fact that is stored as a number. */
export const number = <Value>(parts: Parts<Value, number | undefined, number | null | undefined>): Fact<Value> => ({
  ...parts,
  kind: 'number',
});
/** A fact that is stored as the hash of a text. */
export const hash = <Value>(parts: Parts<Value, string | undefined, string>): Fact<Value> => ({
  ...parts,
  kind: 'hash',
});
/** A fact that is read from others. */
export const derived = <Value>(parts: Omit<Parts<Value, never, never>, 'write'>): Fact<Value> => ({
  ...parts,
  kind: 'derived',
  write: () => undefined,
});

/** A text that is stored and read as it is. */
export const text = (
  write: (exchange: ExchangeFacts, answer: AnswerFacts) => string | undefined,
  description: string,
  example: string,
) =>
  object<string | undefined, string | undefined>({
    write,
    read: (_row, stored) => stored,
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description,
    example,
  });

/** The parts of an instant or amount that is always there. */
export const always = {
  read: (_row: RowReader, stored: number | undefined) => stored!,
  schema: (z: Zod) => z.number(),
};

/** The entry that a table of facts gives. */
export type EntryOf<Facts> = { readonly [Name in keyof Facts]: Facts[Name] extends Fact<infer Value> ? Value : never };
