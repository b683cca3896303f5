/**
 * Faults: answers that a test arranges in place of the provider's, for some requests, some times.
 * @module
 */
import type { Ask } from '../limits/engine.js';
import type { RequestFacts } from '../limits/facts.js';
import type { ErrorAnswer, Provider } from '../profile/provider.js';
import type { FaultSpec } from './fault-schema.js';

export interface Fault extends FaultSpec {
  readonly id: string;
  /** Requests that it has answered. */
  used: number;
}

export class Faults {
  #faults: Fault[] = [];
  #made = 0;

  add(spec: FaultSpec): Fault {
    this.#made += 1;
    const fault = { ...spec, id: `fault-${this.#made}`, used: 0 };
    this.#faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Whether there was one of that id (any, when none is named). */
  remove(id?: string): boolean {
    const before = this.#faults.length;
    this.#faults = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
    return this.#faults.length < before;
  }

  /** The first fault for the request, used once by being asked for. */
  take(profile: string, facts: RequestFacts, key: string | undefined): Fault | undefined {
    if (this.#faults.length === 0) return undefined;
    const fault = this.#faults.find((one) => matches(one, profile, facts, key));
    if (!fault) return undefined;
    fault.used += 1;
    if (fault.times !== undefined && fault.used >= fault.times)
      this.#faults = this.#faults.filter((other) => other !== fault);
    return fault;
  }
}

function matches({ match }: Fault, profile: string, facts: RequestFacts, key: string | undefined): boolean {
  return (
    (match.profile === undefined || match.profile === profile) &&
    (match.method === undefined || match.method === facts.method) &&
    (match.path === undefined || match.path === facts.path) &&
    (match.operationId === undefined || match.operationId === facts.operation) &&
    (match.key === undefined || match.key === key)
  );
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

/** The status that `Prefer: code=503` (or `status=503`) asks for. */
export function preferredStatus(prefer: string | undefined): number | undefined {
  if (prefer === undefined) return undefined;
  const asked = /(?:^|[,;\s])(?:code|status)\s*=\s*"?(\d{3})"?/.exec(prefer);
  const status = asked ? Number(asked[1]) : undefined;
  return status !== undefined && status >= 200 && status <= 599 ? status : undefined;
}
