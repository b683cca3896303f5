/**
 * How much memory a sandbox takes: an estimate, worked out anew only when enough has happened in it.
 * @module
 */
import { bytesOfMap } from '../../state/bytes.js';
import type { Core } from '../core.js';
import type { Events } from '../events.js';
import type { ProviderState } from '../provider-state.js';

/** Bytes of a sandbox that has not been asked anything, for each profile that it serves: measured, and rounded. */
const EMPTY_PROVIDER_STATE_BYTES = 10_000;
/** Of what waits for a webhook, and of a request that waits for its answer: estimates. */
const WEBHOOK_BYTES = 500;
const IN_FLIGHT_BYTES = 2_000;
/** Of a cached query to a policy. */
const QUERY_BYTES = 250;

/** A body of more characters than this is told of: it may be kept whole. */
const LARGE_BODY = 16 * 1024;
/** An estimate is good until so many more requests have come, and this share of those there were. */
const MORE_REQUESTS = 16;
const MORE_SHARE = 1 / 8;

/** An estimate of what a sandbox holds, in bytes, made again once the sandbox has changed enough. */
export class Footprint {
  readonly #core: Core;
  readonly #providerStates: ReadonlyMap<string, ProviderState>;
  readonly #events: Events;
  readonly #grown: ((bytes: number) => void) | undefined;
  #bytes = 0;
  /** What had happened when it was estimated. */
  #requests = Number.NaN;
  #changes = 0;
  #faults = 0;

  /** @param grown hears of what may have made it larger by so many bytes at once */
  constructor(
    core: Core,
    providerStates: ReadonlyMap<string, ProviderState>,
    events: Events,
    grown: ((bytes: number) => void) | undefined,
  ) {
    this.#core = core;
    this.#providerStates = providerStates;
    this.#events = events;
    this.#grown = grown;
  }

  /** A body of so many characters has come. */
  received(length: number): void {
    if (length > LARGE_BODY) this.grew(length);
  }

  /** It may be larger by so many bytes, or, when left out, by any number. */
  grew(bytes = Number.POSITIVE_INFINITY): void {
    this.#requests = Number.NaN;
    this.#grown?.(bytes);
  }

  /** Bytes, estimated: anew where enough has happened since the last time. */
  get bytes(): number {
    if (!this.#isGood) {
      const { journal, faults, counts } = this.#core;
      this.#requests = journal.total;
      this.#changes = counts.changes;
      this.#faults = faults.revision;
      this.#bytes = journal.bytes + faults.bytes + this.#events.bytes;
      for (const providerState of this.#providerStates.values()) this.#bytes += bytesOfProviderState(providerState);
    }
    return this.#bytes;
  }

  get #isGood(): boolean {
    const { journal, faults, counts } = this.#core;
    // Of no number where there is no estimate; less than none where the journal has been emptied, as every reset does.
    const more = journal.total - this.#requests;
    // The first request takes far more than each of those after it: the journal grows in large pieces.
    const most = this.#requests === 0 ? 0 : Math.max(MORE_REQUESTS, MORE_SHARE * this.#requests);
    if (!(more >= 0 && more <= most)) return false;
    return counts.changes === this.#changes && faults.revision === this.#faults;
  }
}

function bytesOfProviderState(providerState: ProviderState): number {
  let bytes =
    EMPTY_PROVIDER_STATE_BYTES +
    providerState.buckets.bytes +
    providerState.resources.bytes +
    providerState.accounts.bytes;
  bytes += providerState.cache.bytes + providerState.idempotency.bytes;
  bytes +=
    bytesOfMap(providerState.webhooks, () => WEBHOOK_BYTES) + bytesOfMap(providerState.inFlight, () => IN_FLIGHT_BYTES);
  for (const queries of providerState.queries.values()) bytes += bytesOfMap(queries, () => QUERY_BYTES);
  return bytes;
}
