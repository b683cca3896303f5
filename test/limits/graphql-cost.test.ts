import { describe, expect, it } from 'vitest';
import { FactSource, type RequestFacts } from '../../src/limits/facts.js';
import { compileGraphQlCost, type GraphQlCost } from '../../src/limits/rules/graphql-cost.js';

function cost(rules: GraphQlCost, body: unknown, data?: unknown): number | undefined {
  const facts = { body } as RequestFacts;
  return compileGraphQlCost(rules)(
    new FactSource(facts, data === undefined ? undefined : { status: 200, body: { data } }),
  );
}

/** https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: 5,101 calls, 51 points. */
const GITHUB = `query { viewer { login repositories(first: 100) { edges { node { id
  issues(first: 50) { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }`;

describe('the cost of a GraphQL query', () => {
  it('counts calls as GitHub does', () => {
    expect(cost({ measure: 'calls' }, { query: GITHUB })).toBe(5_101);
    expect(cost({ measure: 'calls', divide: 100, round: 'nearest', atLeast: 1 }, { query: GITHUB })).toBe(51);
    expect(
      cost({ measure: 'calls', divide: 100, round: 'nearest', atLeast: 1 }, { query: '{ viewer { login } }' }),
    ).toBe(1);
  });

  it('counts nodes and depth', () => {
    expect(cost({ measure: 'nodes' }, { query: GITHUB })).toBe(100 + 100 * 50 + 100 * 50 * 60);
    expect(cost({ measure: 'depth' }, { query: GITHUB })).toBe(5);
  });

  it('adds up objects, connections and mutations', () => {
    const rules: GraphQlCost = { connection: 2, mutation: 10, fields: { search: 5 } };
    expect(cost(rules, { query: '{ shop { name } }' })).toBe(1);
    expect(cost(rules, { query: '{ products(first: 5) { nodes { id } } }' })).toBe(2 + 5);
    expect(cost(rules, { query: '{ products(first: 5) { edges { node { id } } pageInfo { hasNextPage } } }' })).toBe(
      2 + 5,
    );
    expect(cost(rules, { query: 'mutation { a: update(id: 1) { shop { name } } b: update(id: 2) { ok } }' })).toBe(21);
    expect(cost(rules, { query: '{ search { shop { name } } }' })).toBe(6);
    expect(cost({ ...rules, scalar: 0.1, round: 'none' }, { query: '{ shop { name } }' })).toBeCloseTo(1.1);
  });

  it('counts a page where a connection names none', () => {
    expect(cost({ page: 50 }, { query: '{ issues { nodes { id } } }' })).toBe(1 + 50);
    expect(cost({ page: 50 }, { query: '{ issues(first: 2) { nodes { id } } }' })).toBe(1 + 2);
    expect(cost({ page: 50 }, { query: '{ viewer { name } }' })).toBe(1);
    expect(cost({}, { query: '{ issues { nodes { id } } }' })).toBe(2);
  });

  it('reads page sizes from variables and their defaults', () => {
    const query = 'query Q($n: Int = 3) { products(first: $n) { nodes { id } } }';
    expect(cost({}, { query })).toBe(4);
    expect(cost({}, { query, variables: { n: 9 } })).toBe(10);
    expect(cost({}, { query, variables: '{"n": 9}' })).toBe(10);
  });

  it('follows fragments, and takes the most expensive of those on different types', () => {
    const query = `{ node { ...Both ... on A { a { x } b { x } } ... on B { a { x } } } } fragment Both on Node { c { x } }`;
    expect(cost({}, { query })).toBe(1 + 1 + 2);
    expect(cost({}, { query: '{ a { ...F } } fragment F on A { b { ...F } }' })).toBe(2);
  });

  it('counts what was returned', () => {
    const query = '{ products(first: 50) { nodes { id maker { name } } } }';
    const data = {
      products: {
        nodes: [
          { id: 1, maker: { name: 'x' } },
          { id: 2, maker: null },
        ],
      },
    };
    expect(cost({ connection: 2, data: 'response.data' }, { query }, data)).toBe(2 + 2 + 1);
    expect(cost({ connection: 2 }, { query }, data)).toBe(2 + 50 * 2);
  });

  it('takes the operation that is named', () => {
    const query = 'query A { a { x } } query B { a { b { x } } }';
    expect(cost({}, { query, operationName: 'B' })).toBe(2);
    expect(cost({}, { query })).toBe(1);
    expect(cost({}, { query, operationName: 'C' })).toBeUndefined();
  });

  it.each([undefined, 5, 'query {', '{ a { '.repeat(30_000)])('has none for what is no query', (query) => {
    expect(cost({}, { query })).toBeUndefined();
  });
});
