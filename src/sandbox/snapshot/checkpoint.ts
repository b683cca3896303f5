/**
 * The checkpoint of a sandbox: a snapshot and what else another process needs to continue exactly, such as the numbers of rows and events, and the leases of requests whose
 * response is on its way.
 * @module
 */
import type { LeasePolicy } from '../../limits/policy.js';
import type { JournalRows } from '../../state/journal/journal.js';
import { type Core, instantOf, type SandboxCounts } from '../core.js';
import type { EventsState } from '../events.js';
import type { ProviderState } from '../provider-state.js';
import type { FaultStore } from '../store.js';
import type { Delivery } from '../webhooks/deliveries.js';
import { schedule } from '../webhooks/send.js';
import type { Snapshot } from './format.js';
import { saveSandbox } from './save.js';

/** Units that a request holds until its response has been sent. */
export interface HeldLease {
  /** Name of the request. */
  readonly request: string;
  readonly profile: string;
  readonly policy: string;
  readonly partition: string;
}

/** The state of a sandbox. */
export interface SandboxCheckpoint {
  /** With the journal. */
  readonly snapshot: Snapshot;
  readonly counts: SandboxCounts;
  readonly events: EventsState;
  readonly rows: JournalRows;
  /** By profile: the row from which on calls have not been entered in logs of calls. */
  readonly loggedTo: Readonly<Record<string, number>>;
  /** By profile: the jobs that run, but whose end has been emitted. */
  readonly endedBefore: Readonly<Record<string, readonly number[]>>;
  readonly leases: readonly HeldLease[];
  /** The faults with their fields in the order in which they were given. */
  readonly faults: ReturnType<FaultStore['dump']>;
  /** By profile: all deliveries, those that are over included, and how many have been made. */
  readonly deliveries: Readonly<Record<string, { readonly made: number; readonly list: readonly Delivery[] }>>;
}

/**
 * Saves the state.
 *
 * @param isOpen whether a request (by name) has been answered, and its response has not left
 * @param variantsOf returns the variants of a profile, if they are not those of the server
 */
export function saveCheckpoint(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  events: EventsState,
  isOpen: (request: string) => boolean,
  variantsOf: (profile: string) => readonly string[] | undefined,
): SandboxCheckpoint {
  const leases: HeldLease[] = [];
  const holds = (request: string, profile: string, policy: string, partition: string) => {
    if (!isOpen(request)) return false;
    leases.push({ request, profile, policy, partition });
    return true;
  };
  const { counts, journal } = core;
  return {
    snapshot: saveSandbox(core, providerStates, counts.requests, { journal: true, holds }, variantsOf),
    counts: { ...counts },
    events,
    rows: { first: journal.ring.next - journal.total, next: journal.ring.next },
    loggedTo: Object.fromEntries([...providerStates].map(([id, { loggedTo }]) => [id, loggedTo])),
    endedBefore: Object.fromEntries([...providerStates].map(([id, one]) => [id, core.jobs.endedBefore(one)])),
    leases,
    faults: core.faults.dump(),
    deliveries: Object.fromEntries(
      [...providerStates].map(([id, { deliveries }]) => [
        id,
        // A delivery of a single job that waits is saved with its job.
        {
          made: deliveries.made,
          list: deliveries.list().filter(({ state, type }) => state !== 'pending' || type !== null),
        },
      ]),
    ),
  };
}

/** Restores what a snapshot does not contain, after the snapshot has been restored. */
export function loadCheckpoint(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  { counts, rows, loggedTo, endedBefore, faults, deliveries }: SandboxCheckpoint,
): void {
  for (const [id, providerState] of providerStates) {
    providerState.loggedTo = loggedTo[id] ?? rows.next;
    core.jobs.forget(providerState, endedBefore[id] ?? []);
    const { made, list } = deliveries[id]!;
    providerState.deliveries.load(list, made);
    for (const delivery of providerState.deliveries.pending()) schedule(core, providerState, delivery);
  }
  core.faults.load(faults);
  Object.assign(core.counts, counts);
}

/** Releases the units that a request holds. */
export function releaseLeases(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  leases: readonly HeldLease[],
): void {
  for (const { request, profile, policy: id, partition } of leases) {
    const providerState = providerStates.get(profile);
    const policy = providerState?.provider.policy.get(id) as LeasePolicy | undefined;
    if (!providerState || !policy) continue;
    const release = ([state]: readonly unknown[]) => [
      state === undefined ? undefined : policy.algorithm.release(state, request, Number.POSITIVE_INFINITY),
    ];
    providerState.buckets.transact([{ policy, partition }], release, instantOf(core));
  }
}
