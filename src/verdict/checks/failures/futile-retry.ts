/**
 * A request was rejected because of its content and was sent again unchanged, or a program went on with a credential that had been rejected.
 *
 * Only a row of equal answers counts, in which each request was sent after the answer to the one before was known. Answers that may change by themselves are left out:
 * 409, 423, 425, and 404 while a client polls for something that does not exist yet. A successful write of another kind in between may have removed the cause.
 * @module
 */
import { type Call, dueAt, waited } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { listIn } from '../../group.js';
import { KnownAnswers } from '../../knowledge/known-answers.js';
import { count, time, what } from '../../words.js';

interface Options {
  readonly repeats: number;
  readonly within: number;
}

/** @see RFC 9110 §15.5, RFC 9110 §15.5.21 (422) */
const FUTILE: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 422]);
/** Somebody else may grant the access or create the resource. */
const MAY_CHANGE: ReadonlySet<number> = new Set([403, 404]);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** A client that asks for a missing resource no more often than this is polling. Milliseconds. */
const POLL_MS = 1_000;
/** So many different requests in a row with a rejected credential are too many. */
const UNAUTHORIZED = 5;

/** Requests with equal answers; each but the first was sent after the answer to another was known. */
interface Row {
  readonly calls: Call[];
  isOffence: boolean;
}

/** Where a request stands in its row. */
interface Place {
  readonly row: Row;
  /** The request whose answer was known; none for the first. */
  readonly before: Call | undefined;
  /** The first is 1. */
  readonly depth: number;
}

/** The check `futile-retry`. */
export const futileRetry = defineCheck<Options>({
  title: 'Repeated what cannot succeed',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      repeats: z.int().positive().default(2).describe('Number of repetitions of a rejected request that is a finding'),
      within: duration.prefault('1m').describe('Time within which the repetitions must lie'),
    }),
  ending: (all) => `, and ${count(all - 1, 'other request')} likewise`,
  find({ timeline }, options) {
    const changes = new Changes();
    const answers = new KnownAnswers((_, answer) => answer);
    const answeredAtStep = new Map<Call, number>();
    const places = new Map<Call, Place>();
    const rows = new Set<Row>();
    /** Rows that a success of the same request would excuse. */
    const excusable = new Map<string, Row[]>();
    let judged = 0;
    for (const [step, { call, answered }] of timeline.entries()) {
      if (call.outcome === 'succeeded' && !READS.has(call.entry.method)) changes.note(call.entry.operation, step);
      if (answered) {
        if (isFutile(call)) judged += 1;
        // Refusals and failures say nothing about the request or the credential.
        if (call.outcome !== 'succeeded' && call.outcome !== 'rejected') continue;
        if (call.outcome === 'succeeded') {
          for (const row of excusable.get(exact(call)) ?? []) rows.delete(row);
          excusable.delete(exact(call));
        }
        answers.answered(exact(call), call);
        answers.answered(sender(call), call);
        answeredAtStep.set(call, step);
        continue;
      }
      if (!isFutile(call)) continue;
      const { certain, perhaps } = answers.at(call.entry.status === 401 ? sender(call) : exact(call), call);
      const goesOn =
        certain !== undefined &&
        isAgain(call, certain, options.within) &&
        perhaps?.entry.status === call.entry.status &&
        !changes.since(answeredAtStep.get(certain)!, call.entry.operation);
      const known = goesOn ? places.get(certain) : undefined;
      const row = known?.row ?? { calls: [], isOffence: false };
      if (!known) {
        rows.add(row);
        if (MAY_CHANGE.has(call.entry.status)) listIn(excusable, exact(call)).push(row);
      }
      row.calls.push(call);
      places.set(call, { row, before: known && certain, depth: (known?.depth ?? 0) + 1 });
      if (isTooMany(call, places, options)) row.isOffence = true;
    }
    return {
      judged,
      incidents: [...rows].filter((row) => row.isOffence).map(({ calls }) => incidentOf(calls, places)),
    };
  },
});

/** Whether it is one repetition too many of the same request, or one request too many with the same credential. */
function isTooMany(call: Call, places: ReadonlyMap<Call, Place>, { repeats, within }: Options): boolean {
  if (call.entry.status === 401 && places.get(call)!.depth >= UNAUTHORIZED) return true;
  let first: Call | undefined = call;
  for (let i = 0; i < repeats && first; i++) {
    first = places.get(first)!.before;
    if (first && exact(first) !== exact(call)) return false;
  }
  return first !== undefined && call.entry.at - first.entry.at <= within;
}

/** Rejected by the provider without telling when to come back, and sent by a known caller. */
function isFutile(call: Call): boolean {
  const { status, client, peer } = call.entry;
  const isKnown = call.caller !== '' || client !== undefined || peer?.opener !== undefined;
  return call.outcome === 'rejected' && FUTILE.has(status) && dueAt(call) === undefined && isKnown;
}

/** Whether the request repeats one whose answer was the same, soon enough; not if it polls for something that is not there. */
function isAgain(call: Call, before: Call, within: number): boolean {
  const { status, method } = call.entry;
  const gap = waited(call, before);
  if (status !== before.entry.status || gap < 0 || gap > within) return false;
  return !(status === 404 && READS.has(method) && gap >= POLL_MS);
}

/** The request to the last byte of its body. */
function exact({ same, entry: { bodyHash } }: Call): string {
  return `${same} ${bodyHash}`;
}

function sender({ program, caller }: Call): string {
  return `${program} ${caller}`;
}

function incidentOf(calls: readonly Call[], places: ReadonlyMap<Call, Place>): Incident {
  const call = calls.at(-1)!;
  const { status, at } = call.entry;
  const span = `within ${time(Math.max(0, at - calls[0]!.entry.at))}`;
  const says =
    new Set(calls.map(exact)).size === 1
      ? `sent ${what(call)} ${calls.length} times ${span}, each time answered ${status}`
      : `sent ${calls.length} requests ${span} with a credential that each time was answered ${status}`;
  return { call, with: calls, knew: places.get(call)!.before, says, weight: calls.length };
}

/** When something was last changed, by operation. */
class Changes {
  #newest: { operation: string | undefined; step: number } | undefined;
  /** The newest change by any other operation. */
  #other: { operation: string | undefined; step: number } | undefined;

  /** A write of that operation succeeded. */
  note(operation: string | undefined, step: number): void {
    if (this.#newest && this.#newest.operation !== operation) this.#other = this.#newest;
    this.#newest = { operation, step };
  }

  /** Whether a write of another operation succeeded after that step. A write of the same operation changes nothing for this request. */
  since(step: number, operation: string | undefined): boolean {
    const change = this.#newest?.operation === operation ? this.#other : this.#newest;
    return change !== undefined && change.step > step;
  }
}
