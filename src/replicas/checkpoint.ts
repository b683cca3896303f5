/**
 * The state of a replica as a text, from which another replica continues.
 * @module
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Sandboxes, SandboxTimes } from '../sandbox/sandboxes.js';
import type { HeldLease, SandboxCheckpoint } from '../sandbox/snapshot/checkpoint.js';
import type { CheckFault } from '../sandbox/snapshot/read.js';
import { LOG_VERSION } from './inputs.js';
import { ReplicatedPort } from './port.js';
import type { StateMachine } from './state-machine.js';
import type { ReplicaTime } from './time.js';

/** A request that has been answered, and whose response had not left. */
interface OpenRequest {
  readonly member: number;
  readonly n: number;
  readonly sandbox: string;
  /** Name of the request. */
  readonly request: string;
  /** Its row in the journal. */
  readonly row: number | null;
}

/** The first line of the text. The others are the sandboxes, the main one first. */
interface Head {
  readonly version: number;
  /** Time of the log: epoch ms, with fractions. */
  readonly at: number;
  readonly hasBegun: boolean;
  /** How many webhooks have been sent. */
  readonly deliveries: number;
  readonly named: readonly SandboxTimes[];
  readonly open: readonly OpenRequest[];
}

/** Writes the state, compressed: one part for the head and for each sandbox. */
export function* saveState(sandboxes: Sandboxes, machine: StateMachine, time: ReplicaTime): Generator<Uint8Array> {
  const open: OpenRequest[] = [];
  for (const [member, requests] of machine.open)
    for (const [n, { sandbox, request, departure }] of requests) {
      // The end of a request of a sandbox that has been removed changes nothing.
      if (!sandbox || !sandboxes.contains(sandbox)) continue;
      open.push({ member, n, sandbox: sandbox.name, request, row: departure?.row ?? null });
    }
  const head: Head = {
    version: LOG_VERSION,
    at: time.exact,
    hasBegun: machine.hasBegun,
    deliveries: machine.deliveries.made,
    named: sandboxes.dump(),
    open,
  };
  yield written(head);
  const names = new Map(sandboxes.all().map(({ name }) => [name, new Set<string>()]));
  for (const { sandbox, request } of open) names.get(sandbox)?.add(request);
  for (const sandbox of sandboxes.all()) {
    const requests = names.get(sandbox.name)!;
    yield written(sandbox.handover.save((request) => requests.has(request)));
  }
}

/** Replaces the state by a saved one. @throws Problem if it does not fit the served profiles */
export async function loadState(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sandboxes: Sandboxes,
  machine: StateMachine,
  time: ReplicaTime,
  checkFault: CheckFault,
): Promise<void> {
  let head: Head | undefined;
  let next = 0;
  const leases = new Map<string, HeldLease[]>();
  for await (const part of parts) {
    const value = JSON.parse(inflateRawSync(part).toString()) as unknown;
    if (head === undefined) {
      head = value as Head;
      time.restart(head.at);
      sandboxes.load(head.named);
      machine.restart(head.hasBegun, head.deliveries);
      continue;
    }
    const sandbox = sandboxes.all()[next]!;
    next += 1;
    const checkpoint = value as SandboxCheckpoint;
    await sandbox.openEditionsOf(checkpoint.snapshot);
    sandbox.handover.load(checkpoint, checkFault);
    for (const lease of checkpoint.leases) {
      const key = `${sandbox.name} ${lease.request}`;
      leases.set(key, [...(leases.get(key) ?? []), lease]);
    }
  }
  for (const { member, n, sandbox: name, request, row } of head?.open ?? []) {
    const sandbox = sandboxes.peek(name);
    if (!sandbox) continue;
    const port = new ReplicatedPort();
    port.sandbox = sandbox;
    port.request = request;
    if (name !== '') sandbox.markInUse(port);
    port.onDone(() => {
      const leftAt = port.lost ? null : time.precise();
      const answeredAt = port.lost || sandbox.clock.isFrozen ? null : sandbox.clock.now();
      if (row !== null) sandbox.journal.left(row, { leftAt, answeredAt });
      sandbox.handover.releaseLeases(leases.get(`${name} ${request}`) ?? []);
    });
    port.departure = { row: row ?? undefined, leftAt: null, answeredAt: null };
    machine.openOf(member).set(n, port);
  }
}

function written(value: unknown): Uint8Array {
  return deflateRawSync(JSON.stringify(value), { level: 1 });
}
