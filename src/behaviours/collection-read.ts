/**
 * `collection.list` and `collection.read`: what a collection holds.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../limits/facts.js';
import { compileTemplate } from '../limits/render/template.js';
import type { Zod } from '../limits/zod.js';
import type { Item } from '../state/resources.js';
import { type Collection, type Context, defineBehaviour, isFailure, type Reply } from './behaviour.js';
import { shelfOf, viewOf, withScope } from './collections.js';
import { json, status } from './options.js';
import { paginate, pagingOptions } from './paging.js';
import { compileRange, rangeOptions } from './range.js';

const listOptions = (z: Zod) =>
  z.strictObject({
    collection: z.string(),
    status: status(z).default(200),
    paging: pagingOptions(z).optional(),
    filters: z.record(z.string(), z.string()).default({}).describe('Query parameter → field that must equal it'),
    where: z
      .record(z.string(), z.string())
      .default({})
      .describe('Field → template that it must equal, such as ${params.link_id}; one without a value lets all pass'),
    search: z
      .strictObject({ parameter: z.string(), fields: z.array(z.string()).min(1) })
      .optional()
      .describe('Query parameter whose text one of the fields must contain, capital or not'),
    ranges: z
      .array(rangeOptions(z))
      .default([])
      .describe('Fields that must lie within bounds that query parameters give'),
    sort: z.string().optional().describe('Query parameter that names a field to sort by; - in front turns the order'),
    item: json(z).optional().describe('Template of each item; the item itself when left out'),
    body: json(z).describe(
      'Template of the answer; names page.items, page.total, page.number, page.size, page.pages, page.count, page.next, page.hasMore',
    ),
  });

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
    return (context): Reply => {
      const belongs = where(context);
      const bounds = ranges.map((range) => range(context.query)).filter((bound) => bound !== undefined);
      const asked = filters.filter(({ parameter }) => context.query[parameter] !== undefined);
      const text = options.search && lowerText(context.query[options.search.parameter]);
      const sort = options.sort === undefined ? undefined : context.query[options.sort];
      const matching = [...shelfOf(collection, context).items.values()].filter((item) => {
        const data = shownData(collection, item, context);
        return (
          belongs(data) &&
          (text === undefined || contains(data, options.search!.fields, text)) &&
          asked.every(({ parameter, path }) => String(dig(data, path)) === String(context.query[parameter])) &&
          bounds.every((within) => within(data))
        );
      });
      const ordered = inOrder(matching, collection, sort === undefined ? undefined : String(sort), context);
      const named = JSON.stringify([
        options.collection,
        ...(text === undefined ? [] : [text]),
        ...asked.map(({ parameter }) => [parameter, context.query[parameter]]),
        ...options.ranges.map(({ from, to }) => [context.query[from ?? ''] ?? null, context.query[to ?? ''] ?? null]),
        sort ?? null,
      ]);
      const result = paginate(options.paging, ordered, named, context);
      if (isFailureResult(result)) return result;
      const items = result.shown.map((item) => {
        const view = viewOf(collection, item, context);
        return shape ? shape.render(withScope(context.scope, { item: view }), context.now) : view;
      });
      const { page, steady } = result;
      const render = (next: string | null) =>
        body.render(withScope(context.scope, { page: { ...page, next, items } }), context.now);
      return {
        status: options.status,
        body: render(page.next),
        ...(steady === undefined ? {} : { entity: () => render(steady) }),
      };
    };
  },
});

const readOptions = (z: Zod) =>
  z.strictObject({
    collection: z.string(),
    id: z.string().describe('Template of the id, such as ${params.link_id}'),
    where: z
      .record(z.string(), z.string())
      .default({})
      .describe('Field → template that it must equal to be found; one without a value lets all pass'),
    status: status(z).default(200),
    body: json(z).default('${item}').describe('Template of the answer; names item'),
    contentType: z.string().optional(),
    missing: z.string().describe('Error when there is no such item'),
  });

export const collectionRead = defineBehaviour<z.infer<ReturnType<typeof readOptions>>>({
  name: 'collection.read',
  options: readOptions,
  references: ({ collection, missing }) => ({ collections: [collection], errors: [missing] }),
  templates: ({ id, where, body }) => [id, where, body],
  compile(options, _operation, { collections }) {
    const collection = collections.get(options.collection)!;
    const id = compileTemplate(options.id);
    const where = compileWhere(options.where);
    const body = compileTemplate(options.body);
    return (context): Reply => {
      const item = shelfOf(collection, context).items.get(String(id.render(context.scope, context.now)));
      if (!item || !where(context)(shownData(collection, item, context))) return { error: options.missing };
      const shown = body.render(withScope(context.scope, { item: viewOf(collection, item, context) }), context.now);
      return {
        status: options.status,
        body: shown,
        // An item that changes gets other data; it is not the data that changes.
        steady: shown === item.data,
        ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
      };
    };
  },
});

function isFailureResult(result: object): result is { error: string } {
  return isFailure(result as Reply);
}

/** Whether an item's data has the values that the request asks for. */
function compileWhere(where: Readonly<Record<string, string>>): (context: Context) => (data: unknown) => boolean {
  const fields = Object.entries(where).map(([field, template]) => ({
    path: field.split('.'),
    template: compileTemplate(template),
  }));
  return ({ scope, now }) => {
    const wanted = fields
      .map(({ path, template }) => ({ path, value: template.render(scope, now) }))
      .filter(({ value }) => value !== undefined && value !== null);
    return (data) => wanted.every(({ path, value }) => String(dig(data, path)) === String(value));
  };
}

function lowerText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value).toLowerCase();
}

function contains(data: unknown, fields: readonly string[], text: string): boolean {
  return fields.some((field) => lowerText(dig(data, field.split('.')) ?? undefined)?.includes(text) ?? false);
}

function shownData(collection: Collection, item: Item, context: Context): unknown {
  return item.job ? viewOf(collection, item, context) : item.data;
}

function inOrder(
  items: readonly Item[],
  collection: Collection,
  sort: string | undefined,
  context: Context,
): readonly Item[] {
  const ordered = collection.newestFirst
    ? [...items].sort((a, b) => b.createdAt - a.createdAt || b.serial - a.serial)
    : [...items];
  if (sort === undefined) return ordered;
  const down = sort.startsWith('-');
  const path = sort.replace(/^-/, '').split('.');
  const value = (item: Item) => dig(shownData(collection, item, context), path);
  return ordered.sort((a, b) => (down ? -1 : 1) * compare(value(a), value(b)));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''), 'en');
}
