/**
 * What all calls of the control API share: where they find their sandbox, and how they are put down.
 * @module
 */
import type { RouteConfig, RouteHandler } from '@hono/zod-openapi';
import { working } from '../../runtime/current-work.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Sandboxes } from '../../sandbox/sandboxes.js';
import { CONTROL_PATH } from '../routing.js';
import { PROBLEM_JSON } from '../web/problem-json.js';
import { problemSchema } from './schemas.js';

export interface ControlEnv {
  Bindings: {
    /** The sandbox that the request is about; made when it is first asked for. */
    readonly sandbox: Sandbox;
    /** All of the server. */
    readonly sandboxes: Sandboxes;
    /** The client's address; `undefined` in-process. */
    readonly ip?: string | undefined;
    /** The authority that the request asks: of its target if that is a whole URL, else of its Host header field. `undefined` in-process. */
    readonly host?: string | undefined;
    /** To be called where the answer may take any time, so that a client that closes its side of the connection is known to have gone. */
    readonly waits?: (() => void) | undefined;
  };
}

export interface ControlOptions {
  /** The package's version, as `GET /health` tells it. */
  readonly version: string;
  /** Lets clients from other machines in that show it as `Authorization: Bearer …`; nobody, when empty or left out. */
  readonly token?: string | undefined;
  /** Whether clients on this machine need the token as well. */
  readonly tokenRequired?: boolean | undefined;
  /** Names under which the server may be addressed besides those of the loopback interface. */
  readonly hosts?: readonly string[] | undefined;
  /** Is told of errors that are our own fault. */
  readonly log?: WriteLog | undefined;
}

/** A call: its route and what it does. Errors are thrown as a `Problem`. */
export function call<R extends RouteConfig>(route: R, handler: RouteHandler<R, ControlEnv>) {
  const name = `${route.method.toUpperCase()} ${CONTROL_PATH}${route.path}`;
  const told: RouteHandler<R, ControlEnv> = (c, next) => {
    const work = { describeWork: () => `the control call ${name}${sandboxOf(c.req.url)}` };
    // What it waits for is no work of its own.
    return working(work, () => handler(c, next));
  };
  return { route, handler: told };
}

function sandboxOf(url: string): string {
  const [, name] = /^[^/]*\/\/[^/]*\/~([^/]*)/.exec(url) ?? [];
  return name === undefined ? '' : ` in sandbox ~${name}`;
}

/** A response with a JSON body. */
export function json<S>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

const PROBLEMS = {
  400: 'The request is invalid; nothing has changed',
  401: 'The client sends no valid token, and needs one',
  403: 'The client, its site, its Origin or the Host may not use the control API',
  404: 'What the path names does not exist; nothing has changed',
  409: 'It is not possible in the current state; nothing has changed',
  413: 'The body is too large; nothing has changed',
  500: 'An error of mock429 itself',
} as const;

type ProblemStatus = keyof typeof PROBLEMS;
export interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly [PROBLEM_JSON]: { readonly schema: typeof problemSchema } };
}

/** The errors that a call may answer: those that any may, and the given ones. */
export function problems<S extends ProblemStatus = never>(...statuses: S[]) {
  const responses: Partial<Record<ProblemStatus, ProblemResponse>> = {};
  for (const status of [...statuses, 401, 403, 500] as const) {
    responses[status] = { description: PROBLEMS[status], content: { [PROBLEM_JSON]: { schema: problemSchema } } };
  }
  return responses as Record<S | 401 | 403 | 500, ProblemResponse>;
}
