/**
 * Parses the items and jobs of a snapshot.
 * @module
 */
import { splitPartition } from '../../limits/partitions.js';
import type { Policy } from '../../limits/policy.js';
import type { Provider } from '../../profile/compiled/provider.js';
import { suggest } from '../../profile/errors.js';
import type { Shared } from '../../state/resources/collection-store.js';
import type { Item, JobProgress } from '../../state/resources/item.js';
import type { Node } from './node.js';

/** The parsed items of one collection in one scope. */
export interface ReadCollection {
  readonly collection: string;
  readonly scope: string;
  readonly items: readonly Item[];
  readonly shared: readonly Shared[];
}

/** Parses all collections of a provider. @throws Problem */
export function readCollections(node: Node, provider: Provider): ReadCollection[] {
  return [...node.map()].flatMap(([collection, collectionStores]) => {
    const known = provider.collections.get(collection);
    if (!known) {
      const fix = suggest(collection, [...provider.collections.keys()]);
      return collectionStores.wrong(`${provider.id} has no collection "${collection}"; ${fix}`, 'unknown-collection');
    }
    return collectionStores.list().map((one): ReadCollection => {
      const { scope, items, shared } = one.fields(['scope', 'items', 'shared']);
      const read = items.list().map((item) => readItem(item, known.life !== undefined, provider));
      const owners = ownersOf(read);
      const ids = new Set(read.map(({ id }) => id));
      if (ids.size < read.length) items.wrong('two items have the same id; leave out one, or save the snapshot again');
      return {
        collection,
        scope: scope.text(),
        items: read,
        shared: shared.list().map((key) => readShared(key, owners)),
      };
    });
  });
}

function readItem(node: Node, areJobs: boolean, provider: Provider): Item {
  const { id, createdAt, serial, data, updatedAt, uniqueKeys, job } = node.fields(
    ['id', 'createdAt', 'serial', 'data', 'updatedAt', 'uniqueKeys'],
    ['job'],
  );
  if (job && !areJobs) job.wrong('the items of this collection are not jobs; leave it out');
  data.map();
  return {
    id: id.text(),
    createdAt: createdAt.instant(),
    serial: serial.count(),
    data: data.value as Record<string, unknown>,
    updatedAt: updatedAt.instant(),
    uniqueKeys: uniqueKeys.list().map((key) => key.text()),
    ...(job ? { job: readJob(job, provider) } : {}),
  };
}

function readJob(node: Node, { policy: policies, id }: Provider): JobProgress {
  const { endsAt, outcome, holds, webhook } = node.fields(['endsAt', 'outcome', 'holds'], ['webhook']);
  const webhookFields = webhook?.fields(['url', 'base']);
  return {
    endsAt: endsAt.orNull((one) => one.instant()),
    outcome: outcome.text(),
    holds: holds.list().map((hold) => {
      const { policy, partition } = hold.fields(['policy', 'partition']);
      const name = policy.text();
      if (!policies.has(name))
        policy.wrong(`${id} has no policy "${name}"; ${suggest(name, [...policies.keys()])}`, 'unknown-policy');
      return { policy: name, partition: readPartition(partition, policies.get(name)!) };
    }),
    ...(webhookFields ? { webhook: { url: webhookFields.url.text(), base: webhookFields.base.text() } } : {}),
  };
}

/** The ids of the items that have each unique key. */
function ownersOf(items: readonly Item[]): ReadonlyMap<string, string[]> {
  const owners = new Map<string, string[]>();
  for (const { id, uniqueKeys } of items) {
    for (const key of new Set(uniqueKeys)) {
      const known = owners.get(key);
      if (known) known.push(id);
      else owners.set(key, [id]);
    }
  }
  return owners;
}

function readShared(node: Node, owners: ReadonlyMap<string, string[]>): Shared {
  const [key, ids] = node.tuple(2);
  const name = key!.text();
  const read = ids!.list().map((id) => id.text());
  if ([...read].sort().join('\n') !== [...(owners.get(name) ?? [])].sort().join('\n'))
    ids!.wrong('must be the ids of the items that have this key; save the snapshot again');
  return [name, read];
}

/** Parses a partition: the values that a policy counts by, encoded as one text. @throws Problem */
export function readPartition(node: Node, { id, partitionBy }: Policy): string {
  const text = node.text();
  const isValid = () => {
    const values = splitPartition(text, partitionBy.length) as unknown;
    return (
      Array.isArray(values) && values.length === partitionBy.length && values.every((one) => typeof one === 'string')
    );
  };
  try {
    if (isValid()) return text;
  } catch {
    // Not a list.
  }
  node.wrong(`${id} counts by ${partitionBy.join(' and ')}, and this is not such a partition; save the snapshot again`);
}
