/**
 * Fits a snapshot to the profiles that are served now. State that has lost its meaning is dropped and reported, by the same rules as a reload
 * (`replace-provider.ts`).
 *
 * This drops only what a change of the profile explains. Any other defect of a snapshot is an error when it is parsed.
 * @module
 */
import type { Provider } from '../../profile/compiled/provider.js';
import { Accounts } from '../../state/accounts.js';
import { carryOverAccounts } from '../replace-provider.js';
import { type Edition, editionOf, readAccountAsItWas } from './edition.js';
import type { Node } from './node.js';

/** The providers that are served now. */
export interface Served {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  /** A profile with the variants that a sandbox had set; `undefined` if they do not exist any more, or not together. */
  readonly editionWith: (profile: string, variants: readonly string[]) => Provider | undefined;
}

/** Is called for each thing that is dropped, with a sentence without a full stop. */
export type ReportDropped = (sentence: string) => void;

/** A snapshot that fits the served profiles. */
export interface Fitted {
  readonly snapshot: Readonly<Record<string, unknown>>;
  /** The states of profiles that are not served now, by profile, as they were saved. */
  readonly unserved: Readonly<Record<string, unknown>>;
}

/**
 * Fits a snapshot.
 *
 * @param editions the edition of each profile when it was saved
 * @throws Problem if the snapshot is malformed
 */
export function fitSnapshot(
  saved: Node,
  editions: ReadonlyMap<string, Edition>,
  served: Served,
  report: ReportDropped,
): Fitted {
  const { faults, profiles } = saved.fields(
    ['format', 'version', 'clock', 'requests', 'faults', 'profiles'],
    ['journal'],
  );
  const providerStates: Record<string, unknown> = {};
  const unserved: Record<string, unknown> = {};
  for (const [id, providerState] of profiles.map()) {
    const provider = served.providers.get(id);
    const edition = editions.get(id) ?? providerState.wrong('the profile is missing in "editions"; add it');
    if (provider) {
      const own = ownEdition(id, providerState, served, report);
      const fitted = fitProviderState(providerState, edition, own ?? provider, served.plans[id], report);
      if (!own) delete fitted['variants'];
      providerStates[id] = fitted;
    } else {
      unserved[id] = providerState.value;
      report(`${id} is not served now; its state stays in the file`);
    }
  }
  return {
    snapshot: {
      ...(saved.value as Record<string, unknown>),
      faults: fitFaults(faults, served, report),
      profiles: providerStates,
    },
    unserved,
  };
}

/** The edition with the variants that the sandbox had set, if it had and they still exist. */
function ownEdition(id: string, node: Node, served: Served, report: ReportDropped): Provider | undefined {
  const variants = node
    .map()
    .get('variants')
    ?.list()
    .map((one) => one.text());
  if (variants === undefined) return undefined;
  const edition = served.editionWith(id, variants);
  if (!edition)
    report(
      `${id} cannot be served with the variants ${variants.join(', ') || '(none)'} any more; it has those of the server`,
    );
  return edition;
}

function fitFaults(node: Node, { providers }: Served, report: ReportDropped): unknown {
  const { list, made } = node.fields(['made', 'list']);
  const retained = list.list().filter((fault) => {
    const { id, match } = Object.fromEntries(fault.map());
    const { profile, operationId } = Object.fromEntries(match?.map() ?? []);
    const name = id?.text() ?? 'a fault';
    if (profile !== undefined && !providers.has(profile.text())) {
      report(`${name} is for ${profile.text()}, which is not served now; it is dropped`);
      return false;
    }
    const candidates = profile === undefined ? [...providers.values()] : [providers.get(profile.text())!];
    const known = candidates.some(({ document }) => document.operations.some((one) => one.id === operationId?.value));
    if (operationId !== undefined && !known) {
      report(`${name} is for the operation ${operationId.text()}, which no longer exists; it is dropped`);
      return false;
    }
    return true;
  });
  return { made: made.value, list: retained.map(({ value }) => value) };
}

function fitProviderState(
  node: Node,
  before: Edition,
  provider: Provider,
  plan: string | undefined,
  report: ReportDropped,
): Record<string, unknown> {
  const { id } = provider;
  const providerState = node.fields(
    ['accounts', 'jobDefaults', 'ids', 'counters', 'resources', 'cache', 'idempotency', 'warned'],
    ['variants', 'calls'],
  );
  const after = editionOf(provider, plan);
  const counts = (policy: string) =>
    after.policies[policy] !== undefined && after.policies[policy] === before.policies[policy];
  const counters = [...providerState.counters.map()].filter(([policy]) => {
    if (!counts(policy))
      report(
        after.policies[policy] === undefined
          ? `${id} no longer has the policy ${policy}; its counts are dropped`
          : `${id} now counts ${policy} in another way; its counts are dropped`,
      );
    return counts(policy);
  });
  const resources = fitResources(providerState.resources, { id, before, after, counts, report });
  return {
    ...(node.value as Record<string, unknown>),
    accounts: fitAccounts(providerState.accounts, before, provider, plan, report),
    counters: Object.fromEntries(counters.map(([policy, { value }]) => [policy, value])),
    resources,
    // The old edition rendered these answers.
    cache: before.hash === after.hash ? providerState.cache.value : [],
  };
}

interface Resources {
  readonly id: string;
  readonly before: Edition;
  readonly after: Edition;
  /** Whether the policy counts as before. */
  readonly counts: (policy: string) => boolean;
  readonly report: ReportDropped;
}

function fitResources(node: Node, { id, before, after, counts, report }: Resources): unknown {
  const { collections } = node.fields(['serial', 'collections', 'credentials']);
  const lost = Object.keys(before.policies).some((policy) => !counts(policy));
  const retained = [...collections.map()].flatMap(([name, collectionStores]) => {
    if (after.collections[name] !== undefined && after.collections[name] === before.collections[name])
      return [
        [
          name,
          lost
            ? collectionStores.list().map((collectionStore) => withoutHolds(collectionStore, counts))
            : collectionStores.value,
        ] as const,
      ];
    report(
      after.collections[name] === undefined
        ? `${id} no longer has the collection ${name}; its items are dropped`
        : `${id} now defines ${name} in another way; its items are dropped`,
    );
    return [];
  });
  return { ...(node.value as Record<string, unknown>), collections: Object.fromEntries(retained) };
}

/** A collection whose jobs hold no leases of policies whose counts were dropped. */
function withoutHolds(collectionStore: Node, counts: (policy: string) => boolean): unknown {
  const { items } = Object.fromEntries(collectionStore.map());
  const retained = items?.list().map((item) => {
    const { job } = Object.fromEntries(item.map());
    const { holds } = Object.fromEntries(job?.map() ?? []);
    if (!holds) return item.value;
    const remaining = holds.list().filter((hold) => counts(String(Object.fromEntries(hold.map())['policy']?.value)));
    return { ...Object(item.value), job: { ...Object(job!.value), holds: remaining.map(({ value }) => value) } };
  });
  return { ...Object(collectionStore.value), items: retained };
}

function fitAccounts(
  node: Node,
  before: Edition,
  provider: Provider,
  plan: string | undefined,
  report: ReportDropped,
): readonly unknown[] {
  const { id, profile, policy: policies } = provider;
  const [old, saved] = [new Accounts(profile.accounts.plan), new Accounts(profile.accounts.plan)];
  old.load(before.accounts);
  saved.load(node.list().map(readAccountAsItWas));
  const next = carryOverAccounts(old, saved, provider, plan);
  for (const account of saved.list()) {
    const now = next.find(({ id }) => id === account.id)!.plan;
    if (!Object.hasOwn(profile.plans, account.plan))
      report(`${id} no longer has the plan ${account.plan}; accounts on it are on ${now} now`);
    for (const policy of Object.keys(account.quotas))
      if (!policies.has(policy))
        report(`${id} no longer has the policy ${policy}; quotas of accounts for it are dropped`);
  }
  return next;
}
