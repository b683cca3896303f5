/**
 * The connections of a replica to Redis or Valkey: one for commands, one for notifications.
 *
 * The client (`@redis/client`) is loaded when the first connection is opened. It reconnects by itself; a connection on which a reply is overdue is replaced.
 * @module
 */
import { readFileSync } from 'node:fs';
import { LogError } from '../shared-log.js';
import { toLogError } from './failures.js';
import type { StoreAddress } from './store-url.js';

/** The longest time between two attempts to reconnect, in ms. */
const MAX_BACKOFF = 500;

/** How often the sentinels are asked for the server, in ms. */
const SCAN_INTERVAL = 1_000;

type Client = typeof import('@redis/client');
type Argument = string | Buffer;

/** What the three kinds of clients have in common. */
interface Endpoint {
  send(args: Argument[], isBinary: boolean): Promise<unknown>;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  destroy(): void;
}

/** A script, and the hash by which the server knows it. */
interface LoadedScript {
  readonly text: string;
  readonly hash: string;
}

/** Connections to the server that has the keys of one prefix. */
export class Connection {
  readonly #address: StoreAddress;
  readonly #timeoutMs: number;
  readonly #channel: string;
  readonly #onMessage: (message: string) => void;
  readonly #scripts = new Map<string, LoadedScript>();
  #client: Client | undefined;
  #endpoint: Endpoint | undefined;
  #connected: Promise<unknown> | undefined;
  #lastError: unknown;
  #isClosed = false;

  /**
   * @param options.timeoutMs how long a reply may take
   * @param options.channel where other members say that they have appended
   */
  constructor(
    address: StoreAddress,
    options: { timeoutMs: number; channel: string; onMessage: (message: string) => void },
  ) {
    this.#address = address;
    this.#timeoutMs = options.timeoutMs;
    this.#channel = options.channel;
    this.#onMessage = options.onMessage;
  }

  /** Sends a command. @returns the reply. @throws LogError `unreachable` or `unfit` */
  async send(args: Argument[], isBinary = false): Promise<unknown> {
    this.#client ??= await import('@redis/client');
    const { ClientClosedError, ClientOfflineError } = this.#client;
    if (this.#isClosed) throw new LogError('unreachable', `${this.#address.display}: the connection was closed`);
    try {
      const endpoint = this.#open(this.#client);
      const reply = await this.#withinTime(endpoint, async () => {
        await this.#connected;
        return endpoint.send(args, isBinary);
      });
      this.#lastError = undefined;
      return reply;
    } catch (error) {
      // A client without a connection does not say why.
      const isOffline = error instanceof ClientOfflineError || error instanceof ClientClosedError;
      throw toLogError((isOffline && this.#lastError) || error, this.#address.display);
    }
  }

  /** Runs a script. The server has to be given its text only where it does not know it. */
  async run(text: string, keys: readonly string[], args: readonly Argument[]): Promise<readonly unknown[]> {
    const script = await this.#load(text);
    const tail = [String(keys.length), ...keys, ...args];
    try {
      return (await this.send(['EVALSHA', script.hash, ...tail])) as unknown[];
    } catch (error) {
      const { cause } = error as LogError;
      if (!(cause instanceof Error && cause.message.startsWith('NOSCRIPT'))) throw error;
      return (await this.send(['EVAL', script.text, ...tail])) as unknown[];
    }
  }

  /** Ends the connections. Calls that wait for a reply reject. */
  close(): void {
    this.#isClosed = true;
    this.#drop(this.#endpoint);
  }

  async #load(text: string): Promise<LoadedScript> {
    this.#client ??= await import('@redis/client');
    const { defineScript } = this.#client;
    let script = this.#scripts.get(text);
    if (!script) {
      const { SHA1 } = defineScript({ SCRIPT: text, parseCommand: () => {}, transformReply: undefined as never });
      script = { text, hash: SHA1 };
      this.#scripts.set(text, script);
    }
    return script;
  }

  #open(client: Client): Endpoint {
    if (this.#endpoint) return this.#endpoint;
    const endpoint = createEndpoint(client, this.#address, this.#timeoutMs, (error) => {
      this.#lastError = error;
      // A wrong password does not become right: who waits for the connection is told at once.
      if (toLogError(error, '').failure === 'unfit') refuse(error);
    });
    let refuse: (error: unknown) => void = () => {};
    this.#endpoint = endpoint;
    this.#connected = new Promise((resolve, reject) => {
      refuse = reject;
      endpoint
        .connect()
        .then(() => endpoint.subscribe(this.#channel, this.#onMessage))
        .then(resolve, reject);
    });
    // Also where no one waits for it any more.
    this.#connected.catch(() => this.#drop(endpoint));
    return endpoint;
  }

  /** The result, unless it takes too long: then the connection may be dead, and is replaced. */
  #withinTime<T>(endpoint: Endpoint, action: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#drop(endpoint);
        reject(this.#lastError ?? new Error(`no answer within ${this.#timeoutMs} ms`));
      }, this.#timeoutMs);
      action()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  #drop(endpoint: Endpoint | undefined): void {
    if (!endpoint) return;
    if (this.#endpoint === endpoint) {
      this.#endpoint = undefined;
      this.#connected = undefined;
    }
    endpoint.destroy();
  }
}

function createEndpoint(
  { createClient, createCluster, createSentinel, RESP_TYPES }: Client,
  address: StoreAddress,
  timeoutMs: number,
  onError: (error: unknown) => void,
): Endpoint {
  const { kind, nodes, isTls, username, password, database, caFile } = address;
  const tls = isTls ? { tls: true as const, ...(caFile !== undefined && { ca: readFileSync(caFile) }) } : {};
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // A command that waited for a connection would be sent to a server that may not be the one that was asked.
    disableOfflineQueue: true,
    maintNotifications: 'disabled' as const,
  };
  const bytes = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
  // All replicas are back soon after the server is: a recovery waits for them for a bounded time only.
  const reconnectStrategy = (retries: number) => Math.min(50 * 2 ** retries, MAX_BACKOFF);
  const socket = { connectTimeout: timeoutMs, reconnectStrategy, ...tls };
  if (kind === 'cluster') {
    const cluster = createCluster({
      rootNodes: nodes.map((node) => ({ socket: { ...node, ...tls } })),
      defaults: { ...common, socket },
    });
    cluster.on('error', onError).on('node-error', onError);
    const key = `{${address.prefix}}`;
    return {
      send: (args, isBinary) => cluster.sendCommand(key, false, args, isBinary ? bytes : {}),
      connect: () => cluster.connect(),
      subscribe: (channel, listener) => cluster.sSubscribe(channel, listener),
      destroy: () => cluster.destroy(),
    };
  }
  if (kind === 'sentinel') {
    const sentinel = createSentinel({
      name: address.master!,
      sentinelRootNodes: [...nodes],
      nodeClientOptions: { ...common, database, socket },
      sentinelClientOptions: { socket },
      passthroughClientErrorEvents: true,
      scanInterval: SCAN_INTERVAL,
    });
    sentinel.on('error', onError);
    return {
      send: (args, isBinary) => sentinel.sendCommand(false, args, isBinary ? bytes : {}),
      connect: () => sentinel.connect(),
      subscribe: (channel, listener) => sentinel.sSubscribe(channel, listener),
      destroy: () => {
        sentinel.destroy().catch(onError);
      },
    };
  }
  const client = createClient({ ...common, database, socket: { ...nodes[0]!, ...socket } });
  const subscriber = client.duplicate();
  client.on('error', onError);
  subscriber.on('error', onError);
  return {
    send: (args, isBinary) => client.sendCommand(args, isBinary ? bytes : {}),
    connect: () => Promise.all([client.connect(), subscriber.connect()]),
    subscribe: (channel, listener) => subscriber.sSubscribe(channel, listener),
    destroy: () => {
      client.destroy();
      subscriber.destroy();
    },
  };
}
