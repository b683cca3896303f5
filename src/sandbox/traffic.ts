/**
 * A summary of the current traffic in all sandboxes, for the progress display of a run.
 * @module
 */
import type { Sandbox } from './sandbox.js';
import type { Sandboxes } from './sandboxes.js';

/** Current traffic in all sandboxes. */
export interface Traffic {
  /** Requests to providers. */
  readonly requests: number;
  /** Requests that a policy has refused, or that were answered 429. */
  readonly refused: number;
  /** Waits that refusals have reported and that are not over: the newest of each bucket. */
  readonly waits: readonly ReportedWait[];
}

/** A wait that a refusal has reported. */
export interface ReportedWait {
  /** Milliseconds until it ends, by the clock of its sandbox. */
  readonly ms: number;
  /** Real milliseconds per millisecond of that clock; `Infinity` if it is frozen. */
  readonly pace: number;
}

/** How many of the newest requests of a sandbox are searched for reported waits. */
const MAX_ROWS = 1_000;

/** Counts the requests and collects the open waits of all sandboxes. */
export function trafficOf(sandboxes: Sandboxes): Traffic {
  const all = sandboxes.all();
  return {
    requests: all.reduce((sum, { counts }) => sum + counts.requests, 0),
    refused: all.reduce((sum, { counts }) => sum + counts.refused, 0),
    waits: all.flatMap(waitsOf),
  };
}

function waitsOf({ journal, clock }: Sandbox): ReportedWait[] {
  const now = clock.now();
  const { mode, rate } = clock.read();
  const pace = mode === 'frozen' ? Number.POSITIVE_INFINITY : 1 / rate;
  const seen = new Set<string>();
  const waits: ReportedWait[] = [];
  for (const { refusedBy, retryAfter, comeBackAt, sentAt, profile, decisions } of journal.newest(MAX_ROWS)) {
    if (refusedBy === undefined) continue;
    const { bucket = refusedBy } = decisions.find(({ policy }) => policy === refusedBy) ?? {};
    const bucketKey = `${profile} ${bucket}`;
    if (seen.has(bucketKey)) continue;
    seen.add(bucketKey);
    const until = retryAfter === undefined ? comeBackAt.at(-1) : sentAt + retryAfter * 1_000;
    const ms = until === undefined ? 0 : until - now;
    if (ms > 0) waits.push({ ms, pace });
  }
  return waits;
}
