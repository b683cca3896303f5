/**
 * What all parts of a sandbox share.
 * @module
 */

import type { Instant } from '../limits/engine.js';
import { digits } from '../limits/render/digits.js';
import type { JournalStore } from '../state/store.js';
import type { SandboxEvent } from './events.js';
import type { JobWatch } from './jobs/watch.js';
import type { FaultStore, SandboxClock } from './store.js';

export interface Core {
  /** Empty for the one without a name. */
  readonly name: string;
  readonly clock: SandboxClock;
  readonly journal: JournalStore;
  readonly faults: FaultStore;
  readonly jobs: JobWatch;
  /** Whether its clients are judged: requests are then compared more closely. */
  readonly judging: boolean;
  /** Whether a request's `Prefer` is heeded. */
  readonly prefer: boolean;
  readonly log: WriteLog;
  /** Sends a finished job to its webhook; never rejects. */
  readonly deliver: (url: string, body: unknown) => Promise<void>;
  readonly counts: SandboxCounts;
  /** Tells whoever listens. A request is told of by its row in the journal. */
  emit(event: SandboxEvent | number): void;
}

/** Counts of a sandbox since it was made, resets or not. */
export interface SandboxCounts {
  /** Requests to providers that have come; the number of the newest. */
  requests: number;
  /** Those of them that a policy has refused. */
  refused: number;
  /** Changes that come neither with a request nor with an event. */
  changes: number;
}

export type WriteLog = (level: 'info' | 'warn', message: string) => void;

/** Where a response goes. */
export interface Port {
  /** Once the response has left, or its connection is gone. */
  onDone(listener: () => void): void;
  /** Whether the client had closed the connection before the answer was written, so that it can never know the answer; it had not when left out. */
  readonly lost?: boolean;
}

/** What mock429 calls a request. @param sandbox its name */
export function requestName(sandbox: string, number: number): string {
  return sandbox === '' ? digits(number) : `${sandbox}-${digits(number)}`;
}

export function instantOf(core: Core): Instant {
  const now = core.clock.now();
  return { now, horizon: core.clock.horizon(now) };
}
