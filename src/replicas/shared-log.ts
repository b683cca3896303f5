/**
 * The interface to the log that all replicas of a server share.
 *
 * Replicas keep the same state because they apply the same inputs in the same order (state machine replication). The log defines that order and the time of each
 * input. It knows nothing of requests: a payload is a text.
 * @module
 */

/** A batch of inputs that one member has appended. */
export interface LogBatch {
  /** Position in the log, from 1, without gaps. */
  readonly seq: number;
  /** Epoch ms by the store's clock, with fractions. It never falls from one batch to the next, whatever the store's clock does. */
  readonly at: number;
  /** The member that appended it. */
  readonly member: number;
  /** What was appended; `null`: the member is gone, and its requests end. */
  readonly payload: string | null;
}

/** The result of an append. */
export interface Appended {
  /** Position of the appended batch; of the newest batch where nothing was appended. */
  readonly seq: number;
  /** The store's time: that of the appended batch. No later batch has an earlier one, also where nothing was appended. */
  readonly at: number;
  /** The batches after `after` and before the appended one, ascending. May end before the appended batch: then `isPartial` is set. */
  readonly others: readonly LogBatch[];
  /** Whether batches between the last of `others` and `seq` are missing; `read` returns them. */
  readonly isPartial: boolean;
}

/** What a replica must have in common with all others. */
export interface Identity {
  /** Version of mock429. */
  readonly version: string;
  /** Hash of everything that decides what the replica computes: profiles, documents, variants, plans, options. */
  readonly configuration: string;
}

/** The state at a position of the log. */
export interface Checkpoint {
  /** The batches up to this one are contained. 0: the empty state. */
  readonly seq: number;
  /** The state, in the parts in which it was written; none for the empty state. */
  readonly parts: AsyncIterable<Uint8Array>;
}

/** Why an append or a read failed. The replica's reaction depends on it. */
export type LogFailure =
  /** The store cannot be reached, or did not answer in time. Whether the batch was appended is unknown; the same append may be repeated. */
  | 'unreachable'
  /** The member was removed, because it was silent for too long. It must join again; nothing was appended. */
  | 'removed'
  /** The store has restarted or failed over, was emptied, or has lost batches. The members must agree on the newest state (`recover`); nothing was appended. */
  | 'restarted'
  /** The batches after `after` are no longer in the log. The replica must load the checkpoint. */
  | 'trimmed'
  /** The replica does not fit the others or the store: another version or configuration, an unsupported server or setting. */
  | 'unfit';

/** An error of the log. */
export class LogError extends Error {
  constructor(
    readonly failure: LogFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A log that several processes share. All methods reject with `LogError`. */
export interface SharedLog {
  /**
   * Connects, checks that the server fits, and becomes a member. The first member creates the log. A member that was removed joins again with the state that it has; it
   * fails as `restarted` where the store has lost the log: `recover`, then join.
   *
   * @returns the number of the member: unique, and never used again. It is also used by the following calls
   */
  join(identity: Identity): Promise<number>;
  /**
   * Appends a batch, and reports that the member is alive. Appends of one member must not overlap. An append that failed as `unreachable` is repeated with the
   * same payload until its outcome is known: the log appends it once.
   *
   * @param payload an empty text appends nothing; the store's time and the batches of others are returned
   * @param after the position up to which the replica knows the log
   */
  append(payload: string, after: number): Promise<Appended>;
  /** The batches after a position, ascending, those of this member included; a bounded number of them. */
  read(after: number): Promise<readonly LogBatch[]>;
  /** The newest checkpoint. */
  checkpoint(): Promise<Checkpoint>;
  /** Stores a checkpoint, and removes the batches that it contains. Does nothing if there is a newer one. */
  saveCheckpoint(seq: number, parts: Iterable<Uint8Array>): Promise<void>;
  /** Estimated bytes of the batches since the checkpoint, and of the checkpoint. Used to decide when the next one is due. */
  size(): Promise<{ readonly log: number; readonly checkpoint: number }>;
  /**
   * Agrees with the other members on the newest state after `restarted`. Each member offers its position; the member with the highest one writes its state where the store
   * has less. Resolves once the log can be appended to again.
   *
   * @param seq the position that this replica has applied
   * @param state the state at that position. It is called only if this member is chosen
   * @returns the position of the log afterwards. If it is below `seq`, or its batches cannot be read, the replica must load the checkpoint
   */
  recover(seq: number, state: () => Iterable<Uint8Array>): Promise<number>;
  /** Calls the listener when another member has appended. May be called late, more often than needed, or not at all while the connection is down. */
  onAppended(listener: () => void): void;
  /** The living members, ascending. The first one does what must be done once, such as sending webhooks. */
  members(): Promise<readonly number[]>;
  /** Leaves: the requests of the member end everywhere. */
  leave(): Promise<void>;
  /** Closes the connections. Pending calls reject as `unreachable`. */
  close(): Promise<void>;
}
