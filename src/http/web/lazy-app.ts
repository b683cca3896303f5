/**
 * Loads the application at the first request that needs it. Most requests take the fast path (`socket/fast-path.ts`), and loading the framework takes a third
 * of a
 * start.
 * @module
 */
import type { App, AppOptions, Bindings } from '../app.js';

/** Answers a request in the application. */
export type AnswerRequest = (request: Request, bindings: Bindings) => Response | Promise<Response>;

/** Creates a function that loads the application at its first call. */
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
