/**
 * Shopify: the buckets of REST and of GraphQL, by plan; new variants a day and orders a minute of some stores.
 * @module
 */
import fc from 'fast-check';
import type { Admitted, Expected, Model, ModelSpec } from '../../properties/model.js';
import { fixedAligned, fixedFirstRequest, tokenBucket } from '../../properties/references.js';
import { Buckets, type Limit } from '../buckets.js';

/** Who calls: the store, the app, and the rates of its plan. */
const CALLERS = {
  shpat_1: { shop: 'quickstart', app: 'main', rest: 2, points: 100 },
  shpat_another_app: { shop: 'quickstart', app: 'another', rest: 2, points: 100 },
  shpat_development: { shop: 'development', app: 'main', rest: 2, points: 100 },
  shpat_advanced: { shop: 'advanced', app: 'main', rest: 4, points: 200 },
  shpat_large: { shop: 'large', app: 'main', rest: 2, points: 100 },
} as const;
/** Queries, what they ask for and what the data of the document makes of it, counted by hand. */
const QUERIES = {
  shop: ['{ shop { name } }', 1, 1],
  ten: ['{ products(first: 10) { nodes { id } } }', 12, 4],
  many: ['{ shop { name } products(first: 250) { edges { node { id } } pageInfo { endCursor } } }', 253, 5],
  widest: ['{ products(last: 250) { nodes { a: id variants(first: 1) { nodes { id } } } } }', 1002, 4],
  mutation: ['mutation { productUpdate(input: {}) { product { id } userErrors { field } } }', 10, 10],
  broken: ['{ shop { name', 1, 0],
} as const;

interface Call {
  readonly as: keyof typeof CALLERS | 'shpat_revoked';
  readonly to: 'shop' | 'product' | 'variant' | 'order' | 'query';
  readonly query: keyof typeof QUERIES;
  readonly variants: number;
  readonly force: number | undefined;
}

const DAY = 86_400_000;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'shopify',
  variants: [[], ['rates-2023']],
  stretches: [500, 1_000, 5_000, 20_000, 60_000, DAY],
  call: fc.record({
    as: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...(Object.keys(CALLERS) as (keyof typeof CALLERS)[])) },
      { weight: 1, arbitrary: fc.constant('shpat_revoked' as const) },
    ),
    to: fc.constantFrom<Call['to'][]>('shop', 'product', 'variant', 'order', 'query', 'query', 'query'),
    query: fc.constantFrom<Call['query'][]>(
      'shop',
      'ten',
      'many',
      'many',
      'many',
      'many',
      'widest',
      'mutation',
      'broken',
    ),
    variants: fc.integer({ min: 0, max: 100 }),
    force: fc.option(fc.constantFrom(400, 404, 500, 503), { nil: undefined, freq: 8 }),
  }),
  request({ as, to, query, variants, force }) {
    const base = '/admin/api/2026-10';
    const what = {
      shop: { method: 'GET', path: `${base}/shop.json` },
      product: {
        method: 'POST',
        path: `${base}/products.json`,
        body: { product: { title: 'Board', ...(variants === 0 ? {} : { variants: new Array(variants).fill({}) }) } },
      },
      variant: { method: 'POST', path: `${base}/products/1/variants.json`, body: { variant: {} } },
      order: { method: 'POST', path: `${base}/orders.json`, body: { order: { line_items: [{}] } } },
      query: { method: 'POST', path: `${base}/graphql.json`, body: { query: QUERIES[query][0] } },
    }[to];
    return { ...what, force, headers: { 'x-shopify-access-token': as } };
  },
  create: (variants) => new Shopify(variants.includes('rates-2023')),
};

type Known = Call & { readonly as: keyof typeof CALLERS };

function limits(before: boolean): Limit<Known>[] {
  const share = before ? 0.5 : 1;
  return [
    ...([2, 4] as const).map(
      (rate): Limit<Known> => ({
        name: 'rest',
        bucket: () => tokenBucket(1_000, rate),
        quota: () => rate * 20,
        key: ({ as, to }) =>
          to !== 'query' && CALLERS[as].rest === rate ? `${CALLERS[as].shop} ${CALLERS[as].app}` : undefined,
      }),
    ),
    ...([100, 200] as const).map(
      (rate): Limit<Known> => ({
        name: 'points',
        bucket: () => tokenBucket(1_000, rate * share),
        quota: () => rate * share * 20,
        key: ({ as, to }) =>
          to === 'query' && CALLERS[as].points === rate ? `${CALLERS[as].shop} ${CALLERS[as].app}` : undefined,
        cost: ({ query }) => QUERIES[query][1],
      }),
    ),
    {
      name: 'variants',
      bucket: () => fixedAligned(DAY),
      quota: () => 1_000,
      key: ({ as, to }) => (as === 'shpat_large' && (to === 'product' || to === 'variant') ? as : undefined),
      cost: ({ to, variants }) => (to === 'product' ? Math.max(1, variants) : 1),
    },
    {
      name: 'orders',
      bucket: () => fixedFirstRequest(60_000),
      quota: () => 5,
      key: ({ as, to }) => (as === 'shpat_development' && to === 'order' ? as : undefined),
    },
  ];
}

class Shopify implements Model<Call> {
  readonly #buckets: Buckets<Known>;

  constructor(before: boolean) {
    this.#buckets = new Buckets(limits(before));
  }

  reset(): void {
    this.#buckets.reset();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    if (call.as === 'shpat_revoked') return { status: 401, headers: { 'X-Shopify-Shop-Api-Call-Limit': null } };
    const known = call as Known;
    const isQuery = call.to === 'query';
    const [, asked, actual] = QUERIES[call.query];
    if (isQuery && asked > 1_000)
      return {
        status: 200,
        refused: true,
        parts: { 'errors.0.extensions.code': 'MAX_COST_EXCEEDED', 'errors.0.extensions.cost': asked },
      };
    const { counted, refused, lease } = this.#buckets.take(known, now);
    const { bucket } = counted[0]!;
    const status = (at: number) => ({
      maximumAvailable: bucket.quota,
      currentlyAvailable: bucket.quota - bucket.used(at),
      restoreRate: bucket.quota / 20,
    });
    const filled = (at: number) => `${bucket.used(at)}/${bucket.quota}`;
    if (refused && isQuery)
      return {
        status: 200,
        refused: true,
        headers: { 'Retry-After': null, 'X-Shopify-Shop-Api-Call-Limit': null },
        parts: {
          'errors.0.message': 'Throttled',
          'extensions.cost': { requestedQueryCost: asked, actualQueryCost: null, throttleStatus: status(now) },
        },
      };
    if (refused)
      return {
        status: 429,
        headers: {
          'X-Shopify-Shop-Api-Call-Limit': filled(now),
          ...(refused.limit.name === 'rest' ? { 'Retry-After': '2.0' } : {}),
        },
      };
    return {
      finish: (at) => {
        const code = call.force ?? (isQuery || call.to === 'shop' ? 200 : 201);
        for (const { limit, bucket: one, window, cost } of counted) {
          if (code >= 400 && (limit.name === 'variants' || limit.name === 'orders')) one.refund(window, cost, lease);
          // What has no data costs nothing.
          if (limit.name === 'points') one.refund(window, code < 400 ? asked - actual : asked, lease);
        }
        if (!isQuery)
          return { status: code, headers: { 'X-Shopify-Shop-Api-Call-Limit': filled(at), 'Retry-After': null } };
        if (code >= 400) return { status: code };
        const cost = { requestedQueryCost: asked, actualQueryCost: actual, throttleStatus: status(at) };
        return { status: code, parts: { 'extensions.cost': cost } };
      },
      left() {},
    };
  }
}
