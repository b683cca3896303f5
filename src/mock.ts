/**
 * The composition root: profiles in, a mock out, for use in the same process or on a port.
 * @module
 */

import type { AppOptions, ControlHandler } from './http/app.js';
import type { Listening } from './http/listening.js';
import { listen } from './http/server.js';
import { createFastPath } from './http/socket/fast-path.js';
import { fetchInProcess } from './http/web/in-process.js';
import { type AnswerRequest, createLazyApp } from './http/web/lazy-app.js';
import { createDelivery } from './http/webhooks/webhooks.js';
import { createInterceptor } from './intercept.js';
import type { MockSandbox } from './mock-sandbox.js';
import { checkOptions } from './options/check.js';
import {
  controlRules,
  initialClock,
  list,
  loadProviders,
  type MockOptions,
  openings,
  plansOf,
  sandboxLimits,
  trustedProxies,
  webhookHosts,
} from './options/options.js';
import { createReloader, type Reloaded } from './reload.js';
import { type AsyncDisposal, asyncDisposal } from './runtime/disposal.js';
import { VERSION } from './runtime/version.js';
import { Problem } from './sandbox/control/problem.js';
import type { WriteLog } from './sandbox/core.js';
import { isSandboxName, Sandboxes, type SandboxInfo } from './sandbox/sandboxes.js';
import type { SavedState } from './sandbox/snapshot/saved-state.js';
import { type Traffic, trafficOf } from './sandbox/traffic.js';
import type { RemovedReport } from './sandbox/verdict/evicted.js';
import { type Methods, surface } from './surface.js';

export interface Mock extends MockSandbox, AsyncDisposal {
  /** Ids of what is served. */
  readonly profiles: readonly string[];
  /**
   * An isolated copy of everything, clock included, made at first use, so that tests may run at the same time. On a port it is under `/~name`.
   *
   * @example
   * const sandbox = mock.sandbox('t1'); // letters, digits, `.`, `_` and `-`
   * const client = new KlinkyClient({ key: 'klinky_live_a', fetch: sandbox.fetch });
   * await sandbox.clock.advance('1h'); // nobody else's clock moves
   *
   * @throws Problem
   */
  sandbox(name: string): MockSandbox;
  /** Those there are, but for the one without a name; the one unused for longest first. */
  sandboxes(): SandboxInfo[];
  /** Forgets a sandbox; what waits in it ends at once. @throws Problem */
  removeSandbox(name: string): void;
  /** The files that a profile which is served was read from. @throws OptionError */
  files(profile: string): { readonly profile: string; readonly document: string };
  /** Reads a profile's files again; counts, accounts and what is kept go on. @throws ProfileError, OptionError; then the former edition is served still */
  reload(profile: string): Promise<Reloaded>;
  /**
   * Serves on a port (0: any free one), for clients in other processes and those that do not use `fetch`.
   *
   * @example
   * const { url, close } = await mock.listen();
   */
  listen(options?: { port?: number; host?: string }): Promise<Listening>;
  /**
   * Restores what was intercepted, answers what waits, and stops serving. With `await using` it comes at the end of the block.
   *
   * @example
   * await using mock = await createMock({ profile: 'klinky' });
   */
  close(): Promise<void>;
}

/** A mock as the commands have it, with what they need besides. */
export interface ComposedMock extends Mock {
  /** What the newest attempt to read the profile has read: see `Opening.read`. @throws OptionError */
  filesRead(profile: string): ReadonlyMap<string, string | undefined>;
  /** What goes on at the moment, in all sandboxes. */
  traffic(): Traffic;
  /** Finished reports on judged sandboxes that were removed because they were unused, and have not been used again since. */
  removedReports(): RemovedReport[];
  /** All sandboxes as one text. Loaded when it is asked for: most servers start without. */
  savedState(): Promise<SavedState>;
}

/**
 * A mock in this process. Nothing is served on a port until `listen()`.
 *
 * @example
 * const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen' });
 * const response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
 * response.headers.get('X-RateLimit-Remaining'); // '99'
 *
 * @throws ProfileError, OptionError
 */
export async function createMock(options: MockOptions = {}): Promise<Mock> {
  checkOptions(options);
  const [{ createApp }, { checkFault }, { reportOf }] = await Promise.all([
    import('./http/app.js'),
    import('./sandbox/faults/schema.js'),
    import('./sandbox/verdict/report.js'),
    // Not needed yet, but nobody who is in this process should wait for it later.
    import('./http/web/listener.js'),
  ]);
  return composeMock(options, { checkFault, reportOf }, (serving) => {
    const app = createApp(serving);
    return (request, bindings) => app.fetch(request, bindings);
  });
}

/** A mock of which what only method calls need is given: a server, which is asked by HTTP, starts without. */
export async function composeMock(
  options: MockOptions,
  methods: Methods,
  createAnswer: (serving: AppOptions) => AnswerRequest = createLazyApp,
): Promise<ComposedMock> {
  const ways = await openings(options);
  const providers = await loadProviders(ways);
  const ids = providers.map(({ id }) => id);
  const { log: given = () => {} } = options;
  // For lines that are rare and may quote anything. Lines of single requests have their credentials masked where they are written.
  const masked: WriteLog = (level, line) => given(level, sandboxes.main.secrets.text(line));
  const log: WriteLog = (level, line) => (level === 'warn' ? masked : given)(level, line);
  const plans = plansOf(providers, list(options.plan));
  const sandboxes: Sandboxes = new Sandboxes({
    providers,
    plans,
    clock: initialClock(options.clock),
    maxBuckets: options.maxBuckets,
    ...sandboxLimits(options),
    judgeWith: options.judge ? (await import('./sandbox/verdict/running.js')).judgeContinuously : undefined,
    prefer: options.prefer,
    log,
    deliver: createDelivery({ hosts: webhookHosts(options), log: masked }),
  });
  const rules = controlRules(options);
  const trusted = trustedProxies(options);
  let control: Promise<ControlHandler> | undefined;
  const serving = {
    sandboxes,
    profiles: ids,
    maxBodyBytes: options.maxBodyBytes ?? 10 * 1024 * 1024,
    cors: options.cors ?? true,
    log: masked,
  };
  const answer = createAnswer({
    ...serving,
    control: () => {
      control ??= import('./http/control/app.js').then(({ createControl }) =>
        createControl({ version: VERSION, ...rules, log: masked }),
      );
      return control;
    },
  });
  const listening = new Set<Listening>();
  const { files, filesRead, reload } = createReloader(
    options,
    providers.map((provider, i) => ({ provider, way: ways[i]! })),
    sandboxes,
  );
  const interceptor = createInterceptor(
    () => ids.map((id) => sandboxes.main.provider(id)),
    (request, route) => fetchInProcess(answer, request, '', route),
  );
  const surfaceOf = (name: string): MockSandbox => ({
    ...surface(
      () => sandboxes.get(name),
      (request) => fetchInProcess(answer, request, name === '' ? '' : `/~${name}`),
      methods,
    ),
    intercept: (options) => interceptor.intercept(name, options),
  });

  const close = async () => {
    interceptor.restore();
    await Promise.all([...listening].map((server) => server.close()));
    await sandboxes.close();
  };
  const mock: ComposedMock = {
    ...surfaceOf(''),
    profiles: ids,
    files,
    filesRead,
    reload,
    traffic: () => trafficOf(sandboxes),
    removedReports: () => sandboxes.removedReports(),
    async savedState() {
      const [{ SavedState }, { checkFault }] = await Promise.all([
        import('./sandbox/snapshot/saved-state.js'),
        import('./sandbox/faults/schema.js'),
      ]);
      return new SavedState(sandboxes, plans, checkFault);
    },
    sandbox(name) {
      const refusal = sandboxes.refusal(name);
      if (refusal) throw refusal;
      if (isSandboxName(name)) return surfaceOf(name);
      const problem = `"${name}" cannot name a sandbox; use letters, digits, ".", "_" and "-", at most 100`;
      throw new Problem(400, 'bad-sandbox-name', problem, 'name');
    },
    sandboxes: () => sandboxes.list(),
    removeSandbox: (name) => sandboxes.remove(name),
    async listen({ port = 0, host = '127.0.0.1' } = {}) {
      const { judge = false, holdRefusals = true } = options;
      const judging = judge ? new (await import('./http/judging/judging.js')).Judging(holdRefusals) : undefined;
      const server = await listen(
        answer,
        createFastPath({ ...serving, trustedProxies: trusted, version: VERSION, rules }),
        {
          port,
          host,
          trustedProxies: trusted,
          judging,
          log: masked,
          beforeClose: () => sandboxes.close(),
        },
      );
      listening.add(server);
      return server;
    },
    close,
    ...asyncDisposal(close),
  };
  return mock;
}
