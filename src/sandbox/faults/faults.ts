/**
 * Faults: what a test arranges to go wrong, for some requests, some times.
 * @module
 */

import type { PolicyQuery } from '../../limits/engine.js';
import type { RequestFacts } from '../../limits/facts.js';
import type { ErrorAnswer, Provider } from '../../profile/compiled/provider.js';
import type { Clock } from '../../runtime/clock.js';
import { hashFraction } from '../../state/ids.js';
import { Problem } from '../control/problem.js';
import type { FaultSpec } from './schema.js';

export interface Fault extends FaultSpec {
  readonly id: string;
  /** Requests that were such as it is for, whether or not it was their turn: what `nth`, `everyNth` and `probability` go by. */
  matched: number;
  /** Requests that it has answered, or changed the answer of. */
  used: number;
  /** ISO 8601, by the sandbox's clock. */
  readonly expiresAt?: string;
}

/** What faults are asked about. */
export interface Candidate {
  readonly profile: string;
  readonly facts: RequestFacts;
  /** The caller's credential. */
  readonly key: string | undefined;
  /** Whether a policy has refused it: only faults that say so are for such. */
  readonly refused: boolean;
}

/** What is worked out of a fault once. */
interface Worked {
  /** Characters of what it sends, as JSON. */
  readonly text: number;
  /** Epoch ms at which it expires. */
  readonly until: number;
}

export class Faults {
  readonly #clock: Pick<Clock, 'now' | 'horizon'>;
  #faults: Fault[] = [];
  #made = 0;
  /** Rises whenever somebody adds, removes or replaces faults. */
  revision = 0;
  readonly #worked = new WeakMap<Fault, Worked>();
  /** Characters of what all of them send. */
  #text = 0;
  /** How many of them expire. */
  #expiring = 0;

  constructor(clock: Pick<Clock, 'now' | 'horizon'>) {
    this.#clock = clock;
  }

  /** @throws Problem when there are too many, or they hold too much */
  add(spec: FaultSpec): Fault {
    const fix = 'remove some (DELETE /faults), or let one answer several requests (times)';
    if (this.list().length >= MAX_FAULTS)
      throw new Problem(409, 'too-many-faults', `there are ${MAX_FAULTS} faults already; ${fix}`);
    if (this.#text + textOf(spec) > MAX_TEXT) {
      const detail = `the bodies of all faults together would be larger than ${MAX_TEXT / 1024 / 1024} MiB; ${fix}`;
      throw new Problem(409, 'too-many-faults', detail, 'body');
    }
    this.#made += 1;
    this.revision += 1;
    const { expiresInMs } = spec;
    const fault: Fault = {
      ...spec,
      id: `fault-${this.#made}`,
      matched: 0,
      used: 0,
      ...(expiresInMs !== undefined && { expiresAt: new Date(this.#clock.now() + expiresInMs).toISOString() }),
    };
    this.#push(fault);
    return fault;
  }

  /** Whether there is none, expired or not. */
  get none(): boolean {
    return this.#faults.length === 0;
  }

  /** Bytes that they take: an estimate. */
  get bytes(): number {
    return this.#text + FAULT_BYTES * this.#faults.length;
  }

  /** Those that are neither used up nor expired. */
  list(): readonly Fault[] {
    if (this.#expiring === 0) return this.#faults;
    const now = this.#clock.now();
    const horizon = this.#clock.horizon(now);
    // A clock that is set back finds again what had expired since.
    this.#keep((fault) => horizon < this.#until(fault));
    return this.#faults.filter((fault) => now < this.#until(fault));
  }

  /** Whether there was one of that id (any, when none is named). */
  remove(id?: string): boolean {
    const found = this.list().some((fault) => id === undefined || fault.id === id);
    if (!found && id !== undefined) return false;
    this.revision += 1;
    this.#keep((fault) => id !== undefined && fault.id !== id);
    return found;
  }

  /** All of them, those that have expired by a clock that may be set back as well. */
  dump(): { made: number; list: readonly Fault[] } {
    return { made: this.#made, list: this.#faults };
  }

  load({ made, list }: ReturnType<Faults['dump']>): void {
    this.#keep(() => false);
    this.#made = made;
    this.revision += 1;
    for (const fault of list) this.#push(fault);
  }

  /** The first fault whose turn it is, used once by being asked for. */
  take(candidate: Candidate): Fault | undefined {
    if (this.none) return undefined;
    let turn: Fault | undefined;
    let isOver = false;
    for (const fault of this.list()) {
      if (!matches(fault, candidate)) continue;
      fault.matched += 1;
      if (turn === undefined && isDue(fault)) {
        turn = fault;
        fault.used += 1;
      }
      isOver ||= isUsedUp(fault);
    }
    if (isOver) this.#keep((fault) => !isUsedUp(fault));
    return turn;
  }

  #push(fault: Fault): void {
    const { expiresAt } = fault;
    const until = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
    const worked = { text: textOf(fault), until };
    this.#worked.set(fault, worked);
    this.#faults.push(fault);
    this.#text += worked.text;
    if (expiresAt !== undefined) this.#expiring += 1;
  }

  #keep(isKept: (fault: Fault) => boolean): void {
    const kept = this.#faults.filter(isKept);
    if (kept.length === this.#faults.length) return;
    this.#faults = kept;
    this.#text = 0;
    this.#expiring = 0;
    for (const fault of kept) {
      this.#text += this.#worked.get(fault)!.text;
      if (fault.expiresAt !== undefined) this.#expiring += 1;
    }
  }

  #until(fault: Fault): number {
    return this.#worked.get(fault)!.until;
  }
}

/** Bytes of a fault besides what it sends: an estimate. */
const FAULT_BYTES = 500;
/** Each is held against every request. */
export const MAX_FAULTS = 10_000;
/** Characters of their bodies and headers, as JSON. */
export const MAX_TEXT = 64 * 1024 * 1024;

/** Characters of what it sends, as JSON. */
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

/** Whether it is the turn of the request that has just been counted. */
function isDue({ id, match, matched }: Fault): boolean {
  const { nth, everyNth, probability, seed = id } = match;
  return (
    (nth === undefined || matched === nth) &&
    (everyNth === undefined || matched % everyNth === 0) &&
    // Drawn from the request's number, so that the same requests always meet the same luck.
    (probability === undefined || hashFraction(`${seed}/${matched}`) < probability)
  );
}

function isUsedUp({ match, times, matched, used }: Fault): boolean {
  return (times !== undefined && used >= times) || (match.nth !== undefined && matched >= match.nth);
}

/** The error that a forced status stands for: the first that speaks of such requests and, where it is a refusal, of a policy that this one met. */
export function forcedError(
  { profile, errors, policies }: Provider,
  status: number,
  facts: RequestFacts,
  queries: readonly PolicyQuery[],
): ErrorAnswer {
  const met = new Set(queries.flatMap(({ policy }) => refusalErrors(policy)));
  const elsewhere = new Set(policies.flatMap(refusalErrors).filter((name) => !met.has(name)));
  const known = [...errors.values()].filter((error) => error.status === status && error.when(facts));
  const otherwise = status >= 500 ? profile.answers.serverError : profile.answers.clientError;
  return known.find(({ name }) => !elsewhere.has(name)) ?? known[0] ?? errors.get(otherwise)!;
}

function refusalErrors({ refusal }: PolicyQuery['policy']): string[] {
  return [refusal.error, refusal.impossible];
}
