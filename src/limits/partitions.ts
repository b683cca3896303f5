/**
 * Partitions: requests that are counted together. A partition key has the values of the facts that the policy names, in its order.
 * @module
 */
import { type RequestFacts, readFact } from './facts.js';

/** The partition key of a request; `undefined` if the request lacks one of the facts, so that the policy does not apply to it. */
export type Partition = (facts: RequestFacts) => string | undefined;

const SHORT = new Set(['ip', 'method', 'path', 'operation']);

/**
 * Compiles the fact names of `partitionBy`: caller facts (`key`), `ip`, `operation`, `method`, `path`, or paths such as `params.channel`, `header.x-team`, `query.model`.
 *
 * @param isShared whether requests that lack a fact are counted together, as if it were the empty text
 */
export function compilePartition(names: readonly string[], isShared = false): Partition {
  if (isShared) {
    const exact = names.map(factPath);
    return (facts) => joinPartition(exact.map((path) => text(readFact(facts, path)) ?? ''));
  }
  const paths = names.map(factPath);
  if (paths.length === 0) return () => '';
  if (paths.length === 1) return (facts) => text(readFact(facts, paths[0]!));
  return (facts) => {
    const values = paths.map((path) => text(readFact(facts, path)));
    return values.every((value) => value !== undefined) ? joinPartition(values) : undefined;
  };
}

/** The path at which `readFact` finds a fact of `partitionBy`. */
export function factPath(name: string): string[] {
  return SHORT.has(name) || name.includes('.') ? name.split('.') : ['caller', name];
}

/** The partition key of these values: the value itself, or a JSON list of several. */
export function joinPartition(values: readonly string[]): string {
  if (values.length === 0) return '';
  return values.length === 1 ? values[0]! : JSON.stringify(values);
}

/** The values of a partition key. @param count how many facts the policy partitions by */
export function splitPartition(partition: string, count: number): string[] {
  if (count === 0) return [];
  return count === 1 ? [partition] : (JSON.parse(partition) as string[]);
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}
