/**
 * The shared log in Redis or Valkey. What happens in the server is in scripts.ts.
 * @module
 */
import {
  type Appended,
  type Checkpoint,
  type Identity,
  type LogBatch,
  LogError,
  type SharedLog,
} from '../shared-log.js';
import { Connection } from './connection.js';
import { checkServer } from './fitness.js';
import { appendsUpTo, type LastAppends, noteAppend, noteEnd } from './numbers.js';
import * as scripts from './scripts.js';
import type { StoreAddress } from './store-url.js';

/** Options of a log. */
export interface RedisLogOptions {
  /** How long the server may take for a reply. Default: 2,000 ms. */
  readonly timeoutMs?: number;
  /** A member that is silent for longer is removed. The same for all members. Default: 10,000 ms. */
  readonly silenceMs?: number;
  /** For how long a recovery waits for members that have not offered their state. More than all need to notice the loss. Default: 2,000 ms. */
  readonly recoverMs?: number;
  /** `append` and `read` return no further batch once the payloads exceed this many bytes. Default: 1 MiB. */
  readonly maxReadBytes?: number;
}

/** How often a member asks during a recovery whether it is over, in ms. */
const RECOVERY_INTERVAL = 25;

/** An entry of the stream: its id, and the fields m, a, n, p as `[name, value, …]`. */
type Entry = readonly [id: string, fields: readonly string[]];

/**
 * A member's view of the log of one prefix.
 *
 * What an append has returned survives a server that loses all its data, as long as a member that has seen it lives and offers its state in time (`recoverMs`). Without
 * such a member it survives as well as the server's persistence lets it. Time stands still while the server's clock is behind the newest time.
 */
export class RedisLog implements SharedLog {
  readonly #address: StoreAddress;
  readonly #options: Required<RedisLogOptions>;
  readonly #keys: readonly string[];
  readonly #connection: Connection;
  readonly #listeners: (() => void)[] = [];
  #identity: Identity = { version: '', configuration: '' };
  #member = 0;
  /** The history to which the state of the replica belongs. */
  #history = '';
  /** Whether that state is not on the way to that of the log. */
  #mustLoad = false;
  /** The last append of each member that the replica has seen. */
  #appends: LastAppends = new Map();
  #number = 0;
  /** The payload of an append whose outcome is unknown. */
  #pending: string | undefined;
  /** The newest time, in µs. */
  #at = '0';
  #parts = 0;

  /** @param connect opens the connections. A test may let them fail */
  constructor(
    address: StoreAddress,
    options: RedisLogOptions = {},
    connect = (...args: ConstructorParameters<typeof Connection>) => new Connection(...args),
  ) {
    this.#address = address;
    this.#options = { timeoutMs: 2_000, silenceMs: 10_000, recoverMs: 2_000, maxReadBytes: 1024 * 1024, ...options };
    this.#keys = ['head', 'log', 'members', 'appends', 'offers'].map((name) => this.#key(name));
    this.#connection = connect(address, {
      timeoutMs: this.#options.timeoutMs,
      channel: this.#key('head'),
      onMessage: (member) => {
        if (member !== String(this.#member)) for (const listener of this.#listeners) listener();
      },
    });
  }

  async join(identity: Identity): Promise<number> {
    this.#identity = identity;
    checkServer(String(await this.#connection.send(['INFO'])), this.#address.display);
    const { version, configuration } = identity;
    const [, member, history] = await this.#repeat('recovering', scripts.JOIN, [
      version,
      configuration,
      this.#micros('silenceMs'),
      this.#history,
    ]);
    this.#member = Number(member);
    this.#number = 0;
    this.#pending = undefined;
    // A member that joins again may have a state of an earlier history: the next append tells.
    this.#history ||= String(history);
    return this.#member;
  }

  async append(payload: string, after: number): Promise<Appended> {
    // An append of something else means that the outcome of the one before is known by now: the same text is then a new batch.
    if (this.#pending !== payload) {
      if (payload !== '') this.#number++;
      this.#pending = payload === '' ? undefined : payload;
    }
    const number = payload === '' ? 0 : this.#number;
    this.#refuseIfLoadIsDue();
    const [, seq, at, isPartial, entries] = await this.#run(scripts.APPEND, [
      this.#history,
      String(this.#member),
      String(number),
      payload,
      String(after),
      this.#micros('silenceMs'),
      String(this.#options.maxReadBytes),
    ]);
    const others = this.#readEntries(entries);
    if (number > 0) {
      this.#pending = undefined;
      noteAppend(this.#appends, this.#member, { number, seq: Number(seq), at: String(at) });
    }
    if (Number(at) > Number(this.#at)) this.#at = String(at);
    return { seq: Number(seq), at: Number(at) / 1000, others, isPartial: isPartial === 1 };
  }

  async read(after: number): Promise<readonly LogBatch[]> {
    this.#refuseIfLoadIsDue();
    const limit = String(this.#options.maxReadBytes);
    const [, entries] = await this.#run(scripts.READ, [this.#history, String(after), limit]);
    return this.#readEntries(entries);
  }

  async checkpoint(): Promise<Checkpoint> {
    const [, seq, key, count, history, appends] = await this.#run(scripts.CHECKPOINT, []);
    this.#history = String(history);
    this.#mustLoad = false;
    const flat = appends as string[];
    for (let i = 0; i < flat.length; i += 2) {
      const [number, position, at = '', end] = flat[i + 1]!.split(' ');
      const last = { number: Number(number), seq: Number(position), at, isGone: end === 'gone' };
      noteAppend(this.#appends, Number(flat[i]), last);
    }
    return { seq: Number(seq), parts: this.#readParts(String(key), Number(count)) };
  }

  async saveCheckpoint(seq: number, parts: Iterable<Uint8Array>): Promise<void> {
    if (this.#mustLoad) return;
    const { key, count, bytes } = await this.#writeParts(seq, parts);
    await this.#run(scripts.SAVE, [this.#history, String(seq), count, bytes], [key]);
  }

  async size(): Promise<{ log: number; checkpoint: number }> {
    const reply = await this.#connection.send(['HMGET', this.#keys[0]!, 'bytes', 'checkpointBytes']);
    const [log, checkpoint] = reply as (string | null)[];
    return { log: Number(log), checkpoint: Number(checkpoint) };
  }

  async recover(seq: number, state: () => Iterable<Uint8Array>): Promise<number> {
    for (;;) {
      const [status, ...agreed] = await this.#repeat('wait', scripts.OFFER, [
        this.#history,
        String(this.#member),
        // A state that must be replaced is not offered as a new one.
        String(this.#mustLoad ? 0 : seq),
        this.#at,
        this.#micros('recoverMs'),
        this.#micros('silenceMs'),
      ]);
      if (status === 'ok') return this.#adopt(seq, agreed);
      const [outcome, ...installed] = await this.#install(this.#mustLoad ? 0 : seq, state());
      if (outcome === 'ok') return this.#adopt(seq, installed);
    }
  }

  onAppended(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async members(): Promise<readonly number[]> {
    const members = (await this.#connection.send(['ZRANGE', this.#key('members'), '0', '-1'])) as string[];
    return members.map(Number).sort((a, b) => a - b);
  }

  async leave(): Promise<void> {
    await this.#run(scripts.LEAVE, [String(this.#member)]);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #key(name: string): string {
    return `{${this.#address.prefix}}:${name}`;
  }

  #micros(option: 'silenceMs' | 'recoverMs'): string {
    return String(Math.round(this.#options[option] * 1000));
  }

  #refuseIfLoadIsDue(): void {
    if (this.#mustLoad) throw this.#trimmed();
  }

  #trimmed(): LogError {
    const why = 'the batches after the position of this replica are no longer in the log';
    return new LogError('trimmed', `${this.#address.display}: ${why}`);
  }

  /** Runs a script. @throws LogError for what is not `ok`, but for what only a recovery knows */
  async #run(script: string, args: readonly string[], more: readonly string[] = []): Promise<readonly unknown[]> {
    const reply = await this.#connection.run(script, [...this.#keys, ...more], args);
    const store = this.#address.display;
    switch (reply[0]) {
      case 'restarted':
        throw new LogError('restarted', `${store}: the server has restarted or failed over, or has lost data`);
      case 'removed':
        throw new LogError('removed', `${store}: member ${this.#member} was removed: it was silent for too long`);
      case 'trimmed':
        throw this.#trimmed();
      case 'unfit':
        throw new LogError('unfit', `${store}: ${this.#difference(reply)}`);
      default:
        return reply;
    }
  }

  /** Repeats a script as long as it replies that others are not ready. */
  async #repeat(status: string, script: string, args: readonly string[]): Promise<readonly unknown[]> {
    for (;;) {
      const reply = await this.#run(script, args);
      if (reply[0] !== status) return reply;
      await new Promise((resolve) => setTimeout(resolve, RECOVERY_INTERVAL));
    }
  }

  #difference([, version, configuration, members]: readonly unknown[]): string {
    const living = (members as string[]).join(', ');
    const who = living === '' ? 'the log, which no replica uses now,' : `the log of the running replicas (${living})`;
    const fix = `or give this one a log of its own with ?prefix=NAME in the store URL; once all replicas are stopped, a log can be deleted: redis-cli --scan --pattern '{${this.#address.prefix}}:*' | xargs redis-cli DEL`;
    if (version !== this.#identity.version)
      return `${who} is of mock429 ${version}, and this replica is ${this.#identity.version}; run the same version everywhere, ${fix}`;
    return `${who} has configuration ${configuration}, and this replica has ${this.#identity.configuration}; start all with the same profiles and options, ${fix}`;
  }

  #readEntries(entries: unknown): LogBatch[] {
    return (entries as Entry[]).map(([id, [, m, , a = '', , n, , p = '']]) => {
      const seq = Number.parseInt(id, 10);
      const member = Number(m);
      const number = Number(n);
      if (number > 0) noteAppend(this.#appends, member, { number, seq, at: a });
      else noteEnd(this.#appends, member);
      if (Number(a) > Number(this.#at)) this.#at = a;
      return { seq, at: Number(a) / 1000, member, payload: number > 0 ? p : null };
    });
  }

  async *#readParts(key: string, count: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      const [part] = (await this.#connection.send(['LRANGE', key, String(i), String(i)], true)) as Buffer[];
      // Another member has stored a newer one, and this one has been kept for a while only.
      if (!part)
        throw new LogError('trimmed', `${this.#address.display}: the checkpoint was replaced while it was read`);
      yield part;
    }
  }

  /** Writes parts under a key of their own. The key is deleted by itself unless a script makes it the checkpoint. */
  async #writeParts(seq: number, parts: Iterable<Uint8Array>): Promise<{ key: string; count: string; bytes: string }> {
    const key = this.#key(`checkpoint:${seq}:${this.#member}:${++this.#parts}`);
    let count = 0;
    let bytes = 0;
    await this.#connection.send(['DEL', key]);
    for (const part of parts) {
      const { buffer, byteOffset, byteLength } = part;
      const push = this.#connection.send(['RPUSH', key, Buffer.from(buffer, byteOffset, byteLength)]);
      await Promise.all([push, this.#connection.send(['EXPIRE', key, '60'])]);
      count++;
      bytes += byteLength;
    }
    return { key, count: String(count), bytes: String(bytes) };
  }

  async #install(seq: number, state: Iterable<Uint8Array>): Promise<readonly unknown[]> {
    const { key, count, bytes } = await this.#writeParts(seq, state);
    const appends = [...appendsUpTo(this.#appends, seq)].flatMap(([member, { number, seq: position, at, isGone }]) => [
      String(member),
      `${number} ${position} ${at}${isGone ? ' gone' : ''}`,
    ]);
    const { version, configuration } = this.#identity;
    const args = [
      this.#history,
      String(this.#member),
      String(seq),
      count,
      bytes,
      this.#micros('silenceMs'),
      version,
      configuration,
    ];
    return this.#run(scripts.INSTALL, [...args, ...appends], [key]);
  }

  #adopt(seq: number, [position, history, common]: readonly unknown[]): number {
    this.#mustLoad ||= seq > Number(common);
    this.#history = String(history);
    return Number(position);
  }
}
