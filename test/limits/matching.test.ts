import { describe, expect, it } from 'vitest';
import type { RequestFacts } from '../../src/limits/facts.js';
import { compileCondition } from '../../src/limits/rules/matching.js';

const request = (body: unknown): RequestFacts => ({
  method: 'POST',
  path: '/orders',
  operation: 'createOrders',
  tags: [],
  caller: undefined,
  ip: '127.0.0.1',
  params: {},
  query: new URLSearchParams(),
  header: () => undefined,
  body,
});

describe('a condition on the items of a list', () => {
  const holds = compileCondition({ fact: { 'body.orders.*.kind': ['rare', 'lost'] } });

  it('holds where any item has one of the values', () => {
    expect(holds(request({ orders: [{ kind: 'common' }, { kind: 'lost' }] }))).toBe(true);
    expect(holds(request({ orders: [{ kind: 'common' }] }))).toBe(false);
  });

  it('holds for nothing where there is no list', () => {
    for (const body of [undefined, null, 'lost', {}, { orders: null }, { orders: [] }, { orders: { kind: 'lost' } }])
      expect(holds(request(body))).toBe(false);
  });

  it('looks into lists within lists, and at the items themselves', () => {
    const deep = compileCondition({ fact: { 'body.*.tags.*': ['red'] } });
    expect(deep(request([{ tags: ['blue'] }, { tags: ['green', 'red'] }]))).toBe(true);
    expect(deep(request([{ tags: ['blue'] }, { tags: 'red' }]))).toBe(false);
  });

  it('is met once for all parts: what is not there is told apart by not', () => {
    const none = compileCondition({ not: { fact: { 'body.orders.*.kind': ['lost'] } } });
    expect(none(request({ orders: [{ kind: 'common' }] }))).toBe(true);
    expect(none(request({ orders: [{ kind: 'common' }, { kind: 'lost' }] }))).toBe(false);
  });
});
