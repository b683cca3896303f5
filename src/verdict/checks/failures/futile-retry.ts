/**
 * A client sent a rejected request again unchanged, or a program continued to use a rejected credential.
 *
 * Only a streak of equal responses counts, in which the client knew the previous response when it sent the next request. Responses that can change without the
 * client are left out: 409, 423, 425, and 404 while a client polls for a resource that does not exist yet. A successful write of another operation in between
 * may have removed the cause and ends the streak.
 * @module
 */
import { type Call, dueAt, exactKey, isBarred, senderOf, waited } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { listIn } from '../../group.js';
import { KnownAnswers } from '../../knowledge/known-answers.js';
import { count, formatTime, requestLine } from '../../words.js';

interface Options {
  readonly repeats: number;
  readonly within: number;
  readonly policies?: readonly string[] | undefined;
}

/**
 * Statuses that an unchanged request gets again.
 * @see RFC 9110 §15.5, RFC 9110 §15.5.21 (422)
 */
const FUTILE: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 422]);
/** Statuses that can change: another client may grant the access or create the resource. */
const MAY_CHANGE: ReadonlySet<number> = new Set([403, 404]);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** A client that requests a missing resource at most once per this time is polling. Milliseconds. */
const POLL_MS = 1_000;
/** The number of consecutive requests with a rejected credential from which the check reports them. */
const MAX_UNAUTHORIZED = 5;

/** Requests with equal responses. Each request except the first was sent when the response to another one was known. */
interface Streak {
  readonly calls: Call[];
  isOffence: boolean;
}

/** The position of a request in its streak. */
interface StreakPosition {
  readonly streak: Streak;
  /** The request whose response was known; `undefined` for the first request. */
  readonly before: Call | undefined;
  /** 1 for the first request. */
  readonly depth: number;
}

/** The check `futile-retry`. */
export const futileRetry = defineCheck<Options>({
  title: 'Repeated a request that cannot succeed',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      repeats: z.int().positive().default(2).describe('Number of repetitions of a rejected request that is a finding'),
      within: duration.prefault('1m').describe('Time within which the repetitions must lie'),
      policies: z
        .array(z.string())
        .min(1)
        .optional()
        .describe('Policies whose refusals no retry changes, if they state no wait: the money is spent'),
    }),
  references: ({ policies = [] }) => ({ policies }),
  suffix: (all) => `, and ${count(all - 1, 'other request')} likewise`,
  find({ timeline }, options) {
    const spent = new Set(options.policies);
    const isFutile = (call: Call) => isFinal(call, spent) || isRejected(call);
    const changes = new Changes();
    const answers = new KnownAnswers((_, answer) => answer);
    const answeredAtStep = new Map<Call, number>();
    const positions = new Map<Call, StreakPosition>();
    const streaks = new Set<Streak>();
    /** Streaks that a success of the same request excuses. */
    const excusable = new Map<string, Streak[]>();
    let judged = 0;
    for (const [step, { call, answered }] of timeline.entries()) {
      if (call.outcome === 'succeeded' && !READS.has(call.entry.method)) changes.note(call.entry.operation, step);
      if (answered) {
        if (isFutile(call)) judged += 1;
        // Other refusals, and failures, say nothing about the request or the credential.
        if (call.outcome !== 'succeeded' && call.outcome !== 'rejected' && !isFinal(call, spent)) continue;
        if (call.outcome === 'succeeded') {
          for (const streak of excusable.get(exactKey(call)) ?? []) streaks.delete(streak);
          excusable.delete(exactKey(call));
        }
        answers.answered(exactKey(call), call);
        answers.answered(senderOf(call), call);
        answeredAtStep.set(call, step);
        continue;
      }
      if (!isFutile(call)) continue;
      const { certain, perhaps } = answers.at(call.entry.status === 401 ? senderOf(call) : exactKey(call), call);
      const continuesStreak =
        certain !== undefined &&
        isRepetition(call, certain, options.within) &&
        perhaps?.entry.status === call.entry.status &&
        !changes.since(answeredAtStep.get(certain)!, call.entry.operation);
      const known = continuesStreak ? positions.get(certain) : undefined;
      const streak = known?.streak ?? { calls: [], isOffence: false };
      if (!known) {
        streaks.add(streak);
        if (MAY_CHANGE.has(call.entry.status)) listIn(excusable, exactKey(call)).push(streak);
      }
      streak.calls.push(call);
      positions.set(call, { streak, before: known && certain, depth: (known?.depth ?? 0) + 1 });
      if (isTooMany(call, positions, options)) streak.isOffence = true;
    }
    return {
      judged,
      incidents: [...streaks].filter((streak) => streak.isOffence).map(({ calls }) => incidentOf(calls, positions)),
    };
  },
});

/** Whether the request is one repetition too many, or one request too many with the same credential. */
function isTooMany(call: Call, positions: ReadonlyMap<Call, StreakPosition>, { repeats, within }: Options): boolean {
  if (call.entry.status === 401 && positions.get(call)!.depth >= MAX_UNAUTHORIZED) return true;
  let first: Call | undefined = call;
  for (let i = 0; i < repeats && first; i++) {
    first = positions.get(first)!.before;
    if (first && exactKey(first) !== exactKey(call)) return false;
  }
  return first !== undefined && call.entry.at - first.entry.at <= within;
}

/** Whether no wait helps: the credential is barred, or one of these policies refused the call and stated no wait. */
function isFinal(call: Call, policies: ReadonlySet<string>): boolean {
  const { refusedBy } = call.entry;
  return isBarred(call) || (refusedBy !== undefined && policies.has(refusedBy) && dueAt(call) === undefined);
}

/** Whether the provider rejected a request of a known caller without stating a wait. */
function isRejected(call: Call): boolean {
  const { status, client, peer } = call.entry;
  const isKnown = call.caller !== '' || client !== undefined || peer?.opener !== undefined;
  return call.outcome === 'rejected' && FUTILE.has(status) && dueAt(call) === undefined && isKnown;
}

/** Whether the request repeats one with the same response soon enough. False for a client that polls for a missing resource. */
function isRepetition(call: Call, before: Call, within: number): boolean {
  const { status, method } = call.entry;
  const gap = waited(call, before);
  if (status !== before.entry.status || gap < 0 || gap > within) return false;
  return !(status === 404 && READS.has(method) && gap >= POLL_MS);
}

function incidentOf(calls: readonly Call[], positions: ReadonlyMap<Call, StreakPosition>): Incident {
  const call = calls.at(-1)!;
  const { status, at } = call.entry;
  const span = `within ${formatTime(Math.max(0, at - calls[0]!.entry.at))}`;
  const isOneRequest = new Set(calls.map(exactKey)).size === 1;
  // Parameters that the document does not declare may differ.
  const alike = new Set(calls.map(({ entry }) => entry.path)).size === 1 ? '' : ' with the same declared parameters';
  const says = isOneRequest
    ? `sent ${requestLine(call)} ${calls.length} times${alike} ${span}, each time answered ${status}`
    : `sent ${calls.length} requests ${span} with a credential that each time was answered ${status}`;
  return { call, relatedCalls: calls, knownAnswer: positions.get(call)!.before, says, weight: calls.length };
}

/** When a write last succeeded, by operation. */
class Changes {
  #newest: { operation: string | undefined; step: number } | undefined;
  /** The newest write by any other operation. */
  #other: { operation: string | undefined; step: number } | undefined;

  /** Records a successful write. */
  note(operation: string | undefined, step: number): void {
    if (this.#newest && this.#newest.operation !== operation) this.#other = this.#newest;
    this.#newest = { operation, step };
  }

  /** Whether a write of another operation succeeded after that step. A write of the same operation does not affect this request. */
  since(step: number, operation: string | undefined): boolean {
    const change = this.#newest?.operation === operation ? this.#other : this.#newest;
    return change !== undefined && change.step > step;
  }
}
