/**
 * Follows the shared log: appends what a replica has to add, applies what the log has, and finds its way back after a failure.
 * @module
 */
import type { TimeSource } from '../runtime/clock.js';
import type { WriteLog } from '../sandbox/core.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import type { CheckFault } from '../sandbox/snapshot/read.js';
import { loadState, saveState } from './checkpoint.js';
import type { Input } from './inputs.js';
import { NOTHING, type Pending, type Queued, takeBatch } from './outbox.js';
import { type Identity, type LogBatch, LogError, type SharedLog } from './shared-log.js';
import type { StateMachine } from './state-machine.js';
import type { ReplicaTime } from './time.js';

/** Options of a follower. */
export interface FollowerOptions {
  readonly log: SharedLog;
  readonly identity: Identity;
  /** The time of all clocks. */
  readonly time: ReplicaTime;
  /** This machine's time. */
  readonly machine: TimeSource;
  readonly checkFault: CheckFault;
  readonly write: WriteLog;
  /** Receives the duration of a round trip and the store's time in between; see `StoreTime.measured`. */
  readonly measured: (sent: number, received: number, at: number) => void;
  /** Is called when the store has answered, before anything is applied. */
  readonly answered: () => Promise<void> | undefined;
  /** Is called when a member is gone. */
  readonly memberGone: () => void;
  /** Is called with an input that may have been applied, but whose answer cannot be known. */
  readonly lost: (queued: Queued) => void;
}

/** The place of one replica in the log. */
export class Follower {
  /** Number of this member. */
  member = 0;
  /** Position of the last batch that has been applied. */
  seq = 0;
  /** What is being appended, until its outcome is known. */
  pending: Pending | undefined;
  /** Whether the log is being applied. */
  isApplying = false;
  /** How many batches have been applied. */
  applied = 0;
  /** The state before the first input. */
  #initial: readonly Uint8Array[] | undefined;
  readonly #sandboxes: Sandboxes;
  readonly #machine: StateMachine;
  readonly #queue: Queued[];
  readonly #options: FollowerOptions;

  /** @param queue what is to be appended */
  constructor(sandboxes: Sandboxes, machine: StateMachine, queue: Queued[], options: FollowerOptions) {
    this.#sandboxes = sandboxes;
    this.#machine = machine;
    this.#queue = queue;
    this.#options = options;
  }

  /** Appends what is in the queue, and applies the log up to it. @throws LogError; what was to be appended stays pending */
  async append(): Promise<void> {
    const { log, machine, time, measured, answered } = this.#options;
    this.pending ??= takeBatch(this.#queue);
    const sent = machine.precise();
    const { seq, at, others, isPartial } = await log.append(this.pending.payload, this.seq);
    measured(sent, machine.precise(), at);
    await answered();
    await this.#applyAll(others);
    // What is pending may have been found among them.
    const { items, payload } = this.pending;
    if (isPartial) await this.#readTo(payload === '' ? seq : seq - 1);
    this.isApplying = true;
    time.advanceTo(at);
    for (const queued of items) {
      const wait = this.#machine.apply(this.member, queued.input, queued);
      if (wait) await wait;
    }
    this.isApplying = false;
    this.seq = Math.max(this.seq, seq);
    this.pending = undefined;
    if (payload !== '') this.applied += 1;
  }

  async #readTo(seq: number): Promise<void> {
    while (this.seq < seq) {
      const batches = await this.#options.log.read(this.seq);
      await this.#applyAll(batches.filter((batch) => batch.seq <= seq));
    }
  }

  /** Applies batches of the log. One of them may be what is pending, if its append failed and its outcome was unknown. */
  async #applyAll(batches: readonly LogBatch[]): Promise<void> {
    this.isApplying = true;
    for (const { seq, at, member, payload } of batches) {
      if (seq <= this.seq) continue;
      this.#options.time.advanceTo(at);
      const pending = this.pending;
      if (payload === null) await this.#gone(member);
      else if (pending && payload === pending.payload && member === (pending.member ?? this.member)) {
        for (const queued of pending.items) await this.#machine.apply(member, queued.input, queued);
        this.pending = { items: NOTHING, payload: '' };
      } else {
        for (const input of JSON.parse(payload) as Input[]) {
          const wait = this.#machine.apply(member, input, undefined);
          if (wait) await wait;
        }
      }
      this.seq = seq;
      this.applied += 1;
    }
    this.isApplying = false;
  }

  async #gone(member: number): Promise<void> {
    await this.#machine.gone(member);
    this.#options.write('info', `replica ${member} is gone; its requests have ended`);
    this.#options.memberGone();
  }

  /** Reacts to a failure that can be mended at once. @returns whether the append is to be repeated */
  async mend({ failure }: LogError): Promise<boolean> {
    const { log, identity, write } = this.#options;
    if (failure === 'removed') {
      const before = this.member;
      this.member = await log.join(identity);
      write('warn', `this replica was silent for too long, and has joined again as ${this.member}`);
      if (this.pending) this.pending.member = before;
      await this.#catchUpWithLog();
      delete this.pending?.member;
      return true;
    }
    if (failure === 'restarted') {
      write('warn', 'the store has restarted, or lost data; the replicas agree on the newest state');
      const own = this.seq;
      const hasOpen = !this.#machine.canBeSaved;
      const seq = await log.recover(own, () => this.state());
      if (seq < own) await this.reload();
      // The log itself finds out here whether it goes on from this state. To ask for the checkpoint before would tell it that the checkpoint is loaded.
      else if (!(await this.#catchUpWithLog()) && hasOpen && (await this.#isSavedAt(own))) await this.reload();
      return true;
    }
    if (failure === 'trimmed') {
      await this.reload();
      return true;
    }
    return false;
  }

  /**
   * Whether the log goes on from a state that was saved at a position. What was under way there, such as a delayed answer, is not in it. So all replicas load it, also the one that has
   * saved it.
   */
  async #isSavedAt(position: number): Promise<boolean> {
    const { seq } = await this.#options.log.checkpoint();
    return seq === position;
  }

  /** Applies everything that is in the log. @returns whether the state of the store was taken over, because the log does not go on from this one */
  async #catchUpWithLog(): Promise<boolean> {
    try {
      for (;;) {
        const batches = await this.#options.log.read(this.seq);
        if (batches.length === 0) return false;
        await this.#applyAll(batches);
      }
    } catch (error) {
      if (!(error instanceof LogError) || error.failure !== 'trimmed') throw error;
      await this.reload();
      return true;
    }
  }

  /** Takes over the state of the store in place of this replica's. */
  async reload(): Promise<void> {
    const { log, time, checkFault } = this.#options;
    const { seq, parts } = await log.checkpoint();
    this.isApplying = true;
    const isNew = this.#initial === undefined;
    // The machine's time may be ahead of the log's.
    if (isNew) time.restart(0);
    this.#initial ??= [...this.state()];
    if (seq > 0 || !isNew)
      await loadState(seq === 0 ? this.#initial : parts, this.#sandboxes, this.#machine, time, checkFault);
    this.isApplying = false;
    const isBehind = seq > this.seq;
    this.seq = seq;
    // The checkpoint may contain what was pending. It is not appended a second time, and its clients get an error.
    if (isBehind && this.pending) {
      const { items } = this.pending;
      this.pending = { items: NOTHING, payload: '' };
      for (const queued of items) this.#options.lost(queued);
    }
    await this.#catchUpWithLog();
  }

  /** The state at the present position. */
  state(): Iterable<Uint8Array> {
    return saveState(this.#sandboxes, this.#machine, this.#options.time);
  }
}
