/**
 * A request was rejected for what it is, and was sent again unchanged; or a program went on with a credential that had been rejected.
 *
 * Only a row of equal answers counts, each request of which was sent in knowledge of the answer before. What may change by itself is left out: 409, 423, 425, and a
 * 404 while a client polls for something that is not there yet. A successful write of another kind in between may have changed what was wrong.
 * @module
 */
import { type Call, dueAt, waited } from '../call.js';
import { defineCheck, type Incident } from '../check.js';
import { listIn } from '../group.js';
import { knows } from '../knowledge.js';
import { count, time, what } from '../words.js';

interface Options {
  readonly repeats: number;
  readonly within: number;
}

/** @see RFC 9110 §15.5, RFC 9110 §15.5.21 (422) */
const FUTILE: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 422]);
/** Access may be granted, and a resource may be made, by somebody else. */
const MAY_CHANGE: ReadonlySet<number> = new Set([403, 404]);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Whoever asks no more often than this for what is not there polls for it. Milliseconds. */
const POLL_MS = 1_000;
/** Nor does whoever asks steadily: so many times, each at least so long after the one before, the longest wait no more than so many times the shortest. */
const STEADY = { repeats: 4, leastMs: 100, spread: 1.5 };
/** So many different requests in a row with a rejected credential are too many. */
const UNAUTHORIZED = 5;

/** Requests that were answered alike, each sent in knowledge of the answer to the one before. */
interface Row {
  readonly calls: Call[];
  /** Arrivals by request. */
  readonly times: Map<string, number[]>;
  isOffence: boolean;
}

export const futileRetry = defineCheck<Options>({
  title: 'Repeated what cannot succeed',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      repeats: z.int().positive().default(2).describe('So many repetitions of a rejected request are too many'),
      within: duration.prefault('1m').describe('What is spread over more time is no row'),
    }),
  ending: (all) => `, and ${count(all - 1, 'other request')} likewise`,
  find({ timeline }, { repeats, within }) {
    const changes = new Changes();
    /** The newest answer that says something of the request, or of the credential. */
    const newest = new Map<string, Call>();
    const answeredAtStep = new Map<Call, number>();
    const rowOf = new Map<Call, Row>();
    const rows = new Set<Row>();
    /** Rows that a success of the same request would excuse. */
    const excusable = new Map<string, Row[]>();
    let judged = 0;
    for (const [step, { call, answered }] of timeline.entries()) {
      if (call.outcome === 'succeeded' && !READS.has(call.entry.method)) changes.note(call.entry.operation, step);
      if (answered) {
        if (isFutile(call)) judged += 1;
        if (call.outcome !== 'succeeded' && call.outcome !== 'rejected') continue;
        const key = exact(call);
        if (call.outcome === 'succeeded') {
          for (const row of excusable.get(key) ?? []) rows.delete(row);
          excusable.delete(key);
        }
        newest.set(key, call);
        newest.set(sender(call), call);
        answeredAtStep.set(call, step);
        continue;
      }
      if (!isFutile(call)) continue;
      const before = newest.get(call.entry.status === 401 ? sender(call) : exact(call));
      const goesOn =
        before !== undefined &&
        isFollowed(call, before, within) &&
        !changes.since(answeredAtStep.get(before)!, call.entry.operation);
      const known = goesOn ? rowOf.get(before) : undefined;
      // Requests that crossed each other make a row no longer.
      const isNext = known !== undefined && known.calls.at(-1) === before;
      const row: Row = isNext ? known : { calls: [], times: new Map(), isOffence: false };
      rowOf.set(call, row);
      if (!isNext) {
        rows.add(row);
        if (MAY_CHANGE.has(call.entry.status)) listIn(excusable, exact(call)).push(row);
      }
      row.calls.push(call);
      const times = listIn(row.times, exact(call));
      times.push(call.entry.at);
      const since = times.at(-1 - repeats);
      if ((since !== undefined && call.entry.at - since <= within) || row.times.size >= UNAUTHORIZED)
        row.isOffence = true;
    }
    return { judged, incidents: [...rows].filter((row) => row.isOffence && !isSteadyPoll(row)).map(incidentOf) };
  },
});

/** Rejected by the provider, without a word on when to come back; by whom is known. */
function isFutile(call: Call): boolean {
  const { status, client, peer } = call.entry;
  const isKnown = call.caller !== '' || client !== undefined || peer?.opener !== undefined;
  return call.outcome === 'rejected' && FUTILE.has(status) && dueAt(call) === undefined && isKnown;
}

function isFollowed(call: Call, before: Call, within: number): boolean {
  const { status, method } = call.entry;
  const gap = waited(call, before);
  if (status !== before.entry.status || gap < 0 || gap > within || !knows(call, before)) return false;
  return !(status === 404 && READS.has(method) && gap >= POLL_MS);
}

/** Whether the row polls for something that is not there. */
function isSteadyPoll({ calls }: Row): boolean {
  const { status, method } = calls[0]!.entry;
  if (status !== 404 || !READS.has(method) || calls.length <= STEADY.repeats) return false;
  const waits = calls.slice(1).map((call, i) => waited(call, calls[i]!));
  const [shortest, longest] = [waits.reduce((a, b) => Math.min(a, b)), waits.reduce((a, b) => Math.max(a, b))];
  return shortest >= STEADY.leastMs && longest <= STEADY.spread * shortest;
}

/** The request to the last byte of its body. */
function exact({ same, entry: { bodyHash } }: Call): string {
  return `${same} ${bodyHash}`;
}

function sender({ program, caller }: Call): string {
  return `${program} ${caller}`;
}

function incidentOf({ calls, times }: Row): Incident {
  const call = calls.at(-1)!;
  const { status, at } = call.entry;
  const span = `within ${time(Math.max(0, at - calls[0]!.entry.at))}`;
  const says =
    times.size === 1
      ? `sent ${what(call)} ${calls.length} times ${span}, each time answered ${status}`
      : `sent ${calls.length} requests ${span} with a credential that each time was answered ${status}`;
  return { call, with: calls, knew: calls.at(-2), says, weight: calls.length };
}

/** When something was last changed, by operation. */
class Changes {
  #newest: { operation: string | undefined; step: number } | undefined;
  /** The newest of another operation than that. */
  #other: { operation: string | undefined; step: number } | undefined;

  /** A write of that operation succeeded. */
  note(operation: string | undefined, step: number): void {
    if (this.#newest && this.#newest.operation !== operation) this.#other = this.#newest;
    this.#newest = { operation, step };
  }

  /** Whether a write of another kind came after that step: making one thing does not make another right. */
  since(step: number, operation: string | undefined): boolean {
    const change = this.#newest?.operation === operation ? this.#other : this.#newest;
    return change !== undefined && change.step > step;
  }
}
