/**
 * Partitions: what is counted apart. A partition key is the values of the facts that a policy names, in its order.
 * @module
 */
import { type RequestFacts, readFact } from './facts.js';

/** `undefined` where the request lacks one of the facts: the policy then has nothing to say about it. */
export type Partition = (facts: RequestFacts) => string | undefined;

const SHORT = new Set(['ip', 'method', 'path', 'operation']);

/** Facts are caller facts (`key`), `ip`, `operation`, `method`, `path`, or paths such as `params.channel`, `header.x-team`, `query.model`. */
export function compilePartition(names: readonly string[]): Partition {
  const paths = names.map(factPath);
  if (paths.length === 0) return () => '';
  if (paths.length === 1) return (facts) => text(readFact(facts, paths[0]!));
  return (facts) => {
    const values = paths.map((path) => text(readFact(facts, path)));
    return values.every((value) => value !== undefined) ? joinPartition(values) : undefined;
  };
}

/** Where the fact named so in `partitionBy` is read. */
export function factPath(name: string): string[] {
  return SHORT.has(name) || name.includes('.') ? name.split('.') : ['caller', name];
}

export function joinPartition(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : JSON.stringify(values);
}

export function splitPartition(partition: string, count: number): string[] {
  if (count === 0) return [];
  return count === 1 ? [partition] : (JSON.parse(partition) as string[]);
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}
