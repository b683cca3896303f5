/**
 * The application: one path leads to a provider, another to the control API. What comes over a socket and is for a provider takes a shorter way (`direct.ts`)
 * to the same answer.
 * @module
 */
import { Hono } from 'hono';
import type { WriteLog } from '../sandbox/core.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Sandboxes } from '../sandbox/sandboxes.js';
import { createRouting, profilesWith, splitTarget } from './routing.js';
import { foreignSite } from './web/foreign-site.js';
import { internalError, problemResponse, responseOf } from './web/problem-json.js';
import { type Connection, serveProvider } from './web/provider-app.js';

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
  readonly log?: WriteLog | undefined;
}

export type ControlHandler = (request: Request, bindings: ControlBindings) => Response | Promise<Response>;

export interface ControlBindings {
  /** Made when it is first asked for: a call that is refused makes none. */
  readonly sandbox: Sandbox;
  readonly sandboxes: Sandboxes;
  /** The client's address; `undefined` in-process. */
  readonly ip: string | undefined;
  /** The authority that the request asks; `undefined` in-process. */
  readonly host: string | undefined;
  /** @see Connection.waits */
  readonly waits: (() => void) | undefined;
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

export type App = Hono<{ Bindings: Bindings }>;

export function createApp(options: AppOptions): App {
  const app = new Hono<{ Bindings: Bindings }>({ getPath: () => '/' });
  const { sandboxes, maxBodyBytes, cors = true } = options;
  const routing = createRouting(
    options.profiles,
    (target) => sandboxes.main.secrets.target(target),
    (path) => profilesWith(path, sandboxes.main),
  );

  app.all('/', (c): Response | Promise<Response> => {
    const { connection, route, target = targetOf(c.req.raw.url) } = c.env;
    const there = route ? { to: 'provider' as const, ...route, ...splitTarget(target), prefix: '' } : routing(target);
    if (there.to === 'nowhere') return problemResponse(404, there.code, there.detail);
    const name = there.sandbox;
    const refusal = name === '' ? undefined : sandboxes.refusal(name);
    if (refusal) return responseOf(refusal);
    if (there.to === 'provider') {
      if (c.req.header('sec-fetch-site') === 'cross-site' && !sandboxes.has(name)) {
        options.log?.('info', 'a page of another site asked for a sandbox that is not there, and was refused');
        const answer = foreignSite(cors);
        return new Response(answer.body, answer);
      }
      const target = { ...there, sandbox: sandboxes.get(name, connection), cors };
      return serveProvider(c.req.raw, target, connection, maxBodyBytes);
    }
    const ip = connection.inProcess ? undefined : connection.ip;
    let sandbox: Sandbox | undefined;
    const bindings = {
      get sandbox() {
        sandbox ??= sandboxes.get(name, connection);
        return sandbox;
      },
      sandboxes,
      ip,
      host: connection.host,
      waits: connection.waits,
    };
    return options.control().then((control) => control(c.req.raw, bindings));
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
