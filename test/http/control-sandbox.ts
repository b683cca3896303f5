/**
 * A sandbox with a tiny provider, and its control API without a port.
 * @module
 */
import { createControlApp } from '../../src/http/control/app.js';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { NO_BODY } from '../../src/openapi/request/body/received.js';
import { compileProvider, type Provider } from '../../src/profile/compiled/provider.js';
import { parseProfile } from '../../src/profile/parse.js';
import { parseSource } from '../../src/profile/source/positions.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

/** The instant (epoch ms) of the frozen clock. */
export const START = Date.parse('2026-05-12T08:00:00.000Z');

const DOCUMENT = `
openapi: 3.1.0
info: { title: Tiny, version: '1' }
servers: [{ url: https://tiny.example/v1 }]
security: [{ key: [] }]
paths:
  /things:
    get:
      operationId: listThings
      responses: { '200': { description: ok, content: { application/json: { example: { things: [] } } } } }
  /slow:
    get:
      operationId: slow
      responses: { '200': { description: ok, content: { application/json: { example: {} } } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-API-Key } } }
`;

const PROFILE = `
id: tiny
title: Tiny
baseUrl: https://tiny.example/v1
openapi: tiny-openapi.yaml
sources: { limits: { title: Limits, url: https://tiny.example/docs/limits, date: 2026-05-12 } }
callers:
  credentials:
    api-key:
      header: X-API-Key
      pattern: ^tiny_live_[a-z0-9]+$
      fact: key
      missing: unauthorized
      invalid: unauthorized
      evidence: &documented { level: documented, source: limits }
accounts: { fact: account, default: home, plan: free, evidence: *documented }
plans:
  free: { evidence: *documented }
  paid: { title: Paid, quotas: { key-minute: 10 }, evidence: { level: inferred, note: twice the free one } }
fixtures:
  - { key: tiny_live_acme, credential: api-key, account: acme, plan: paid, says: A key on the paid plan }
policies:
  key-minute:
    algorithm: fixed-window
    quota: 5
    window: { length: 60s, start: first-request }
    partitionBy: [key]
    refusal: { error: limited }
    evidence: *documented
  running:
    algorithm: concurrency
    quota: 2
    partitionBy: [account]
    unit: concurrent-requests
    applies: { operation: slow }
    refusal: { error: limited, charges: none }
    evidence: { level: assumed }
  money:
    algorithm: fixed-window
    quota: none
    scale: 100
    unit: usd
    window: { length: month, start: utc }
    partitionBy: [account]
    refusal: { error: limited, charges: self }
    evidence: { level: assumed }
headers: { Retry-After: { value: retry-after, on: refusal, evidence: *documented } }
errors:
  unauthorized: { status: 401, body: { error: unauthorized }, evidence: *documented }
  limited: { status: 429, body: { error: limited }, evidence: *documented }
  missing: { status: 404, body: { error: missing }, evidence: *documented }
  wrong: { status: 400, body: { error: wrong }, evidence: *documented }
  broken: { status: 500, body: { error: broken }, evidence: *documented }
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: wrong, clientError: wrong, serverError: broken }
validation: [{ error: wrong }]
variants:
  aligned: { says: Windows begin with the minute, patch: { policies: { key-minute: { window: { start: utc } } } }, evidence: { level: inferred } }
`;

/** A provider with one policy. */
export function tinyProvider(id = 'tiny', variants: readonly string[] = []): Provider {
  const text = PROFILE.replace('id: tiny', `id: ${id}`);
  const { profile } = parseProfile(parseSource('tiny.yaml', text), { variants });
  const document = new OpenApiDocument(parseSource('tiny-openapi.yaml', DOCUMENT).value as JsonObject);
  return compileProvider(profile, document, { file: 'tiny.yaml', variants, compress: 1 });
}

/** A sandbox of such providers, its clock frozen at `START`. */
export function tinySandbox(providers: readonly Provider[] = [tinyProvider()]): Sandbox {
  return new Sandbox('', {
    providers,
    plans: {},
    clock: { frozen: true, now: START },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
}

/** An answer of the control API. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads is for the test to know
  readonly body: any;
}

/** A control API that is asked without a port. */
export interface Control {
  readonly sandbox: Sandbox;
  /** A call of the control API; a body that is not a string is sent as JSON. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    init?: { headers?: Record<string, string>; ip?: string },
  ): Promise<Reply>;
  /** A request to the provider. */
  send(path: string, key?: string): Answer | Promise<Answer>;
  /** Everything that a failing call must leave alone. */
  state(): unknown;
}

/** The control API of a small sandbox. */
export function tinyControl(options: { token?: string; sandbox?: Sandbox } = {}): Control {
  const { sandbox = tinySandbox(), ...rest } = options;
  const app = createControlApp({ version: '9.9.9', ...rest });
  return {
    sandbox,
    async ask(method, path, body, { headers = {}, ip } = {}) {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const response = await app.request(
        path,
        { method, headers, ...(text === undefined ? {} : { body: text }) },
        { sandbox, sandboxes: { main: sandbox }, ip },
      );
      const received = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return {
        status: response.status,
        headers: response.headers,
        text: received,
        body: isJson && received !== '' ? JSON.parse(received) : undefined,
      };
    },
    send: (path, key = 'tiny_live_aaaabbbb') =>
      sandbox.handle(
        sandbox.profiles[0]!,
        {
          method: 'GET',
          path: `/v1${path.split('?')[0]}`,
          rawQuery: path.split('?')[1] ?? '',
          header: (name) => (name.toLowerCase() === 'x-api-key' ? key : undefined),
          ip: '127.0.0.1',
          body: NO_BODY,
        },
        { onDone: () => {} },
      ),
    state: () => ({
      clock: sandbox.clock.read(),
      quotas: sandbox.quotas(),
      faults: sandbox.faults.list(),
      requests: sandbox.requests(),
      accounts: sandbox.profiles.map((id) => structuredClone(sandbox.accounts(id))),
    }),
  };
}
