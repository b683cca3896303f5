/**
 * `collection.create`, `collection.update` and `collection.delete`: one item at a time.
 * @module
 */

import type { z } from 'zod';
import { dig } from '../../limits/facts.js';
import { compileTemplate, renewable } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import type { Item } from '../../state/resources/item.js';
import type { CollectionStore } from '../../state/store.js';
import { type Collection, defineBehaviour, type Failure, type Reply } from '../behaviour.js';
import { collectionId, itemId, json, missing, status } from '../options.js';
import {
  collectionStoreOf,
  compileItem,
  credentialOf,
  issue,
  jsonOf,
  keysOf,
  newItem,
  revoke,
  type UniqueKey,
  uniqueKeys,
  viewOf,
  withRoot,
} from './shared.js';

const createOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      item: json(z).describe(
        'Template of the new item; may use body, new.uuid, new.ulid, new.lower32 …, and fields of item above',
      ),
      status: status(z).default(201),
      body: json(z).default('${item}').describe('Template of the body; may use item'),
    })
    .describe('Creates an item');

/** The behaviour `collection.create`. */
export const collectionCreate = defineBehaviour<z.infer<ReturnType<typeof createOptions>>>({
  name: 'collection.create',
  options: createOptions,
  references: ({ collection }) => ({ collections: [collection] }),
  templates: ({ item, body }) => [item, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const renderItem = compileItem(options.item);
    const body = compileTemplate(options.body);
    return (context): Reply => {
      const collectionStore = collectionStoreOf(collection, context);
      const data = renderItem(context.scope, context.now);
      const keys = uniqueKeys(collection, data);
      const taken = conflict(collectionStore, keys);
      if (taken) return taken;
      const text = jsonOf(data);
      const item = context.resources.add(collectionStore, newItem(collection, context, data, keys), text);
      issue(collection, item, context);
      const shown = renewable(body, withRoot(context.scope, 'item', data), context.now);
      return { status: options.status, ...shown, ...(shown.body === data && text !== undefined ? { text } : {}) };
    };
  },
});

const updateOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      id: itemId(z),
      set: z
        .record(z.string(), json(z))
        .describe('Fields that change: field → template; a template without a value leaves the field as it is'),
      status: status(z).default(200),
      body: json(z).default('${item}').describe('Template of the body; may use item'),
      missing: missing(z),
    })
    .describe('Changes an item');

/** The behaviour `collection.update`. */
export const collectionUpdate = defineBehaviour<z.infer<ReturnType<typeof updateOptions>>>({
  name: 'collection.update',
  options: updateOptions,
  references: ({ collection, missing }) => ({ collections: [collection], errors: [missing] }),
  templates: ({ id, set, body }) => [id, set, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const id = compileTemplate(options.id);
    const changes = compileTemplate(options.set);
    const body = compileTemplate(options.body);
    return (context): Reply => {
      const collectionStore = collectionStoreOf(collection, context);
      const item = collectionStore.get(String(id.render(context.scope, context.now)));
      if (!item) return { error: options.missing };
      const scope = withRoot(context.scope, 'item', item.data);
      const data = { ...item.data, ...(changes.render(scope, context.now) as Record<string, unknown>) };
      const keys = uniqueKeys(collection, data);
      const taken = conflict(collectionStore, keys, item);
      if (taken) return taken;
      const renewed = credentialOf(collection, item.data, context) !== credentialOf(collection, data, context);
      if (renewed) revoke(collection, item, context);
      collectionStore.update(item, data, keysOf(keys), context.now);
      if (renewed) issue(collection, item, context);
      return {
        status: options.status,
        ...renewable(body, withRoot(context.scope, 'item', viewOf(collection, item, context)), context.now),
      };
    };
  },
});

const deleteOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      id: itemId(z).optional(),
      find: z
        .array(z.record(z.string(), z.string()))
        .optional()
        .describe(
          'In place of id: field → template. The first set of fields whose values are all given finds the item',
        ),
      status: status(z).default(204),
      body: json(z).optional().describe('Template of the body; no body when left out'),
      missing: missing(z),
    })
    .describe('Deletes an item');

/** The behaviour `collection.delete`. */
export const collectionDelete = defineBehaviour<z.infer<ReturnType<typeof deleteOptions>>>({
  name: 'collection.delete',
  options: deleteOptions,
  references: ({ collection, missing }) => ({ collections: [collection], errors: [missing] }),
  templates: ({ id, find, body }) => [id, find, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const id = options.id === undefined ? undefined : compileTemplate(options.id);
    const find = compileTemplate(options.find ?? []);
    const body = options.body === undefined ? undefined : compileTemplate(options.body);
    return (context): Reply => {
      const collectionStore = collectionStoreOf(collection, context);
      const wanted = find.render(context.scope, context.now) as Record<string, unknown>[];
      const item = id
        ? collectionStore.get(String(id.render(context.scope, context.now)))
        : findItem(collectionStore, collection, wanted, Object.keys(options.find?.[0] ?? {}).length);
      if (!item) return { error: options.missing };
      collectionStore.remove(item.id);
      revoke(collection, item, context);
      const answer = body && renewable(body, withRoot(context.scope, 'item', item.data), context.now);
      return answer?.body === undefined ? { status: options.status } : { status: options.status, ...answer };
    };
  },
});

/** The item that the first complete set of fields identifies. */
export function findItem(
  collectionStore: CollectionStore,
  collection: Collection,
  sets: readonly Record<string, unknown>[],
  fieldCount = 1,
): Item | undefined {
  const wanted = sets.find(
    (set) =>
      Object.values(set).filter((value) => value !== undefined && value !== null && value !== '').length >= fieldCount,
  );
  if (!wanted) return undefined;
  const byKey = uniqueKeys(collection, wanted)[0];
  const owner = byKey && collectionStore.owner(byKey.key);
  if (owner) return owner;
  const fields = Object.entries(wanted);
  return collectionStore
    .all()
    .find((item) => fields.every(([field, value]) => String(dig(item.data, field.split('.'))) === String(value)));
}

/** The error of the first uniqueness rule that an item with these keys would violate. @param self the item itself, for an update */
export function conflict(
  collectionStore: CollectionStore,
  keys: readonly UniqueKey[],
  self?: Item,
): Failure | undefined {
  for (const { key, held, error } of keys) {
    if (held && collectionStore.isTaken(key, self?.id)) return { error };
  }
  return undefined;
}
