/** A small shop: prices by rule, search, requirements for some requests only, renewed credentials, and URLs that lead back to the mock. */

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
info: { title: Shop, version: '1' }
security: [{ key: [] }]
paths:
  /prices:
    post: { operationId: priceOrder, requestBody: &body { content: { application/json: { schema: { type: object } } } }, responses: &ok { '200': { description: ok } } }
  /goods:
    get: { operationId: listGoods, parameters: [{ name: q, in: query, schema: { type: string } }, { name: cursor, in: query, schema: { type: string } }], responses: *ok }
  /orders:
    post: { operationId: order, requestBody: *body, responses: *ok }
  /keys:
    post: { operationId: createKey, responses: *ok }
  /keys/{id}:
    post: { operationId: renewKey, responses: *ok }
    put: { operationId: renameKey, responses: *ok }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`;

const PROFILE = `
id: shop
title: Shop
baseUrl: https://shop.example
openapi: shop-openapi.yaml
sources: {}
callers:
  credentials:
    key: { header: X-Key, pattern: ^pk_.+$, fact: key, missing: unknown, invalid: unknown, evidence: &assumed { level: assumed } }
accounts: { fact: account, plan: any, evidence: *assumed }
plans: { any: { evidence: *assumed } }
policies:
  key-hour: { algorithm: fixed-window, quota: 100, window: { length: 1h, start: utc }, partitionBy: [key], refusal: { error: limited }, evidence: *assumed }
errors:
  unknown: { status: 401, body: { error: unknown }, evidence: *assumed }
  missing: { status: 404, body: { error: missing }, evidence: *assumed }
  unaddressed: { status: 422, body: { error: unaddressed }, evidence: *assumed }
  unsigned: { status: 422, body: { error: unsigned, index: '\${detail.index}' }, evidence: *assumed }
  limited: { status: 429, body: { error: limited }, evidence: *assumed }
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: missing, clientError: missing, serverError: missing }
validation: [{ error: missing }]
collections:
  goods:
    id: \${item.name}
    seed: [{ name: Red Lamp, maker: Ada }, { name: Green lamp, maker: Bo }, { name: Chair, maker: null }]
    evidence: *assumed
  keys: { scope: ['\${caller.account}'], credential: '\${item.secret}', evidence: *assumed }
operations:
  priceOrder:
    behaviour: price
    scale: 100
    cost:
      - { when: { fact: { body.gift: 'true' } }, units: 0 }
      - { each: body.lines, price: { by: item.name, values: { lamp: 0.125 }, else: 2 }, times: item.count }
    body: { total: '\${cost}', shown: '\${cost | fixed2}' }
    evidence: *assumed
  listGoods:
    behaviour: collection.list
    collection: goods
    search: { parameter: q, fields: [name, maker] }
    paging: { style: cursor, default: 1, invalid: missing, mismatch: missing }
    body: { names: '\${page.items}', total: '\${page.total}', next: '\${page.next}' }
    evidence: *assumed
  order:
    behaviour: respond
    requires:
      - { when: { fact: { body.ship: 'true' } }, anyOf: [body.address], error: unaddressed }
      - { each: { list: lines, where: { name: [poison, knife] }, anyOf: [signature] }, error: unsigned }
    body: { self: '\${request.base}/orders/1' }
    evidence: *assumed
  createKey: { behaviour: collection.create, collection: keys, item: { id: '\${new.uuid}', secret: 'pk_\${new.lower8}' }, evidence: *assumed }
  renewKey: { behaviour: collection.update, collection: keys, id: '\${params.id}', set: { secret: 'pk_\${new.lower8}' }, missing: missing, evidence: *assumed }
  renameKey: { behaviour: collection.update, collection: keys, id: '\${params.id}', set: { name: new }, missing: missing, evidence: *assumed }
`;

function start() {
  const source = parseSource('shop.yaml', PROFILE);
  const { profile, position } = parseProfile(source);
  const document = new OpenApiDocument(parseSource('shop-openapi.yaml', DOCUMENT).value as JsonObject);
  expect(checkProfile(profile, document, { file: 'shop.yaml', base: source.value, position })).toEqual([]);
  const sandbox = new Sandbox('', {
    providers: [compileProvider(profile, document, { file: 'shop.yaml', variants: [], compress: 1 })],
    plans: {},
    clock: { frozen: true, now: Date.parse('2026-05-12T08:00:00Z') },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
  return (method: string, target: string, body: unknown = undefined, key = 'pk_a', base?: string) => {
    const [path, rawQuery = ''] = target.split('?') as [string, string?];
    const headers: Record<string, string> = { 'x-key': key, 'content-type': 'application/json' };
    const text = body === undefined ? '' : JSON.stringify(body);
    const arrival = {
      method,
      path,
      rawQuery,
      header: (name: string) => headers[name.toLowerCase()],
      ip: '127.0.0.1',
      body: ReceivedBody.of(text),
      ...(base === undefined ? {} : { base: () => base }),
    };
    const answer = sandbox.handle('shop', arrival, { onDone: () => {} }) as Answer;
    return { status: answer.status, body: answer.body === null ? undefined : JSON.parse(String(answer.body)) };
  };
}

describe('a price', () => {
  it('is what the first rule that holds says, in whole fractions', () => {
    const call = start();
    const lines = [{ name: 'lamp', count: 3 }, { name: 'chair' }];
    expect(call('POST', '/prices', { lines }).body).toEqual({ total: 2.38, shown: '2.38' });
    expect(call('POST', '/prices', { lines, gift: true }).body).toEqual({ total: 0, shown: '0.00' });
  });
});

describe('a search', () => {
  it('finds what contains the text in any of the fields, capital or not', () => {
    const call = start();
    expect(call('GET', '/goods?q=LAMP').body).toMatchObject({ total: 2, names: [{ name: 'Red Lamp' }] });
    expect(call('GET', '/goods?q=bo').body).toMatchObject({ total: 1, names: [{ name: 'Green lamp' }] });
    expect(call('GET', '/goods?q=null').body.total).toBe(0);
    expect(call('GET', '/goods').body.total).toBe(3);
  });

  it('binds the cursor to its text', () => {
    const call = start();
    const { next } = call('GET', '/goods?q=lamp').body;
    expect(call('GET', `/goods?q=LAMP&cursor=${next}`).body.names).toEqual([{ name: 'Green lamp', maker: 'Bo' }]);
    expect(call('GET', `/goods?q=chair&cursor=${next}`).status).toBe(404);
    expect(call('GET', `/goods?cursor=${next}`).status).toBe(404);
  });
});

describe('a requirement', () => {
  it('is asked only of the requests that it names', () => {
    const call = start();
    expect(call('POST', '/orders', { ship: true }).body).toEqual({ error: 'unaddressed' });
    expect(call('POST', '/orders', { ship: true, address: 'here' }).status).toBe(200);
    expect(call('POST', '/orders', { ship: false }).status).toBe(200);
  });

  it('is asked only of the entries that it names', () => {
    const call = start();
    const signed = { name: 'knife', signature: 'A' };
    expect(call('POST', '/orders', { lines: [{ name: 'lamp' }, signed, { name: 'poison' }] })).toEqual({
      status: 422,
      body: { error: 'unsigned', index: 2 },
    });
    expect(call('POST', '/orders', { lines: [{ name: 'lamp' }, signed] }).status).toBe(200);
  });
});

describe('a credential that is renewed', () => {
  it('is refused from then on, and the new one is let in', () => {
    const call = start();
    const { id, secret } = call('POST', '/keys').body;
    expect(call('PUT', `/keys/${id}`).status).toBe(200);
    expect(call('GET', '/goods', undefined, secret).status).toBe(200);
    const renewed = call('POST', `/keys/${id}`).body.secret;
    expect(renewed).not.toBe(secret);
    expect(call('GET', '/goods', undefined, secret)).toEqual({ status: 401, body: { error: 'unknown' } });
    expect(call('GET', '/goods', undefined, renewed).status).toBe(200);
  });
});

describe('the base URL', () => {
  it('is where the request came in, or the provider’s own where that is not known', () => {
    const call = start();
    expect(call('POST', '/orders', {}, 'pk_a', 'http://127.0.0.1:4290/~t1').body.self).toBe(
      'http://127.0.0.1:4290/~t1/orders/1',
    );
    expect(call('POST', '/orders', {}).body.self).toBe('https://shop.example/orders/1');
  });
});
