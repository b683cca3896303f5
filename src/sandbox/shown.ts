/**
 * What callers and buckets are called where they are shown: credentials masked, nothing that could be used.
 * @module
 */
import { hash } from 'node:crypto';
import { splitPartition } from '../limits/partitions.js';
import type { Policy } from '../limits/policy.js';
import { maskCredential } from '../profile/callers.js';

/** What of a provider says which facts are secret. */
interface Secrets {
  /** Caller facts that hold credentials. */
  readonly secretFacts: ReadonlySet<string>;
}

/** What all requests to one provider in one sandbox have in common. */
export interface Origin extends Secrets {
  /** Name of the sandbox. */
  readonly sandbox: string;
  readonly profile: string;
}

/** Caller facts for showing: credentials masked. */
export function maskFacts({ secretFacts }: Secrets, facts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, secretFacts.has(name) ? maskCredential(value) : value]),
  );
}

/** What a policy counts apart, by name; credentials masked. */
export function shownPartition(secrets: Secrets, { partitionBy }: Policy, partition: string): Record<string, string> {
  const values = splitPartition(partition, partitionBy.length);
  return maskFacts(secrets, Object.fromEntries(partitionBy.map((name, i) => [name, values[i]!])));
}

/** Names a bucket without telling what it counts. */
export function bucketId(profile: string, policy: Policy, partition: string): string {
  return hash('sha256', JSON.stringify([profile, policy.id, partition]), 'base64url').slice(0, 16);
}
