/**
 * Naive buckets for the models of the catalogue: every limit of a provider as a list, each with a reference bucket per partition.
 * @module
 */
import type { Reference } from '../properties/references.js';

/** A limit as a provider's page says it. */
export interface Limit<Call> {
  readonly name: string;
  /** A new bucket. */
  bucket(): Reference;
  /** The quota for a call. */
  quota(call: Call): number;
  /** What is counted apart; `undefined`: the limit does not apply to the call. */
  key(call: Call): string | undefined;
  /** What a call takes; 1 when left out. 0 is never refused. */
  cost?(call: Call): number;
}

/** One limit's bucket for one call. */
export interface Counted<Call> {
  readonly limit: Limit<Call>;
  readonly bucket: Reference;
  readonly cost: number;
  /** What was charged, as the bucket names it. */
  window: number;
}

/** All buckets of a provider. */
export class Buckets<Call> {
  #buckets = new Map<string, Reference>();
  #leases = 0;

  constructor(readonly limits: readonly Limit<Call>[]) {}

  /** Everything that was counted is gone. */
  reset(): void {
    this.#buckets = new Map();
  }

  /** The buckets that a call counts in, in the order of the limits, with their quotas set for it. */
  of(call: Call): Counted<Call>[] {
    return this.limits.flatMap((limit) => {
      const key = limit.key(call);
      if (key === undefined) return [];
      const name = `${limit.name} ${key}`;
      const bucket = this.#buckets.get(name) ?? limit.bucket();
      this.#buckets.set(name, bucket);
      bucket.quota = limit.quota(call);
      return [{ limit, bucket, cost: limit.cost?.(call) ?? 1, window: 0 }];
    });
  }

  /** Takes the units of all limits, or of none: then `refused` is the first that has no room. `lease` names what was taken. */
  take(call: Call, now: number): { counted: Counted<Call>[]; refused: Counted<Call> | undefined; lease: string } {
    const counted = this.of(call);
    const lease = `lease ${++this.#leases}`;
    const refused = counted.find(({ bucket, cost }) => cost > 0 && !bucket.admits(cost, now));
    if (!refused) for (const one of counted) if (one.cost > 0) one.window = one.bucket.charge(one.cost, now, lease);
    return { counted, refused, lease };
  }
}
