/**
 * Applies the inputs of the log to the sandboxes. Every replica applies the same inputs in the same order, at the same times; only the replica of a client answers it.
 * @module
 */
import type { ReplicatedRequest } from '../http/replicator.js';
import type { Core, DeliveryResult, Port, WriteLog } from '../sandbox/core.js';
import type { Answer } from '../sandbox/exchange/answer.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import { ReplicatedDeliveries } from './deliveries.js';
import { BODY_FIELD, type Input, ReplicatedArrival, readBody } from './inputs.js';
import { ReplicatedPort } from './port.js';
import type { ReplicaTime } from './time.js';

/** Performs an operation that changes a sandbox. */
export interface Operations {
  /** Reads what the operation needs. Never rejects. */
  prepare(sandbox: Sandbox, name: string, args: readonly unknown[]): Promise<void>;
  /** @throws Problem */
  run(sandbox: Sandbox, name: string, args: readonly unknown[]): unknown;
}

/** A request that has arrived at this replica. */
export interface OwnRequest {
  readonly arrival: ReplicatedArrival;
  readonly port: Port;
  readonly receiver: ReplicatedRequest;
}

/** Who waits for an operation, or for a round trip. */
export interface Caller {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Who at this replica waits for what becomes of an input. */
export interface Origin {
  readonly own?: OwnRequest | undefined;
  readonly caller?: Caller | undefined;
}

/** Requests that have been handled and not ended, by member and number. */
export type OpenRequests = Map<number, Map<number, ReplicatedPort>>;

/** Options of the state machine. */
export interface StateMachineOptions {
  readonly time: ReplicaTime;
  readonly operations: Operations;
  /** Sends a webhook. */
  readonly deliver: Core['deliver'];
  readonly write: WriteLog;
  /** Adds an input to the log. */
  readonly add: (input: Input) => void;
  /** The store's time now: epoch ms, with fractions. */
  readonly now: () => number;
}

type InputOf<Kind extends Input[0]> = Extract<Input, readonly [Kind, ...unknown[]]>;

/** The sandboxes of a replica as a machine whose state depends on nothing but the inputs of the log. */
export class StateMachine {
  /** Whether the log has begun: the clocks have their start. */
  hasBegun = false;
  readonly open: OpenRequests = new Map();
  readonly deliveries: ReplicatedDeliveries;
  readonly #sandboxes: Sandboxes;
  readonly #options: StateMachineOptions;
  /** Responses that wait for the end of their request in the log. */
  readonly #held = new Set<() => void>();
  /** Operations whose promises have not been settled. */
  #running = 0;
  #isForeign = false;

  constructor(sandboxes: Sandboxes, options: StateMachineOptions) {
    this.#sandboxes = sandboxes;
    this.#options = options;
    const report = (call: number, result: DeliveryResult) => options.add(['delivered', call, result]);
    this.deliveries = new ReplicatedDeliveries(options.deliver, report);
  }

  /** Whether the input that is being applied came to another replica, which writes its log lines. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  /** Whether nothing is under way that a saved state could not contain: delayed answers, streams, webhooks, operations that wait. */
  get canBeSaved(): boolean {
    if (this.#running > 0 || this.deliveries.waiting > 0) return false;
    return this.#sandboxes.all().every((sandbox) => sandbox.inFlight().length === 0);
  }

  /** Forgets everything, to load a state. @param deliveries how many webhooks have been sent */
  restart(hasBegun: boolean, deliveries: number): void {
    this.hasBegun = hasBegun;
    // Whoever has advanced a clock waits for the ends of requests.
    for (const member of [...this.open.keys()]) this.gone(member);
    this.deliveries.restart(deliveries);
    this.releaseResponses();
  }

  /** Ends what only others could end, because this replica has left them. @param member its own number */
  leave(member: number): void {
    for (const other of [...this.open.keys()]) if (other !== member) this.gone(other);
    this.deliveries.giveUp('this replica stops');
    this.releaseResponses();
  }

  /** Sends the responses that wait for the log, because the store does not work. */
  releaseResponses(): void {
    for (const release of [...this.#held]) release();
  }

  /** Applies one input. The result is a promise only if it must be awaited before the next input. */
  apply(member: number, input: Input, origin: Origin | undefined): Promise<void> | undefined {
    this.#isForeign = origin === undefined;
    switch (input[0]) {
      case 'request':
        this.#applyRequest(member, input, origin?.own);
        break;
      case 'done':
        return this.#applyDone(member, input);
      case 'operation':
        return this.#applyOperation(input, origin?.caller);
      case 'delivered':
        this.deliveries.delivered(input[1], input[2]);
        return settled();
      case 'remove':
        this.#applyRemoval(input[2], origin?.caller);
        break;
      case 'use':
        for (const name of input[1]) this.#sandboxes.get(name);
        break;
      case 'note':
        applyNote(this.#sandboxes.peek(input[1]), input);
        break;
      case 'begin':
        if (!this.hasBegun) this.#sandboxes.main.handover.begin();
        this.hasBegun = true;
        break;
    }
    this.#isForeign = false;
    return undefined;
  }

  #applyRequest(member: number, [, n, name, profile, fields]: InputOf<'request'>, own: OwnRequest | undefined): void {
    const port = new ReplicatedPort();
    this.openOf(member).set(n, port);
    try {
      const sandbox = this.#sandboxes.get(name, port);
      port.sandbox = sandbox;
      const arrival = own?.arrival ?? new ReplicatedArrival(fields, readBody(fields[BODY_FIELD]));
      const answer = sandbox.handle(profile, arrival, port);
      if (own) this.#answer(n, own, port, answer, sandbox);
      else if (answer instanceof Promise) answer.catch((error) => this.#report(error));
    } catch (error) {
      if (own) {
        this.#endWith(n, own.port);
        own.receiver.broken(error);
      } else this.#report(error);
    }
  }

  /** Answers a request of this replica. Its end is written to the log, before the response where the next request depends on it. */
  #answer(n: number, own: OwnRequest, port: ReplicatedPort, answer: Answer | Promise<Answer>, sandbox: Sandbox): void {
    const { receiver } = own;
    const end = this.#endWith(n, own.port);
    if (!port.endsBeforeResponse) {
      receiver.handled(answer, sandbox);
      return;
    }
    const afterEnd = (then: () => void) => {
      // Also where the store does not work: the client must not wait for it.
      const release = () => {
        if (this.#held.delete(release)) then();
      };
      this.#held.add(release);
      port.onDone(release);
      end();
    };
    const { relay } = port;
    if (relay) relay.beforeEnd = () => afterEnd(() => relay.finish());
    if (relay) receiver.handled(answer, sandbox);
    else if (!(answer instanceof Promise)) afterEnd(() => receiver.handled(answer, sandbox));
    else {
      const delayed = answer.then((one) => {
        const later = port.relay;
        if (later) later.beforeEnd = () => afterEnd(() => later.finish());
        return later ? one : new Promise<Answer>((resolve) => afterEnd(() => resolve(one)));
      });
      receiver.handled(delayed, sandbox);
    }
  }

  /** Writes the end of a request to the log once its response has left. @returns a function that writes it at once */
  #endWith(n: number, port: Port): () => void {
    const { add, now } = this.#options;
    let isWritten = false;
    const end = () => {
      if (isWritten) return;
      isWritten = true;
      add(['done', n, now(), port.lost ? 1 : 0]);
    };
    port.onDone(end);
    return end;
  }

  #applyDone(member: number, [, n, leftAt, lost]: InputOf<'done'>): Promise<void> | undefined {
    const open = this.open.get(member);
    const port = open?.get(n);
    open?.delete(n);
    this.#options.time.at(leftAt, () => port?.end(lost === 1));
    this.#isForeign = false;
    // Whoever has advanced a clock waits for responses.
    return this.#running > 0 ? settled() : undefined;
  }

  async #applyOperation([, , name, operation, args]: InputOf<'operation'>, caller: Caller | undefined): Promise<void> {
    const { operations } = this.#options;
    const sandbox = this.#sandboxes.get(name);
    await operations.prepare(sandbox, operation, args);
    this.#running += 1;
    try {
      const result = operations.run(sandbox, operation, args);
      void Promise.resolve(result)
        .then(caller?.resolve, caller?.reject ?? (() => undefined))
        .finally(() => {
          this.#running -= 1;
        });
    } catch (error) {
      this.#running -= 1;
      caller?.reject(error);
    }
    await settled();
    this.#isForeign = false;
  }

  #applyRemoval(name: string, caller: Caller | undefined): void {
    try {
      this.#sandboxes.remove(name);
      caller?.resolve(undefined);
    } catch (error) {
      caller?.reject(error);
    }
  }

  /** Ends the requests of a member that is gone. The result is a promise only if it must be awaited before the next input. */
  gone(member: number): Promise<void> | undefined {
    const open = this.open.get(member);
    this.open.delete(member);
    for (const port of open?.values() ?? []) port.end(true);
    return this.#running > 0 ? settled() : undefined;
  }

  /** The open requests of a member. */
  openOf(member: number): Map<number, ReplicatedPort> {
    let open = this.open.get(member);
    if (open === undefined) {
      open = new Map();
      this.open.set(member, open);
    }
    return open;
  }

  #report(error: unknown): void {
    this.#options.write('warn', `failed to apply a request of another replica: ${(error as Error).stack ?? error}`);
  }
}

/** Resolves once everything that waited for resolved promises has run, at every replica before the next input. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function applyNote(sandbox: Sandbox | undefined, [, , row, kind, at]: InputOf<'note'>): void {
  if (!sandbox) return;
  const { journal } = sandbox;
  if (kind === 'left') journal.left(row, { leftAt: at, answeredAt: null });
  else if (kind === 'readBy') journal.readBy(row, at);
  else journal.unread(row, at!);
}
