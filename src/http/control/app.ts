/**
 * The control API: a thin layer over the operations on a sandbox, described by its own OpenAPI document.
 *
 * Its routes are relative to its root. `getPath` removes the prefix `/__mock429` and the sandbox in front of it.
 * @module
 */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { getPath } from 'hono/utils/url';
import { OpenApiDocument } from '../../openapi/document/document.js';
import type { JsonObject } from '../../openapi/document/json.js';
import { createRouter, type OperationRouter } from '../../openapi/request/router.js';
import { nearest } from '../../profile/errors.js';
import { Problem } from '../../sandbox/control/problem.js';
import type { ControlHandler } from '../app.js';
import { CONTROL_PATH } from '../routing.js';
import { PROBLEM_JSON, problemResponse, responseOf } from '../web/problem-json.js';
import type { ControlEnv, ControlOptions } from './env.js';
import { type ControlCaller, guardControl, WEBHOOK_HEADER } from './guard.js';
import { problemOf, type RequestPart } from './input/schema-issues.js';
import { createKit } from './kit.js';
import { allCalls } from './operations/index.js';

export type { ControlEnv, ControlOptions } from './env.js';

type ControlContext = Context<ControlEnv>;

const PREFIX = new RegExp(`^(?:/~[^/]*)?${CONTROL_PATH}(?=/|$)`);

/** Creates the control API as a Hono application. */
export function createControlApp(options: ControlOptions): OpenAPIHono<ControlEnv> {
  const app = new OpenAPIHono<ControlEnv>({
    getPath: (request) => getPath(request).replace(PREFIX, '') || '/',
    defaultHook: (result, c) => {
      if (result.success) return;
      const target = result.target as RequestPart;
      throw problemOf(result.error, schemaOf(app, c, target), (result as { data?: unknown }).data, target);
    },
  });
  const ownDocument = once(() => describeControl(app, options.version));
  const own = once(() => {
    const document = new OpenApiDocument(ownDocument());
    return { document, router: createRouter(document.operations) };
  });

  app.use('*', async (c, next) => {
    const refusal = guardControl(callerOf(c), options);
    if (refusal) {
      const headers: Record<string, string> =
        refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="mock429"' } : {};
      return problemResponse(refusal.status, refusal.code, c.env.sandboxes.main.secrets.text(refusal.detail), {
        headers,
      });
    }
    const { replicator } = c.env;
    if (replicator) await replicator.catchUp(sandboxNameOf(c.req.url));
    await next();
    if (c.res.headers.get('content-type') === PROBLEM_JSON) c.res = await withoutCredentials(c);
    // The state may change at any time, so no response may be cached.
    c.header('Cache-Control', 'no-store');
  });
  const kit = createKit(options.version, ownDocument);
  app.openapiRoutes(allCalls().flatMap((calls) => calls(kit)));
  app.notFound((c) => refuseUnknown(own().document, own().router, c));
  app.onError((error) => {
    if (error instanceof Problem) return responseOf(error);
    if (error instanceof HTTPException) return problemResponse(error.status, `http-${error.status}`, error.message);
    options.log?.('warn', `the control API failed: ${error.stack ?? error.message}`);
    return problemResponse(500, 'internal-error', 'mock429 failed to handle this call; see its log. Please report it');
  });
  return app;
}

/** Creates the handler that the application calls for control requests. */
export function createControl(options: ControlOptions): ControlHandler {
  const app = createControlApp(options);
  return (request, bindings) => app.fetch(request, bindings);
}

/** The name of the sandbox that a call addresses; empty for the main one. */
function sandboxNameOf(url: string): string {
  return /^[^/]*\/\/[^/]*\/~([^/]*)/.exec(url)?.[1] ?? '';
}

function callerOf({ env, req }: ControlContext): ControlCaller {
  return {
    ip: env.ip,
    host: env.host ?? req.header('host') ?? new URL(req.url).host,
    origin: req.header('origin'),
    authorization: req.header('authorization'),
    fetchSite: req.header('sec-fetch-site'),
    isWebhook: req.header(WEBHOOK_HEADER) !== undefined,
  };
}

/** Masks credentials in an error response: it may quote the request, which may have a credential anywhere. */
async function withoutCredentials({ env, res }: ControlContext): Promise<Response> {
  const details = (await res.json()) as unknown;
  return new Response(JSON.stringify(env.sandboxes.main.secrets.value(details)), res);
}

function describeControl(app: OpenAPIHono<ControlEnv>, version: string): JsonObject {
  app.openAPIRegistry.registerComponent('securitySchemes', 'controlToken', {
    type: 'http',
    scheme: 'bearer',
    description:
      'Required for clients on other machines, where the server has a token; with --control-token-required, for all clients',
  });
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'mock429 control API',
      version,
      description:
        'Controls a mock429 server: its clock, quotas, accounts, faults, jobs and journal. Errors are application/problem+json.',
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
    },
    servers: [
      { url: CONTROL_PATH, description: 'The sandbox without a name' },
      {
        url: `/~{sandbox}${CONTROL_PATH}`,
        description: 'A named sandbox, created at first use',
        variables: { sandbox: { default: 't1', description: 'Letters, digits, ".", "_" and "-"' } },
      },
    ],
    security: [{}, { controlToken: [] }],
    tags: [
      { name: 'system', description: 'The server itself' },
      { name: 'sandbox', description: 'The sandbox as a whole' },
      { name: 'profiles', description: 'The served profiles' },
      { name: 'clock', description: 'The clock of the sandbox' },
      { name: 'quotas', description: 'Buckets, and requests in flight' },
      { name: 'accounts', description: 'Accounts: credentials, plans and quotas' },
      { name: 'faults', description: 'Faults that replace or change answers' },
      { name: 'jobs', description: 'Jobs: items that run for a time, such as predictions' },
      { name: 'webhooks', description: 'Webhooks that providers send' },
      { name: 'journal', description: 'Requests and their answers' },
    ],
  });
  return document as unknown as JsonObject;
}

/** The schema of the matched route for a part of the request. */
function schemaOf(app: OpenAPIHono<ControlEnv>, c: ControlContext, target: RequestPart): z.ZodType | undefined {
  const method = c.req.method === 'HEAD' ? 'get' : c.req.method.toLowerCase();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { route } = definition;
    if (route.method !== method || route.path.replace(/\{(\w+)\}/g, ':$1') !== routePath(c)) continue;
    const { body, query, params } = route.request ?? {};
    const json = body?.content['application/json'];
    const schema =
      target === 'query' ? query : target === 'param' ? params : json && 'schema' in json ? json.schema : undefined;
    return schema instanceof z.ZodType ? schema : undefined;
  }
  return undefined;
}

function refuseUnknown(document: OpenApiDocument, router: OperationRouter, { req }: ControlContext): Response {
  const { method } = req;
  const path = req.path === '/' ? CONTROL_PATH : `${CONTROL_PATH}${req.path}`;
  const methods = router.methods(path);
  if (methods.length > 0) {
    const allow = (methods.includes('GET') ? ['HEAD', ...methods] : methods).sort().join(', ');
    return problemResponse(405, 'method-not-allowed', `${path} takes ${allow}, not ${method}`, {
      headers: { Allow: allow },
    });
  }
  const detail = `the control API has no ${path}; ${nearestCalls(document, path)}`;
  return problemResponse(404, 'unknown-call', detail);
}

/** Suggests similar calls. Path parameters match any segment. */
function nearestCalls({ operations }: OpenApiDocument, path: string): string {
  // All calls share the prefix, which would make them look similar.
  const segments = path.slice(CONTROL_PATH.length).split('/');
  const concretePath = (template: string) =>
    template
      .slice(CONTROL_PATH.length)
      .split('/')
      .map((segment, i) => (segment.startsWith('{') ? (segments[i] ?? segment) : segment))
      .join('/');
  const near = nearest(segments.join('/'), new Set(operations.map((operation) => concretePath(operation.path))));
  const calls = operations.filter((operation) => concretePath(operation.path) === near);
  if (calls.length > 0)
    return `did you mean ${calls.map((operation) => `${operation.method} ${operation.path}`).join(' or ')}?`;
  return `there are ${[...new Set(operations.map((operation) => operation.path))].join(', ')}`;
}

function once<T>(make: () => T): () => T {
  let cached: { value: T } | undefined;
  return () => {
    cached ??= { value: make() };
    return cached.value;
  };
}
