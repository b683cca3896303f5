/**
 * Estimates how much memory a sandbox takes. The estimate is cached until enough has changed.
 * @module
 */
import { bytesOfMap } from '../../state/bytes.js';
import type { Core } from '../core.js';
import type { Events } from '../events.js';
import type { ProviderState } from '../provider-state.js';

/** Bytes of an unused sandbox for each profile that it serves: measured, and rounded. */
const EMPTY_PROVIDER_STATE_BYTES = 10_000;
/** Estimated bytes of a webhook that is pending or was sent, and of a request in flight. */
const WEBHOOK_BYTES = 500;
const IN_FLIGHT_BYTES = 2_000;
/** Estimated bytes of a cached query to a policy. */
const QUERY_BYTES = 250;

/** Bytes above which a body may be significant, since it may be stored whole. */
const LARGE_BODY = 16 * 1024;
/** An estimate stays valid for this many more requests, or for this share of those counted in it, whichever is more. */
const MORE_REQUESTS = 16;
const MORE_SHARE = 1 / 8;

/** Estimates the bytes of one sandbox. */
export class Footprint {
  readonly #core: Core;
  readonly #providerStates: ReadonlyMap<string, ProviderState>;
  readonly #events: Events;
  readonly #onGrowth: ((bytes: number) => void) | undefined;
  #bytes = 0;
  /** The counts at the time of the estimate; `NaN` requests: there is no valid estimate. */
  #requests = Number.NaN;
  #changes = 0;
  #faults = 0;

  /** @param onGrowth is called with the bytes that an action may have added at once */
  constructor(
    core: Core,
    providerStates: ReadonlyMap<string, ProviderState>,
    events: Events,
    onGrowth: ((bytes: number) => void) | undefined,
  ) {
    this.#core = core;
    this.#providerStates = providerStates;
    this.#events = events;
    this.#onGrowth = onGrowth;
  }

  /** Notes that a body of this many bytes has arrived. */
  received(length: number): void {
    if (length > LARGE_BODY) this.grew(length);
  }

  /** Invalidates the estimate. @param bytes the possible growth; default: unknown */
  grew(bytes = Number.POSITIVE_INFINITY): void {
    this.#requests = Number.NaN;
    this.#onGrowth?.(bytes);
  }

  /** The estimated bytes. */
  get bytes(): number {
    if (!this.#isValid) {
      const { journal, faults, counts } = this.#core;
      this.#requests = journal.total;
      this.#changes = counts.changes;
      this.#faults = faults.revision;
      this.#bytes = journal.bytes + faults.bytes + this.#events.bytes;
      for (const providerState of this.#providerStates.values()) this.#bytes += bytesOfProviderState(providerState);
    }
    return this.#bytes;
  }

  get #isValid(): boolean {
    const { journal, faults, counts } = this.#core;
    // NaN if there is no estimate; negative if the journal has been cleared, as every reset does.
    const newRequests = journal.total - this.#requests;
    // The first request adds far more than later ones, because the journal allocates large blocks.
    const maxNewRequests = this.#requests === 0 ? 0 : Math.max(MORE_REQUESTS, MORE_SHARE * this.#requests);
    if (!(newRequests >= 0 && newRequests <= maxNewRequests)) return false;
    return counts.changes === this.#changes && faults.revision === this.#faults;
  }
}

function bytesOfProviderState(providerState: ProviderState): number {
  let bytes =
    EMPTY_PROVIDER_STATE_BYTES +
    providerState.buckets.bytes +
    providerState.resources.bytes +
    providerState.accounts.bytes;
  bytes += providerState.cache.bytes + providerState.idempotency.bytes + providerState.calls.bytes;
  bytes +=
    WEBHOOK_BYTES * (providerState.webhooks.size + providerState.deliveries.list().length) +
    providerState.endpoints.bytes +
    bytesOfMap(providerState.inFlight, () => IN_FLIGHT_BYTES);
  for (const queries of providerState.queries.values()) bytes += bytesOfMap(queries, () => QUERY_BYTES);
  return bytes;
}
