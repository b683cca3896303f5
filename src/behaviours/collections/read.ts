/**
 * `collection.read`: one item of a collection.
 * @module
 */
import type { z } from 'zod';
import { compileTemplate, namesOnly, type RenewableBody, renewable } from '../../limits/render/template.js';
import type { Zod } from '../../limits/zod.js';
import { isRunning } from '../../state/resources/item.js';
import { defineBehaviour, type Reply, type Success } from '../behaviour.js';
import { collectionId, contentType, itemId, json, missing, status } from '../options.js';
import { collectionStoreOf, viewOf, visibleData, withRoot } from './shared.js';
import { compileWhere, fits } from './where.js';

const readOptions = (z: Zod) =>
  z
    .strictObject({
      collection: collectionId(z),
      id: itemId(z),
      where: z
        .record(z.string(), z.string())
        .default({})
        .describe('Field → template that it must equal to be found; one without a value matches all'),
      status: status(z).default(200),
      body: json(z).default('${item}').describe('Template of the body; may use item'),
      contentType: contentType(z).optional(),
      missing: missing(z),
    })
    .describe('Reads an item');

/** The behaviour `collection.read`. */
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
    const { contentType } = options;
    const answer = (shown: RenewableBody, constantBody: boolean): Success => ({
      status: options.status,
      ...shown,
      constantBody,
      ...(contentType === undefined ? {} : { contentType }),
    });
    // An update replaces an item's data object and never changes it, so a response that depends on nothing else can be cached with it.
    const cached = namesOnly(body, 'item') ? new WeakMap<object, Success>() : undefined;
    return (context): Reply => {
      const item = collectionStoreOf(collection, context).get(String(id.render(context.scope, context.now)));
      if (!item) return { error: options.missing };
      const wanted = where(context);
      if (!fits(visibleData(collection, item, context), wanted)) return { error: options.missing };
      const view = viewOf(collection, item, context);
      const known = cached && view === item.data ? cached.get(item.data) : undefined;
      if (known) return known;
      const shown = renewable(body, withRoot(context.scope, 'item', view), context.now);
      if (item.job) return { ...answer(shown, false), job: isRunning(item.job, context.now) ? 'running' : 'ended' };
      if (!cached || view !== item.data) return answer(shown, false);
      const reply = answer(shown, true);
      cached.set(item.data, reply);
      return reply;
    };
  },
});
