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
  /** Hash of the credential in the partition, where it has one. */
  readonly keyHash?: string | undefined;
  /** How many requests asked it. */
  readonly count: number;
}

/** The buckets of the requests: those that refused first, then those with a window before those of requests in flight, then the most used. */
export function seenBuckets(entries: Iterable<JournalEntry>): SeenBucket[] {
  const seen = new Map<string, { bucket: SeenBucket; count: number; refused: number; hasWindow: boolean }>();
  for (const { profile, decisions, refusedBy, keyHash } of entries) {
    for (const { bucket: id, policy, partition, resetAt } of decisions) {
      const known = seen.get(id) ?? {
        bucket: { id, profile, policy, partition, count: 0, ...(isMasked(partition) ? { keyHash } : {}) },
        count: 0,
        refused: 0,
        hasWindow: false,
      };
      known.count += 1;
      if (resetAt !== null) known.hasWindow = true;
      if (refusedBy === policy) known.refused += 1;
      seen.set(id, known);
    }
  }
  return [...seen.values()]
    .sort((a, b) => b.refused - a.refused || Number(b.hasWindow) - Number(a.hasWindow) || b.count - a.count)
    .map(({ bucket, count }) => ({ ...bucket, count }));
}

/** Whether a credential is in the partition: the API masks nothing else with this character. */
function isMasked(partition: SeenBucket['partition']): boolean {
  return Object.values(partition).some((value) => value.includes('…'));
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
  const found: { readonly sentAt: number; readonly decision: JournalEntry['decisions'][number] }[] = [];
  for (const { sentAt, decisions } of entries)
    for (const decision of decisions) if (decision.bucket === bucket) found.push({ sentAt, decision });
  found.sort((a, b) => a.sentAt - b.sentAt);
  for (const { sentAt, decision } of found) {
    refill(sentAt);
    at.push(sentAt);
    left.push(decision.remaining + decision.refunded);
    limit = decision.limit;
    resetAt = decision.resetAt;
  }
  refill(now);
  if (at.length > 0 && now > at.at(-1)!) {
    at.push(now);
    left.push(left.at(-1)!);
  }
  return { at, left, limit };
}
