/**
 * Faults: what a test arranges to go wrong, for some requests, some times.
 * @module
 */
import type { Clock } from '../clock.js';
import type { Ask } from '../limits/engine.js';
import type { RequestFacts } from '../limits/facts.js';
import type { ErrorAnswer, Provider } from '../profile/provider.js';
import { hashFraction } from '../state/ids.js';
import type { FaultSpec } from './fault-schema.js';

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

export class Faults {
  readonly #clock: Pick<Clock, 'now' | 'horizon'>;
  #faults: Fault[] = [];
  #made = 0;
  /** Rises whenever somebody adds, removes or replaces faults. */
  revision = 0;

  constructor(clock: Pick<Clock, 'now' | 'horizon'>) {
    this.#clock = clock;
  }

  add(spec: FaultSpec): Fault {
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
    this.#faults.push(fault);
    return fault;
  }

  /** Whether there is none, expired or not. */
  get none(): boolean {
    return this.#faults.length === 0;
  }

  /** Those that are neither used up nor expired. */
  list(): readonly Fault[] {
    if (this.#faults.every(({ expiresAt }) => expiresAt === undefined)) return this.#faults;
    const now = this.#clock.now();
    const horizon = this.#clock.horizon(now);
    // A clock that is set back finds again what had expired since.
    this.#faults = this.#faults.filter((fault) => livesAt(fault, horizon));
    return this.#faults.filter((fault) => livesAt(fault, now));
  }

  /** Whether there was one of that id (any, when none is named). */
  remove(id?: string): boolean {
    const found = this.list().some((fault) => id === undefined || fault.id === id);
    if (!found && id !== undefined) return false;
    this.revision += 1;
    this.#faults = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
    return found;
  }

  /** All of them, those that have expired by a clock that may be set back as well. */
  dump(): { made: number; list: readonly Fault[] } {
    return { made: this.#made, list: this.#faults };
  }

  load({ made, list }: ReturnType<Faults['dump']>): void {
    this.#made = made;
    this.revision += 1;
    this.#faults = [...list];
  }

  /** The first fault whose turn it is, used once by being asked for. */
  take(candidate: Candidate): Fault | undefined {
    if (this.none) return undefined;
    const meant = this.list().filter((fault) => matches(fault, candidate));
    if (meant.length === 0) return undefined;
    for (const fault of meant) fault.matched += 1;
    const fault = meant.find(isDue);
    if (fault) fault.used += 1;
    this.#faults = this.#faults.filter((one) => !isUsedUp(one));
    return fault;
  }
}

function livesAt({ expiresAt }: Fault, now: number): boolean {
  return expiresAt === undefined || now < Date.parse(expiresAt);
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
  asks: readonly Ask[],
): ErrorAnswer {
  const met = new Set(asks.flatMap(({ policy }) => refusalErrors(policy)));
  const elsewhere = new Set(policies.flatMap(refusalErrors).filter((name) => !met.has(name)));
  const known = [...errors.values()].filter((error) => error.status === status && error.when(facts));
  const otherwise = status >= 500 ? profile.answers.serverError : profile.answers.clientError;
  return known.find(({ name }) => !elsewhere.has(name)) ?? known[0] ?? errors.get(otherwise)!;
}

function refusalErrors({ refusal }: Ask['policy']): string[] {
  return [refusal.error, refusal.impossible];
}
