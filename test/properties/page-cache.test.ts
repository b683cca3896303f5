/** Lists and items whose JSON is cached are answered as if they were rendered anew, whatever has happened in between. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import { checkProfile } from '../../src/profile/checks/checks.js';
import { compileProvider, type Provider } from '../../src/profile/compiled/provider.js';
import { parseProfile } from '../../src/profile/parse.js';
import { parseSource } from '../../src/profile/source/positions.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { agree, runs, scaled } from './agree.js';

const text = (name: string) => `{ name: ${name}, in: query, schema: { type: string } }`;
const number = (name: string) => `{ name: ${name}, in: query, schema: { type: integer } }`;

const DOCUMENT = `
openapi: 3.1.0
info: { title: Shelves, version: '1' }
security: [{ key: [] }]
paths:
  /books:
    get:
      operationId: listBooks
      parameters: [${[...['author', 'q', 'from', 'to', 'sort'].map(text), ...['page', 'size'].map(number)].join(', ')}]
      responses: &ok { '200': { description: ok } }
    post: { operationId: addBook, requestBody: &body { content: { application/json: { schema: { type: object } } } }, responses: *ok }
  /mine:
    get: { operationId: listMine, parameters: [${[text('cursor'), number('limit')].join(', ')}], responses: *ok }
  /dated:
    get: { operationId: listDated, responses: *ok }
  /books/{id}:
    get: { operationId: getBook, responses: *ok }
    put: { operationId: changeBook, requestBody: *body, responses: *ok }
    delete: { operationId: removeBook, responses: *ok }
  /films:
    get: { operationId: listFilms, responses: *ok }
    post: { operationId: shootFilm, requestBody: *body, responses: *ok }
  /films/{id}:
    get: { operationId: getFilm, responses: *ok }
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
fixtures:
  - { key: k_ann, credential: key, account: a, facts: { writer: Ann }, says: sees what Ann wrote }
  - { key: k_all, credential: key, account: a, facts: {}, says: sees all }
  - { key: k_bob, credential: key, account: b, facts: {}, says: another account }
policies:
  key-hour: { algorithm: fixed-window, quota: 100000, window: { length: 1h, start: utc }, partitionBy: [key], refusal: { error: missing }, evidence: *assumed }
errors:
  unknown: { status: 401, body: { error: unknown }, evidence: *assumed }
  taken: { status: 409, body: { error: taken }, evidence: *assumed }
  bad-cursor: { status: 400, body: { error: bad-cursor }, evidence: *assumed }
  missing: { status: 404, body: { error: missing }, evidence: *assumed }
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: missing, clientError: missing, serverError: missing }
validation: [{ error: missing }]
etag: { evidence: *assumed }
collections:
  books:
    scope: ['\${caller.account}']
    order: newest-first
    unique: [{ fields: [title, author], error: taken }]
    seed: [{ id: first, title: A, author: Ann, price: 1 }, { id: second, title: B, author: Bob, price: 2 }]
    evidence: *assumed
  films:
    scope: ['\${caller.account}']
    life: { runTime: 1m, running: running, outcome: done, views: { running: { id: '\${item.id}', state: running }, done: { id: '\${item.id}', state: done, at: '\${job.endsAt | iso}' } } }
    evidence: *assumed
operations:
  listBooks:
    behaviour: collection.list
    collection: books
    filters: { author: author }
    search: { parameter: q, fields: [title] }
    ranges: [{ field: price, from: from, to: to }]
    sort: sort
    paging: { style: page, default: 3, size: size }
    body: { books: '\${page.items}', total: '\${page.total}', page: '\${page.number}' }
    evidence: *assumed
  listMine:
    behaviour: collection.list
    collection: books
    where: { author: '\${caller.writer}' }
    item: { title: '\${item.title}', price: '\${item.price}' }
    paging: { style: cursor, default: 4, lifetime: 1m, invalid: bad-cursor, expired: bad-cursor }
    body: { books: '\${page.items}', next: '\${page.next}' }
    evidence: *assumed
  listDated: { behaviour: collection.list, collection: books, body: { total: '\${page.total}', at: '\${now | iso}' }, evidence: *assumed }
  addBook:
    behaviour: collection.create
    collection: books
    item: { id: 'b\${new.serial}', title: '\${body.title}', author: '\${body.author}', price: '\${body.price}', made: '\${now | iso}' }
    evidence: *assumed
  getBook: { behaviour: collection.read, collection: books, id: '\${params.id}', body: { data: '\${item}' }, missing: missing, evidence: *assumed }
  changeBook:
    behaviour: collection.update
    collection: books
    id: \${params.id}
    set: { title: '\${body.title}', price: '\${body.price}' }
    missing: missing
    evidence: *assumed
  removeBook: { behaviour: collection.delete, collection: books, id: '\${params.id}', missing: missing, evidence: *assumed }
  listFilms: { behaviour: collection.list, collection: films, body: '\${page.items}', evidence: *assumed }
  shootFilm: { behaviour: job.create, collection: films, item: { id: 'f\${new.serial}' }, evidence: *assumed }
  getFilm: { behaviour: collection.read, collection: films, id: '\${params.id}', missing: missing, evidence: *assumed }
`;

function provider(): Provider {
  const source = parseSource('shelves.yaml', PROFILE);
  const { profile, position } = parseProfile(source, {});
  const document = new OpenApiDocument(parseSource('shelves-openapi.yaml', DOCUMENT).value as JsonObject);
  expect(checkProfile(profile, document, { file: 'shelves.yaml', base: source.value, position })).toEqual([]);
  return compileProvider(profile, document, { file: 'shelves.yaml', variants: [], compress: 1 });
}

const open = (served: Provider) =>
  new Sandbox('', {
    providers: [served],
    plans: {},
    clock: { frozen: true, now: Date.parse('2026-05-12T08:00:00Z') },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });

function call(sandbox: Sandbox, key: string, method: string, target: string, body = ''): Answer {
  const [path, rawQuery = ''] = target.split('?') as [string, string?];
  const headers: Record<string, string> = { 'x-key': key, 'content-type': 'application/json' };
  const header = (name: string) => headers[name.toLowerCase()];
  const arrival = { method, path, rawQuery, header, ip: '127.0.0.1', body: ReceivedBody.of(body) };
  return sandbox.handle('shelves', arrival, { onDone: () => {} }) as Answer;
}

/** JSON as it may come, with a number that is too large for one. */
const book = fc
  .record({
    title: fc.constantFrom('A', 'B', 'a b', 'quote " and \\ and ü …', 'null'),
    author: fc.constantFrom('Ann', 'Bob'),
    price: fc.constantFrom('1', '2.5', '-0', 'null', '1e999', '"12"', '{"net":1e999}'),
  })
  .map(({ title, author, price }) => `{"title":${JSON.stringify(title)},"author":"${author}","price":${price}}`);

const query = fc
  .tuple(
    fc.subarray(['author=Ann', 'q=A', 'from=1', 'to=2.5', 'to=Infinity', 'page=2', 'size=2', 'size=50', 'author=']),
    fc.constantFrom('', 'sort=price', 'sort=-title', 'sort=made'),
  )
  .map(([some, sort]) => [...some, sort].filter((one) => one !== '').join('&'));

const target = fc.oneof(
  { weight: 3, arbitrary: query.map((text) => `/books?${text}`) },
  { weight: 3, arbitrary: fc.constantFrom('/books', '/mine', '/mine?limit=1', '/mine?limit=50', '/dated', '/films') },
  { weight: 2, arbitrary: fc.nat({ max: 12 }).map((i) => ['/books/first', `/books/b${i}`, `/films/f${i}`][i % 3]!) },
);

const id = fc.nat({ max: 9 }).map((i) => (i === 0 ? 'first' : `b${i}`));

type Step =
  | { readonly does: 'look'; readonly target: string }
  | { readonly does: 'follow' }
  | { readonly does: 'write'; readonly method: string; readonly path: string; readonly body: string }
  | { readonly does: 'move'; readonly ms: number }
  | { readonly does: 'give'; readonly account: string }
  | { readonly does: 'end' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: target.map((target) => ({ does: 'look' as const, target })) },
  { weight: 3, arbitrary: fc.constant({ does: 'follow' as const }) },
  { weight: 5, arbitrary: book.map((body) => ({ does: 'write' as const, method: 'POST', path: '/books', body })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, book)
      .map(([id, body]) => ({ does: 'write' as const, method: 'PUT', path: `/books/${id}`, body })),
  },
  {
    weight: 2,
    arbitrary: id.map((id) => ({ does: 'write' as const, method: 'DELETE', path: `/books/${id}`, body: '' })),
  },
  { weight: 2, arbitrary: fc.constant({ does: 'write' as const, method: 'POST', path: '/films', body: '{}' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(1, 999, 30_000, 60_000, -45_000).map((ms) => ({ does: 'move' as const, ms })),
  },
  { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c').map((account) => ({ does: 'give' as const, account })) },
  { weight: 1, arbitrary: fc.constant({ does: 'end' as const }) },
);

const hashed = (body: string) => `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;

describe('what has been shown before', () => {
  it('is shown as a sandbox shows it that has never shown anything', async () => {
    const served = provider();
    let compared = 0;
    const compare = (sandbox: Sandbox, key: string, target: string) => {
      const fresh = open(served);
      fresh.restore(JSON.parse(JSON.stringify(sandbox.snapshot())), <T>(fault: T) => fault);
      const expected = call(fresh, key, 'GET', target);
      const answer = call(sandbox, key, 'GET', target);
      agree(`status of ${target}`, answer.status, expected.status);
      agree(`body of ${target}`, answer.body, expected.body);
      agree(`tag of ${target}`, answer.headers['ETag'], expected.headers['ETag']);
      // The tag of a page with a cursor is not that of its text, since a cursor tells when it was made.
      if (answer.status === 200 && !/"next":"/.test(String(answer.body)))
        agree(`tag of the text of ${target}`, answer.headers['ETag'], hashed(String(answer.body)));
      compared += 1;
      return /"next":"([^"]+)"/.exec(String(answer.body))?.[1];
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.constantFrom('k_ann', 'k_all', 'k_bob')), { maxLength: 60, size: 'max' }),
        async (steps) => {
          const sandbox = open(served);
          let cursor = '';
          for (const [step, key] of steps) {
            if (step.does === 'look') cursor = compare(sandbox, key, step.target) ?? cursor;
            else if (step.does === 'follow') compare(sandbox, key, `/mine?cursor=${cursor}&limit=50`);
            else if (step.does === 'write') call(sandbox, key, step.method, step.path, step.body);
            else if (step.does === 'move') await sandbox.setClock({ now: sandbox.clock.now() + step.ms });
            else if (step.does === 'give') sandbox.setAccount('shelves', step.account, { keys: [key] });
            else
              for (const job of sandbox.jobs.list())
                if (job.state === 'running') await sandbox.jobs.set(job.id, { state: 'done' });
          }
          for (const key of ['k_ann', 'k_all', 'k_bob']) {
            for (const target of ['/books', '/books?size=50', '/films']) compare(sandbox, key, target);
            const next = compare(sandbox, key, '/mine?limit=1');
            for (const ms of [0, 30_000, 31_000]) {
              await sandbox.setClock({ now: sandbox.clock.now() + ms });
              compare(sandbox, key, `/mine?limit=50&cursor=${next ?? ''}`);
            }
          }
        },
      ),
      runs(25),
    );
    expect(compared).toBeGreaterThan(scaled(500));
  });
});
