/** Headers that a profile fills with what a request says: whatever that is, the answer is sent, and says so in a form that a header can have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { headerText } from '../../src/limits/render/header-text.js';
import { closeMocks, reach, WAYS } from '../helpers/ways.js';

const DOCUMENT = `
openapi: 3.1.0
info: { title: Echo, version: '1' }
paths:
  /echo:
    get: { operationId: echo, responses: { '200': { description: ok, content: { 'text/plain; of="Ω"': { example: said } } } } }
    post: { operationId: refuse, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '200': { description: ok } } }
`;

const PROFILE = `
id: echo
title: Echo
baseUrl: https://echo.example
openapi: openapi.yaml
sources: {}
callers: { credentials: { key: { header: X-Key, pattern: '^k', fact: key, missing: no-key, invalid: no-key, evidence: &a { level: assumed } } } }
accounts: { fact: account, plan: basic, evidence: *a }
plans: { basic: { evidence: *a } }
policies: {}
headers:
  X-Query: { text: 'said \${query.q}', evidence: *a }
  X-Whole: { text: '\${query.q}', evidence: *a }
requestId: { template: '\${query.q}', header: X-Request-Id, evidence: *a }
errors:
  no-key: { status: 401, evidence: *a }
  odd: { status: 400, headers: { Location: '/\${body.to}', X-Odd: '\${body.to}' }, body: { error: odd }, evidence: *a }
answers: { notFound: odd, methodNotAllowed: odd, tooLarge: odd, clientError: odd, serverError: odd }
validation: [{ error: odd }]
guards: [{ when: { operation: refuse }, error: odd, evidence: *a }]
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mock429-headers-'));
  writeFileSync(join(folder, 'openapi.yaml'), DOCUMENT);
  writeFileSync(join(folder, 'echo.yaml'), PROFILE);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(closeMocks);

const SAID: readonly (readonly [said: string, sent: string])[] = [
  ['a\r\nX-Injected: b', 'a  X-Injected: b'],
  ['a\0b\x7fc\td', 'a b c\td'],
  ['5 €', '5 %E2%82%AC'],
  ['é', '%C3%A9'],
  ['😀', '%F0%9F%98%80'],
  ['\ud800', '%EF%BF%BD'],
  ['\u2028', '%E2%80%A8'],
];

it.each(SAID)('what %j is sent as', (said, sent) => {
  expect(headerText(said)).toBe(sent);
});

describe.each(WAYS)('%s', (way) => {
  it.each(SAID)('a query that says %j', async (said, sent) => {
    const { send } = await reach(way, { profile: join(folder, 'echo.yaml') });
    // A query cannot say half a surrogate pair.
    const query = new URLSearchParams({ q: said });
    const response = await send(`/echo?${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-whole')).toBe(sent);
    expect(response.headers.get('x-query')).toBe(`said ${sent}`);
    expect(response.headers.get('x-request-id')).toBe(sent);
    expect(response.headers.get('x-injected')).toBeNull();
    expect(response.headers.get('content-type')).toBe('text/plain; of="%CE%A9"');
    expect(await response.text()).toBe('said');
  });

  it.each(SAID)('a body that says %j', async (said, sent) => {
    const { send } = await reach(way, { profile: join(folder, 'echo.yaml') });
    const response = await send('/echo', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ to: said }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBe(`/${sent}`);
    expect(response.headers.get('x-odd')).toBe(sent);
    expect(response.headers.get('x-injected')).toBeNull();
    expect(await response.json()).toEqual({ error: 'odd' });
  });
});
