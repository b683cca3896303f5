/**
 * What goes on at the moment, in all sandboxes together: for whoever watches a run.
 * @module
 */
import type { Sandbox } from './sandbox.js';
import type { Sandboxes } from './sandboxes.js';

export interface Traffic {
  /** Requests to providers. */
  readonly requests: number;
  /** Those of them that a policy has refused. */
  readonly refused: number;
  /** Waits that refusals have told and that are not over: the newest of each bucket. */
  readonly waits: readonly ReportedWait[];
}

export interface ReportedWait {
  /** Milliseconds until it is over, by the clock of its sandbox. */
  readonly ms: number;
  /** Real milliseconds per millisecond of that clock; infinite: it stands still. */
  readonly pace: number;
}

/** Newest requests of a sandbox in which told waits are looked for. */
const MAX_ROWS = 1_000;

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
  for (const { refusedBy, retryAfter, sentAt, profile, decisions } of journal.newest(MAX_ROWS)) {
    if (refusedBy === undefined) continue;
    const { bucket = refusedBy } = decisions.find(({ policy }) => policy === refusedBy) ?? {};
    const place = `${profile} ${bucket}`;
    if (seen.has(place)) continue;
    seen.add(place);
    const ms = retryAfter === undefined ? 0 : sentAt + retryAfter * 1_000 - now;
    if (ms > 0) waits.push({ ms, pace });
  }
  return waits;
}
