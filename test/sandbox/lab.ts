/**
 * A made-up provider with whatever policies a test is about.
 * @module
 */

import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import { checkProfile } from '../../src/profile/checks/checks.js';
import { compileProvider, type Provider } from '../../src/profile/compiled/provider.js';
import { ProfileError } from '../../src/profile/errors.js';
import { parseProfile } from '../../src/profile/parse.js';
import { parseSource } from '../../src/profile/source/positions.js';
import { memoise } from '../../src/runtime/memoise.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

/** The instant (epoch ms) of the frozen clock. */
export const START = Date.parse('2026-05-12T08:00:00.000Z');

const DOCUMENT = `
openapi: 3.1.0
info: { title: Lab, version: '1' }
security: [{ key: [] }]
paths:
  /things:
    get: { operationId: listThings, responses: { '200': { description: ok } } }
    post: { operationId: addThing, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '200': { description: ok } } }
  /batch:
    post: { operationId: batch, requestBody: { content: { multipart/mixed: { schema: { type: array, items: {} } } } }, responses: { '200': { description: ok } } }
  /graphql:
    post: { operationId: query, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '200': { description: ok } } }
  /status:
    get: { operationId: getStatus, security: [], responses: { '200': { description: ok } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`;

/** A rule that sends `Retry-After` on refusals. */
export const RETRY_AFTER = { 'Retry-After': { value: 'retry-after', on: 'refusal', evidence: { level: 'assumed' } } };

const assumed = { level: 'assumed' };
const ERRORS = {
  'no-key': { status: 401, body: { error: 'no-key' }, evidence: assumed },
  'bad-key': { status: 401, body: { error: 'bad-key' }, evidence: assumed },
  closed: { status: 403, body: { error: 'closed' }, evidence: assumed },
  missing: { status: 404, body: { error: 'missing' }, evidence: assumed },
  limited: { status: 429, body: { error: 'limited' }, evidence: assumed },
  'too-much': { status: 400, body: { error: 'too-much' }, evidence: assumed },
  failed: { status: 500, body: { error: 'failed' }, evidence: assumed },
};

const OPERATIONS = {
  listThings: { behaviour: 'respond', body: { things: [] }, evidence: assumed },
  addThing: { behaviour: 'respond', body: { cost: '${body.cost}' }, evidence: assumed },
  query: { behaviour: 'respond', body: { data: '${body.answer}' }, evidence: assumed },
  getStatus: { behaviour: 'respond', body: { state: 'up' }, evidence: assumed },
};

const KEY = {
  header: 'X-Key',
  pattern: '^k_.+$',
  fact: 'key',
  missing: 'no-key',
  invalid: 'bad-key',
  evidence: assumed,
};
const CALLERS = { under: ['/things'], credentials: { key: KEY } };
const PLANS = {
  basic: { evidence: assumed },
  unlimited: { evidence: assumed },
  closed: { denied: 'closed', evidence: assumed },
};

/** Callers whose keys have this form; its named groups are facts. */
export const callersBy = (pattern: string) => ({
  callers: { under: ['/things'], credentials: { key: { ...KEY, pattern } } },
});

/** @param more what the profile says besides; `errors` and `operations` are beside the usual ones, or in their place */
const profileText = (
  policies: unknown,
  { errors = {}, operations = {}, callers = CALLERS, plans = PLANS, ...more }: Record<string, unknown>,
) => `
id: lab
title: The Lab
baseUrl: https://lab.example
openapi: lab-openapi.yaml
sources: { limits: { title: Rate limits, url: https://lab.example/docs/limits, date: 2026-05-12 } }
callers: ${JSON.stringify(callers)}
accounts: { fact: account, default: home, plan: basic, evidence: &assumed { level: assumed } }
plans: ${JSON.stringify(plans)}
policies: ${JSON.stringify(policies)}
errors: ${JSON.stringify({ ...ERRORS, ...(errors as object) })}
answers: { notFound: missing, methodNotAllowed: missing, tooLarge: missing, clientError: missing, serverError: failed }
validation: [{ error: missing }]
operations: ${JSON.stringify({ ...OPERATIONS, ...(operations as object) })}
${Object.entries({ headers: RETRY_AFTER, ...more })
  .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  .join('\n')}
`;

/** Evidence of a rule that a page states. */
export const documented = { level: 'documented', source: 'limits' };
/** A refusal with the usual error. */
export const refusal = { error: 'limited' };

const document = new OpenApiDocument(parseSource('lab-openapi.yaml', DOCUMENT).value as JsonObject);

/** Compiles each text once: properties open the same lab again and again, and a provider keeps nothing of its sandboxes. */
const compiled = memoise(compileLab, { max: 100 });

/** @throws ProfileError when there can be no such policies */
export function labProvider(policies: unknown, more: Record<string, unknown> = {}): Provider {
  return compiled(profileText(policies, more));
}

function compileLab(text: string): Provider {
  const source = parseSource('lab.yaml', text);
  const { profile, position } = parseProfile(source, {});
  const issues = checkProfile(profile, document, { file: 'lab.yaml', base: source.value, position });
  if (issues.length > 0) throw new ProfileError(issues);
  return compileProvider(profile, document, { file: 'lab.yaml', variants: [], compress: 1 });
}

/** A request to the made-up provider. */
export interface LabCall {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string;
  readonly body?: unknown;
  /** Further header fields, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A body as it is sent, with its media type, in place of JSON. */
  readonly text?: { readonly type: string; readonly body: string };
  /** A status that is forced. */
  readonly status?: number;
  /** Keeps the request in flight; called, it lets it go. */
  readonly hold?: (left: () => void) => void;
}

/** Opens a sandbox of the made-up provider, its clock frozen at `START`. @throws ProfileError */
export function openLab(policies: unknown, more: Record<string, unknown> = {}) {
  const provider = labProvider(policies, more);
  const sandbox = new Sandbox('', {
    providers: [provider],
    plans: {},
    clock: { frozen: true, now: START },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
  const call = (one: LabCall = {}) => {
    const { method = 'GET', path = '/things', key = 'k_a', body, text, headers: more, status, hold } = one;
    const headers: Record<string, string | undefined> = {
      'x-key': key === '' ? undefined : key,
      'content-type': text?.type ?? 'application/json',
      prefer: status === undefined ? undefined : `code=${status}`,
      ...more,
    };
    const done: (() => void)[] = [];
    const answer = sandbox.handle(
      'lab',
      {
        method,
        path,
        rawQuery: '',
        header: (name) => headers[name.toLowerCase()],
        ip: '127.0.0.1',
        body: ReceivedBody.of(text?.body ?? (body === undefined ? '' : JSON.stringify(body))),
      },
      { onDone: (listener) => done.push(listener) },
    ) as Answer;
    const left = () => {
      for (const listener of done.splice(0)) listener();
    };
    if (hold) hold(left);
    else left();
    return answer;
  };
  return { provider, sandbox, call };
}
