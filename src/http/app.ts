/**
 * The application: where a path leads. `/~name` chooses a sandbox, `/__mock429` the control API, and what is left a provider.
 * @module
 */
import { Hono } from 'hono';
import type { Log } from '../sandbox/core.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { isSandboxName, type Sandboxes } from '../sandbox/sandboxes.js';
import { problemResponse } from './problem-json.js';
import { type Connection, serveProvider } from './provider-app.js';

export const CONTROL_PATH = '/__mock429';

export interface AppOptions {
  readonly sandboxes: Sandboxes;
  /** Ids of what is served; a single one is served at `/`, several each under `/<id>`. */
  readonly profiles: readonly string[];
  readonly maxBodyBytes: number;
  /** Answers control requests; asked for at the first of them, so that a server that is not steered need not load it. */
  readonly control: () => Promise<ControlHandler>;
  /** Whether pages in browsers may use the providers; they may, when left out. The control API is never for them. */
  readonly cors?: boolean | undefined;
  /** Hears of failures that are mock429's own. */
  readonly log?: Log | undefined;
}

export type ControlHandler = (request: Request, bindings: ControlBindings) => Response | Promise<Response>;

export interface ControlBindings {
  readonly sandbox: Sandbox;
  readonly sandboxes: Sandboxes;
  /** The client's address; `undefined` in-process. */
  readonly ip: string | undefined;
}

export interface Bindings {
  readonly connection: Connection & { readonly inProcess: boolean };
  /** The request's target as it came (`/a/b?c=d`), where it is known; a URL may have normalized it. */
  readonly target: string | undefined;
  /** Where it leads, if not its path but its host has told; the whole path is the provider's then. */
  readonly route?: Route | undefined;
}

export interface Route {
  /** Empty for the one without a name. */
  readonly sandbox: string;
  readonly profile: string;
}

export function createApp(options: AppOptions): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>({ getPath: () => '/' });
  const single = options.profiles.length === 1 ? options.profiles[0]! : undefined;
  const { cors = true } = options;

  // Not async: what can be answered at once leaves without a promise, for which the server would have to wait.
  app.all('/', (c): Response | Promise<Response> => {
    const { connection, route, target = targetOf(c.req.raw.url) } = c.env;
    const question = target.indexOf('?');
    let path = question < 0 ? target : target.slice(0, question);
    const rawQuery = question < 0 ? '' : target.slice(question + 1);
    if (route) {
      const sandbox = options.sandboxes.get(route.sandbox, connection);
      const place = { sandbox, profile: route.profile, path, rawQuery, prefix: '', cors };
      return serveProvider(c.req.raw, place, connection, options.maxBodyBytes);
    }
    let sandboxName = '';
    if (path.startsWith('/~')) {
      const end = path.indexOf('/', 1);
      sandboxName = path.slice(2, end < 0 ? undefined : end);
      path = end < 0 ? '/' : path.slice(end);
      if (!isSandboxName(sandboxName)) {
        return problemResponse(
          404,
          'bad-sandbox-name',
          `"${sandboxName}" cannot name a sandbox; use letters, digits, ".", "_" and "-", at most 100`,
        );
      }
    }
    const sandbox = options.sandboxes.get(sandboxName, connection);
    let prefix = sandboxName === '' ? '' : `/~${sandboxName}`;
    if (path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`)) {
      const ip = connection.inProcess ? undefined : connection.ip;
      return options.control().then((control) => control(c.req.raw, { sandbox, sandboxes: options.sandboxes, ip }));
    }
    let profile = single;
    if (profile === undefined) {
      const end = path.indexOf('/', 1);
      profile = path.slice(1, end < 0 ? undefined : end);
      path = end < 0 ? '/' : path.slice(end);
      if (!options.profiles.includes(profile)) {
        const mounts = options.profiles.map((id) => `/${id}`).join(', ');
        return problemResponse(
          404,
          'unknown-mount',
          `nothing is served at ${target}; providers are served under ${mounts}, the control API under ${CONTROL_PATH}`,
        );
      }
      prefix += `/${profile}`;
    }
    const place = { sandbox, profile, path, rawQuery, prefix, cors };
    return serveProvider(c.req.raw, place, connection, options.maxBodyBytes);
  });
  app.onError((error) => {
    options.log?.('warn', `failed to answer a request: ${error.stack ?? error.message}`);
    return problemResponse(500, 'internal-error', `mock429 failed to answer this: ${error.message}. Please report it`);
  });
  return app;
}

function targetOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const hash = url.indexOf('#', start);
  return start < 0 ? '/' : url.slice(start, hash < 0 ? undefined : hash);
}
