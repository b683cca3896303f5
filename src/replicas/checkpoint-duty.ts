/**
 * Decides when a replica writes a checkpoint, and which one does.
 * @module
 */
import type { SharedLog } from './shared-log.js';

/** From which size on the log is cut off by a checkpoint, in bytes. */
export interface LogBytes {
  /** While nothing happens. */
  readonly idle: number;
  /** At a replica to which no requests come. */
  readonly unused: number;
  readonly busy: number;
}

/**
 * The log is cut off by a checkpoint once it takes more bytes than this, and twice as many as the last checkpoint. Writing a checkpoint stops a replica for a moment. So a replica without
 * requests of its own does it first, one with requests only if no other does, and a short log is cut off only while nothing happens.
 */
const LOG_BYTES: LogBytes = { idle: 64 * 1024, unused: 8 * 1024 * 1024, busy: 32 * 1024 * 1024 };

/** A replica is unused if no request has come to it for so many heartbeats. */
const BEATS_TO_BE_UNUSED = 5;

/** What has happened since the start: both only rise. */
export interface Activity {
  /** Batches that have been applied. */
  readonly applied: number;
  /** Requests that have come to this replica. */
  readonly requests: number;
}

/** The duty of one replica. It is asked at each heartbeat. */
export class CheckpointDuty {
  #before: Activity = { applied: 0, requests: 0 };
  #unusedBeats = 0;
  #isAsking = false;

  constructor(
    readonly log: Pick<SharedLog, 'size'>,
    readonly bytes: LogBytes = LOG_BYTES,
  ) {}

  /** Whether this replica is to write a checkpoint now. @param isFirst whether it is the first member @throws LogError */
  async isDue(activity: Activity, isFirst: boolean): Promise<boolean> {
    const isIdle = activity.applied === this.#before.applied;
    this.#unusedBeats = activity.requests === this.#before.requests ? this.#unusedBeats + 1 : 0;
    this.#before = activity;
    const isUnused = this.#unusedBeats >= BEATS_TO_BE_UNUSED;
    if (this.#isAsking || (!isFirst && !isUnused)) return false;
    this.#isAsking = true;
    try {
      const { log, checkpoint } = await this.log.size();
      return log >= (isIdle ? this.bytes.idle : Math.max(this.bytes[isUnused ? 'unused' : 'busy'], 2 * checkpoint));
    } finally {
      this.#isAsking = false;
    }
  }
}
