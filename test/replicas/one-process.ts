/**
 * One process that is given the inputs of a log: without replicas, by the calls that the HTTP layer of a single server makes.
 * @module
 */
import { changeNamed } from '../../src/http/control/operations/index.js';
import { type Input, ReplicatedArrival, readBody } from '../../src/replicas/inputs.js';
import type { LogBatch } from '../../src/replicas/shared-log.js';
import { ReplicaTime } from '../../src/replicas/time.js';
import type { DeliveryResult, Port } from '../../src/sandbox/core.js';
import { checkFault } from '../../src/sandbox/faults/schema.js';
import { memoryStore } from '../../src/sandbox/memory-store.js';
import { Sandboxes, type SandboxesOptions } from '../../src/sandbox/sandboxes.js';
import { reportOf } from '../../src/sandbox/verdict/report.js';
import { type Outcome, receive } from './members.js';

/** What one process has answered, and its state. */
export interface Replayed {
  readonly sandboxes: Sandboxes;
  /** By the member of the log, in the order in which its requests came. */
  readonly outcomes: ReadonlyMap<number, readonly Outcome[]>;
}

class SinglePort implements Port {
  lost = false;
  readonly #listeners: (() => void)[] = [];

  onDone(listener: () => void): void {
    this.#listeners.push(listener);
  }

  end(lost: boolean): void {
    this.lost = lost;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Gives the inputs to one process, at the times of the log. The first of them begins the log. */
export async function replay(
  batches: readonly LogBatch[],
  options: Pick<SandboxesOptions, 'providers' | 'plans' | 'editions' | 'maxSandboxes' | 'clock'>,
  until: number,
): Promise<Replayed> {
  const time = new ReplicaTime();
  time.advanceTo(batches[0]!.at);
  const deliveries = new Map<number, (result: DeliveryResult) => void>();
  let made = 0;
  const sandboxes = new Sandboxes({
    ...options,
    log: () => {},
    createStore: (_name, store) => memoryStore(store, time),
    maxSandboxBytes: Number.MAX_SAFE_INTEGER,
    deliver() {
      made += 1;
      const call = made;
      return new Promise((resolve) => deliveries.set(call, resolve));
    },
  });
  // Ends of jobs are events at their instants where somebody listens. At replicas they always are, since others may listen.
  sandboxes.main.events.listen({ receive() {} });
  const outcomes = new Map<number, Outcome[]>();
  const ports = new Map<string, SinglePort>();
  const apply = async (member: number, input: Input) => {
    switch (input[0]) {
      case 'request': {
        const [, n, name, profile, fields] = input;
        const port = new SinglePort();
        ports.set(`${member} ${n}`, port);
        const outcome: Outcome = {
          ...{ answer: undefined, streamed: '', isStreaming: false, failure: undefined },
          leave() {},
        };
        outcomes.set(member, [...(outcomes.get(member) ?? []), outcome]);
        const arrival = new ReplicatedArrival(fields, readBody(fields[6]));
        const answer = sandboxes.get(name, port).handle(profile, arrival, port);
        if (answer instanceof Promise) void answer.then((one) => receive(outcome, one));
        else receive(outcome, answer);
        return;
      }
      case 'done': {
        const [, n, leftAt, lost] = input;
        time.at(leftAt, () => ports.get(`${member} ${n}`)?.end(lost === 1));
        return turn();
      }
      case 'operation': {
        const [, , name, operation, args] = input;
        const sandbox = sandboxes.get(name);
        const change = changeNamed(operation)!;
        const context = { sandbox, checkFault, reportOf };
        await change.prepare?.(context, ...args).catch(() => undefined);
        try {
          void Promise.resolve(change.run(context, ...args)).catch(() => undefined);
        } catch {
          // What a client gets for it is compared by the state.
        }
        return turn();
      }
      case 'remove':
        try {
          sandboxes.remove(input[2]);
        } catch {
          // There is none.
        }
        return;
      case 'delivered':
        deliveries.get(input[1])?.(input[2]);
        return turn();
    }
  };
  // A delayed answer begins at its own time, before anything that is later.
  const advanceTo = async (at: number) => {
    for (let due = time.nextDue; due !== undefined && due <= at; due = time.nextDue) {
      time.advanceTo(due);
      await turn();
    }
    time.advanceTo(at);
  };
  for (const { at, member, payload } of batches) {
    await advanceTo(at);
    if (payload !== null) {
      for (const input of JSON.parse(payload) as Input[]) await apply(member, input);
      continue;
    }
    for (const [name, port] of ports) if (name.startsWith(`${member} `)) port.end(true);
    await turn();
  }
  await advanceTo(until);
  await turn();
  return { sandboxes, outcomes };
}
