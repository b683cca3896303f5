/** Items as they are made and found: fields that build on others, lists of one parent's items within bounds, and items that are credentials. */

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
info: { title: Pages, version: '1' }
security: [{ key: [] }]
paths:
  /pages:
    post: { operationId: createPage, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '201': { description: made } } }
  /pages/{page}/visits:
    get:
      operationId: listVisits
      parameters: [{ name: since, in: query, schema: { type: string } }, { name: until, in: query, schema: { type: string } }]
      responses: { '200': { description: ok } }
  /keys:
    post: { operationId: createKey, responses: { '201': { description: made } } }
  /keys/{id}:
    delete: { operationId: revokeKey, responses: { '204': { description: gone } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`;

const PROFILE = `
id: pages
title: Pages
baseUrl: https://pages.example
openapi: pages-openapi.yaml
sources: {}
callers:
  credentials:
    key: { header: X-Key, pattern: ^pk_.+$, fact: key, missing: unknown, invalid: unknown, evidence: &assumed { level: assumed } }
accounts: { fact: account, plan: any, evidence: *assumed }
plans: { any: { evidence: *assumed } }
fixtures: [{ key: pk_other, credential: key, account: other, says: another account }]
policies:
  account-hour:
    algorithm: fixed-window
    quota: 100
    window: { length: 1h, start: utc }
    partitionBy: [account]
    refusal: { error: limited }
    evidence: *assumed
errors:
  unknown: { status: 401, body: { error: unknown }, evidence: *assumed }
  missing: { status: 404, body: { error: missing }, evidence: *assumed }
  limited: { status: 429, body: { error: limited }, evidence: *assumed }
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: missing, clientError: missing, serverError: missing }
validation: [{ error: missing }]
collections:
  pages: { evidence: *assumed }
  visits:
    id: \${item.at}
    seed:
      - { page: a, at: '2024-01-01T00:00:00Z' }
      - { page: a, at: '2024-01-02T12:00:00Z' }
      - { page: b, at: '2024-01-02T13:00:00Z' }
    evidence: *assumed
  keys: { scope: ['\${caller.account}'], credential: '\${item.secret}', seed: [{ id: old, secret: pk_old }], evidence: *assumed }
operations:
  createPage:
    behaviour: collection.create
    collection: pages
    item: { id: '\${new.serial}', slug: '\${body.slug ?? new.lower6}', url: 'https://pages.example/\${item.slug}', draft: '\${body.draft}' }
    evidence: *assumed
  listVisits:
    behaviour: collection.list
    collection: visits
    where: { page: '\${params.page}' }
    ranges: [{ field: at, from: since, to: until }]
    body: { at: '\${page.items}', total: '\${page.total}' }
    evidence: *assumed
  createKey: { behaviour: collection.create, collection: keys, item: { id: '\${new.uuid}', secret: 'pk_\${new.lower8}' }, evidence: *assumed }
  revokeKey: { behaviour: collection.delete, collection: keys, id: '\${params.id}', missing: missing, evidence: *assumed }
`;

function start() {
  const source = parseSource('pages.yaml', PROFILE);
  const { profile, position } = parseProfile(source);
  const document = new OpenApiDocument(parseSource('pages-openapi.yaml', DOCUMENT).value as JsonObject);
  expect(checkProfile(profile, document, { file: 'pages.yaml', base: source.value, position })).toEqual([]);
  const provider = compileProvider(profile, document, { file: 'pages.yaml', variants: [], compress: 1 });
  const sandbox = new Sandbox('', {
    providers: [provider],
    plans: {},
    clock: { frozen: true, now: Date.parse('2026-05-12T08:00:00Z') },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
  const call = (method: string, target: string, { key = 'pk_a', body = '' } = {}) => {
    const [path, rawQuery = ''] = target.split('?') as [string, string?];
    const header = (name: string) =>
      ({ 'x-key': key, 'content-type': 'application/json' })[name.toLowerCase() as 'x-key'];
    const arrival = { method, path, rawQuery, header, ip: '127.0.0.1', body: ReceivedBody.of(body) };
    const answer = sandbox.handle('pages', arrival, { onDone: () => {} }) as Answer;
    return { status: answer.status, body: answer.body === null ? undefined : JSON.parse(String(answer.body)) };
  };
  return { sandbox, call };
}

describe('a new item', () => {
  it('is made field by field, so that one can build on those above it', () => {
    const { call } = start();
    expect(call('POST', '/pages', { body: '{"slug":"about","draft":null}' }).body).toEqual({
      id: 1,
      slug: 'about',
      url: 'https://pages.example/about',
      draft: null,
    });
    const made = call('POST', '/pages', { body: '{}' }).body;
    expect(made.slug).toMatch(/^[a-z0-9]{6}$/);
    expect(made).toEqual({ id: 2, slug: made.slug, url: `https://pages.example/${made.slug}` });
  });
});

describe('a list', () => {
  it('shows only the items of its parent, within the bounds of the query', () => {
    const { call } = start();
    expect(call('GET', '/pages/a/visits').body.total).toBe(2);
    expect(call('GET', '/pages/b/visits').body.at).toEqual([{ page: 'b', at: '2024-01-02T13:00:00Z' }]);
    expect(call('GET', '/pages/c/visits').body.total).toBe(0);
    expect(call('GET', '/pages/a/visits?since=2024-01-02').body.at).toEqual([
      { page: 'a', at: '2024-01-02T12:00:00Z' },
    ]);
    expect(call('GET', '/pages/a/visits?since=2024-01-02&until=2024-01-02T11:59:59Z').body.total).toBe(0);
  });
});

describe('an item that is a credential', () => {
  const used = (sandbox: Sandbox) => sandbox.quotas().map(({ partition, used }) => [partition['account'], used]);

  it('is of the account that made it', () => {
    const { call, sandbox } = start();
    const { secret } = call('POST', '/keys', { key: 'pk_other' }).body;
    expect(call('GET', '/pages/a/visits', { key: secret }).status).toBe(200);
    expect(used(sandbox)).toEqual([['other', 2]]);
  });

  it('moves to another account when the control API says so', () => {
    const { call, sandbox } = start();
    const { secret } = call('POST', '/keys', { key: 'pk_other' }).body;
    sandbox.setAccount('pages', 'third', { keys: [secret] });
    call('GET', '/pages/a/visits', { key: secret });
    expect(used(sandbox)).toEqual([
      ['other', 1],
      ['third', 1],
    ]);
  });

  it('is refused once it is gone, and counts nowhere', () => {
    const { call, sandbox } = start();
    const { id, secret } = call('POST', '/keys').body;
    expect(call('DELETE', `/keys/${id}`, { key: 'pk_other' }).status).toBe(404);
    expect(call('GET', '/pages/a/visits', { key: secret }).status).toBe(200);
    expect(call('DELETE', `/keys/${id}`).status).toBe(204);
    const before = used(sandbox);
    expect(call('GET', '/pages/a/visits', { key: secret })).toEqual({ status: 401, body: { error: 'unknown' } });
    expect(used(sandbox)).toEqual(before);
    expect(call('DELETE', `/keys/${id}`).status).toBe(404);
  });

  it('leaves alone what was there to begin with: every account has that', () => {
    const { call } = start();
    expect(call('DELETE', '/keys/old', { key: 'pk_other' }).status).toBe(204);
    expect(call('GET', '/pages/a/visits', { key: 'pk_old' }).status).toBe(200);
  });

  it('is forgotten by a reset', () => {
    const { call, sandbox } = start();
    const { id, secret } = call('POST', '/keys').body;
    call('DELETE', `/keys/${id}`);
    sandbox.reset();
    expect(call('GET', '/pages/a/visits', { key: secret }).status).toBe(200);
  });
});
