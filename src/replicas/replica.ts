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
import { Problem } from '../sandbox/control/problem.js';
import type { Core, Port, WriteLog } from '../sandbox/core.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import type { CheckFault } from '../sandbox/snapshot/read.js';
import type { Peer } from '../state/journal/entry.js';
import { loadState, saveState } from './checkpoint.js';
import { fieldsOf, type Input, ReplicatedArrival, translatePeer } from './inputs.js';
import { type Identity, type LogBatch, LogError, type SharedLog } from './shared-log.js';
import { type Caller, type Operations, type Origin, StateMachine } from './state-machine.js';
import { StoreTime } from './store-time.js';
import type { ReplicaTime } from './time.js';

/** What clients get while the store does not work: a 503, a closed connection, or answers from this replica's own state. */
export type OnStoreFailure = '503' | 'refuse' | 'local';

/** From which size on the log is cut off by a checkpoint, in bytes. */
export interface LogBytes {
  /** While nothing happens. */
  readonly idle: number;
  /** At a replica to which no requests come. */
  readonly unused: number;
  readonly busy: number;
}

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
  /** When the log is cut off. Default: `LOG_BYTES`. */
  readonly logBytes?: LogBytes | undefined;
}

/** Something that waits for its place in the log. */
interface Queued extends Origin {
  readonly input: Input;
}

/** What is being appended. */
interface Pending {
  items: readonly Queued[];
  payload: string;
  /** The member as which it was sent, if that is not the present one. */
  member?: number;
}

/** Characters of one append, roughly. */
const MAX_APPEND_CHARS = 1_000_000;
/** A replica that has nothing to say reports that it is alive, in real ms. */
const HEARTBEAT_MS = 1_000;
/** Pause before the store is tried again, in real ms. */
const RETRY_MS = 250;
/**
 * The log is cut off by a checkpoint once it takes more bytes than this, and twice as many as the last checkpoint. Writing a checkpoint stops a replica for a moment. So a replica without
 * requests of its own does it first, one with requests only if no other does, and everything that is small is written while nothing happens.
 */
const LOG_BYTES: LogBytes = { idle: 64 * 1024, unused: 8 * 1024 * 1024, busy: 32 * 1024 * 1024 };
/** Sandboxes whose events somebody reads here are kept; in heartbeats. */
const BEATS_PER_USE = 60;
/** A replica is unused if no request has come to it for so many heartbeats. */
const BEATS_TO_BE_UNUSED = 5;

const NOTHING: readonly Queued[] = [];

/** One replica of a server. */
export class Replica implements Replicator {
  readonly #options: ReplicaOptions;
  readonly #sandboxes: Sandboxes;
  readonly #machine: StateMachine;
  readonly #storeTime = new StoreTime();
  #member = 0;
  /** The state before the first input. */
  #initial: readonly Uint8Array[] | undefined;
  /** Position of the last batch that has been applied. */
  #seq = 0;
  #queue: Queued[] = [];
  /** Callers that wait for the next round trip. */
  #syncs: Caller[] = [];
  /** What is being appended, until its outcome is known. */
  #pending: Pending | undefined;
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
  #isApplying = false;
  #failure: StoreFailure | undefined;
  /** How many requests have been answered from the state of this replica alone since the store failed. */
  #alone = 0;
  /** Whether its state is not that of the others, because it has handled something alone. */
  #isApart = false;
  #isSaving = false;
  /** Batches applied, and how many there were at the last heartbeat. */
  #applied = 0;
  #appliedBefore = 0;
  #beats = 0;
  /** Heartbeats since the last request that came to this replica. */
  #unusedBeats = 0;
  #numberBefore = 0;
  #cancelWake = () => {};
  #cancelBeat = () => {};
  readonly #peers = new WeakMap<Peer, Peer>();

  constructor(sandboxes: Sandboxes, options: ReplicaOptions) {
    const { time, operations, deliver, write } = options;
    this.#sandboxes = sandboxes;
    this.#options = options;
    this.#machine = new StateMachine(sandboxes, {
      ...{ time, operations, deliver, write },
      add: (input) => this.#add({ input }),
      now: () => this.#storeTime.of(options.machine.precise()),
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
    return this.#isApplying;
  }

  /** Number of this member; it changes when the replica has been silent for too long. */
  get member(): number {
    return this.#member;
  }

  /** Position of the last batch of the log that has been applied. */
  get position(): number {
    return this.#seq;
  }

  /** Sends a webhook: one replica does, all get the result. */
  readonly deliver: Core['deliver'] = (...args) => this.#machine.deliveries.send(...args);

  /** Joins the others and takes over their state. @throws LogError if the store does not work, or this replica does not fit the others */
  async start(): Promise<void> {
    const { log, identity } = this.#options;
    this.#member = await log.join(identity);
    await this.#reload();
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
    await this.#sync();
    if (this.#sandboxes.peek(sandbox)) return;
    this.#add({ input: ['use', [sandbox]] });
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
    for (const queued of [...(this.#pending?.items ?? []), ...this.#queue.splice(0)]) this.#add(queued);
    this.#machine.leave(this.#member);
  }

  /** Leaves, and closes the log. */
  async close(): Promise<void> {
    await this.leave();
    await this.#options.log.close();
  }

  get #translation() {
    return { time: (local: number) => this.#storeTime.of(local), member: this.#member };
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

  /** Ends a request whose client is gone, and which may be in the log. */
  #addEnd(n: number): void {
    this.#add({ input: ['done', n, this.#storeTime.of(this.#options.machine.precise()), 1] });
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
      this.#isApplying = false;
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
          await this.#append();
          break;
        } catch (error) {
          if (!(error instanceof LogError) || !(await this.#mend(error))) throw error;
        }
      }
      for (const { resolve } of syncs) resolve(undefined);
      return true;
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.#fails(error);
      for (const { reject } of syncs) reject(problemOf(this.#failure!));
      return false;
    }
  }

  async #append(): Promise<void> {
    const { log, machine, time } = this.#options;
    this.#pending ??= this.#take();
    const sent = machine.precise();
    const { seq, at, others, isPartial } = await log.append(this.#pending.payload, this.#seq);
    this.#storeTime.measured(sent, machine.precise(), at);
    if (this.#failure) await this.#works();
    await this.#applyAll(others);
    // What is pending may have been found among them.
    const { items, payload } = this.#pending;
    if (isPartial) await this.#readTo(payload === '' ? seq : seq - 1);
    this.#isApplying = true;
    time.advanceTo(at);
    for (const queued of items) {
      const wait = this.#machine.apply(this.#member, queued.input, queued);
      if (wait) await wait;
    }
    this.#isApplying = false;
    this.#seq = Math.max(this.#seq, seq);
    this.#pending = undefined;
    if (payload !== '') this.#applied += 1;
  }

  #take(): Pending {
    const all = this.#queue;
    if (all.length === 0) return { items: NOTHING, payload: '' };
    const texts: string[] = [];
    let chars = 0;
    while (texts.length < all.length && chars < MAX_APPEND_CHARS) {
      const text = JSON.stringify(all[texts.length]!.input);
      chars += text.length;
      texts.push(text);
    }
    this.#queue = all.splice(texts.length);
    return { items: all, payload: `[${texts.join(',')}]` };
  }

  async #readTo(seq: number): Promise<void> {
    while (this.#seq < seq) {
      const batches = await this.#options.log.read(this.#seq);
      await this.#applyAll(batches.filter((batch) => batch.seq <= seq));
    }
  }

  /** Applies batches of the log. One of them may be what is pending, if its append failed and its outcome was unknown. */
  async #applyAll(batches: readonly LogBatch[]): Promise<void> {
    this.#isApplying = true;
    for (const { seq, at, member, payload } of batches) {
      if (seq <= this.#seq) continue;
      this.#options.time.advanceTo(at);
      const pending = this.#pending;
      if (payload === null) this.#gone(member);
      else if (pending && payload === pending.payload && member === (pending.member ?? this.#member)) {
        for (const queued of pending.items) await this.#machine.apply(member, queued.input, queued);
        this.#pending = { items: NOTHING, payload: '' };
      } else {
        for (const input of JSON.parse(payload) as Input[]) {
          const wait = this.#machine.apply(member, input, undefined);
          if (wait) await wait;
        }
      }
      this.#seq = seq;
      this.#applied += 1;
    }
    this.#isApplying = false;
  }

  #gone(member: number): void {
    this.#machine.gone(member);
    this.#options.write('info', `replica ${member} is gone; its requests have ended`);
    void this.#chooseSender();
  }

  /** Reacts to a failure that can be mended at once. @returns whether the append is to be repeated */
  async #mend({ failure }: LogError): Promise<boolean> {
    const { log, identity, write } = this.#options;
    if (failure === 'removed') {
      const before = this.#member;
      this.#member = await log.join(identity);
      write('warn', `this replica was silent for too long, and has joined again as ${this.#member}`);
      if (this.#pending) this.#pending.member = before;
      await this.#catchUpWithLog();
      delete this.#pending?.member;
      return true;
    }
    if (failure === 'restarted') {
      write('warn', 'the store has restarted, or lost data; the replicas agree on the newest state');
      const seq = await log.recover(this.#seq, () => this.#state());
      if (seq < this.#seq || (await this.#isMoreThanSaved())) await this.#reload();
      else await this.#catchUpWithLog();
      return true;
    }
    if (failure === 'trimmed') {
      await this.#reload();
      return true;
    }
    return false;
  }

  /**
   * Whether the log goes on from a state that was saved at this position, while something was under way that it cannot contain, such as a delayed answer. All replicas load it
   * then, also the one that has saved it.
   */
  async #isMoreThanSaved(): Promise<boolean> {
    if (this.#machine.canBeSaved) return false;
    const { seq } = await this.#options.log.checkpoint();
    return seq === this.#seq;
  }

  /** Applies everything that is in the log. */
  async #catchUpWithLog(): Promise<void> {
    try {
      for (;;) {
        const batches = await this.#options.log.read(this.#seq);
        if (batches.length === 0) return;
        await this.#applyAll(batches);
      }
    } catch (error) {
      if (!(error instanceof LogError) || error.failure !== 'trimmed') throw error;
      await this.#reload();
    }
  }

  /** Takes over the state of the store in place of this replica's. */
  async #reload(): Promise<void> {
    const { log, time, checkFault } = this.#options;
    const { seq, parts } = await log.checkpoint();
    this.#isApplying = true;
    const isNew = this.#initial === undefined;
    this.#initial ??= [...this.#state()];
    if (seq > 0 || !isNew)
      await loadState(seq === 0 ? this.#initial : parts, this.#sandboxes, this.#machine, time, checkFault);
    this.#isApplying = false;
    const isBehind = seq > this.#seq;
    this.#seq = seq;
    // The checkpoint may contain what was pending. It is not appended a second time, and its clients get an error.
    if (isBehind && this.#pending) {
      const failure = this.#failureOf('the answer was lost while the store failed; send the request again');
      const { items } = this.#pending;
      this.#pending = { items: NOTHING, payload: '' };
      for (const queued of items) {
        if (queued.input[0] === 'request') this.#addEnd(queued.input[1]);
        // All that nobody waits for may be applied twice: the end of a request, a note, the result of a delivery.
        if (!fail(queued, failure)) this.#add(queued);
      }
    }
    await this.#catchUpWithLog();
  }

  #state(): Iterable<Uint8Array> {
    return saveState(this.#sandboxes, this.#machine, this.#options.time);
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
    const waiting = [...(this.#pending?.items ?? []), ...this.#queue];
    // What is pending may have been appended. It is appended again until that is known, but nobody waits for it.
    if (this.#pending) this.#pending.items = this.#pending.items.map(withoutClient);
    this.#queue = this.#queue.filter(({ own, caller }) => !own && !caller);
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
    if (this.#isApart) await this.#reload();
    this.#isApart = false;
  }

  /** Handles an input without the others. */
  #handleAlone({ input, own, caller }: Queued): void {
    const { time, machine } = this.#options;
    if (!own && !caller && input[0] !== 'done' && input[0] !== 'delivered') return;
    if (own || caller) this.#alone += 1;
    this.#isApart = true;
    this.#isApplying = true;
    time.advanceTo(this.#storeTime.of(machine.precise()));
    void this.#machine.apply(this.#member, input, { own, caller });
    this.#isApplying = false;
  }

  async #chooseSender(): Promise<void> {
    const members = await this.#options.log.members().catch(() => []);
    if (members.length > 0) this.#machine.deliveries.sends = members[0] === this.#member;
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
    const isIdle = this.#applied === this.#appliedBefore;
    this.#unusedBeats = this.#number === this.#numberBefore ? this.#unusedBeats + 1 : 0;
    this.#appliedBefore = this.#applied;
    this.#numberBefore = this.#number;
    if (this.#failure || this.#isSaving) return;
    this.#isSaving = true;
    try {
      const { log } = this.#options;
      const [first] = await log.members();
      this.#machine.deliveries.sends = first === this.#member;
      const isUnused = this.#unusedBeats >= BEATS_TO_BE_UNUSED;
      if (first !== this.#member && !isUnused) return;
      const size = await log.size();
      const { idle, unused, busy } = this.#options.logBytes ?? LOG_BYTES;
      if (size.log < (isIdle ? idle : Math.max(isUnused ? unused : busy, 2 * size.checkpoint))) return;
      if (this.#isApplying || !this.#machine.canBeSaved) return;
      // Both belong together: nothing is applied in between.
      const seq = this.#seq;
      const parts = [...this.#state()];
      await log.saveCheckpoint(seq, parts);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      // The next heartbeat tries again.
    } finally {
      this.#isSaving = false;
    }
  }
}

/** Longest wait of a timer, in ms. */
const MAX_WAIT_MS = 60_000;

/** The port of a request whose client has been answered by an error. */
const GONE: Port = {
  lost: true,
  onDone: (listener) => listener(),
};

/** An input of which nobody waits for the result. If it is a request, and is in the log, it ends at once. */
function withoutClient({ input, own }: Queued): Queued {
  const nobody = { handled() {}, failed() {}, broken() {} };
  return own ? { input, own: { ...own, port: GONE, receiver: nobody } } : { input };
}

/** Tells whoever waits for an input that it failed. @returns whether somebody does */
function fail({ own, caller }: Queued, failure: StoreFailure): boolean {
  own?.receiver.failed(failure);
  caller?.reject(problemOf(failure));
  return own !== undefined || caller !== undefined;
}

function problemOf({ detail }: StoreFailure): Problem {
  return new Problem(503, 'store-unavailable', detail);
}
