/**
 * `collection.list`: the items of a collection, in pages.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../../limits/facts.js';
import { compileTemplate, namesOnly, renewable } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import type { Item } from '../../state/resources/item.js';
import { type Collection, type Context, defineBehaviour, isFailure, type Reply } from '../behaviour.js';
import { collectionId, json, status } from '../options.js';
import { cacheKeyPart, PageCache } from './page-cache.js';
import { hasExpiringCursor, paginate, pagingOptions, pagingParameters } from './paging.js';
import { compileRange, rangeOptions } from './range.js';
import { collectionStoreOf, viewOf, visibleData, withRoot } from './shared.js';
import { compileWhere, fits } from './where.js';

const listOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      status: status(z).default(200),
      paging: pagingOptions(z).optional().describe('How the list is divided into pages; all items when left out'),
      filters: z.record(z.string(), z.string()).default({}).describe('Query parameter → field that must equal it'),
      where: z
        .record(z.string(), z.string())
        .default({})
        .describe('Field → template that it must equal, such as ${params.link_id}; one without a value matches all'),
      search: z
        .strictObject({
          parameter: z.string().describe('Query parameter with the text'),
          fields: z.array(z.string()).min(1).describe('Fields of an item that are searched'),
        })
        .optional()
        .describe('Search: items of which a field contains the text, in upper or lower case'),
      ranges: z
        .array(rangeOptions(z))
        .default([])
        .describe('Fields that must lie within bounds that query parameters give'),
      sort: z
        .string()
        .optional()
        .describe('Query parameter that names the field to sort by; - in front reverses the order'),
      item: json(z).optional().describe('Template of each item; the item itself when left out'),
      body: json(z).describe(
        'Template of the body; may use page.items, page.total, page.number, page.size, page.pages, page.count, page.next, page.hasMore',
      ),
    })
    .describe('Lists the items of a collection, with filters, order and pages');

/** The behaviour `collection.list`. */
export const collectionList = defineBehaviour<z.infer<ReturnType<typeof listOptions>>>({
  name: 'collection.list',
  options: listOptions,
  references: ({ collection, paging }) => ({
    collections: [collection],
    errors:
      paging?.style === 'cursor'
        ? [paging.invalid, paging.expired, paging.mismatch].filter((name) => name !== undefined)
        : [],
  }),
  templates: ({ where, item, body }) => [where, item, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const body = compileTemplate(options.body);
    const shape = options.item === undefined ? undefined : compileTemplate(options.item);
    const filters = Object.entries(options.filters).map(([parameter, field]) => ({
      parameter,
      path: field.split('.'),
    }));
    const where = compileWhere(options.where);
    const ranges = options.ranges.map(compileRange);
    const parameters = [
      ...filters.map(({ parameter }) => parameter),
      ...(options.search ? [options.search.parameter] : []),
      ...options.ranges.flatMap(({ from, to }) => [from, to]).filter((name) => name !== undefined),
      ...(options.sort === undefined ? [] : [options.sort]),
      ...pagingParameters(options.paging),
    ];
    const pages = namesOnly(body, 'page') && (!shape || namesOnly(shape, 'item')) ? new PageCache() : undefined;
    return (context): Reply => {
      const { query } = context;
      const wanted = where(context);
      const collectionStore = collectionStoreOf(collection, context);
      // A page that depends on the time is not cached: jobs change state, and cursors expire.
      const memo = collectionStore.hasJobs || hasExpiringCursor(options.paging, query) ? undefined : pages;
      let key = '';
      if (memo) {
        for (const name of parameters) key += cacheKeyPart(query[name]);
        for (const { path, value } of wanted) key += cacheKeyPart(path.join('.')) + cacheKeyPart(value);
        const known = memo.get(collectionStore, key);
        if (known) return known;
      }
      const text = options.search && lowerText(query[options.search.parameter]);
      const sort = options.sort === undefined ? undefined : query[options.sort];
      const bounds = ranges.map((range) => range(query)).filter((bound) => bound !== undefined);
      const requested = filters.filter(({ parameter }) => query[parameter] !== undefined);
      let items = collectionStore.all();
      if (wanted.length + bounds.length + requested.length > 0 || text !== undefined)
        items = items.filter((item) => {
          const data = visibleData(collection, item, context);
          return (
            fits(data, wanted) &&
            (text === undefined || contains(data, options.search!.fields, text)) &&
            requested.every(({ parameter, path }) => String(dig(data, path)) === String(query[parameter])) &&
            bounds.every((within) => within(data))
          );
        });
      const ordered = inOrder(items, collection, sort === undefined ? undefined : String(sort), context);
      const named = JSON.stringify([
        options.collection,
        ...(text === undefined ? [] : [text]),
        ...requested.map(({ parameter }) => [parameter, query[parameter]]),
        ...options.ranges.map(({ from, to }) => [query[from ?? ''] ?? null, query[to ?? ''] ?? null]),
        sort ?? null,
      ]);
      const result = paginate(options.paging, ordered, named, context);
      if (isFailureResult(result)) return result;
      const shown = result.shown.map((item) => {
        const view = viewOf(collection, item, context);
        return shape ? shape.render(withRoot(context.scope, 'item', view), context.now) : view;
      });
      const { page, entityCursor } = result;
      const render = (next: string | null) =>
        renewable(body, withRoot(context.scope, 'page', { ...page, next, items: shown }), context.now);
      const reply = { status: options.status, ...render(page.next) };
      if (entityCursor !== undefined) return { ...reply, entity: () => render(entityCursor).body };
      return memo ? memo.set(collectionStore, key, { ...reply, constantBody: true }, shown.length) : reply;
    };
  },
});

function isFailureResult(result: object): result is { error: string } {
  return isFailure(result as Reply);
}

function lowerText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value).toLowerCase();
}

function contains(data: unknown, fields: readonly string[], text: string): boolean {
  return fields.some((field) => lowerText(dig(data, field.split('.')) ?? undefined)?.includes(text) ?? false);
}

function inOrder(
  items: readonly Item[],
  collection: Collection,
  sort: string | undefined,
  context: Context,
): readonly Item[] {
  const ordered = [...items];
  if (collection.newestFirst) ordered.sort((a, b) => b.createdAt - a.createdAt || b.serial - a.serial);
  if (sort === undefined) return ordered;
  const down = sort.startsWith('-');
  const path = sort.replace(/^-/, '').split('.');
  const value = (item: Item) => dig(visibleData(collection, item, context), path);
  return ordered.sort((a, b) => (down ? -1 : 1) * compare(value(a), value(b)));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''), 'en');
}
