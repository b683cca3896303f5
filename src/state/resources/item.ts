/**
 * Items, and jobs, which are items with a life cycle.
 *
 * The state of a job is computed on read from the current instant, so a clock that jumps needs no timer.
 * @module
 */

/** An item of a collection. */
export interface Item {
  readonly id: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Rises with every item of the provider. Orders items that were created in the same millisecond. */
  readonly serial: number;
  data: Record<string, unknown>;
  /** Epoch ms. */
  updatedAt: number;
  /** Keys that no other item of the scope may have. */
  uniqueKeys: readonly string[];
  /** Set if the item is a job. */
  job?: JobProgress | undefined;
}

/** An item before it has a serial number. */
export type NewItem = Omit<Item, 'serial'>;

/** The progress of a job. */
export interface JobProgress {
  /** Epoch ms at which it ends; `null` if it runs until it is cancelled or ended through the control API. */
  endsAt: number | null;
  /** The state that it will end in, or has ended in. */
  outcome: string;
  /** The leases that it holds while it runs. */
  holds: readonly Hold[];
  /** The webhook to send at its end; removed once it has been sent. */
  webhook?: Webhook;
}

/** A webhook that is sent when a job ends. */
export interface Webhook {
  readonly url: string;
  /** The base URL at which the client reached the provider, for links in the body. */
  readonly base: string;
}

/** A lease in a bucket. */
export interface Hold {
  readonly policy: string;
  readonly partition: string;
}

/** An item that is a job. */
export type JobItem = Item & { job: JobProgress };

/** Whether the job still runs at `now`. */
export function isRunning(job: JobProgress, now: number): boolean {
  return job.endsAt === null || job.endsAt > now;
}
