/**
 * A shared log within one process: the reference for the log in Redis, and the log of tests.
 * @module
 */
import type { Appended, Checkpoint, Identity, LogBatch, SharedLog } from '../shared-log.js';
import type { HubMember, MemoryLogHub, NumberedBatch } from './memory-hub.js';
import { type LastAppends, noteAppend, noteEnd } from './numbers.js';

/** A member's view of the log. Logs with the same hub share their batches. */
export class MemoryLog implements SharedLog, HubMember {
  member = 0;
  history = 0;
  identity: Identity | undefined;
  /** The time of the newest reply. */
  at = 0;
  isClosed = false;
  /** Whether the state of the replica belongs to a history that the log does not continue. */
  mustLoad = false;
  appends: LastAppends = new Map();
  #number = 0;
  /** The payload of an append whose outcome is unknown. */
  #pending: string | undefined;
  readonly #hub: MemoryLogHub;
  readonly #listeners: (() => void)[] = [];

  constructor(hub: MemoryLogHub) {
    this.#hub = hub;
    hub.attach(this);
  }

  async join(identity: Identity): Promise<number> {
    this.identity = identity;
    const { member, history } = await this.#hub.call(this, () => this.#hub.join(this, identity));
    this.member = member;
    // A member that joins again may have a state of an earlier history: the next append tells.
    this.history ||= history;
    this.#number = 0;
    this.#pending = undefined;
    return this.member;
  }

  async append(payload: string, after: number): Promise<Appended> {
    // An append of something else means that the outcome of the one before is known by now: the same text is then a new batch.
    if (this.#pending !== payload) {
      if (payload !== '') this.#number++;
      this.#pending = payload === '' ? undefined : payload;
    }
    const number = this.#number;
    const result = await this.#hub.call(this, () => this.#hub.append(this, this.member, number, payload, after));
    if (payload !== '') {
      this.#pending = undefined;
      noteAppend(this.appends, this.member, { number, seq: result.seq, at: String(result.at) });
    }
    this.at = Math.max(this.at, result.at);
    return { ...result, others: this.#note(result.others) };
  }

  async read(after: number): Promise<readonly LogBatch[]> {
    const batches = await this.#hub.call(this, () => this.#hub.read(this, after));
    return this.#note(batches);
  }

  async checkpoint(): Promise<Checkpoint> {
    const { seq, parts, history, appends } = await this.#hub.call(this, () => this.#hub.checkpoint(this));
    this.history = history;
    this.appends = appends;
    this.mustLoad = false;
    return { seq, parts };
  }

  saveCheckpoint(seq: number, parts: Iterable<Uint8Array>): Promise<void> {
    return this.#hub.call(this, () => this.#hub.saveCheckpoint(this, seq, parts));
  }

  size(): Promise<{ log: number; checkpoint: number }> {
    return this.#hub.call(this, () => this.#hub.size());
  }

  async recover(seq: number, state: () => Iterable<Uint8Array>): Promise<number> {
    // A state that must be replaced is not offered as a new one.
    const offered = this.mustLoad ? 0 : seq;
    const recovered = await this.#hub.call(this, () => this.#hub.recover(this, this.member, offered, state));
    this.mustLoad ||= offered > recovered.common;
    this.history = recovered.history;
    return recovered.position;
  }

  onAppended(listener: () => void): void {
    this.#listeners.push(listener);
  }

  members(): Promise<readonly number[]> {
    return this.#hub.call(this, () => this.#hub.members());
  }

  leave(): Promise<void> {
    return this.#hub.call(this, () => this.#hub.remove(this.member));
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#hub.close(this, this.member);
  }

  notify(): void {
    for (const listener of this.#listeners) queueMicrotask(listener);
  }

  #note(batches: readonly NumberedBatch[]): LogBatch[] {
    for (const { member, number, seq, at } of batches)
      if (number > 0) noteAppend(this.appends, member, { number, seq, at: String(at) });
      else noteEnd(this.appends, member);
    return batches.map(visible);
  }
}

function visible({ seq, at, member, payload }: NumberedBatch): LogBatch {
  return { seq, at, member, payload };
}
