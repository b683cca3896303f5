/**
 * Journal entries that are made up for a test: the fields that matter to it are given, the others are those of a plain request that succeeded.
 * @module
 */
import type { Policy } from '../../src/limits/policy.js';
import type { ClientProcess, JournalDecision, JournalEntry, Peer } from '../../src/state/journal/entry.js';
import { createView, type ProviderFacts, type View, type ViewContext } from '../../src/verdict/calls/view.js';

/** Epoch ms at which the made-up clocks, the sandbox's and the machine's, begin. */
export const START = Date.parse('2026-05-12T08:00:00.000Z');

/** The fields of an entry that a test gives; all others get the values of a plain request that succeeded. */
export interface Given extends Partial<Omit<JournalEntry, 'id' | 'beganAt' | 'leftAt'>> {
  /** Milliseconds after `START`, by both clocks, at which the request arrived. */
  readonly at: number;
  /** The same for its answer; `null`: it has not left. A millisecond after the arrival when left out. */
  readonly left?: number | null;
  readonly connection?: number | undefined;
  readonly opener?: ClientProcess | undefined;
  readonly userAgent?: string | undefined;
}

/** In the order of arrival. */
export function entriesOf(all: readonly Given[]): JournalEntry[] {
  return all.map((given, i) => entryOf(i + 1, given));
}

/** The journal entry of a request. @param number its id, which also orders entries */
export function entryOf(number: number, given: Given): JournalEntry {
  const { left = given.at + 1, connection, opener, userAgent, ...fields } = given;
  const at = START + given.at;
  const peer: Peer | undefined = connection === undefined ? undefined : { connection, openedAt: at, userAgent, opener };
  return {
    sandbox: '',
    profile: 'made-up',
    method: 'GET',
    path: '/a',
    pathHash: undefined,
    operation: 'a',
    caller: { kind: 'key', key: 'k1' },
    keyHash: 'hash-k1',
    status: 200,
    error: undefined,
    broken: undefined,
    streamed: undefined,
    admitted: true,
    refusedBy: undefined,
    decisions: [],
    skipped: [],
    warnings: [],
    retryAfter: undefined,
    comeBackAt: [],
    told: [],
    bodyHash: undefined,
    bodyShape: undefined,
    items: undefined,
    idempotencyKey: undefined,
    conditional: false,
    ifNoneMatch: undefined,
    etag: undefined,
    cache: undefined,
    job: undefined,
    sentAt: left === null ? at : START + left,
    answeredAt: left === null ? null : START + left,
    realAt: at,
    delayMs: undefined,
    durationMs: left === null ? 0 : left - given.at,
    unreadAt: undefined,
    readAt: undefined,
    arrived: undefined,
    client: undefined,
    ...fields,
    id: String(number),
    at: given.at + START,
    beganAt: at,
    leftAt: left === null ? null : START + left,
    peer,
  };
}

/** What a limit said of a request: by default it took one of sixty. */
export function decision(given: Partial<JournalDecision> = {}): JournalDecision {
  return {
    policy: 'minute',
    bucket: 'minute-1',
    partition: { key: 'k1' },
    allowed: true,
    cost: 1,
    used: 1,
    limit: 60,
    remaining: 59,
    resetAt: START + 60_000,
    retryAt: null,
    charged: 1,
    refunded: 0,
    ...given,
  };
}

/** A request that the limit `minute` refused. @param until milliseconds after `START` until which the answer told to wait; `undefined`: it told nothing */
export function refused(given: Given, until?: number, by: Partial<JournalDecision> = {}): Given {
  const due = until === undefined ? null : START + until;
  return {
    status: 429,
    admitted: false,
    refusedBy: 'minute',
    decisions: [decision({ allowed: false, used: 60, remaining: 0, charged: 0, resetAt: due, retryAt: due, ...by })],
    comeBackAt: due === null ? [] : [due],
    ...given,
  };
}

/** A request that the limit `minute` admitted. */
export function admitted(given: Given, by: Partial<JournalDecision> = {}): Given {
  return { decisions: [decision(by)], ...given };
}

/** A process that a shell started. */
export function processOf(pid: number, given: Partial<ClientProcess> = {}): ClientProcess {
  return { pid, ancestors: [100, 10], startedAt: START, beside: [], ...given };
}

/** One provider without advice of its own. */
export const subject: ProviderFacts = {
  policies: new Map(),
  credentialFacts: { key: 'key' },
  accountFact: 'account',
  queryOf: () => new Set(),
  resourceOf: () => '',
};

/** The requests as a judge looks at them. */
export function viewOf(
  all: readonly Given[],
  { policies, ...moment }: Partial<ViewContext> & { policies?: ReadonlyMap<string, Policy> } = {},
): View {
  const judged = policies ? { ...subject, policies } : subject;
  return createView(entriesOf(all), judged, { now: START + 3_600_000, ended: false, lost: 0, ...moment });
}
