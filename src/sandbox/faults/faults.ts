/**
 * Faults: failures that a test injects, for matching requests, a number of times.
 * @module
 */

import type { PolicyQuery } from '../../limits/engine.js';
import type { RequestFacts } from '../../limits/facts.js';
import { refusalErrors } from '../../limits/policy.js';
import type { ErrorAnswer, Provider } from '../../profile/compiled/provider.js';
import type { Clock } from '../../runtime/clock.js';
import { hashFraction } from '../../state/ids.js';
import { Problem } from '../control/problem.js';
import type { FaultSpec } from './schema.js';

/** A fault with its counts. */
export interface Fault extends FaultSpec {
  readonly id: string;
  /** How many requests matched `profile`, `method`, `path`, `operationId` and `key`. `nth`, `everyNth` and `probability` select among these. */
  matched: number;
  /** How many requests it has answered, or changed the answer of. */
  used: number;
  /** ISO 8601, by the sandbox's clock. */
  readonly expiresAt?: string;
}

/** A request, as faults are matched against it. */
export interface Candidate {
  readonly profile: string;
  readonly facts: RequestFacts;
  /** The caller's credential. */
  readonly key: string | undefined;
  /** Whether a policy has refused the request. Only faults with `onRefusals` match then. */
  readonly refused: boolean;
}

/** Values computed from a fault once. */
interface Computed {
  /** Characters of its body and headers as JSON. */
  readonly text: number;
  /** Epoch ms at which it expires. */
  readonly until: number;
}

/** The faults of one sandbox. */
export class Faults {
  readonly #clock: Pick<Clock, 'now' | 'horizon'>;
  #faults: Fault[] = [];
  #created = 0;
  /** Rises whenever a caller adds, removes or replaces faults. */
  revision = 0;
  readonly #computed = new WeakMap<Fault, Computed>();
  /** Characters of the bodies and headers of all faults. */
  #text = 0;
  /** How many faults have an expiry. */
  #expiring = 0;

  constructor(clock: Pick<Clock, 'now' | 'horizon'>) {
    this.#clock = clock;
  }

  /** Adds a fault. @throws Problem if there are too many, or their bodies are too large */
  add(spec: FaultSpec): Fault {
    const fix = 'remove some (DELETE /faults), or let one answer several requests (times)';
    if (this.list().length >= MAX_FAULTS)
      throw new Problem(409, 'too-many-faults', `there are ${MAX_FAULTS} faults already; ${fix}`);
    if (this.#text + textOf(spec) > MAX_TEXT) {
      const detail = `the bodies of all faults together would be larger than ${MAX_TEXT / 1024 / 1024} MiB; ${fix}`;
      throw new Problem(409, 'too-many-faults', detail, 'body');
    }
    this.#created += 1;
    this.revision += 1;
    const { expiresInMs } = spec;
    const fault: Fault = {
      ...spec,
      id: `fault-${this.#created}`,
      matched: 0,
      used: 0,
      ...(expiresInMs !== undefined && { expiresAt: new Date(this.#clock.now() + expiresInMs).toISOString() }),
    };
    this.#push(fault);
    return fault;
  }

  /** Whether there are no faults at all, expired ones included. */
  get none(): boolean {
    return this.#faults.length === 0;
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    return this.#text + FAULT_BYTES * this.#faults.length;
  }

  /** The faults that are neither used up nor expired. */
  list(): readonly Fault[] {
    if (this.#expiring === 0) return this.#faults;
    const now = this.#clock.now();
    const horizon = this.#clock.horizon(now);
    // A clock that is set back revives faults, so drop only those that expired before its horizon.
    this.#retain((fault) => horizon < this.#until(fault));
    return this.#faults.filter((fault) => now < this.#until(fault));
  }

  /** Removes the fault with an id, or all faults. @returns whether there was one */
  remove(id?: string): boolean {
    const found = this.list().some((fault) => id === undefined || fault.id === id);
    if (!found && id !== undefined) return false;
    this.revision += 1;
    this.#retain((fault) => id !== undefined && fault.id !== id);
    return found;
  }

  /** All faults, including expired ones that a clock set back would revive. Others are omitted, so that the result does not depend on when they are dropped. */
  dump(): { made: number; list: readonly Fault[] } {
    if (this.#expiring === 0) return { made: this.#created, list: this.#faults };
    const horizon = this.#clock.horizon(this.#clock.now());
    return { made: this.#created, list: this.#faults.filter((fault) => horizon < this.#until(fault)) };
  }

  /** Replaces all faults. */
  load({ made, list }: ReturnType<Faults['dump']>): void {
    this.#retain(() => false);
    this.#created = made;
    this.revision += 1;
    for (const fault of list) this.#push(fault);
  }

  /** Finds the first fault that applies to the request, and counts the match and the use. */
  take(candidate: Candidate): Fault | undefined {
    if (this.none) return undefined;
    let selected: Fault | undefined;
    let hasUsedUp = false;
    for (const fault of this.list()) {
      if (!matches(fault, candidate)) continue;
      fault.matched += 1;
      if (selected === undefined && isDue(fault)) {
        selected = fault;
        fault.used += 1;
      }
      hasUsedUp ||= isUsedUp(fault);
    }
    if (hasUsedUp) this.#retain((fault) => !isUsedUp(fault));
    return selected;
  }

  #push(fault: Fault): void {
    const { expiresAt } = fault;
    const until = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
    const computed = { text: textOf(fault), until };
    this.#computed.set(fault, computed);
    this.#faults.push(fault);
    this.#text += computed.text;
    if (expiresAt !== undefined) this.#expiring += 1;
  }

  #retain(isRetained: (fault: Fault) => boolean): void {
    const retained = this.#faults.filter(isRetained);
    if (retained.length === this.#faults.length) return;
    this.#faults = retained;
    this.#text = 0;
    this.#expiring = 0;
    for (const fault of retained) {
      this.#text += this.#computed.get(fault)!.text;
      if (fault.expiresAt !== undefined) this.#expiring += 1;
    }
  }

  #until(fault: Fault): number {
    return this.#computed.get(fault)!.until;
  }
}

/** Estimated bytes of a fault, besides its body and headers. */
const FAULT_BYTES = 500;
/** Bounded because each request is matched against each fault. */
export const MAX_FAULTS = 10_000;
/** Characters of all bodies and headers as JSON. */
export const MAX_TEXT = 64 * 1024 * 1024;

/** Characters of the body and headers as JSON. */
function textOf({ body, headers }: FaultSpec): number {
  return (JSON.stringify(body)?.length ?? 0) + (JSON.stringify(headers)?.length ?? 0);
}

function matches({ match, onRefusals }: Fault, { profile, facts, key, refused }: Candidate): boolean {
  return (
    (!refused || onRefusals === true) &&
    (match.profile === undefined || match.profile === profile) &&
    (match.method === undefined || match.method === facts.method) &&
    (match.path === undefined || match.path === facts.path) &&
    (match.operationId === undefined || match.operationId === facts.operation) &&
    (match.key === undefined || match.key === key)
  );
}

/** Whether `nth`, `everyNth` and `probability` select the match that was just counted. */
function isDue({ id, match, matched }: Fault): boolean {
  const { nth, everyNth, probability, seed = id } = match;
  return (
    (nth === undefined || matched === nth) &&
    (everyNth === undefined || matched % everyNth === 0) &&
    // Derived from the number of the match, so that the same sequence of requests always gets the same faults.
    (probability === undefined || hashFraction(`${seed}/${matched}`) < probability)
  );
}

function isUsedUp({ match, times, matched, used }: Fault): boolean {
  return (times !== undefined && used >= times) || (match.nth !== undefined && matched >= match.nth);
}

/**
 * The error that a forced status stands for: of those with that status that apply to the request, preferably one that is not the refusal of an inapplicable
 * policy.
 */
export function forcedError(
  { profile, errors, policies }: Provider,
  status: number,
  facts: RequestFacts,
  queries: readonly PolicyQuery[],
): ErrorAnswer {
  const applicable = new Set(queries.flatMap(({ policy }) => refusalErrors(policy)));
  const inapplicable = new Set(policies.flatMap(refusalErrors).filter((name) => !applicable.has(name)));
  const known = [...errors.values()].filter((error) => error.status === status && error.when(facts));
  const fallback = status >= 500 ? profile.answers.serverError : profile.answers.clientError;
  return known.find(({ name }) => !inapplicable.has(name)) ?? known[0] ?? errors.get(fallback)!;
}
