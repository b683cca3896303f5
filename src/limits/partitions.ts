/**
 * Partitions: requests that are counted together. A partition key has the values of the facts that the policy names, in its order.
 * @module
 */
import { type RequestFacts, readFact } from './facts.js';
import { globPattern } from './rules/globs.js';

/** The partition key of a request; `undefined` if the request lacks one of the facts, so that the policy does not apply to it. */
export type Partition = (facts: RequestFacts) => string | undefined;

const SHORT = new Set(['ip', 'method', 'path', 'operation']);

/** Values of a fact that are counted together: pattern (`*` stands for any characters) → name of the group. Exact patterns come first. */
export type Groups = Readonly<Record<string, string>>;

/** How a policy divides requests, besides the facts that it names. */
export interface PartitionOptions {
  /** Requests that lack a fact are counted together, as if it were the empty text. */
  readonly isShared?: boolean;
  /** Fact → its groups. */
  readonly groups?: Readonly<Record<string, Groups>> | undefined;
  /** A value that follows those of the facts. A request without it is not counted. */
  readonly last?: Partition | undefined;
}

/**
 * Compiles the fact names of `partitionBy`: caller facts (`key`), `ip`, `operation`, `method`, `path`, or paths such as `params.channel`, `header.x-team`, `query.model`.
 */
export function compilePartition(
  names: readonly string[],
  { isShared = false, groups = {}, last }: PartitionOptions = {},
): Partition {
  const readers = names.map((name) => compileValue(name, groups[name]));
  if (last) {
    const required = isShared
      ? readers.map(
          (read): Partition =>
            (facts) =>
              read(facts) ?? '',
        )
      : readers;
    return joined([...required, last]);
  }
  if (isShared) return (facts) => joinPartition(readers.map((read) => read(facts) ?? ''));
  return joined(readers);
}

function joined(readers: readonly Partition[]): Partition {
  if (readers.length === 0) return () => '';
  if (readers.length === 1) return readers[0]!;
  return (facts) => {
    const values = readers.map((read) => read(facts));
    return values.every((value) => value !== undefined) ? joinPartition(values) : undefined;
  };
}

function compileValue(name: string, groups: Groups | undefined): Partition {
  const read = compileFact(name);
  if (!groups) return read;
  const exact = new Map(Object.entries(groups).filter(([pattern]) => !pattern.includes('*')));
  const globs = Object.entries(groups)
    .filter(([pattern]) => pattern.includes('*'))
    .map(([pattern, group]) => ({ pattern: globPattern(pattern), group }));
  return (facts) => {
    const value = read(facts);
    if (value === undefined) return undefined;
    return exact.get(value) ?? globs.find(({ pattern }) => pattern.test(value))?.group ?? value;
  };
}

/** Reads a fact, or of several (`params.userId ?? user`) the first that is given. */
function compileFact(name: string): Partition {
  const [path, ...others] = alternatives(name).map(factPath);
  if (others.length === 0) return (facts) => text(readFact(facts, path!));
  return (facts) => {
    for (let i = -1, at = path!; ; at = others[i]!) {
      const value = text(readFact(facts, at));
      if (value !== undefined || ++i === others.length) return value;
    }
  };
}

/** The facts of an entry of `partitionBy`, of which the first that is given counts. */
export function alternatives(name: string): string[] {
  return name.split('??').map((one) => one.trim());
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
