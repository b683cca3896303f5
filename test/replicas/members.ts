/**
 * Replicas without sockets: several in this process over one log in memory, with time that the test sets.
 * @module
 */
import type { ReplicableArrival } from '../../src/http/replicator.js';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import { prepareReplica, type ReplicatedParts, type Replication } from '../../src/replicas/join.js';
import type { TimeSource } from '../../src/runtime/clock.js';
import { DueHeap } from '../../src/runtime/due-queue.js';
import type { Core } from '../../src/sandbox/core.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandboxes, type SandboxesOptions } from '../../src/sandbox/sandboxes.js';
import { atRest, inMemory, type OpenStore, type TestStore } from './store.js';

/** Time that passes only when a test says so. Timers fire at their instants. */
export class ManualTime implements TimeSource {
  #at: number;
  readonly #due = new DueHeap();
  readonly #rest: () => Promise<void>;

  /**
   * @param at epoch ms, with fractions
   * @param rest resolves once everything that a timer has started has come to rest
   */
  constructor(at: number, rest: () => Promise<void> = atRest) {
    this.#at = at;
    this.#rest = rest;
  }

  now(): number {
    return Math.floor(this.#at);
  }

  precise(): number {
    return this.#at;
  }

  after(ms: number, run: () => void): () => void {
    return this.#due.add(this.#at + ms, run);
  }

  /** Moves on. Between the instants of two timers, everything that the first has started comes to rest. */
  async advance(ms: number): Promise<void> {
    const until = this.#at + ms;
    for (let next = this.#due.first; next !== undefined && next.at <= until; next = this.#due.first) {
      this.#due.shift();
      this.#at = Math.max(this.#at, next.at);
      void next.run();
      await this.#rest();
    }
    this.#at = until;
  }
}

/** A request as a test writes it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly ip?: string;
}

/** What became of a request. */
export interface Outcome {
  /** The answer; `undefined` while there is none, or if the request was not handled. */
  answer: Answer | undefined;
  /** What has come of a streamed body. */
  streamed: string;
  /** Whether there is more to come. */
  isStreaming: boolean;
  /** Why it was not handled. */
  failure: string | undefined;
  /** The response has been sent, or the client has gone. */
  leave(lost?: boolean): void;
}

/** Takes an answer as a client that keeps up does. */
export function receive(outcome: Outcome, answer: Answer): void {
  outcome.answer = answer;
  if (!answer.stream) return;
  outcome.isStreaming = true;
  const over = (mark: string) => {
    outcome.streamed += mark;
    outcome.isStreaming = false;
  };
  answer.stream.start({
    write(part) {
      outcome.streamed += typeof part === 'string' ? part : Buffer.from(part).toString();
      return true;
    },
    end: () => over('(end)'),
    breakOff: () => over('(cut)'),
  });
}

/** A request as the HTTP layer hands it over. */
export function arrivalOf(
  { method, path, query = '', headers = {}, body, ip = '127.0.0.1' }: Sent,
  beganAt: number,
): ReplicableArrival {
  const all = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (body !== undefined && !all.has('content-type')) all.set('content-type', 'application/json');
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return {
    ...{ method, path, rawQuery: query, ip, beganAt },
    rawHeaders: [...all].flat(),
    header: (name) => all.get(name.toLowerCase()),
    base: () => 'http://mock.test',
    body: ReceivedBody.of(text),
  };
}

/** Options of `Members`. */
export interface MembersOptions
  extends Pick<SandboxesOptions, 'editions' | 'maxSandboxes' | 'idleMs' | 'journalSize' | 'maxBuckets' | 'judgeWith'> {
  readonly providers: readonly Provider[];
  readonly plans?: Readonly<Record<string, string>>;
  readonly clock?: SandboxesOptions['clock'];
  /** Opens the store. Default: a log in memory. */
  readonly openStore?: OpenStore | undefined;
  readonly onFailure?: Replication['onFailure'];
  readonly logBytes?: Replication['logBytes'];
  /** Sends a webhook. Default: each is answered 200. */
  readonly deliver?: Core['deliver'];
  /** Receives log lines of level `warn`. */
  readonly warned?: (line: string) => void;
}

/** One replica. */
export interface Member {
  readonly sandboxes: Sandboxes;
  readonly replica: Awaited<ReturnType<ReplicatedParts['join']>>;
}

/** Replicas over one log. */
export class Members {
  readonly time: ManualTime;
  readonly store: TestStore;
  readonly all: Member[] = [];
  readonly #options: MembersOptions;

  constructor(options: MembersOptions, start = Date.parse('2026-05-12T08:17:23.456Z')) {
    this.#options = options;
    this.time = new ManualTime(start, () => this.store.rest());
    this.store = (options.openStore ?? inMemory())(() => this.time.precise());
  }

  /** Starts a replica. */
  async join(): Promise<Member> {
    const {
      providers,
      plans = {},
      clock = {},
      onFailure = '503',
      logBytes,
      warned,
      deliver,
      openStore: _,
      ...rest
    } = this.#options;
    const replication: Replication = {
      openLog: () => this.store.open(),
      machine: this.time,
      onFailure,
      logBytes,
    };
    const hooks = {};
    const send: Core['deliver'] = deliver ?? (async () => ({ status: 200 }));
    const parts = prepareReplica(
      replication,
      providers,
      plans,
      {},
      send,
      (level, line) => {
        if (level === 'warn') warned?.(line);
      },
      hooks,
    );
    const sandboxes = new Sandboxes({ providers, plans, clock, log: parts.log, hooks, ...rest, ...parts.options });
    const member = { sandboxes, replica: await parts.join(sandboxes) };
    this.all.push(member);
    return member;
  }

  /** Sends a request to a replica. */
  send(member: Member, sandbox: string, profile: string, sent: Sent): Outcome {
    const listeners: (() => void)[] = [];
    const port = {
      lost: false,
      isOver: false,
      onDone(listener: () => void) {
        if (this.isOver) listener();
        else listeners.push(listener);
      },
    };
    const outcome: Outcome = {
      answer: undefined,
      streamed: '',
      isStreaming: false,
      failure: undefined,
      leave(lost = false) {
        if (port.isOver) return;
        port.isOver = true;
        port.lost = lost;
        for (const listener of listeners) listener();
      },
    };
    member.replica.request(sandbox, profile, arrivalOf(sent, this.time.precise()), port, {
      handled: (answer) => {
        if (answer instanceof Promise) void answer.then((one) => receive(outcome, one));
        else receive(outcome, answer);
      },
      failed: ({ detail }) => {
        outcome.failure = detail;
        outcome.leave(true);
      },
      broken: (error) => {
        outcome.failure = (error as Error).stack;
        outcome.leave(true);
      },
    });
    return outcome;
  }

  /** Resolves once all replicas have applied everything. Time passes only where a replica waits for it to try again. */
  async settle(): Promise<void> {
    // What one replica applies may make another write.
    for (let i = 0; i < 3; i++) {
      for (const { replica } of this.all) {
        let isOver = false;
        const end = () => {
          isOver = true;
        };
        void replica.catchUp('').then(end, end);
        for (await this.store.rest(); !isOver; await this.store.rest()) await this.time.advance(250);
      }
    }
  }

  /** Stops a replica. */
  async leave(member: Member): Promise<void> {
    this.all.splice(this.all.indexOf(member), 1);
    await member.replica.leave();
    await member.sandboxes.close();
    await member.replica.close();
  }

  async close(): Promise<void> {
    this.store.resume();
    for (const member of [...this.all]) await this.leave(member);
    await this.store.close();
  }
}
