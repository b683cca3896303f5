/**
 * The application, loaded at the first request that comes to it: to a server most requests take the shorter way (`direct.ts`), and the framework takes a third of a
 * start.
 * @module
 */
import type { App, AppOptions, Bindings } from '../app.js';

export type AnswerRequest = (request: Request, bindings: Bindings) => Response | Promise<Response>;

export function createLazyApp(options: AppOptions): AnswerRequest {
  let app: App | undefined;
  let loading: Promise<App> | undefined;
  const load = async () => {
    const { createApp } = await import('../app.js');
    app = createApp(options);
    return app;
  };
  return (request, bindings) => {
    if (app) return app.fetch(request, bindings);
    loading ??= load();
    return loading.then((loaded) => loaded.fetch(request, bindings));
  };
}
