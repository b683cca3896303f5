/**
 * Shared parts of the calls of the control API: the bindings that give access to the sandbox, and the helpers that declare a call.
 * @module
 */
import type { RouteConfig, RouteHandler } from '@hono/zod-openapi';
import { runWork } from '../../runtime/current-work.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Sandboxes } from '../../sandbox/sandboxes.js';
import type { Replicator } from '../replicator.js';
import { CONTROL_PATH } from '../routing.js';
import { PROBLEM_JSON } from '../web/problem-json.js';
import { problemSchema } from './schemas.js';

/** Environment of the control API's Hono application. */
export interface ControlEnv {
  Bindings: {
    /** The sandbox of the request. The getter creates it on first access. */
    readonly sandbox: Sandbox;
    /** All sandboxes of the server. */
    readonly sandboxes: Sandboxes;
    /** The client's IP address; `undefined` in-process. */
    readonly ip?: string | undefined;
    /** The authority that the request addresses: from its target if that is an absolute URL, otherwise from its Host header field. `undefined` in-process. */
    readonly host?: string | undefined;
    /** Performs changes on all replicas; omitted where the server is alone. */
    readonly replicator?: Replicator | undefined;
    /** Marks the answer as delayed, so that a client that closes its sending side counts as gone. */
    readonly markDelayed?: (() => void) | undefined;
  };
}

/** Options of the control API. */
export interface ControlOptions {
  /** Version of the package, for `GET /health`. */
  readonly version: string;
  /** Token that lets clients on other machines in (`Authorization: Bearer …`). Without it, or when it is empty, no such client may use the control API. */
  readonly token?: string | undefined;
  /** Whether clients on this machine need the token as well. */
  readonly tokenRequired?: boolean | undefined;
  /** Host names that a request may address, besides those of the loopback interface. */
  readonly hosts?: readonly string[] | undefined;
  /** Receives internal errors of mock429. */
  readonly log?: WriteLog | undefined;
}

/** Declares a call: a route and its handler. The handler throws errors as a `Problem`. */
export function call<R extends RouteConfig>(route: R, handler: RouteHandler<R, ControlEnv>) {
  const name = `${route.method.toUpperCase()} ${CONTROL_PATH}${route.path}`;
  const tracked: RouteHandler<R, ControlEnv> = (c, next) => {
    const work = { describeWork: () => `the control call ${name}${sandboxOf(c.req.url)}` };
    // Waiting does not count as work of the call.
    return runWork(work, () => handler(c, next));
  };
  return { route, handler: tracked };
}

function sandboxOf(url: string): string {
  const [, name] = /^[^/]*\/\/[^/]*\/~([^/]*)/.exec(url) ?? [];
  return name === undefined ? '' : ` in sandbox ~${name}`;
}

/** Declares a response with a JSON body. */
export function json<S>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

const PROBLEMS = {
  400: 'The request is invalid; nothing has changed',
  401: 'The request has no valid token, and its client is on another machine, or the server requires a token of all clients',
  403: 'The client, its site, its Origin or the Host may not use the control API',
  404: 'Not found; nothing has changed',
  409: 'The current state does not allow it; nothing has changed',
  413: 'The body is too large; nothing has changed',
  500: 'An internal error of mock429',
} as const;

type ProblemStatus = keyof typeof PROBLEMS;
/** An error response in the OpenAPI document. */
export interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly [PROBLEM_JSON]: { readonly schema: typeof problemSchema } };
}

/** Declares the error responses of a call: those of every call, and the given ones. */
export function problems<S extends ProblemStatus = never>(...statuses: S[]) {
  const responses: Partial<Record<ProblemStatus, ProblemResponse>> = {};
  for (const status of [...statuses, 401, 403, 500] as const) {
    responses[status] = { description: PROBLEMS[status], content: { [PROBLEM_JSON]: { schema: problemSchema } } };
  }
  return responses as Record<S | 401 | 403 | 500, ProblemResponse>;
}
