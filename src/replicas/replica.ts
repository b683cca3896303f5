/**
 * A replica: it writes what happens to it to the shared log, and applies everything that is in the log, in its order.
 *
 * All replicas compute the same from the same inputs, so they hold the same state: buckets, clocks, faults, resources, journal. One round trip gives any number of
 * requests their place and their time; then they are handled by the same code as in one process (docs/replicas.md).
 * @module
 */
import type {
  AnswerNotes,
  ReplicableArrival,
  ReplicatedRequest,
  Replicator,
  StoreFailure,
} from '../http/replicator.js';
import type { TimeSource } from '../runtime/clock.js';
import type { Core, Port, WriteLog } from '../sandbox/core.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import type { CheckFault } from '../sandbox/snapshot/read.js';
import type { Peer } from '../state/journal/entry.js';
import { CheckpointDuty, type LogBytes } from './checkpoint-duty.js';
import { Follower } from './follower.js';
import { fieldsOf, type Input, ReplicatedArrival, translatePeer } from './inputs.js';
import { fail, problemOf, type Queued, withoutClient } from './outbox.js';
import { type Identity, LogError, type SharedLog } from './shared-log.js';
import { type Caller, type Operations, StateMachine } from './state-machine.js';
import { StoreTime } from './store-time.js';
import type { ReplicaTime } from './time.js';

/** What clients get while the store does not work: a 503, a closed connection, or answers from this replica's own state. */
export type OnStoreFailure = '503' | 'refuse' | 'local';

/** Options of a replica. */
export interface ReplicaOptions {
  readonly log: SharedLog;
  readonly identity: Identity;
  /** The time of all clocks. */
  readonly time: ReplicaTime;
  /** This machine's time. */
  readonly machine: TimeSource;
  readonly onFailure: OnStoreFailure;
  readonly operations: Operations;
  readonly checkFault: CheckFault;
  /** Sends a webhook. */
  readonly deliver: Core['deliver'];
  readonly write: WriteLog;
  /** When the log is cut off. */
  readonly logBytes?: LogBytes | undefined;
}

/** A replica that has nothing to say reports that it is alive, in real ms. */
const HEARTBEAT_MS = 1_000;
/** Pause before the store is tried again, in real ms. */
const RETRY_MS = 250;
/** Sandboxes whose events somebody reads here are kept; in heartbeats. */
const BEATS_PER_USE = 60;

/** One replica of a server. */
export class Replica implements Replicator {
  readonly #options: ReplicaOptions;
  readonly #sandboxes: Sandboxes;
  readonly #machine: StateMachine;
  readonly #storeTime = new StoreTime();
  readonly #follower: Follower;
  readonly #queue: Queued[] = [];
  /** Callers that wait for the next round trip. */
  #syncs: Caller[] = [];
  #isBusy = false;
  /** Whether a round trip is wanted, whatever the queue holds. */
  #isWanted = false;
  #isClosed = false;
  /** The round trips that are under way. */
  #running: Promise<void> = Promise.resolve();
  /** Whether this replica has left: what still ends here concerns nobody else. */
  #hasLeft = false;
  /** The last number of a request or operation of this replica. */
  #number = 0;
  #failure: StoreFailure | undefined;
  /** How many requests have been answered from the state of this replica alone since the store failed. */
  #alone = 0;
  /** Whether its state is not that of the others, because it has handled something alone. */
  #isApart = false;
  readonly #duty: CheckpointDuty;
  #beats = 0;
  #cancelWake = () => {};
  #cancelBeat = () => {};
  readonly #peers = new WeakMap<Peer, Peer>();

  constructor(sandboxes: Sandboxes, options: ReplicaOptions) {
    const { log, time, operations, deliver, write } = options;
    this.#sandboxes = sandboxes;
    this.#options = options;
    this.#duty = new CheckpointDuty(log, options.logBytes);
    this.#machine = new StateMachine(sandboxes, {
      ...{ time, operations, deliver, write },
      add: (input) => this.#add({ input }),
      now: () => this.#storeTime.of(options.machine.precise()),
    });
    this.#follower = new Follower(sandboxes, this.#machine, this.#queue, {
      ...options,
      measured: (...measurement) => this.#storeTime.measured(...measurement),
      answered: () => (this.#failure ? this.#works() : undefined),
      memberGone: () => void this.#chooseSender(),
      lost: (queued) => this.#lost(queued),
    });
  }

  get failure(): StoreFailure | undefined {
    return this.#alone > 0 ? undefined : this.#failure;
  }

  /** Whether the input that is being applied came to another replica, which writes its log lines. */
  get isForeign(): boolean {
    return this.#machine.isForeign;
  }

  /** Whether the log is being applied. Only then may the state change. */
  get isApplying(): boolean {
    return this.#follower.isApplying;
  }

  /** Number of this member; it changes when the replica has been silent for too long. */
  get member(): number {
    return this.#follower.member;
  }

  /** Position of the last batch of the log that has been applied. */
  get position(): number {
    return this.#follower.seq;
  }

  /** Sends a webhook: one replica does, all get the result. */
  readonly deliver: Core['deliver'] = (...args) => this.#machine.deliveries.send(...args);

  /** Joins the others and takes over their state. @throws LogError if the store does not work, or this replica does not fit the others */
  async start(): Promise<void> {
    const { log, identity } = this.#options;
    this.#follower.member = await log.join(identity);
    try {
      await this.#follower.reload();
    } catch (error) {
      // The store has restarted, and the others have not noticed it yet.
      if (!(error instanceof LogError && (await this.#follower.mend(error)))) throw error;
    }
    log.onAppended(() => this.#want());
    // Every replica tries; the first one counts. The clocks start at the time of the log, so that they are equal everywhere.
    if (!this.#machine.hasBegun) this.#add({ input: ['begin'] });
    await this.#sync();
    await this.#chooseSender();
    this.#beat();
  }

  request(sandbox: string, profile: string, arrival: ReplicableArrival, port: Port, receiver: ReplicatedRequest): void {
    const fields = fieldsOf(arrival, this.#translation, (peer) => this.#peerOf(peer));
    const own = { arrival: new ReplicatedArrival(fields, arrival.body), port, receiver };
    this.#number += 1;
    this.#add({ input: ['request', this.#number, sandbox, profile, fields], own });
  }

  operate(sandbox: string, operation: string, args: readonly unknown[]): Promise<unknown> {
    this.#number += 1;
    return this.#call(['operation', this.#number, sandbox, operation, args]);
  }

  async removeSandbox(name: string): Promise<void> {
    this.#number += 1;
    await this.#call(['remove', this.#number, name]);
  }

  async catchUp(sandbox: string): Promise<void> {
    // A call creates the sandbox, or counts as a use of it, as in one process.
    if (sandbox !== '' && !this.#failure) this.#add({ input: ['use', [sandbox]] });
    await this.#sync();
  }

  notesOf({ name }: Sandbox): AnswerNotes {
    const note = (row: number, kind: 'left' | 'unread' | 'readBy', at: number | null) =>
      this.#add({ input: ['note', name, row, kind, at === null ? null : this.#storeTime.of(at)] });
    return {
      left: (row, { leftAt }) => note(row, 'left', leftAt),
      unread: (row, at) => note(row, 'unread', at),
      readBy: (row, at) => note(row, 'readBy', at),
    };
  }

  async leave(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#failure === undefined) await this.#sync().catch(() => undefined);
    this.#isClosed = true;
    this.#cancelBeat();
    this.#cancelWake();
    await this.#running;
    await this.#options.log.leave().catch(() => undefined);
    this.#hasLeft = true;
    for (const queued of [...(this.#follower.pending?.items ?? []), ...this.#queue.splice(0)]) this.#add(queued);
    this.#machine.leave(this.#follower.member);
  }

  /** Leaves, and closes the log. */
  async close(): Promise<void> {
    await this.leave();
    await this.#options.log.close();
  }

  get #translation() {
    return { time: (local: number) => this.#storeTime.of(local), member: this.#follower.member };
  }

  /** The same object for the same connection, because the journal stores it with each of its requests. */
  #peerOf(peer: Peer): Peer {
    let translated = this.#peers.get(peer);
    if (translated === undefined) {
      translated = translatePeer(peer, this.#translation);
      this.#peers.set(peer, translated);
    }
    return translated;
  }

  /** Answers whoever waits for an input that may be in the log, but whose result cannot be known. */
  #lost(queued: Queued): void {
    const failure = this.#failureOf('the answer was lost while the store failed; send the request again');
    const [kind, n] = queued.input;
    if (kind === 'request') this.#add({ input: ['done', n, this.#storeTime.of(this.#options.machine.precise()), 1] });
    fail(queued, failure);
    // These may be applied twice: the end of a request, a note, the use of a sandbox, the result of a delivery.
    if (kind !== 'request' && kind !== 'operation' && kind !== 'remove') this.#add(queued);
  }

  #call(input: Input): Promise<unknown> {
    return new Promise((resolve, reject) => this.#add({ input, caller: { resolve, reject } }));
  }

  /** Resolves once a round trip that begins after now has been applied. @throws Problem 503 */
  #sync(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#alone > 0) resolve(undefined);
      else if (this.#failure) reject(problemOf(this.#failure));
      else {
        this.#syncs.push({ resolve, reject });
        this.#want();
      }
    });
  }

  /** Adds an input to the next append. */
  #add(queued: Queued): void {
    if (this.#hasLeft) {
      if (!fail(queued, this.#failureOf('this replica stops'))) this.#handleAlone(queued);
      return;
    }
    if (this.#failure) {
      if (this.#options.onFailure === 'local') this.#handleAlone(queued);
      else fail(queued, this.#failure);
      // What nobody waits for, such as the end of a request, must still reach the others.
      if (!queued.own && !queued.caller) this.#queue.push(queued);
      return;
    }
    this.#queue.push(queued);
    this.#want();
  }

  /** Starts a round trip at the end of this tick of the event loop: what arrives together shares it. */
  #want(): void {
    if (this.#isWanted || this.#isClosed) return;
    this.#isWanted = true;
    if (!this.#isBusy)
      setImmediate(() => {
        if (!this.#isBusy) this.#running = this.#run();
      });
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    this.#cancelWake();
    let pause = 0;
    try {
      while (pause === 0 && !this.#isClosed && this.#isWanted) {
        this.#isWanted = false;
        pause = (await this.#roundTrip()) ? 0 : RETRY_MS;
        if (this.#queue.length > 0 || this.#syncs.length > 0) this.#isWanted = true;
      }
    } catch (error) {
      // An error of mock429 itself. Nothing may stop the replica for ever.
      this.#options.write('warn', `a replica failed: ${(error as Error).stack ?? error}`);
      pause = RETRY_MS;
    } finally {
      this.#follower.isApplying = false;
      this.#isBusy = false;
      this.#isWanted = false;
      this.#wakeIn(pause);
    }
  }

  /** Continues after a pause, or when the next timer of a clock is due. @param pause real ms; 0: none */
  #wakeIn(pause: number): void {
    const { machine, time } = this.#options;
    const due = time.nextDue;
    if (this.#isClosed || (pause === 0 && due === undefined)) return;
    const untilDue = due === undefined ? pause : Math.ceil(due - this.#storeTime.of(machine.precise()));
    this.#cancelWake();
    this.#cancelWake = machine.after(Math.min(Math.max(pause, untilDue, 0), MAX_WAIT_MS), () => this.#want());
  }

  /** Appends what has come together, and applies the log up to it. @returns whether that worked */
  async #roundTrip(): Promise<boolean> {
    const syncs = this.#syncs;
    this.#syncs = [];
    try {
      for (;;) {
        try {
          await this.#follower.append();
          break;
        } catch (error) {
          if (!(error instanceof LogError) || !(await this.#follower.mend(error))) throw error;
        }
      }
      for (const { resolve } of syncs) resolve(undefined);
      return true;
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.#fails(error);
      // Also those that have come meanwhile: the next attempt is some time away.
      for (const { reject } of [...syncs, ...this.#syncs.splice(0)]) reject(problemOf(this.#failure!));
      return false;
    }
  }

  #failureOf(detail: string): StoreFailure {
    const { onFailure } = this.#options;
    return { detail, answer: onFailure === 'refuse' ? 'refuse' : '503' };
  }

  /** Answers whoever waits, because the store does not work. */
  #fails(error: LogError): void {
    const { onFailure, write } = this.#options;
    const isNew = this.#failure === undefined;
    this.#failure = this.#failureOf(`the store does not work: ${error.message}`);
    if (isNew) {
      const then = {
        '503': 'clients get a 503',
        refuse: 'connections are closed',
        local: 'this replica answers alone',
      };
      write('warn', `${this.#failure.detail}; ${then[onFailure]} until it works again`);
    }
    const waiting = [...(this.#follower.pending?.items ?? []), ...this.#queue];
    // What is pending may have been appended. It is appended again until that is known, but nobody waits for it.
    if (this.#follower.pending) this.#follower.pending.items = this.#follower.pending.items.map(withoutClient);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter(({ own, caller }) => !own && !caller));
    for (const queued of waiting) {
      if (onFailure === 'local') this.#handleAlone(queued);
      else fail(queued, this.#failure);
    }
    this.#machine.releaseResponses();
  }

  async #works(): Promise<void> {
    const alone = this.#alone;
    this.#failure = undefined;
    this.#alone = 0;
    const { write } = this.#options;
    const dropped = alone === 0 ? '' : `; what ${alone} requests and calls have changed here meanwhile is dropped`;
    write('info', `the store works again${dropped}`);
    if (this.#isApart) await this.#follower.reload();
    this.#isApart = false;
  }

  /** Handles an input without the others. */
  #handleAlone({ input, own, caller }: Queued): void {
    const { time, machine } = this.#options;
    if (!own && !caller && input[0] !== 'done' && input[0] !== 'delivered') return;
    if (own || caller) this.#alone += 1;
    this.#isApart = true;
    this.#follower.isApplying = true;
    time.advanceTo(this.#storeTime.of(machine.precise()));
    void this.#machine.apply(this.#follower.member, input, { own, caller });
    this.#follower.isApplying = false;
  }

  async #chooseSender(): Promise<void> {
    const members = await this.#options.log.members().catch(() => []);
    if (members.length > 0) this.#machine.deliveries.sends = members[0] === this.#follower.member;
  }

  /** Reports that this replica is alive, and does what is due from time to time. */
  #beat(): void {
    this.#cancelBeat = this.#options.machine.after(HEARTBEAT_MS, () => {
      if (this.#isClosed) return;
      this.#beats += 1;
      if (this.#beats % BEATS_PER_USE === 0) this.#keepListened();
      this.#want();
      void this.#checkpointIfDue();
      this.#beat();
    });
  }

  #keepListened(): void {
    const names = this.#sandboxes.all().filter(({ name, isListenedTo }) => name !== '' && isListenedTo);
    if (names.length > 0) this.#add({ input: ['use', names.map(({ name }) => name)] });
  }

  /** Cuts off the log once it is long. */
  async #checkpointIfDue(): Promise<void> {
    const { log } = this.#options;
    const activity = { applied: this.#follower.applied, requests: this.#number };
    try {
      const members = await log.members();
      this.#machine.deliveries.sends = members[0] === this.#follower.member;
      if (this.#failure || !(await this.#duty.isDue(activity, members[0] === this.#follower.member))) return;
      if (this.#follower.isApplying || !this.#machine.canBeSaved) return;
      // Both belong together: nothing is applied in between.
      const seq = this.#follower.seq;
      const parts = [...this.#follower.state()];
      await log.saveCheckpoint(seq, parts);
    } catch (error) {
      // The next heartbeat tries again.
      if (!(error instanceof LogError)) throw error;
    }
  }
}

/** Longest wait of a timer, in ms. */
const MAX_WAIT_MS = 60_000;
