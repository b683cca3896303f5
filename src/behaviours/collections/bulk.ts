/**
 * `collection.bulk-create` and `collection.bulk-delete`: a list of items in one request.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../../limits/facts.js';
import { compileTemplate, renewable } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import { defineBehaviour, type Reply } from '../behaviour.js';
import { collectionId, json, status } from '../options.js';
import { collectionStoreOf, jsonOf, newItem, uniqueKeys, withScope } from './shared.js';
import { conflict, findItem } from './write.js';

const createOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      list: z.string().describe('Path of the list in the body, such as leads'),
      item: json(z).describe('Template of each new item; may use entry and index'),
      skippedAs: json(z)
        .optional()
        .describe('Template of an entry that was skipped as a duplicate; without it a duplicate fails the call'),
      status: status(z).default(200),
      body: json(z).describe(
        'Template of the body; may use created.count, created.ids, created.items, skipped.count, skipped.entries',
      ),
    })
    .describe('Creates an item for each entry of a list');

/** The behaviour `collection.bulk-create`. */
export const collectionBulkCreate = defineBehaviour<z.infer<ReturnType<typeof createOptions>>>({
  name: 'collection.bulk-create',
  options: createOptions,
  references: ({ collection }) => ({ collections: [collection] }),
  templates: ({ item, skippedAs, body }) => [item, skippedAs, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const itemTemplate = compileTemplate(options.item);
    const skippedAs = options.skippedAs === undefined ? undefined : compileTemplate(options.skippedAs);
    const body = compileTemplate(options.body);
    const path = options.list.split('.');
    return (context): Reply => {
      const collectionStore = collectionStoreOf(collection, context);
      const created: { id: string; data: Record<string, unknown> }[] = [];
      const skipped: unknown[] = [];
      for (const [index, entry] of listAt(context.body, path).entries()) {
        const scope = withScope(context.scope, { entry, index });
        const data = itemTemplate.render(scope, context.now) as Record<string, unknown>;
        const keys = uniqueKeys(collection, data);
        const taken = conflict(collectionStore, keys);
        if (taken && !skippedAs) return taken;
        if (taken) skipped.push(skippedAs!.render(scope, context.now));
        else
          created.push(context.resources.add(collectionStore, newItem(collection, context, data, keys), jsonOf(data)));
      }
      const facts = {
        created: { count: created.length, ids: created.map(({ id }) => id), items: created.map(({ data }) => data) },
        skipped: { count: skipped.length, entries: skipped },
      };
      return { status: options.status, ...renewable(body, withScope(context.scope, facts), context.now) };
    };
  },
});

const deleteOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      list: z.string().describe('Path of the list in the body, such as leads'),
      find: z
        .array(z.string())
        .min(1)
        .describe('Fields by which an entry names an item; the first that the entry has is used'),
      status: status(z).default(200),
      body: json(z).describe(
        'Template of the body; may use deleted.count, deleted.names, missing.count, missing.names',
      ),
    })
    .describe('Deletes the items that a list names');

/** The behaviour `collection.bulk-delete`. */
export const collectionBulkDelete = defineBehaviour<z.infer<ReturnType<typeof deleteOptions>>>({
  name: 'collection.bulk-delete',
  options: deleteOptions,
  references: ({ collection }) => ({ collections: [collection] }),
  templates: ({ body }) => [body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const body = compileTemplate(options.body);
    const path = options.list.split('.');
    return (context): Reply => {
      const collectionStore = collectionStoreOf(collection, context);
      const deleted: unknown[] = [];
      const missing: unknown[] = [];
      for (const entry of listAt(context.body, path)) {
        const field = options.find.find((name) => dig(entry, [name]) !== undefined) ?? options.find[0]!;
        const name = dig(entry, [field]);
        const item = findItem(collectionStore, collection, [{ [field]: name }]);
        if (item && collectionStore.remove(item.id)) deleted.push(name);
        else missing.push(name);
      }
      const facts = {
        deleted: { count: deleted.length, names: deleted },
        missing: { count: missing.length, names: missing },
      };
      return { status: options.status, ...renewable(body, withScope(context.scope, facts), context.now) };
    };
  },
});

/** The list at a path of a body; empty if there is none. */
export function listAt(body: unknown, path: readonly string[]): readonly unknown[] {
  const list = dig(body, path);
  return Array.isArray(list) ? list : [];
}
