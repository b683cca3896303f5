/**
 * What the provider keeps one of: an item, and a job, which is an item with a life.
 *
 * A job's state is computed on read from the instant asked about, so a clock that jumps needs no timer.
 * @module
 */

export interface Item {
  readonly id: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Rises with every item of the sandbox: a stable order for items of the same millisecond. */
  readonly serial: number;
  data: Record<string, unknown>;
  updatedAt: number;
  /** What no other item of the scope may have as well. */
  uniqueKeys: readonly string[];
  job?: JobProgress | undefined;
}

export type NewItem = Omit<Item, 'serial'>;

export interface JobProgress {
  /** Epoch ms at which it ends, unless canceled first; `null`: it runs until told otherwise. */
  endsAt: number | null;
  /** The state that it ends in. */
  outcome: string;
  /** Buckets in which it holds a unit while it runs. */
  holds: readonly Hold[];
  /** Whom to tell of its end; gone once that has been done. */
  webhook?: Webhook;
}

export interface Webhook {
  readonly url: string;
  /** Where whoever made the job found the provider, for the links in what is told. */
  readonly base: string;
}

export interface Hold {
  readonly policy: string;
  readonly partition: string;
}

export type JobItem = Item & { job: JobProgress };

/** Whether the job still runs at `now`. */
export function isRunning(job: JobProgress, now: number): boolean {
  return job.endsAt === null || job.endsAt > now;
}
