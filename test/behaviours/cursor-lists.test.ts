/** Lists by cursor, lists and reads of which a caller sees a part, and entity tags of pages that only the time changes. */

import { describe, expect, it } from 'vitest';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import { checkProfile } from '../../src/profile/checks/checks.js';
import { compileProvider } from '../../src/profile/compiled/provider.js';
import { parseProfile } from '../../src/profile/parse.js';
import { parseSource } from '../../src/profile/source/positions.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

const DOCUMENT = `
openapi: 3.1.0
info: { title: Shelves, version: '1' }
security: [{ key: [] }]
paths:
  /books:
    get:
      operationId: listBooks
      parameters:
        - { name: cursor, in: query, schema: { type: string } }
        - { name: limit, in: query, schema: { type: integer } }
        - { name: author, in: query, schema: { type: string } }
        - { name: sort, in: query, schema: { type: string } }
      responses: { '200': { description: ok } }
    post: { operationId: printBook, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '202': { description: begun } } }
  /books/{id}:
    get: { operationId: getBook, responses: { '200': { description: ok } } }
  /films:
    get: { operationId: listFilms, parameters: [{ name: cursor, in: query, schema: { type: string } }], responses: { '200': { description: ok } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`;

const PROFILE = `
id: shelves
title: Shelves
baseUrl: https://shelves.example
openapi: shelves-openapi.yaml
sources: {}
callers:
  credentials:
    key: { header: X-Key, pattern: ^k_.+$, fact: key, missing: unknown, invalid: unknown, evidence: &assumed { level: assumed } }
accounts: { fact: account, plan: any, evidence: *assumed }
plans: { any: { evidence: *assumed } }
fixtures: [{ key: k_ann, credential: key, facts: { writer: Ann }, says: sees what Ann wrote }]
policies:
  key-hour: { algorithm: fixed-window, quota: 1000, window: { length: 1h, start: utc }, partitionBy: [key], refusal: { error: limited }, evidence: *assumed }
errors:
  unknown: { status: 401, body: { error: unknown }, evidence: *assumed }
  bad-cursor: { status: 400, body: { error: bad-cursor }, evidence: *assumed }
  old-cursor: { status: 400, body: { error: old-cursor }, evidence: *assumed }
  other-cursor: { status: 400, body: { error: other-cursor }, evidence: *assumed }
  not-yours: { status: 403, body: { error: not-yours }, evidence: *assumed }
  missing: { status: 404, body: { error: missing }, evidence: *assumed }
  limited: { status: 429, body: { error: limited }, evidence: *assumed }
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: missing, clientError: missing, serverError: missing }
validation: [{ error: missing }]
etag: { evidence: *assumed }
collections:
  books:
    seed:
      - { id: a, author: Ann, pages: 30 }
      - { id: b, author: Łukasz 日本, pages: 10 }
      - { id: c, author: Ann, pages: 20 }
      - { id: d, author: Łukasz 日本, pages: 40 }
      - { id: e, author: Ann, pages: 50 }
    life:
      runTime: 10m
      running: printing
      outcome: printed
      views:
        printing: { id: '\${item.id}', author: '\${item.author}', pages: 0 }
        printed: { id: '\${item.id}', author: '\${item.author}', pages: 35 }
    evidence: *assumed
  films: { seed: [{ id: f }, { id: g }, { id: h }], evidence: *assumed }
operations:
  listBooks:
    behaviour: collection.list
    collection: books
    requires: [{ same: [caller.writer, query.author], error: not-yours }]
    where: { author: '\${caller.writer}' }
    filters: { author: author }
    sort: sort
    paging: &paging { style: cursor, default: 2, lifetime: 24h, invalid: bad-cursor, expired: old-cursor, mismatch: other-cursor }
    item: \${item.id}
    body: &body { items: '\${page.items}', next: '\${page.next}', more: '\${page.hasMore}' }
    evidence: *assumed
  printBook: { behaviour: job.create, collection: books, item: { id: '\${body.id}', author: Ann }, status: 202, evidence: *assumed }
  getBook: { behaviour: collection.read, collection: books, id: '\${params.id}', where: { author: '\${caller.writer}' }, missing: missing, evidence: *assumed }
  listFilms: { behaviour: collection.list, collection: films, paging: *paging, item: '\${item.id}', body: *body, evidence: *assumed }
`;

const HOUR = 3_600_000;

function load(text = PROFILE) {
  const source = parseSource('shelves.yaml', text);
  const { profile, position } = parseProfile(source);
  const document = new OpenApiDocument(parseSource('shelves-openapi.yaml', DOCUMENT).value as JsonObject);
  const issues = checkProfile(profile, document, { file: 'shelves.yaml', base: source.value, position });
  return { profile, document, issues };
}

function open(compress = 1) {
  const { profile, document } = load();
  const provider = compileProvider(profile, document, { file: 'shelves.yaml', variants: [], compress });
  const sandbox = new Sandbox('', {
    providers: [provider],
    plans: {},
    clock: { frozen: true, now: Date.parse('2026-05-12T00:00:00Z') },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
  const call = (target: string, { key = 'k_a', tag = '', body = '' } = {}) => {
    const [path, rawQuery = ''] = target.split('?') as [string, string?];
    const headers: Record<string, string> = { 'x-key': key, 'content-type': 'application/json' };
    if (tag !== '') headers['if-none-match'] = tag;
    const header = (name: string) => headers[name.toLowerCase()];
    const method = body === '' ? 'GET' : 'POST';
    const arrival = { method, path, rawQuery, header, ip: '127.0.0.1', body: ReceivedBody.of(body) };
    const answer = sandbox.handle('shelves', arrival, { onDone: () => {} }) as Answer;
    return {
      status: answer.status,
      tag: String(answer.headers['ETag']),
      body: JSON.parse(String(answer.body ?? 'null')),
    };
  };
  return { sandbox, call };
}

describe('a cursor', () => {
  it('leads to the end, which says that there is no more', () => {
    const { call } = open();
    const first = call('/books').body;
    expect(first).toMatchObject({ items: ['a', 'b'], more: true });
    const second = call(`/books?cursor=${first.next}`).body;
    expect(second).toMatchObject({ items: ['c', 'd'], more: true });
    expect(call(`/books?cursor=${second.next}`).body).toEqual({ items: ['e'], next: null, more: false });
  });

  it('can stand in a query as it is, whatever the filters that it is bound to', () => {
    const { call } = open();
    const author = encodeURIComponent('Łukasz 日本');
    const { next } = call(`/books?author=${author}&limit=1`).body;
    expect(next).toMatch(/^[\w-]+$/);
    expect(call(`/books?author=${author}&limit=1&cursor=${next}`).body).toEqual({
      items: ['d'],
      next: null,
      more: false,
    });
    expect(call(`/books?limit=1&cursor=${next}`).body).toEqual({ error: 'other-cursor' });
  });

  it('is good in its own list only, and in its own order', () => {
    const { call } = open();
    const { next } = call('/books').body;
    expect(call(`/films?cursor=${next}`).body).toEqual({ error: 'other-cursor' });
    expect(call(`/books?sort=pages&cursor=${next}`).body).toEqual({ error: 'other-cursor' });
  });

  it.each(['Y3Vyc29yOmF1ZF8wMg==', '%7B%7D', 'bnVsbA', 'W10', '%E2%82%AC'])('is none: %s', (text) => {
    expect(open().call(`/books?cursor=${text}`).body).toEqual({ error: 'bad-cursor' });
  });

  it.each([1, 60])('is good until it is more than its lifetime old (compressed %i times)', (compress) => {
    const { call, sandbox } = open(compress);
    const { next } = call('/books').body;
    sandbox.clock.advance((24 * HOUR) / compress);
    expect(call(`/books?cursor=${next}`).status).toBe(200);
    sandbox.clock.advance(1);
    expect(call(`/books?cursor=${next}`).body).toEqual({ error: 'old-cursor' });
  });
});

describe('the entity tag of a page', () => {
  it('does not change because its cursor is a later one', () => {
    const { call, sandbox } = open();
    const { tag, body } = call('/books');
    sandbox.clock.advance(HOUR);
    expect(call('/books').body.next).not.toBe(body.next);
    expect(call('/books', { tag }).status).toBe(304);
  });

  it('changes while the cursor that its reader has is good for half its lifetime yet', () => {
    const { call, sandbox } = open();
    const { tag, body } = call('/books');
    sandbox.clock.advance(12 * HOUR - 1);
    expect(call('/books', { tag }).status).toBe(304);
    expect(call(`/books?cursor=${body.next}`).status).toBe(200);
    sandbox.clock.advance(1);
    expect(call('/books', { tag }).status).toBe(200);
  });

  it('tells pages apart', () => {
    const { call } = open();
    const tags = ['/books', '/books?limit=1', '/books?limit=3', '/books?sort=pages', '/films'].map(
      (target) => call(target).tag,
    );
    expect(new Set(tags).size).toBe(tags.length);
  });
});

describe('a caller who sees a part', () => {
  it('has only that part listed, and finds nothing else', () => {
    const { call } = open();
    const ann = { key: 'k_ann' };
    expect(call('/books?limit=9', ann).body.items).toEqual(['a', 'c', 'e']);
    expect(call('/books?limit=9').body.items).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(call('/books/a', ann).body).toMatchObject({ id: 'a' });
    expect(call('/books/b', ann)).toMatchObject({ status: 404, body: { error: 'missing' } });
    expect(call('/books/b').body).toMatchObject({ id: 'b' });
  });

  it('is refused what two paths must have the same and have not', () => {
    const { call } = open();
    const ann = { key: 'k_ann' };
    expect(call('/books?author=Ann&limit=9', ann).body.items).toEqual(['a', 'c', 'e']);
    expect(call('/books?author=Bob', ann)).toMatchObject({ status: 403, body: { error: 'not-yours' } });
    expect(call('/books?author=Bob').body.items).toEqual([]);
  });

  it('is not let through by a misspelt fact', () => {
    const { issues } = load(PROFILE.replace('[caller.writer, query.author]', '[caller.writr, qury.author]'));
    expect(issues.map(({ path, problem, fix }) => `${path}: ${problem}; ${fix}`)).toEqual([
      'operations.listBooks.requires[0].same[0]: there is no fact "writr"; did you mean "writer"?',
      'operations.listBooks.requires[0].same[1]: templates here cannot name "qury"; did you mean "query"?',
    ]);
  });
});

it('sorts jobs by what they show at the moment', () => {
  const { call, sandbox } = open();
  call('/books', { body: '{"id":"new"}' });
  expect(call('/books?sort=pages&limit=9').body.items).toEqual(['new', 'b', 'c', 'a', 'd', 'e']);
  sandbox.clock.advance(600_000);
  expect(call('/books?sort=pages&limit=9').body.items).toEqual(['b', 'c', 'a', 'new', 'd', 'e']);
});
