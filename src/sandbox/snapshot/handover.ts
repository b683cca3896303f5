/**
 * What replicas of a sandbox do with its state: they begin together, hand it over to one that joins, and drop at one place what each would drop at a time of its own.
 * @module
 */
import type { Core } from '../core.js';
import type { Events } from '../events.js';
import type { ProviderState } from '../provider-state.js';
import { type HeldLease, loadCheckpoint, releaseLeases, type SandboxCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { CheckFault } from './read.js';

/** What only the sandbox itself knows. */
export interface HandoverOptions {
  readonly isReplicated: boolean;
  /** The variants of a profile, if they are not those of the server. */
  readonly ownVariants: (profile: string) => readonly string[] | undefined;
  /** Restores the snapshot of a checkpoint, with the numbers of its rows. @throws Problem */
  readonly restore: (checkpoint: SandboxCheckpoint, checkFault: CheckFault) => void;
}

/** The state of one sandbox as replicas hand it over. */
export class Handover {
  readonly #core: Core;
  readonly #providerStates: ReadonlyMap<string, ProviderState>;
  readonly #events: Events;
  readonly #options: HandoverOptions;

  constructor(
    core: Core,
    providerStates: ReadonlyMap<string, ProviderState>,
    events: Events,
    options: HandoverOptions,
  ) {
    this.#core = core;
    this.#providerStates = providerStates;
    this.#events = events;
    this.#options = options;
  }

  /** Starts the clock anew, before anything has happened in the sandbox. */
  begin(): void {
    this.#core.clock.reset();
    this.#events.load({ last: 0, newest: [] });
  }

  /** The state for another process. @param isOpen whether a request (by name) has been answered, and its response has not left */
  save(isOpen: (request: string) => boolean): SandboxCheckpoint {
    const { ownVariants } = this.#options;
    return saveCheckpoint(this.#core, this.#providerStates, this.#events.dump(), isOpen, ownVariants);
  }

  /** Continues from the state of another process. @throws Problem as `Sandbox.restore` */
  load(checkpoint: SandboxCheckpoint, checkFault: CheckFault): void {
    this.#options.restore(checkpoint, checkFault);
    loadCheckpoint(this.#core, this.#providerStates, checkpoint);
    this.#events.load(checkpoint.events);
  }

  /** Releases the units that a request of a checkpoint holds. */
  releaseLeases(leases: readonly HeldLease[]): void {
    releaseLeases(this.#core, this.#providerStates, leases);
  }

  /** Drops what has expired, before the clock can be set back. Without it, each process would have dropped a part of its own. */
  dropEnded(): void {
    if (!this.#options.isReplicated) return;
    const { clock, faults } = this.#core;
    const horizon = clock.horizon(clock.now());
    if (horizon === Number.NEGATIVE_INFINITY) return;
    for (const { buckets } of this.#providerStates.values()) buckets.dropEnded(horizon);
    faults.list();
  }
}
