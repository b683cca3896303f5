/**
 * A small made-up provider, for tests of what no real one is needed for. A test adds what it is about as one more variant's patch.
 * @module
 */

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
info: { title: Shop, version: '1' }
security: [{ key: [] }]
paths:
  /people:
    post: { operationId: addPerson, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '201': { description: made } } }
    get:
      operationId: listPeople
      parameters: [{ name: limit, in: query, schema: { type: integer, minimum: 1 } }, { name: cursor, in: query, schema: { type: string } }]
      responses: { '200': { description: ok } }
    delete:
      operationId: removePerson
      parameters: [{ name: phone, in: query, schema: { type: string } }, { name: ref, in: query, schema: { type: string } }]
      responses: { '200': { description: gone } }
  /status:
    get: { operationId: getStatus, security: [], responses: { '200': { description: ok } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`;

const PROFILE = `
id: shop
title: Shop
baseUrl: https://shop.example
openapi: shop-openapi.yaml
sources: {}
callers:
  under: [/people]
  credentials:
    key: { header: X-Key, pattern: ^k_.+$, fact: key, missing: unknown, invalid: unknown, evidence: &assumed { level: assumed } }
accounts: { fact: account, plan: any, evidence: *assumed }
plans: { any: { evidence: *assumed } }
policies:
  key-hour:
    algorithm: fixed-window
    quota: 100
    window: { length: 1h, start: utc }
    partitionBy: [key]
    free: [{ status: 429 }]
    refusal: { error: limited }
    evidence: *assumed
  ip-minute:
    algorithm: fixed-window
    quota: 60
    window: { length: 60s, start: utc }
    partitionBy: [ip]
    asked: arrival
    applies: { operation: getStatus }
    refusal: { error: busy }
    evidence: *assumed
headers:
  Left: { policy: [key-hour, ip-minute], value: remaining, evidence: *assumed }
errors:
  taken: { status: 400, body: { error: taken }, evidence: *assumed }
  unnamed: { status: 400, body: { error: unnamed }, evidence: *assumed }
  bad-cursor: { status: 400, body: { error: cursor }, evidence: *assumed }
  unknown: { status: 401, body: { error: unknown }, evidence: *assumed }
  closed: { status: 403, body: { error: closed }, evidence: *assumed }
  missing: { status: 404, body: { error: missing }, evidence: *assumed }
  limited: { status: 429, body: { error: limited, limit: '\${refusal.limit}', left: '\${refusal.remaining}' }, evidence: *assumed }
  busy: { status: 429, body: { state: busy, left: '\${refusal.remaining}' }, evidence: *assumed }
  status-down: { status: 503, when: { operation: getStatus }, body: { state: down }, evidence: *assumed }
  failed: { status: 500, body: { error: failed }, evidence: *assumed }
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: missing, clientError: missing, serverError: failed }
validation: [{ error: missing }]
guards:
  - { when: { fact: { query.ref: secret } }, at: after-requirements, error: closed, evidence: *assumed }
collections:
  people:
    unique:
      - { fields: [phone], error: taken }
      - { fields: [ref], unless: [phone], error: taken }
    evidence: *assumed
operations:
  addPerson: { behaviour: collection.create, collection: people, item: { id: '\${new.serial}', phone: '\${body.phone}', ref: '\${body.ref}' }, evidence: *assumed }
  listPeople:
    behaviour: collection.list
    collection: people
    paging: { style: cursor, form: position, default: 2, invalid: bad-cursor }
    body: { ids: '\${page.items}', next: '\${page.next}', more: '\${page.hasMore}' }
    item: \${item.id}
    evidence: *assumed
  removePerson:
    behaviour: collection.delete
    collection: people
    requires: [{ anyOf: [query.phone, query.ref], error: unnamed }]
    find: [{ ref: '\${query.ref}' }, { phone: '\${query.phone}' }]
    status: 200
    body: { removed: '\${item.id}' }
    missing: missing
    evidence: *assumed
  getStatus: { behaviour: respond, body: { state: up }, evidence: *assumed }
variants:
  minute:
    says: Another limit.
    patch:
      policies:
        key-hour: null
        key-minute: { algorithm: fixed-window, quota: 10, window: { length: 60s, start: utc }, partitionBy: [key], refusal: { error: limited }, evidence: *assumed }
      headers: { Left: { policy: [key-minute, ip-minute] } }
    evidence: *assumed
  refusals-count: { says: Refusals count., patch: { policies: { '*': { refusal: { charges: self } } } }, evidence: *assumed }
  misspelt: { says: A bad patch., patch: { policies: { '*': { refusal: { chargess: self } } } }, evidence: *assumed }
  no-twins: { says: Every name once., patch: { operations: { addPerson: { requires: [{ distinct: { list: names, of: first }, error: taken }] } } }, evidence: *assumed }
claims:
  hourly: { says: Limited by the hour, level: assumed, rule: policies.key-hour.quota, variants: [minute] }
`;

/** Loads the made-up shop. @param variants those that are active */
export function loadShop(variants: readonly string[] = []) {
  const source = parseSource('shop.yaml', PROFILE);
  const { profile, position } = parseProfile(source, { variants });
  const document = new OpenApiDocument(parseSource('shop-openapi.yaml', DOCUMENT).value as JsonObject);
  const issues = checkProfile(profile, document, { file: 'shop.yaml', base: source.value, position });
  return { profile, document, issues };
}

/** Opens a sandbox of the made-up shop. */
export function openShop(variants: readonly string[] = []) {
  const { profile, document } = loadShop(variants);
  const provider = compileProvider(profile, document, { file: 'shop.yaml', variants, compress: 1 });
  const sandbox = new Sandbox('', {
    providers: [provider],
    plans: {},
    clock: { frozen: true, now: Date.parse('2026-05-12T08:00:00Z') },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
  const call = (method: string, target: string, body?: object) => {
    const [path, rawQuery = ''] = target.split('?') as [string, string?];
    const headers: Record<string, string> = { 'x-key': 'k_a', 'content-type': 'application/json' };
    const text = body === undefined ? '' : JSON.stringify(body);
    const header = (name: string) => headers[name.toLowerCase()];
    const arrival = { method, path, rawQuery, header, ip: '127.0.0.1', body: ReceivedBody.of(text) };
    const answer = sandbox.handle('shop', arrival, { onDone: () => {} }) as Answer;
    return { status: answer.status, left: answer.headers['Left'], body: JSON.parse(String(answer.body ?? 'null')) };
  };
  return { sandbox, call };
}
