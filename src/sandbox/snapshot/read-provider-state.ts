/**
 * Parses the state of one provider, and checks it against the provider as it is served.
 * @module
 */
import { unitsOf } from '../../limits/amounts.js';
import { maxUnits, type Policy, paramsFor, windowed } from '../../limits/policy.js';
import { suggest } from '../../profile/errors.js';
import type { Account } from '../../state/accounts.js';
import type { CallsDump } from '../../state/calls.js';
import type { Issued } from '../../state/resources/resources.js';
import type { StoredResponse } from '../../state/store.js';
import type { ProviderState } from '../provider-state.js';
import type { Node } from './node.js';
import { readCalls } from './read-calls.js';
import { type ReadCollection, readCollections, readPartition } from './read-items.js';
import { readWebhooks, type WebhooksSnapshot } from './read-webhooks.js';
import { countingOf } from './save.js';

/** The parsed state of one provider. */
export interface ReadProviderState {
  readonly accounts: readonly Account[];
  readonly jobDefaults: ProviderState['jobDefaults'];
  readonly ids: [state: number, made: number];
  readonly counters: Readonly<Record<string, readonly [partition: string, state: unknown][]>>;
  readonly serial: number;
  readonly collectionStores: readonly ReadCollection[];
  readonly credentials: readonly [key: string, issued: Issued][];
  readonly cache: readonly [key: string, stored: StoredResponse][];
  readonly idempotency: readonly [key: string, stored: StoredResponse][];
  readonly warned: readonly string[];
  /** `undefined` if the snapshot has none. */
  readonly calls: CallsDump | undefined;
  /** `undefined` if the snapshot has none. */
  readonly webhooks: WebhooksSnapshot | undefined;
}

/** Parses the state of a provider. @param now the clock's instant after the restore, epoch ms @throws Problem */
export function readProviderState(node: Node, providerState: ProviderState, now: number): ReadProviderState {
  const { provider } = providerState;
  const { accounts, jobDefaults, ids, counters, resources, cache, idempotency, warned, variants, calls, webhooks } =
    node.fields(
      ['accounts', 'jobDefaults', 'ids', 'counters', 'resources', 'cache', 'idempotency', 'warned'],
      ['variants', 'calls', 'webhooks'],
    );
  const { runTimeMs, outcome } = jobDefaults.fields([], ['runTimeMs', 'outcome']);
  // They have been read before the rest, because they decide about the provider.
  for (const one of variants?.list() ?? []) one.text();
  const [state, made] = ids.tuple(2);
  const { serial, collections, credentials } = resources.fields(['serial', 'collections', 'credentials']);
  return {
    accounts: accounts.list().map((one) => readAccount(one, providerState)),
    jobDefaults: {
      ...(runTimeMs ? { runTimeMs: runTimeMs.number() } : {}),
      ...(outcome ? { outcome: outcome.text() } : {}),
    },
    ids: [state!.count(), made!.count()],
    counters: Object.fromEntries(
      [...counters.map()].map(([id, counter]) => {
        const policy =
          provider.policy.get(id) ?? unknown(counter, 'policy', id, [...provider.policy.keys()], providerState);
        return [id, readCounter(counter, policy, now)];
      }),
    ),
    serial: serial.count(),
    collectionStores: readCollections(collections, provider),
    credentials: credentials.list().map((one) => {
      const { key, account, revoked } = one.fields(['key', 'account', 'revoked']);
      return [key.text(), { account: account.text(), revoked: revoked.flag() }];
    }),
    cache: cache.list().map(readStored),
    idempotency: idempotency.list().map(readStored),
    warned: warned.list().map((one) => one.text()),
    calls: calls && readCalls(calls),
    webhooks: webhooks && readWebhooks(webhooks),
  };
}

function unknown(node: Node, what: string, name: string, known: readonly string[], { provider }: ProviderState): never {
  node.wrong(`${provider.id} has no ${what} "${name}"; ${suggest(name, known)}`, `unknown-${what}`);
}

function readAccount(node: Node, providerState: ProviderState): Account {
  const { id, plan, quotas, keys } = node.fields(['id', 'plan', 'quotas', 'keys']);
  const { profile, policy: policies } = providerState.provider;
  const name = plan.text();
  if (!Object.hasOwn(profile.plans, name)) unknown(plan, 'plan', name, Object.keys(profile.plans), providerState);
  return {
    id: id.text(),
    plan: name,
    quotas: Object.fromEntries(
      [...quotas.map()].map(([policy, amount]) => {
        if (!policies.has(policy)) unknown(amount, 'policy', policy, [...policies.keys()], providerState);
        const rule = policies.get(policy)!;
        const units = unitsOf(amount.number(), rule.scale, maxUnits(rule));
        if (typeof units !== 'number') amount.wrong(`${units.problem}; ${units.fix}`);
        return [policy, amount.number()];
      }),
    ),
    keys: keys.list().map((key) => key.text()),
  };
}

/** What must be equal for a saved bucket to be valid. */
const COUNTING = ['algorithm', 'window', 'partitionBy', 'scale', 'holds', 'groups'] as const;

function readCounter(node: Node, policy: Policy, now: number): [string, unknown][] {
  const { counts, buckets } = node.fields(['counts', 'buckets']);
  const current = countingOf(policy);
  const savedCounting = counts.fields(['algorithm', 'window', 'partitionBy', 'scale', 'holds'], ['groups']);
  for (const name of COUNTING) {
    const [savedValue, currentValue] = [savedCounting[name] ?? counts, current[name]];
    if (canonical(savedCounting[name]?.value ?? null) === canonical(currentValue ?? null)) continue;
    const fix = 'serve the profile with the variants, settings and compression that it was saved with';
    const detail = `${policy.id} counts in another way now (${name} ${canonical(currentValue ?? null)}, not ${canonical(savedCounting[name]?.value ?? null)}); ${fix}`;
    savedValue.wrong(detail, 'counts-otherwise');
  }
  return buckets.list().map((bucket) => {
    const [partition, state] = bucket.tuple(2);
    const key = readPartition(partition!, policy);
    return [key, readState(state!, policy, key, now)];
  });
}

/** JSON with the keys of a map sorted. */
function canonical(value: unknown): string {
  const isMap = value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isMap) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function readState(node: Node, policy: Policy, partition: string, now: number): unknown {
  const { id, algorithm } = policy;
  const state = algorithm.revive(node.value);
  // A state whose reset is not a valid date would only fail later.
  const resetAt =
    state === undefined
      ? Number.NaN
      : (algorithm.decide(paramsFor(windowed(policy, partition), 0), state, 0, now).resetAt ?? now);
  if (Number.isNaN(new Date(resetAt).getTime()))
    node.wrong(`is not a bucket state of ${id} (${algorithm.name}); save the snapshot again`);
  return state;
}

function readStored(node: Node): [string, StoredResponse] {
  const [key, stored] = node.tuple(2);
  const { status, body, contentType, storedAt, fingerprint } = stored!.fields(
    ['status', 'storedAt', 'fingerprint'],
    ['body', 'contentType'],
  );
  if (status.count() < 200 || status.count() > 599) status.wrong('must be a status from 200 to 599; mend it');
  return [
    key!.text(),
    {
      status: status.count(),
      body: body?.value,
      contentType: contentType?.text(),
      storedAt: storedAt.instant(),
      fingerprint: fingerprint.text(),
    },
  ];
}
