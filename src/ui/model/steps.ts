/**
 * The units left in a bucket over time, as the journal shows them.
 * @module
 */
import type { JournalEntry } from '../data/types.js';

/** A bucket that requests were counted in. */
export interface SeenBucket {
  /** Id of the bucket, as the control API has it. */
  readonly id: string;
  readonly profile: string;
  readonly policy: string;
  readonly partition: Readonly<Record<string, string>>;
  /** How many requests asked it. */
  readonly count: number;
}

/** The buckets of the requests, those that refused first, then the most used. */
export function seenBuckets(entries: Iterable<JournalEntry>): SeenBucket[] {
  const seen = new Map<string, { bucket: SeenBucket; count: number; refused: number }>();
  for (const { profile, decisions, refusedBy } of entries) {
    for (const { bucket: id, policy, partition } of decisions) {
      const known = seen.get(id) ?? { bucket: { id, profile, policy, partition, count: 0 }, count: 0, refused: 0 };
      known.count += 1;
      if (refusedBy === policy) known.refused += 1;
      seen.set(id, known);
    }
  }
  return [...seen.values()]
    .sort((a, b) => b.refused - a.refused || b.count - a.count)
    .map(({ bucket, count }) => ({ ...bucket, count }));
}

/** A line of steps: at each instant (epoch ms) a number of units left. */
export interface Steps {
  readonly at: readonly number[];
  readonly left: readonly number[];
  /** The limit at the end. */
  readonly limit: number;
}

/** The units left in a bucket. A window that has ended by `now` is full again from its end on. */
export function stepsOf(entries: Iterable<JournalEntry>, bucket: string, now: number): Steps {
  const at: number[] = [];
  const left: number[] = [];
  let limit = 0;
  let resetAt: number | null = null;
  const refill = (until: number) => {
    if (resetAt === null || resetAt > until) return;
    at.push(resetAt);
    left.push(limit);
    resetAt = null;
  };
  const sorted = [...entries].sort((a, b) => a.sentAt - b.sentAt);
  for (const entry of sorted) {
    for (const decision of entry.decisions) {
      if (decision.bucket !== bucket) continue;
      refill(entry.sentAt);
      at.push(entry.sentAt);
      left.push(decision.remaining + decision.refunded);
      limit = decision.limit;
      resetAt = decision.resetAt;
    }
  }
  refill(now);
  if (at.length > 0 && now > at.at(-1)!) {
    at.push(now);
    left.push(left.at(-1)!);
  }
  return { at, left, limit };
}
