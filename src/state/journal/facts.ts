/**
 * The facts of a journal entry, each declared once: how it is taken from an exchange, stored in a row, read back, restored from a snapshot, and described in the
 * control API. A new fact is one entry of this table.
 *
 * `entryFacts` is in the order of the keys in JSON.
 * @module
 */
import type { Caller } from '../../limits/facts.js';
import {
  type ArrivalTiming,
  BROKEN,
  type Broken,
  type JobState,
  type JournalDecision,
  type Peer,
  type ReportedQuota,
  type Skipped,
  type StreamProgress,
} from './entry-parts.js';
import { always, derived, type ExchangeFacts, hash, LATER, number, object, text } from './fact.js';
import { readArrived, readDecision, readPeer, readReportedQuota, readStreamProgress, readTexts } from './load-parts.js';

const EPOCH_MS = Date.parse('2026-05-12T08:00:00.000Z');
const HASH = 'kD3vW0aYb_9x';
const MACHINE = "Epoch ms of the machine's clock, with fractions";

/** What a row stores besides: needed to read facts, and never shown as it is. */
export const hiddenFacts = {
  /** What all rows of one provider in one sandbox have in common, secrets included. */
  origin: { kind: 'object', write: (exchange: ExchangeFacts) => exchange.providerState.origin },
  /** The query as it came, without the question mark. */
  query: { kind: 'object', write: (exchange: ExchangeFacts) => exchange.request.arrival.rawQuery },
  rawPath: { kind: 'object', write: (exchange: ExchangeFacts) => exchange.request.path },
  /** The credential in full. */
  credential: { kind: 'object', write: (exchange: ExchangeFacts) => exchange.request.credential },
  /** The queries to the policies, in the order of the decisions. */
  queries: { kind: 'object', write: (exchange: ExchangeFacts) => exchange.queries },
} as const;

/** The facts of an entry, in the order of its keys. */
export const entryFacts = {
  /** Its name: a number, after the sandbox's name where that has one. */
  id: number<string>({
    write: ({ number }) => number,
    read: (row, stored) => row.name(stored!),
    load: (node) => node.text(),
    schema: (z) => z.string(),
    description: 'Id of the entry, for the parameter since',
    example: '17',
  }),
  /** Name of the sandbox that it came to; empty for the one without a name. */
  sandbox: derived<string>({
    read: (row) => row.sandbox,
    load: (node) => node.text(),
    schema: (z) => z.string(),
    description: 'Name of the sandbox; empty for the one without a name',
    example: 't1',
  }),
  /** Id of the profile. */
  profile: derived<string>({
    read: (row) => row.profile,
    load: (node) => node.text(),
    schema: (_z, { profileId }) => profileId,
    description: 'Id of a profile that is served',
    example: 'klinky',
  }),
  /** The HTTP method. */
  method: object<string, string>({
    write: ({ request }) => request.method,
    read: (_row, stored) => stored,
    load: (node) => node.text(),
    schema: (z) => z.string(),
    description: 'HTTP method',
    example: 'GET',
  }),
  /** The path with its query as it came; credentials in it are masked. */
  path: derived<string>({
    read: (row) => row.maskedTarget,
    load: (node) => node.text(),
    schema: (z) => z.string(),
    description: 'Path with query, as received; credentials masked',
    example: '/api/v1/public/links?limit=10',
  }),
  /** Short hash of the path as it came, where something in it is masked: distinguishes paths that look alike. */
  pathHash: derived<string | undefined>({
    read: (row) => (row.maskedTarget === row.target ? undefined : row.hash(row.target)),
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description:
      'Short hash of the path as received, where a credential in it is masked; distinguishes paths that look alike',
    example: HASH,
  }),
  /** The operationId, if the path has one. */
  operation: text(({ request }) => request.operation, 'operationId, if the path has one', 'listLinks'),
  /** Facts of the caller, if it is known; credentials are masked. */
  caller: object<Readonly<Record<string, string>> | undefined, Caller | undefined>({
    write: ({ request }) => request.caller,
    read: (row, caller) => caller && row.maskedCaller(caller),
    load: (node) => readTexts(node),
    absent: undefined,
    schema: (_z, { maskedFacts }) => maskedFacts.optional(),
    description: 'Facts about the caller, if known; credentials masked',
    example: { key: 'klinky_live_…bbbb' },
  }),
  /** Short hash of the credential, valid or not: distinguishes callers whose masked credentials look alike. */
  keyHash: derived<string | undefined>({
    read(row) {
      const credential = row.stored('credential') as string | undefined;
      return credential === undefined ? undefined : row.hash(credential);
    },
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description: 'Short hash of the credential, valid or not, to tell callers apart',
    example: HASH,
  }),
  /** Status of the response; 0: a fault or the client closed the connection before any response. */
  status: number<number>({
    ...always,
    write: (_exchange, { status }) => status,
    load: (node) => node.count(),
    schema: (z) => z.int(),
    description: 'Status of the response; 0: a fault or the client closed the connection before any response',
    example: 200,
  }),
  /** Name of the profile's error that answered, if one did. */
  error: text((_exchange, { error }) => error, "Name of the profile's error that answered", 'rateLimited'),
  /** Why the client did not get a whole answer; `undefined`: all of it was sent. */
  broken: number<Broken | undefined>({
    write: (_exchange, { broken }) => (broken === undefined ? undefined : BROKEN.indexOf(broken)),
    read: (_row, stored) => (stored === undefined ? undefined : BROKEN[stored]),
    load: (node) => node.oneOf(...BROKEN),
    absent: undefined,
    schema: (z) => z.enum(BROKEN).optional(),
    description:
      'Why the client did not get a complete answer; cut: truncated within the body, after the request took effect; dropped: a fault closed the connection before the request took effect; gone: the client disconnected before the request took effect; left: the client disconnected while the answer was streamed',
    example: 'cut',
  }),
  /** How far its body was sent, if it was streamed. The same object as long as the stream runs. */
  streamed: object<Readonly<StreamProgress> | undefined, Readonly<StreamProgress> | undefined>({
    write: ({ streamed }) => streamed,
    read: (_row, stored) => stored,
    load: (node) => readStreamProgress(node),
    absent: undefined,
    schema: (z) =>
      z
        .object({
          chunks: z.int().describe('Events, lines or tokens sent so far').meta({ example: 12 }),
          bytes: z.int().describe('Bytes of the body sent so far').meta({ example: 2_048 }),
          endedAt: z
            .number()
            .nullable()
            .describe('End by the clock of the sandbox, epoch ms; null while it runs')
            .meta({ example: EPOCH_MS + 900 }),
        })
        .readonly()
        .optional(),
    description: 'How far the body was sent, if it was streamed',
    example: { chunks: 12, bytes: 2_048, endedAt: EPOCH_MS + 900 },
  }),
  /** Whether all policies admitted it. */
  admitted: derived<boolean>({
    read: (row) => row.stored('refusedBy') === undefined,
    load: (node) => node.flag(),
    schema: (z) => z.boolean(),
    description: 'false: a policy refused it',
    example: true,
  }),
  /** The policy that refused it. */
  refusedBy: text(({ refusal }) => refusal?.policy, 'The policy that refused it', 'key-minute'),
  /** What each policy decided, in the order of the queries. */
  decisions: derived<readonly JournalDecision[]>({
    read: (row) => row.decisions,
    load: (node) => node.list().map(readDecision),
    schema: (z, { decision }) => z.array(decision).readonly(),
    description: 'The decision of each policy, in evaluation order',
  }),
  /** Policies that did not apply. */
  skipped: object<readonly Skipped[], readonly Skipped[]>({
    write: ({ skipped }) => skipped,
    read: (_row, stored) => stored,
    load: (node) =>
      node.list().map((skip): Skipped => {
        const { policy, why } = skip.fields(['policy', 'why']);
        return { policy: policy.text(), why: why.oneOf('applies', 'no-limit', 'no-partition') };
      }),
    schema: (z, { skipped }) => z.array(skipped).readonly(),
    description: 'Policies that did not apply',
  }),
  /** Policies whose soft limit this request was the first to pass in its window. */
  warnings: object<readonly string[], readonly string[]>({
    write: ({ warnings }) => warnings,
    read: (_row, stored) => stored,
    load: (node) => node.list().map((warning) => warning.text()),
    schema: (z) => z.array(z.string()).readonly(),
    description: 'Policies whose soft limit this request was the first to exceed',
    example: ['token-day'],
  }),
  /** Seconds of the answer's `Retry-After`, in whatever format it was written. */
  retryAfter: number<number | undefined>({
    write: (_exchange, { retryAfter }) => retryAfter,
    read: (_row, stored) => stored,
    load: (node) => node.number(),
    absent: undefined,
    schema: (z) => z.number().optional(),
    description: 'Seconds that the response asks the client to wait, in whatever format',
    example: 42,
  }),
  /**
   * Virtual epoch ms, ascending: the instants at which the answer told its client to come back. `Retry-After`, other header fields and fields of the body count, each
   * as a client reads it. A stamp at which the request would certainly be refused is left out.
   */
  comeBackAt: object<readonly number[], readonly number[]>({
    write: (_exchange, { comeBackAt }) => comeBackAt,
    read: (_row, stored) => stored,
    load: (node) => node.list().map((at) => at.instant()),
    absent: [],
    schema: (z) => z.array(z.number()).readonly(),
    description:
      'The instants at which the client may retry according to the answer, by the clock of the sandbox, epoch ms, ascending: from Retry-After, other header fields and fields of the body, each as a client reads it',
    example: [EPOCH_MS + 42_000],
  }),
  /** What the answer's headers reported of policies. */
  told: derived<readonly ReportedQuota[]>({
    read: (row) => row.reported,
    load: (node) => node.list().map(readReportedQuota),
    schema: (z, { told }) => z.array(told).readonly(),
    description: 'The state of policies that the headers of the answer reported',
  }),
  /** Short hash of the body, if it had one: equal for equal bodies. */
  bodyHash: hash<string | undefined>({
    write: ({ request }) => request.bodyText,
    read: (_row, stored) => stored,
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description: 'Short hash of the body, if it had one',
    example: HASH,
  }),
  /** Short hash of the body without timestamps and random ids: equal for two tries of a client that stamps each. Computed while clients are judged. */
  bodyShape: text(
    (_exchange, { bodyShape }) => bodyShape,
    'Short hash of the body without timestamps and random ids, computed while clients are judged: equal for two tries that differ only in those',
    HASH,
  ),
  /** Entries of the longest list in its body, where that is a JSON object with a list in it: what a bulk call asks for. */
  items: number<number | undefined>({
    write: ({ request }) => (request.bodyText === '' ? undefined : request.longestList),
    read: (_row, stored) => stored,
    load: (node) => node.count(),
    absent: undefined,
    schema: (z) => z.int().optional(),
    description: 'Number of entries of the longest list in the body, if it has any',
    example: 10,
  }),
  /** Short hash of the idempotency key, where the provider takes one and it had one. */
  idempotencyKey: object<string | undefined, string | undefined>({
    write: ({ providerState, request }) => {
      const { idempotency } = providerState.provider.profile;
      return idempotency && request.header(idempotency.header);
    },
    read: (row, stored) => (stored === undefined ? undefined : row.hash(stored)),
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description: 'Short hash of the idempotency key, if it had one',
    example: HASH,
  }),
  /** Whether it asked only for what has changed (`If-None-Match`). */
  conditional: derived<boolean>({
    read: (row) => row.stored('ifNoneMatch') !== undefined,
    load: (node) => node.flag(),
    schema: (z) => z.boolean(),
    description: 'Whether the request was conditional (If-None-Match)',
    example: false,
  }),
  /** `If-None-Match` as it came; credentials in it are masked. */
  ifNoneMatch: object<string | undefined, string | undefined>({
    write: ({ request }) => request.header('if-none-match'),
    read: (row, stored) => row.masked(stored),
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description: 'Its If-None-Match as received',
    example: '"33a64df551425fcc"',
  }),
  /** Entity tag of the answer. */
  etag: text((_exchange, { etag }) => etag, 'Entity tag of the answer', '"33a64df551425fcc"'),
  /** Result of the provider's cache. */
  cache: object<ExchangeFacts['cacheState'], ExchangeFacts['cacheState']>({
    write: ({ cacheState }) => cacheState,
    read: (_row, stored) => stored,
    load: (node) => node.oneOf('HIT', 'MISS', 'BYPASS'),
    absent: undefined,
    schema: (z) => z.enum(['HIT', 'MISS', 'BYPASS']).optional(),
    description: "Result of the provider's cache",
    example: 'MISS',
  }),
  /** Whether the job that it read still ran; `undefined` if it read none. */
  job: object<JobState | undefined, JobState | undefined>({
    write: ({ job }) => job,
    read: (_row, stored) => stored,
    load: (node) => node.oneOf('running', 'ended'),
    absent: undefined,
    schema: (z) => z.enum(['running', 'ended']).optional(),
    description: 'Whether the job that the answer shows still ran, if it shows one',
    example: 'running',
  }),
  /** Virtual epoch ms of arrival. */
  at: number<number>({
    ...always,
    write: ({ at }) => at,
    load: (node) => node.instant(),
    description: 'Arrival by the clock of the sandbox, epoch ms',
    example: EPOCH_MS,
  }),
  /** Virtual epoch ms of the decision that the answer reports. */
  sentAt: number<number>({
    ...always,
    write: ({ instant }) => instant.now,
    load: (node) => node.instant(),
    description: 'Sending by the clock of the sandbox, epoch ms',
    example: EPOCH_MS,
  }),
  /** Virtual epoch ms at which the answer had been handed over; `null` while it has not been, and where the clock stood still. */
  answeredAt: number<number | null>({
    write: ({ departure }) => departure.answeredAt,
    read: (_row, stored) => stored ?? null,
    load: (node) => node.orNull((one) => one.instant()),
    absent: null,
    schema: (z) => z.number().nullable(),
    description:
      'When the answer had been sent, by the clock of the sandbox, epoch ms; null before that, and where the clock was frozen',
    example: EPOCH_MS + 2,
  }),
  /** The machine's epoch ms of arrival. */
  realAt: number<number>({
    ...always,
    write: ({ realAt }) => realAt,
    load: (node) => node.instant(),
    description: "Arrival by the machine's clock, epoch ms",
    example: EPOCH_MS,
  }),
  /** Real milliseconds from arrival to sending. */
  durationMs: number<number>({
    ...always,
    write: (_exchange, { durationMs }) => durationMs,
    load: (node) => node.number(),
    description: 'Real milliseconds from arrival to sending',
    example: 1,
  }),
  /** Virtual milliseconds that limits delayed the request: the longest delay of any policy. `undefined` if none did. */
  delayMs: derived<number | undefined>({
    read(row) {
      const delays = row.decisions.flatMap(({ delayMs }) => delayMs ?? []);
      return delays.length === 0 ? undefined : Math.max(...delays);
    },
    load: (node) => node.number(),
    absent: undefined,
    schema: (z) => z.number().optional(),
    description: 'Virtual milliseconds that limits delayed the request; absent if none did',
    example: 2_000,
  }),
  /** The machine's epoch ms, with fractions, at which it arrived. Its client did not know what was answered later. */
  beganAt: number<number>({
    ...always,
    write: ({ beganAt }) => beganAt,
    load: (node) => node.instant(),
    description: "Arrival by the machine's clock, epoch ms with fractions",
    example: EPOCH_MS + 0.25,
  }),
  /** The machine's epoch ms, with fractions, at which the answer had been handed over; `null` while it has not been, and where its client closed the connection first. */
  leftAt: number<number | null>({
    write: ({ departure }) => departure.leftAt,
    read: (_row, stored) => stored ?? null,
    load: (node) => node.orNull((one) => one.instant()),
    schema: (z) => z.number().nullable(),
    description:
      "When the answer had been sent, by the machine's clock, epoch ms with fractions; null before that, and where the client closed the connection first",
    example: EPOCH_MS + 1.5,
  }),
  /** The latest instant (the machine's epoch ms, with fractions) at which the operating system still held the answer unread for its client. */
  unreadAt: number<number | undefined>({
    write: LATER,
    read: (_row, stored) => stored,
    load: (node) => node.instant(),
    absent: undefined,
    schema: (z) => z.number().optional(),
    description: `The latest instant at which the operating system still held the answer unread for its client; looked up while clients are judged. ${MACHINE}`,
    example: EPOCH_MS + 1.5,
  }),
  /**
   * The earliest instant (the machine's epoch ms, with fractions) at which the client's process was seen asleep with the answer read: what it sends from then on it
   * sends in knowledge of it. `null` while that has not been seen, `undefined` where it was not looked for.
   */
  readAt: number<number | null | undefined>({
    write: LATER,
    // Infinity stands for null: not seen yet.
    read: (_row, stored) => (stored === Number.POSITIVE_INFINITY ? null : stored),
    load: (node) => node.orNull((one) => one.instant()),
    absent: undefined,
    schema: (z) => z.number().nullable().optional(),
    description: `The earliest instant at which the client's process was seen asleep with the answer read; null while that has not been seen; looked up while clients are judged. ${MACHINE}`,
    example: EPOCH_MS + 1.5,
  }),
  /** How exact the instant of arrival is. Known while clients are judged. */
  arrived: object<ArrivalTiming | undefined, ArrivalTiming | undefined>({
    write: ({ request }) => request.arrival.arrived,
    read: (_row, stored) => stored,
    load: (node) => readArrived(node),
    absent: undefined,
    schema: (_z, { arrived }) => arrived.optional(),
    description: 'Accuracy of the instant of arrival; present while clients are judged',
    example: { earliestAt: EPOCH_MS - 1.5, lagMs: 0.4 },
  }),
  /** The connection that it came on; `undefined` in-process. */
  peer: object<Peer | undefined, Peer | undefined>({
    write: ({ request }) => request.arrival.peer,
    read: (row, stored) => row.maskedPeer(stored),
    load: (node) => readPeer(node),
    absent: undefined,
    schema: (_z, { peer }) => peer.optional(),
    description: "The client's end of the connection; omitted in-process",
  }),
  /** What the client calls itself: its `X-Mock429-Client` header field. */
  client: object<string | undefined, string | undefined>({
    write: ({ request }) => request.header('x-mock429-client'),
    read: (row, stored) => row.masked(stored),
    load: (node) => node.text(),
    absent: undefined,
    schema: (z) => z.string().optional(),
    description: 'Name of the client: its X-Mock429-Client header field',
    example: 'importer',
  }),
};

/** Everything that a row stores. */
export const rowFacts = { ...hiddenFacts, ...entryFacts };
