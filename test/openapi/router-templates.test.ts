/** Path templates: parameters within a segment, precedence, literal text of any kind, several servers. */
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/openapi/document/operation.js';
import { createRouter } from '../../src/openapi/request/router.js';

const operationOf = (path: string, otherPaths: readonly string[] = [], method = 'GET') =>
  ({ id: `${method} ${path}`, method, path, otherPaths }) as unknown as Operation;

/** Paths of a document, a path that is requested, the template that matches it, and its values. */
type Case = readonly [paths: readonly string[], requested: string, expected?: string, params?: Record<string, string>];

const CASES: readonly Case[] = [
  [['/things/{id}.json'], '/things/7.json', '/things/{id}.json', { id: '7' }],
  [['/things/{id}.json'], '/things/.json'],
  [['/things/{id}.json', '/things/{id}'], '/things/7.json', '/things/{id}.json', { id: '7' }],
  [['/things/{id}', '/things/{id}.json'], '/things/7.xml', '/things/{id}', { id: '7.xml' }],
  [['/v1/{name}', '/v1/{name}:cancel'], '/v1/job:cancel', '/v1/{name}:cancel', { name: 'job' }],
  [['/v1/{name}:{verb}'], '/v1/job:stop', '/v1/{name}:{verb}', { name: 'job', verb: 'stop' }],
  [['/compare/{base}...{head}'], '/compare/main...dev.1', '/compare/{base}...{head}', { base: 'main', head: 'dev.1' }],
  [['/compare/{base}...{head}', '/compare/{range}'], '/compare/main', '/compare/{range}', { range: 'main' }],
  [["/odata('{id}')/items"], "/odata('7')/items", "/odata('{id}')/items", { id: '7' }],
  [["/odata('{id}')/items"], '/odata(%277%27)/items', "/odata('{id}')/items", { id: '7' }],
  [["/users/get(a='{a}',b={b})"], "/users/get(a='x',b=2)", "/users/get(a='{a}',b={b})", { a: 'x', b: '2' }],
  [['/at/{lat},{lng}'], '/at/48.2,16.3', '/at/{lat},{lng}', { lat: '48.2', lng: '16.3' }],
  [['/map/{lat}.{format}'], '/map/1.5.xml', '/map/{lat}.{format}', { lat: '1.5', format: 'xml' }],
  [['/{name}-{version}.zip'], '/my-lib-1.0.zip', '/{name}-{version}.zip', { name: 'my-lib', version: '1.0' }],
  [['/at/{lat},{lng}'], '/at/48%2C2,16', '/at/{lat},{lng}', { lat: '48,2', lng: '16' }],
  [['/a/{b}{c}'], '/a/xyz', '/a/{b}{c}', { b: 'xy', c: 'z' }],
  [['/updates/{id}{format}'], '/updates/a.b.json', '/updates/{id}{format}', { id: 'a.b', format: '.json' }],
  [['/f.{ext}'], '/f.xml', '/f.{ext}', { ext: 'xml' }],
  [['/pets/{id}', '/pets/mine'], '/pets/mine', '/pets/mine', {}],
  [['/pets/{id}/toys', '/pets/mine/{what}'], '/pets/mine/toys', '/pets/mine/{what}', { what: 'toys' }],
  [['/pets/{id}/toys', '/pets/mine/food'], '/pets/mine/toys', '/pets/{id}/toys', { id: 'mine' }],
  [['/é'], '/%C3%A9', '/é', {}],
  [['/%C3%A9'], '/%c3%a9', '/%C3%A9', {}],
  [['/a b'], '/a%20b', '/a b', {}],
  [['/a%20b'], '/a%20b', '/a%20b', {}],
  [['/é/{ß}'], '/%C3%A9/1', '/é/{ß}', { ß: '1' }],
  [['/a*'], '/a*', '/a*', {}],
  [['/*'], '/x'],
  [['/*'], '/*', '/*', {}],
  [['/:id'], '/x'],
  [['/:id'], '/:id', '/:id', {}],
  [['/a/b?'], '/a'],
  [['/a(b)+[c]'], '/a(b)+[c]', '/a(b)+[c]', {}],
  [['/a/{id}'], '/a/x%2Fy', '/a/{id}', { id: 'x/y' }],
  [['/a/{id}'], '/a/x/y'],
  [['/a/{id}'], '/a/'],
  [['/a/{id}'], '/a/%', '/a/{id}', { id: '%' }],
  [['/a'], '/a/'],
  [['/a/'], '/a/', '/a/', {}],
  [['/a/'], '/a'],
  [['/'], '/', '/', {}],
  [['/{id}'], '/'],
  [['/a//b'], '/a//b', '/a//b', {}],
  [['/files/{path*}'], '/files/a/b/c.txt', '/files/{path*}', { path: 'a/b/c.txt' }],
  [['/{proxy+}', '/a/{id}'], '/a/b', '/a/{id}', { id: 'b' }],
  [['/{proxy+}', '/a/{id}'], '/b/c/d', '/{proxy+}', { proxy: 'b/c/d' }],
  [['/a/{constructor}/{__proto__}'], '/a/1/2', '/a/{constructor}/{__proto__}'],
];

describe('path templates', () => {
  it.each(CASES.map((one) => [one] as const))('%j', ([paths, requested, expected, params]) => {
    const match = createRouter(paths.map((path) => operationOf(path))).match('GET', requested);
    expect(match?.operation.path).toBe(expected);
    if (params) expect(match?.params).toEqual(params);
  });

  it('are matched as well below the other servers', () => {
    const router = createRouter([operationOf('/v1/a/{id}', ['/v2/a/{id}', '/a/{id}'])]);
    for (const base of ['/v1', '/v2', '']) expect(router.match('GET', `${base}/a/7`)?.params).toEqual({ id: '7' });
    expect(router.match('GET', '/v3/a/7')).toBeUndefined();
  });

  it('of another method do not hide an operation', () => {
    const router = createRouter([operationOf('/a/new'), operationOf('/a/{id}', [], 'POST')]);
    expect(router.match('POST', '/a/new')?.operation.path).toBe('/a/{id}');
    expect(router.methods('/a/new').sort()).toEqual(['GET', 'POST']);
  });

  it('keep values as they were sent beside the decoded ones', () => {
    const { params, rawParams } = createRouter([operationOf('/a/{list}/{id}')]).match('GET', '/a/1%2C2,3/x')!;
    expect(params).toEqual({ list: '1,2,3', id: 'x' });
    expect(rawParams).toEqual({ list: '1%2C2,3', id: 'x' });
  });

  it('of the same form are told apart by what their parameters accept', () => {
    const paths = ['/icons/{id}', '/icons/{term}', '/icons/{id}/{x}'];
    const router = createRouter(
      paths.map((path) => operationOf(path)),
      ({ operation: { path }, params }) =>
        path === '/icons/{id}' ? /^\d+$/.test(params['id']!) : params['term'] !== 'bad',
    );
    const found = (path: string) => router.match('GET', path)?.operation.path;
    expect(found('/icons/7')).toBe('/icons/{id}');
    expect(found('/icons/cat')).toBe('/icons/{term}');
    expect(found('/icons/bad')).toBe('/icons/{id}');
    expect(router.match('GET', '/icons/cat')?.params).toEqual({ term: 'cat' });
  });

  it('are searched in bounded time', () => {
    const deep = (segments: readonly string[]) => `/${segments.join('/')}`;
    const paths: string[] = [];
    for (let i = 0; i < 1 << 10; i++)
      paths.push(deep(Array.from({ length: 10 }, (_, bit) => ((i >> bit) & 1 ? '{x}' : 'a'))));
    const router = createRouter(paths.map((path) => operationOf(path)));
    expect(router.match('GET', deep(Array.from({ length: 10 }, () => 'a')))?.operation.path).toBe(paths[0]);
    expect(router.match('GET', deep([...Array.from({ length: 9 }, () => 'b'), '']))).toBeUndefined();
  });
});
