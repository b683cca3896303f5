/**
 * Masks the credentials in callers, buckets, accounts and faults before they are shown.
 * @module
 */
import { hash } from 'node:crypto';
import { alternatives, splitPartition } from '../../limits/partitions.js';
import type { Policy } from '../../limits/policy.js';
import { ELLIPSIS, Secrets } from '../../profile/callers/masking.js';
import type { SecretFacts } from '../../profile/callers/secret-facts.js';
import type { Provider } from '../../profile/compiled/provider.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { Account } from '../../state/accounts.js';
import type { Peer } from '../../state/journal/entry.js';
import type { Fault } from '../faults/faults.js';
import type { FaultStore } from '../store.js';
import { shortHash } from './hashes.js';

/** What the masking of one provider's facts needs. */
export interface Masker {
  /** The secrets of all providers that are served together: a client may send a credential to the wrong one. */
  readonly secrets: Secrets;
  readonly secretFacts: SecretFacts;
}

/** The facts that all requests to one provider in one sandbox share. */
export interface Origin extends Masker {
  /** Name of the sandbox. */
  readonly sandbox: string;
  readonly profile: string;
  /** Whether a credential belongs to an account or was issued by a request. */
  readonly isKnown: (credential: string) => boolean;
}

/** The secrets of all providers that are served together. The same list returns the same object, so that all sandboxes share it. */
export const secretsOf = memoiseWeakly(
  (providers: readonly Provider[]) => new Secrets(providers.map(({ profile }) => profile)),
);

/** Caller facts with credentials masked. */
export function maskFacts(masker: Masker, facts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, maskedFact(masker, name, value)]));
}

/** The partition of a bucket as facts by name, with credentials masked. */
export function maskedPartition(masker: Masker, { partitionBy }: Policy, partition: string): Record<string, string> {
  const values = splitPartition(partition, partitionBy.length);
  return Object.fromEntries(
    partitionBy.map((name, i) => [
      name,
      alternatives(name).reduce((value, fact) => maskedFact(masker, fact, value), values[i]!),
    ]),
  );
}

/** Short hash of the credential in the partition of a bucket: equal to `keyHash` of the journal entries it counts. `undefined` where the partition has none. */
export function partitionKeyHash(
  { secretFacts }: Masker,
  { partitionBy }: Policy,
  partition: string,
): string | undefined {
  const place = partitionBy.findIndex((name) => alternatives(name).some((fact) => secretFacts.credentials.has(fact)));
  const value = place < 0 ? '' : splitPartition(partition, partitionBy.length)[place]!;
  return value === '' ? undefined : shortHash(value);
}

/** The value of a header, with any credential in it masked. */
export function maskedText({ secrets }: Masker, text: string | undefined, credential?: string): string | undefined {
  return text === undefined ? undefined : secrets.text(text, credential);
}

/** The client's end of a connection, masked; the same object if nothing in it is secret. */
export function maskedPeer(masker: Masker, peer: Peer | undefined, credential?: string): Peer | undefined {
  const userAgent = maskedText(masker, peer?.userAgent, credential);
  return peer === undefined || userAgent === peer.userAgent ? peer : { ...peer, userAgent };
}

/** An account with credentials masked. */
export function maskedAccount(secrets: Secrets, { id, plan, quotas, keys }: Account): Account {
  return { id: secrets.target(id), plan, quotas, keys: keys.map((key) => secrets.credential(key)) };
}

/** All faults with credentials masked. */
export function maskedFaults({ secrets, faults }: { secrets: Secrets; faults: FaultStore }): Fault[] {
  return faults.list().map((fault) => maskedFault(secrets, fault));
}

/** A fault with credentials masked; the same object if nothing in it is secret. */
export function maskedFault(secrets: Secrets, fault: Fault): Fault {
  const { match, headers, body } = fault;
  const masked: Fault = {
    ...fault,
    match: {
      ...match,
      ...(match.key === undefined ? {} : { key: secrets.credential(match.key) }),
      ...(match.path === undefined ? {} : { path: secrets.target(match.path) }),
    },
    ...(headers === undefined ? {} : { headers: maskedHeaders(secrets, headers) }),
    ...(body === undefined ? {} : { body: secrets.value(body) as Exclude<Fault['body'], undefined> }),
  };
  return JSON.stringify(masked) === JSON.stringify(fault) ? fault : masked;
}

function maskedHeaders(secrets: Secrets, headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secrets.isSecretName(name) ? secrets.credential(value) : secrets.text(value),
    ]),
  );
}

/** The public id of a bucket: a hash, so that it does not reveal the partition. */
export function bucketId(profile: string, policy: Policy, partition: string): string {
  return hash('sha256', JSON.stringify([profile, policy.id, partition]), 'base64url').slice(0, 16);
}

function maskedFact({ secrets, secretFacts }: Masker, name: string, value: string): string {
  if (secretFacts.credentials.has(name)) return secrets.credential(value);
  if (secretFacts.parts.has(name)) return ELLIPSIS;
  // A policy may count by any header or parameter (`header.authorization`).
  const [root, ...rest] = name.split('.');
  if (root === 'cookie') return secrets.credential(value);
  const isCarrier = root === 'header' || root === 'query' || root === 'body';
  return isCarrier && secrets.isSecretName(rest.join('.')) ? secrets.credential(value) : secrets.target(value);
}
