/**
 * A small replica: its state is the list of all payloads. It reacts to every failure as the contract of the log says.
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import { type LogBatch, LogError, type SharedLog } from '../../../src/replicas/shared-log.js';
import { IDENTITY } from './contract.js';

/** How many batches are in the log when a replica stores a checkpoint. */
const CHECKPOINT_AFTER = 20;

/** One member, and the state that it computes. */
export class Replica {
  member = 0;
  position = 0;
  state: string[] = [];
  /** Payloads that the log has accepted from this member. */
  readonly acknowledged: string[] = [];
  #saved = 0;

  private constructor(
    readonly name: string,
    readonly log: SharedLog,
  ) {}

  static async join(name: string, log: SharedLog): Promise<Replica> {
    const replica = new Replica(name, log);
    replica.member = await log.join(IDENTITY);
    return replica;
  }

  /** Appends a payload, or learns what others have appended, whatever happens. */
  async append(payload: string, beforeAttempt: () => void): Promise<void> {
    for (;;) {
      beforeAttempt();
      try {
        const { seq, others, isPartial } = await this.log.append(payload, this.position);
        this.#apply(others);
        if (isPartial) while (this.position < seq - 1) this.#apply(await this.log.read(this.position));
        if (payload === '') return;
        if (seq > this.position) this.#applyOne(seq, payload);
        this.acknowledged.push(payload);
        if (this.position - this.#saved > CHECKPOINT_AFTER) await this.#save();
        return;
      } catch (error) {
        if (!(error instanceof LogError)) throw error;
        // The append was accepted, and storing the checkpoint has failed.
        const isDone = this.acknowledged.at(-1) === payload;
        await this.#react(error);
        if (isDone) return;
        await setImmediate();
      }
    }
  }

  async #react(error: LogError): Promise<void> {
    try {
      if (error.failure === 'removed') this.member = await this.log.join(IDENTITY);
      else if (error.failure === 'trimmed') await this.#load();
      else if (error.failure === 'restarted') await this.#recover();
      else if (error.failure === 'unfit') throw error;
    } catch (next) {
      // What can be repeated fails again at the next attempt, or succeeds.
      if (!(next instanceof LogError) || next.failure === 'unfit') throw next;
    }
  }

  async #recover(): Promise<void> {
    const state = () => [Buffer.from(JSON.stringify(this.state))];
    if ((await this.log.recover(this.position, state)) < this.position) await this.#load();
  }

  async #load(): Promise<void> {
    const { seq, parts } = await this.log.checkpoint();
    let text = '';
    for await (const part of parts) text += Buffer.from(part).toString();
    this.state = text === '' ? [] : JSON.parse(text);
    this.position = seq;
    this.#saved = seq;
  }

  async #save(): Promise<void> {
    this.#saved = this.position;
    await this.log.saveCheckpoint(this.position, [Buffer.from(JSON.stringify(this.state))]);
  }

  #apply(batches: readonly LogBatch[]): void {
    for (const { seq, payload } of batches) this.#applyOne(seq, payload);
  }

  #applyOne(seq: number, payload: string | null): void {
    if (seq !== this.position + 1) throw new Error(`batch ${seq} follows ${this.position}`);
    this.position = seq;
    if (payload !== null) this.state.push(payload);
  }
}

/**
 * Lets all replicas append at the same time, until each has appended its number of payloads and `isOver`.
 *
 * @param beforeAttempt called before each attempt of a replica
 */
export async function runAll(
  replicas: readonly Replica[],
  count: number,
  isOver: () => boolean,
  beforeAttempt: () => void = () => {},
): Promise<void> {
  const done = new Set<Replica>();
  await Promise.all(
    replicas.map(async (replica) => {
      for (let i = 1; i <= count; i++) await replica.append(`${replica.name}-${i}`, beforeAttempt);
      // A member that is done still takes part, until all are.
      while (done.size < replicas.length) {
        const isLast = isOver();
        await replica.append('', beforeAttempt);
        if (isLast) done.add(replica);
        await setImmediate();
      }
    }),
  );
  for (const replica of replicas) await replica.append('', () => {});
}

/** All replicas have the same state, with each payload once, those of a member in its order. */
export function checkReplicas(replicas: readonly Replica[], count: number): void {
  const [first] = replicas;
  for (const { name, state, position } of replicas) {
    expect(state).toEqual(first!.state);
    expect(position).toBe(first!.position);
    const own = state.filter((payload) => payload.startsWith(`${name}-`));
    expect(own).toEqual(Array.from({ length: count }, (_, i) => `${name}-${i + 1}`));
  }
}
