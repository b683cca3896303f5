/**
 * What members of a log in memory share. It stands for the server: it does what the scripts in Redis do, with a clock and with faults that a test sets.
 * @module
 */
import { type Appended, type Checkpoint, type Identity, type LogBatch, LogError } from '../shared-log.js';
import { FaultyCalls } from './faulty-calls.js';
import { appendsUpTo, type LastAppends, noteAppend } from './numbers.js';

/** Options of the hub. */
export interface MemoryLogOptions {
  /** The store's clock: epoch ms, with fractions. It may fall. */
  readonly now: () => number;
  /** A member that is silent for longer is removed. Default: 10,000 ms. */
  readonly silenceMs?: number;
  /** For how long a recovery waits for members that have not offered their state, in real time. Default: 2,000 ms. */
  readonly recoverMs?: number;
  /** `append` and `read` return no further batch once the payloads exceed this many characters. Default: 1 MiB. */
  readonly maxRead?: number;
}

/** A batch, and which of its member's appends it is; 0: the end of the member. */
export interface NumberedBatch extends LogBatch {
  readonly number: number;
}

/** What the hub knows and sets of a log that is opened on it. */
export interface HubMember {
  /** The number of the member; 0 before it has joined. */
  readonly member: number;
  readonly identity: Identity | undefined;
  /** The time of the newest reply, in epoch ms. */
  readonly at: number;
  readonly isClosed: boolean;
  /** The history to which the state of the replica belongs; 0 before it has joined. */
  readonly history: number;
  /** Whether the state of the replica is not on the way to that of the log. */
  readonly mustLoad: boolean;
  /** The last append of each member that is contained in the state. */
  readonly appends: LastAppends;
  /** Another member has appended. */
  notify(): void;
}

interface StoredAppended extends Appended {
  readonly others: readonly NumberedBatch[];
}

interface StoredCheckpoint {
  readonly seq: number;
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly appends: LastAppends;
}

interface Head {
  /** The run of the server in which the members last agreed on the state. */
  run: number;
  /** Identifies the history, which is a new one after each recovery. */
  history: number;
  /** Earlier histories, and the position up to which each is the beginning of this one. */
  ancestors: ReadonlyMap<number, number>;
  readonly identity: Identity;
  seq: number;
  at: number;
}

/** What a recovery has led to. */
export interface Recovered {
  /** Position of the log. */
  readonly position: number;
  readonly history: number;
  /** The position up to which the history of the member's state leads to that of the log. */
  readonly common: number;
}

interface Offer {
  readonly log: HubMember;
  readonly seq: number;
  readonly state: () => Iterable<Uint8Array>;
  readonly resolve: (recovered: Recovered) => void;
  readonly reject: (error: unknown) => void;
}

/** The server: several logs that are opened on one hub share their batches. */
export class MemoryLogHub extends FaultyCalls {
  /** Whether all calls fail as `unreachable`, without effect. */
  isUnreachable = false;
  readonly #options: Required<MemoryLogOptions>;
  readonly #logs = new Set<HubMember>();
  #run = 1;
  #lastMember = 0;
  #lastHistory = 0;
  #head: Head | undefined;
  #batches: NumberedBatch[] = [];
  #checkpoint: StoredCheckpoint = emptyCheckpoint();
  #appends: LastAppends = new Map();
  /** Living members, and when each is removed unless it appends. */
  #expiry = new Map<number, number>();
  readonly #offers = new Map<number, Offer>();
  #bound: NodeJS.Timeout | undefined;

  constructor(options: MemoryLogOptions) {
    super();
    this.#options = { silenceMs: 10_000, recoverMs: 2_000, maxRead: 1024 * 1024, ...options };
  }

  /** @internal */
  attach(log: HubMember): void {
    this.#logs.add(log);
  }

  /** Restarts the server. @param lost how many of the newest batches it loses, at most those since the checkpoint */
  restart(lost = 0): void {
    this.#run++;
    if (!this.#head || lost === 0) return;
    this.#batches.splice(Math.max(0, this.#batches.length - lost));
    const last = this.#batches.at(-1);
    this.#head.seq = last?.seq ?? this.#checkpoint.seq;
    this.#head.at = last?.at ?? 0;
    this.#appends = new Map(this.#checkpoint.appends);
    for (const { member, number, seq, at } of this.#batches)
      if (number > 0) noteAppend(this.#appends, member, { number, seq, at: String(at) });
  }

  /** Deletes everything, as FLUSHALL does. */
  flush(): void {
    this.#head = undefined;
    this.#batches = [];
    this.#checkpoint = emptyCheckpoint();
    this.#appends = new Map();
    this.#expiry.clear();
  }

  /** Removes a member, as its silence does: its requests end. */
  remove(member: number): void {
    if (this.#expiry.delete(member) && this.#head?.run === this.#run) {
      this.#push(this.#head, member, 0, null);
      this.#notify(undefined);
    }
  }

  /** The batches that are in the log, ascending. */
  get batches(): readonly LogBatch[] {
    return this.#batches;
  }

  /** The run of the server: it is another one after each restart. */
  get run(): number {
    return this.#run;
  }

  /** @internal Runs a call with the faults that are set. */
  call<T>(log: HubMember, action: () => T | Promise<T>): Promise<T> {
    return this.callWithFaults(action, () =>
      log.isClosed || this.isUnreachable ? new LogError('unreachable', 'the store cannot be reached') : undefined,
    );
  }

  /** @internal @returns the number of the member, and the history of the log */
  join(log: HubMember, identity: Identity): { member: number; history: number } {
    if (!this.#head && log.history !== 0) throw new LogError('restarted', 'the store has lost its data');
    this.#head ??= { run: this.#run, history: ++this.#lastHistory, ancestors: new Map(), identity, seq: 0, at: 0 };
    const head = this.#head;
    if (head.identity.version !== identity.version || head.identity.configuration !== identity.configuration)
      throw new LogError('unfit', 'the log belongs to replicas of another version or configuration');
    const member = ++this.#lastMember;
    this.#expiry.set(member, this.#time(head) + this.#options.silenceMs);
    return { member, history: head.history };
  }

  /** @internal */
  append(log: HubMember, member: number, number: number, payload: string, after: number): StoredAppended {
    const head = this.#check(log, after);
    const at = this.#time(head);
    const last = this.#appends.get(member);
    if (payload !== '' && last?.number === number)
      return { seq: last.seq, at: Number(last.at), ...this.#range(after, last.seq) };
    if (!this.#expiry.has(member)) throw new LogError('removed', `member ${member} was removed: it was silent`);
    this.#expiry.set(member, at + this.#options.silenceMs);
    const silent = [...this.#expiry].filter(([, end]) => end <= at).map(([other]) => other);
    for (const other of silent.sort((a, b) => a - b)) {
      this.#expiry.delete(other);
      this.#push(head, other, 0, null);
    }
    if (payload !== '') {
      this.#push(head, member, number, payload);
      this.#appends.set(member, { number, seq: head.seq, at: String(at) });
    }
    if (payload !== '' || silent.length > 0) this.#notify(log);
    return { seq: head.seq, at, ...this.#range(after, payload === '' ? head.seq + 1 : head.seq) };
  }

  /** @internal */
  read(log: HubMember, after: number): readonly NumberedBatch[] {
    return this.#range(after, this.#check(log, after).seq + 1).others;
  }

  /** @internal @returns the checkpoint, and what the log of the member must take over with it */
  checkpoint(log: HubMember): Checkpoint & { history: number; appends: LastAppends } {
    const head = this.#check(log, undefined);
    const { seq, parts } = this.#checkpoint;
    return {
      seq,
      history: head.history,
      appends: appendsUpTo(this.#appends, head.seq),
      parts: (async function* () {
        yield* parts;
      })(),
    };
  }

  /** @internal */
  saveCheckpoint(log: HubMember, seq: number, parts: Iterable<Uint8Array>): void {
    if (this.#check(log, undefined).history !== log.history)
      throw new LogError('restarted', 'the state belongs to an earlier history of the log');
    if (log.mustLoad || seq <= this.#checkpoint.seq) return;
    this.#checkpoint = makeCheckpoint(seq, parts, appendsUpTo(this.#appends, seq));
    this.#batches = this.#batches.filter((batch) => batch.seq > seq);
  }

  /** @internal */
  size(): { log: number; checkpoint: number } {
    return { log: characters(this.#batches), checkpoint: this.#checkpoint.bytes };
  }

  /** @internal Resolves once the members that live have offered their state, or the bound has passed. */
  recover(log: HubMember, member: number, seq: number, state: () => Iterable<Uint8Array>): Promise<Recovered> {
    const head = this.#head;
    if (head?.run === this.#run && (head.seq >= seq || head.ancestors.has(log.history)))
      return Promise.resolve(this.#adopt(head, log));
    return new Promise((resolve, reject) => {
      this.#offers.set(member, { log, seq, state, resolve, reject });
      this.#bound ??= setTimeout(() => this.#decide(), this.#options.recoverMs);
      this.#decideIfComplete();
    });
  }

  /** @internal */
  members(): readonly number[] {
    return [...this.#expiry.keys()].sort((a, b) => a - b);
  }

  /** @internal */
  close(log: HubMember, member: number): void {
    this.#logs.delete(log);
    this.#offers.get(member)?.reject(new LogError('unreachable', 'the log was closed'));
    this.#offers.delete(member);
    if (this.#offers.size > 0) this.#decideIfComplete();
  }

  /** The head, if the log can be used by this member from this position. */
  #check(log: HubMember, after: number | undefined): Head {
    const head = this.#head;
    if (head?.run !== this.#run || (after !== undefined && (head.history !== log.history || after > head.seq)))
      throw new LogError('restarted', 'the store has restarted or lost data');
    if (after !== undefined && (log.mustLoad || after < this.#checkpoint.seq))
      throw new LogError('trimmed', `the batches after ${after} are no longer in the log`);
    return head;
  }

  /** The time of a call. It never falls. Time in which no member was heard, as while the server was away, is no member's silence. */
  #time(head: Head): number {
    const at = Math.max(head.at, this.#options.now());
    if (head.at > 0 && at - head.at > this.#options.silenceMs / 3)
      for (const [member, end] of this.#expiry) this.#expiry.set(member, end + at - head.at);
    head.at = at;
    return at;
  }

  #push(head: Head, member: number, number: number, payload: string | null): void {
    this.#batches.push({ seq: ++head.seq, at: head.at, member, number, payload });
  }

  #range(after: number, before: number): Pick<StoredAppended, 'others' | 'isPartial'> {
    const all = this.#batches.filter(({ seq }) => seq > after && seq < before);
    let size = 0;
    const over = all.findIndex(({ payload }) => {
      size += payload?.length ?? 0;
      return size > this.#options.maxRead;
    });
    const others = over < 0 ? all : all.slice(0, over + 1);
    return { others, isPartial: others.length < all.length };
  }

  #notify(origin: HubMember | undefined): void {
    for (const log of this.#logs) if (log !== origin) log.notify();
  }

  #decideIfComplete(): void {
    const living = new Set([...this.#logs].map(({ member }) => member));
    if ([...living].every((member) => member === 0 || this.#offers.has(member))) this.#decide();
  }

  /** Takes the newest state that was offered, unless the store has it. */
  #decide(): void {
    clearTimeout(this.#bound);
    this.#bound = undefined;
    const offers = [...this.#offers];
    this.#offers.clear();
    if (offers.length === 0) return;
    const [member, winner] = offers.reduce((best, other) =>
      other[1].seq > best[1].seq || (other[1].seq === best[1].seq && other[0] > best[0]) ? other : best,
    );
    try {
      if (!this.#head || this.#head.seq < winner.seq)
        this.#rewrite(winner, Math.max(...offers.map(([, o]) => o.log.at)));
      else this.#branch(this.#head, this.#head.history, this.#head.seq);
    } catch (error) {
      winner.reject(error);
      for (const [other, offer] of offers) if (other !== member) this.#offers.set(other, offer);
      this.#decide();
      return;
    }
    const head = this.#head!;
    const at = this.#time(head);
    for (const [other] of offers) this.#expiry.set(other, at + this.#options.silenceMs);
    for (const [, offer] of offers) offer.resolve(this.#adopt(head, offer.log));
  }

  #rewrite({ log, seq, state }: Offer, at: number): void {
    const appends = appendsUpTo(log.appends, seq);
    this.#checkpoint = makeCheckpoint(seq, state(), appends);
    this.#appends = new Map(appends);
    this.#batches = [];
    const { history = 0, ancestors = new Map() } = this.#head ?? {};
    this.#head = { run: 0, history, ancestors, identity: log.identity!, seq, at };
    const end = this.#time(this.#head) + this.#options.silenceMs;
    // A member that does not come back is removed in time, which ends its requests.
    for (const [member, { isGone }] of appends) if (!isGone && !this.#expiry.has(member)) this.#expiry.set(member, end);
    this.#branch(this.#head, log.history, seq);
  }

  /** Begins a new history at a position of an earlier one. */
  #branch(head: Head, from: number, seq: number): void {
    const ancestors = new Map([...head.ancestors].map(([history, end]) => [history, Math.min(end, seq)]));
    if (!ancestors.has(head.history)) ancestors.set(head.history, 0);
    ancestors.set(from, seq);
    head.ancestors = ancestors;
    head.history = ++this.#lastHistory;
    head.run = this.#run;
  }

  #adopt(head: Head, { history }: HubMember): Recovered {
    const common = head.history === history ? head.seq : (head.ancestors.get(history) ?? 0);
    return { position: head.seq, history: head.history, common };
  }
}

function emptyCheckpoint(): StoredCheckpoint {
  return { seq: 0, parts: [], bytes: 0, appends: new Map() };
}

function makeCheckpoint(seq: number, from: Iterable<Uint8Array>, appends: LastAppends): StoredCheckpoint {
  const parts = [...from].map((part) => Uint8Array.from(part));
  return { seq, parts, bytes: parts.reduce((sum, part) => sum + part.byteLength, 0), appends };
}

function characters(batches: readonly NumberedBatch[]): number {
  return batches.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
}
