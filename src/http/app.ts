/**
 * The Hono application. It routes a request by its path to a provider or to the control API.
 *
 * Requests to providers that arrive on a socket do not pass through it: `socket/fast-path.ts` answers them.
 * @module
 */
import { Hono } from 'hono';
import type { WriteLog } from '../sandbox/core.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import type { Replicator } from './replicator.js';
import { createRouting, profilesWith, splitTarget } from './routing.js';
import { isUiPath } from './ui/path.js';
import { foreignSite } from './web/foreign-site.js';
import { internalError, problemResponse, responseOf } from './web/problem-json.js';
import { type Connection, serveProvider } from './web/provider-app.js';

/** Options of `createApp()`. */
export interface AppOptions {
  readonly sandboxes: Sandboxes;
  /** Ids of the served profiles. A single profile is served at `/`, several profiles each under `/<id>`. */
  readonly profiles: readonly string[];
  /** Largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** Loads the handler of the control API. It is called at the first control request, so that a server without one never loads the control API. */
  readonly control: () => Promise<ControlHandler>;
  /** Loads the handler of the dashboard, likewise. */
  readonly ui: () => Promise<ControlHandler>;
  /** Whether browser pages may call the providers (CORS). Default: true. The control API never allows it. */
  readonly cors?: boolean | undefined;
  /** Receives internal errors of mock429. */
  readonly log?: WriteLog | undefined;
  /** Gives changes their place in the order of all replicas; omitted where the server is alone. */
  readonly replicator?: Replicator | undefined;
}

/** Answers a request to the control API. */
export type ControlHandler = (request: Request, bindings: ControlBindings) => Response | Promise<Response>;

/** What the application passes to the control API with each request. */
export interface ControlBindings {
  /** The sandbox of the request. The getter creates it on first access, so that a refused call creates none. */
  readonly sandbox: Sandbox;
  readonly sandboxes: Sandboxes;
  /** Performs changes on all replicas; omitted where the server is alone. */
  readonly replicator: Replicator | undefined;
  /** The client's IP address; `undefined` in-process. */
  readonly ip: string | undefined;
  /** The authority that the request addresses (`host[:port]`); `undefined` in-process. */
  readonly host: string | undefined;
  /** Marks the response as delayed; see `Connection.markDelayed`. */
  readonly markDelayed: (() => void) | undefined;
}

/** What the server passes to the application with each request. */
export interface Bindings {
  /** The connection that carries the request. */
  readonly connection: Connection & { readonly inProcess: boolean };
  /** The request target as received (`/a/b?c=d`), where it is known. The URL of a `Request` may be a normalized form of it. */
  readonly target: string | undefined;
  /** The destination, where the caller has resolved it from the origin. The whole path then belongs to the provider. */
  readonly route?: Route | undefined;
}

/** A provider in a sandbox. */
export interface Route {
  /** Name of the sandbox; empty for the main sandbox. */
  readonly sandbox: string;
  /** Id of the profile. */
  readonly profile: string;
}

/** The application with its bindings. */
export type App = Hono<{ Bindings: Bindings }>;

/** Creates the application. */
export function createApp(options: AppOptions): App {
  const app = new Hono<{ Bindings: Bindings }>({ getPath: () => '/' });
  const { sandboxes, maxBodyBytes, cors = true, replicator } = options;
  const routing = createRouting(
    options.profiles,
    (target) => sandboxes.main.secrets.target(target),
    (path) => profilesWith(path, sandboxes.main),
  );

  app.all('/', (c): Response | Promise<Response> => {
    const { connection, route, target = targetOf(c.req.raw.url) } = c.env;
    const destination = route
      ? { to: 'provider' as const, ...route, ...splitTarget(target), prefix: '' }
      : routing(target);
    if (destination.to === 'nowhere') return problemResponse(404, destination.code, destination.detail);
    const name = destination.sandbox;
    const refusal = name === '' ? undefined : sandboxes.refusal(name);
    if (refusal) return responseOf(refusal);
    if (destination.to === 'provider') {
      if (c.req.header('sec-fetch-site') === 'cross-site' && !sandboxes.has(name)) {
        options.log?.('info', 'refused a page of another site that requested a sandbox that does not exist');
        const answer = foreignSite(cors);
        return new Response(answer.body, answer);
      }
      const target = { ...destination, sandbox: sandboxes.get(name, connection), cors };
      return serveProvider(c.req.raw, target, connection, maxBodyBytes);
    }
    const ip = connection.inProcess ? undefined : connection.ip;
    let sandbox: Sandbox | undefined;
    const bindings = {
      get sandbox() {
        // A replica that reads must not change what the others have: `catchUp` has created the sandbox.
        sandbox ??= replicator ? (sandboxes.peek(name) ?? sandboxes.main) : sandboxes.get(name, connection);
        return sandbox;
      },
      sandboxes,
      replicator,
      ip,
      host: connection.host,
      markDelayed: connection.markDelayed,
    };
    const handler = isUiPath(splitTarget(target).path) ? options.ui() : options.control();
    return handler.then((handle) => handle(c.req.raw, bindings));
  });
  app.onError((error) => {
    const answer = internalError(error, options.log);
    return new Response(answer.body, answer);
  });
  return app;
}

function targetOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const hash = url.indexOf('#', start);
  return start < 0 ? '/' : url.slice(start, hash < 0 ? undefined : hash);
}
