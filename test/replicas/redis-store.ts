/**
 * A log in a real server as the store of a test: its scripts, its persistence and its restarts are real; its clock is the test's.
 * @module
 */
import { Connection } from '../../src/replicas/log/connection.js';
import { FaultyCalls } from '../../src/replicas/log/faulty-calls.js';
import { RedisLog } from '../../src/replicas/log/redis-log.js';
import { LEAVE } from '../../src/replicas/log/scripts.js';
import { parseStoreUrl } from '../../src/replicas/log/store-url.js';
import type { LogBatch } from '../../src/replicas/shared-log.js';
import { RedisServer } from '../helpers/redis-server.js';
import { atRest, type OpenStore, type TestStore } from './store.js';

/** How often the server saves its data: after so many calls. A restart that loses data begins with the last save. */
const CALLS_PER_SAVE = 8;
/** By how much the store's clock moves with each call that waits for other members, in ms. */
const WAIT_STEP_MS = 200;
/** How long the server may take for a reply. A loaded machine does not exceed it. */
const TIMEOUT_MS = 20_000;

/** A server that the stores of many histories use, one after the other. */
export class RedisForTests {
  readonly #server: RedisServer;
  #stores = 0;

  private constructor(server: RedisServer) {
    this.#server = server;
  }

  /** Starts a server. It saves its data only when it is told to. */
  static async start(): Promise<RedisForTests> {
    return new RedisForTests(await RedisServer.start(['--save', '']));
  }

  /** Opens a store with a log of its own in the server. The data of earlier ones is deleted. */
  readonly open: OpenStore = (now) => {
    this.#stores += 1;
    return new RedisStore(this.#server, `history-${this.#stores}`, now);
  };

  /** Ends the server. */
  stop(): Promise<void> {
    return this.#server.stop();
  }
}

/** A connection on which calls fail as a test says, and on which the server's time is the test's. */
class TestConnection extends Connection {
  readonly #store: RedisStore;

  constructor(store: RedisStore, ...rest: ConstructorParameters<typeof Connection>) {
    super(...rest);
    this.#store = store;
  }

  override send(...args: Parameters<Connection['send']>): Promise<unknown> {
    return this.#store.call(() => super.send(...args));
  }

  override async run(text: string, keys: readonly string[], args: readonly string[]): Promise<readonly unknown[]> {
    const { timeKey, micros } = this.#store;
    // The server executes the commands of one connection in their order.
    const isSet = super.send(['SET', timeKey, micros]).catch(() => undefined);
    const timed = text.replace("redis.call('TIME')", `{0, redis.call('GET', '${timeKey}')}`);
    this.#store.ends(this);
    const reply = await super.run(timed, keys, args);
    await isSet;
    if (reply[0] === 'wait' || reply[0] === 'recovering') this.#store.waits(this);
    return reply;
  }

  override close(): void {
    this.#store.ends(this);
    super.close();
  }
}

class RedisStore extends FaultyCalls implements TestStore {
  readonly timeKey: string;
  readonly #server: RedisServer;
  readonly #prefix: string;
  readonly #now: () => number;
  /** Connections of the members. */
  readonly #connections = new Set<Connection>();
  /** For what the test does itself. No faults are set on it. */
  readonly #control: Connection;
  #underWay = 0;
  readonly #waiting = new Set<Connection>();
  #calls = 0;
  /** By how much the store's clock is ahead of the test's, in ms. */
  #aheadMs = 0;

  constructor(server: RedisServer, prefix: string, now: () => number) {
    super();
    this.#server = server;
    this.#prefix = prefix;
    this.#now = now;
    this.timeKey = this.#key('time');
    server.cli('FLUSHALL');
    server.cli('SAVE');
    const options = { timeoutMs: TIMEOUT_MS, channel: this.#key('control'), onMessage() {} };
    this.#control = new Connection(this.#address, options);
  }

  get #address() {
    return parseStoreUrl(this.#server.url(this.#prefix));
  }

  #key(name: string): string {
    return `{${this.#prefix}}:${name}`;
  }

  /** The store's time, in µs. */
  get micros(): string {
    return ((this.#now() + this.#aheadMs) * 1000).toFixed();
  }

  /** A member waits for others, and will call again. Time passes meanwhile. */
  waits(connection: Connection): void {
    this.#waiting.add(connection);
    this.#aheadMs += WAIT_STEP_MS;
  }

  /** A member does not wait any more, or calls again. */
  ends(connection: Connection): void {
    this.#waiting.delete(connection);
  }

  /** Sends a command with the faults that are set. */
  call(send: () => Promise<unknown>): Promise<unknown> {
    return this.callWithFaults(async () => {
      this.#underWay += 1;
      try {
        const reply = await send();
        this.#calls += 1;
        if (this.#calls % CALLS_PER_SAVE === 0) await this.#control.send(['SAVE']).catch(() => undefined);
        return reply;
      } finally {
        this.#underWay -= 1;
      }
    });
  }

  open(): RedisLog {
    return new RedisLog(this.#address, { timeoutMs: TIMEOUT_MS }, (...args) => {
      const connection = new TestConnection(this, ...args);
      this.#connections.add(connection);
      return connection;
    });
  }

  async restart(lost: number): Promise<void> {
    if (lost === 0) await this.#control.send(['SAVE']);
    await this.#server.restart('SIGKILL');
    for (const connection of [this.#control, ...this.#connections]) await reconnected(connection);
  }

  async remove(member: number): Promise<void> {
    const keys = ['head', 'log', 'members', 'appends', 'offers'].map((name) => this.#key(name));
    await this.#control.send(['SET', this.timeKey, this.micros]);
    await this.#control.run(LEAVE, keys, [String(member)]);
  }

  async batches(): Promise<LogBatch[]> {
    const entries = await this.#control.send(['XRANGE', this.#key('log'), '-', '+']);
    return (entries as [string, string[]][]).map(([id, [, member, , at, , number, , payload]]) => ({
      seq: Number.parseInt(id, 10),
      at: Number(at) / 1000,
      member: Number(member),
      payload: number === '0' ? null : payload!,
    }));
  }

  async rest(): Promise<void> {
    const isQuiet = () => this.#underWay === 0 && this.#waiting.size === 0;
    for (let quiet = 0; quiet < 12; quiet = isQuiet() ? quiet + 1 : 0) await atRest(1);
  }

  close(): void {
    this.#control.close();
  }
}

/** Resolves once a connection that its member has not closed can be used again. */
async function reconnected(connection: Connection): Promise<void> {
  const ping = Connection.prototype.send;
  for (;;) {
    const outcome = await ping.call(connection, ['PING']).catch((error: Error) => error.message);
    if (outcome === 'PONG' || /was closed/.test(String(outcome))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
