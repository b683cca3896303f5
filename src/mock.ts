/**
 * The composition root: it creates a mock from profiles, for use in the same process or on a port.
 * @module
 */

import type { AppOptions, ControlHandler } from './http/app.js';
import type { ListenAt, Listening } from './http/listening.js';
import { listen } from './http/server.js';
import { createFastPath } from './http/socket/fast-path.js';
import { createServing, type Serving } from './http/socket/serving.js';
import { fetchInProcess } from './http/web/in-process.js';
import { type AnswerRequest, createLazyApp } from './http/web/lazy-app.js';
import { createDelivery } from './http/webhooks/webhooks.js';
import { createInterceptor } from './intercept.js';
import type { MockSandbox } from './mock-sandbox.js';
import { checkOptions } from './options/check.js';
import {
  controlRules,
  decidingOptions,
  initialClock,
  list,
  loadProviders,
  type MockOptions,
  plansOf,
  profileSources,
  sandboxLimits,
  trustedProxies,
  webhookHosts,
} from './options/options.js';
import { createReloader, type Reloaded } from './reload.js';
import type { Replication } from './replicas/join.js';
import { type AsyncDisposal, asyncDisposal } from './runtime/disposal.js';
import { VERSION } from './runtime/version.js';
import { Problem } from './sandbox/control/problem.js';
import type { SandboxHooks, WriteLog } from './sandbox/core.js';
import { isSandboxName, Sandboxes, type SandboxInfo } from './sandbox/sandboxes.js';
import type { SavedState } from './sandbox/snapshot/saved-state.js';
import { type Traffic, trafficOf } from './sandbox/traffic.js';
import type { RemovedReport } from './sandbox/verdict/evicted.js';
import { type Methods, surface } from './surface.js';

/** A mock: its main sandbox, its named sandboxes, and its server. */
export interface Mock extends MockSandbox, AsyncDisposal {
  /** Ids of the served profiles. */
  readonly profiles: readonly string[];
  /**
   * Returns a named sandbox: an isolated copy of all state, clock included. It is created at first use, so that tests can run concurrently. On a port it is
   * served under `/~name`.
   *
   * @example
   * const sandbox = mock.sandbox('t1'); // letters, digits, `.`, `_` and `-`
   * const client = new KlinkyClient({ key: 'klinky_live_a', fetch: sandbox.fetch });
   * await sandbox.clock.advance('1h'); // no other sandbox's clock moves
   *
   * @throws Problem
   */
  sandbox(name: string): MockSandbox;
  /** Lists the named sandboxes, least recently used first. */
  sandboxes(): SandboxInfo[];
  /**
   * Metrics of all sandboxes as a text that Prometheus reads; `GET /__mock429/metrics`. The library for it is loaded by the first call.
   *
   * @example
   * console.log(await mock.metrics()); // mock429_requests_total 17 …
   */
  metrics(): Promise<string>;
  /** Removes a sandbox; delayed requests in it end at once. @throws Problem */
  removeSandbox(name: string): void;
  /** The files of a served profile. A document that is served alone has no profile, and one from a URL or an object no file. @throws OptionError */
  files(profile: string): { readonly profile: string | undefined; readonly document: string | undefined };
  /**
   * Reads a profile's files again. Counters, accounts and stored items are kept. @throws ProfileError, OptionError; the previous version stays in place then
   */
  reload(profile: string): Promise<Reloaded>;
  /**
   * Listens on a port (0: any free port), for clients in other processes.
   *
   * @example
   * const { url, close } = await mock.listen();
   * const secure = await mock.listen({ https: true }); // HTTPS and HTTP/2; `secure.ca` is what clients must trust
   *
   * @throws ListenError where the port cannot be used; CertificateError where a certificate cannot
   */
  listen(options?: ListenAt): Promise<Listening>;
  /**
   * Restores interceptions, finishes delayed requests, and stops all servers. With `await using` this happens at the end of the block.
   *
   * @example
   * await using mock = await createMock({ profile: 'klinky' });
   */
  close(): Promise<void>;
}

/** A mock for the commands, which need more than the public API. */
export interface ComposedMock extends Mock {
  /** The texts that the latest attempt to read the profile has read; see `ProfileSource.read`. @throws OptionError */
  filesRead(profile: string): ReadonlyMap<string, string | undefined>;
  /** Current traffic of all sandboxes. */
  traffic(): Traffic;
  /** Calls a function with each request that is answered in any sandbox; see `SandboxHooks`. It replaces the former function. */
  onAnswered(listener: SandboxHooks['answered']): void;
  /** The caller fact that is the credential of a kind of caller; `undefined` if there is no such kind. */
  credentialFact(profile: string, kind: string): string | undefined;
  /** Final reports on judged sandboxes that were evicted as idle and have not been used again. */
  removedReports(): RemovedReport[];
  /** Saves and restores all sandboxes as one text. The module is loaded on demand, because most servers do not need it. */
  savedState(): Promise<SavedState>;
}

/**
 * Creates a mock in this process. It listens on no port until `listen()`.
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
    // Not needed yet, but loaded now so that a later call in this process does not wait for it.
    import('./http/web/listener.js'),
  ]);
  return composeMock(options, { checkFault, reportOf }, (serving) => {
    const app = createApp(serving);
    return (request, bindings) => app.fetch(request, bindings);
  });
}

/**
 * Creates a mock.
 *
 * @param methods the parts that only method calls need; a server starts without loading them
 * @param createAnswer creates the application; default: one that is loaded on demand
 * @param replication shares the state with other processes. Only `listen` serves it then; methods and `fetch` reach this replica alone
 * @throws ProfileError, OptionError
 */
export async function composeMock(
  options: MockOptions,
  methods: Methods,
  createAnswer: (serving: AppOptions) => AnswerRequest = createLazyApp,
  replication?: Replication,
): Promise<ComposedMock> {
  const sources = await profileSources(options);
  const providers = await loadProviders(sources, options.log);
  const ids = providers.map(({ id }) => id);
  const { log: writeLine = () => {} } = options;
  // Log for rare lines that may quote anything. Lines about single requests have their credentials masked where they are written.
  const masked: WriteLog = (level, line) => writeLine(level, sandboxes.main.secrets.text(line));
  const unfiltered: WriteLog = (level, line, topic) => (level === 'warn' ? masked : writeLine)(level, line, topic);
  const hooks: SandboxHooks = {};
  const plans = plansOf(providers, list(options.plan));
  const deliver = createDelivery({ hosts: webhookHosts(options), log: masked });
  const replicated =
    replication &&
    (await import('./replicas/join.js')).prepareReplica(
      replication,
      providers,
      plans,
      decidingOptions(options),
      deliver,
      unfiltered,
      hooks,
    );
  const log = replicated?.log ?? unfiltered;
  const sandboxes: Sandboxes = new Sandboxes({
    providers,
    plans,
    clock: initialClock(options.clock),
    maxBuckets: options.maxBuckets,
    ...sandboxLimits(options),
    judgeWith: options.judge ? (await import('./sandbox/verdict/running.js')).judgeContinuously : undefined,
    prefer: options.prefer,
    editions: {
      open: (profile, variants) => reloader.editions.open(profile, variants),
      loaded: (profile, variants) => reloader.editions.loaded(profile, variants),
    },
    log,
    hooks,
    deliver,
    ...replicated?.options,
  });
  const replicator = await replicated?.join(sandboxes);
  const rules = controlRules(options);
  const trusted = trustedProxies(options);
  let control: Promise<ControlHandler> | undefined;
  let ui: Promise<ControlHandler> | undefined;
  const serving = {
    sandboxes,
    profiles: ids,
    maxBodyBytes: options.maxBodyBytes ?? 10 * 1024 * 1024,
    cors: options.cors ?? true,
    log: masked,
    replicator,
  };
  const answer = createAnswer({
    ...serving,
    control: () => {
      control ??= import('./http/control/app.js').then(({ createControl }) =>
        createControl({ version: VERSION, ...rules, log: masked }),
      );
      return control;
    },
    ui: () => {
      ui ??= import('./http/ui/serve.js').then(({ createUi }) => createUi(rules));
      return ui;
    },
  });
  const fastPath = () => createFastPath({ ...serving, trustedProxies: trusted, version: VERSION, rules });
  const listening = new Set<Listening>();
  let intercepted: Serving | undefined;
  const reloader = createReloader(
    options,
    providers.map((provider, i) => ({ provider, source: sources[i]! })),
    sandboxes,
  );
  const { files, filesRead, reload } = reloader;
  const interceptor = createInterceptor(
    () => ids.map((id) => sandboxes.main.provider(id)),
    (request, route) => fetchInProcess(answer, request, '', route),
    (incoming, outgoing, socket, site) => {
      intercepted ??= createServing(answer, fastPath(), { trustedProxies: trusted, log: masked });
      intercepted.answer(incoming, outgoing, intercepted.connections.of(socket), site);
    },
  );
  const surfaceOf = (name: string): MockSandbox => ({
    ...surface(
      () => sandboxes.get(name),
      (request) => fetchInProcess(answer, request, name === '' ? '' : `/~${name}`),
      methods,
    ),
    intercept: (options) => interceptor.intercept(name, options),
  });

  const closeSandboxes = async () => {
    // A delayed request of another replica would never end here.
    await replicator?.leave();
    await sandboxes.close();
  };
  const close = async () => {
    interceptor.restore();
    await Promise.all([...listening].map((server) => server.close()));
    await closeSandboxes();
    await replicator?.close();
  };
  const mock: ComposedMock = {
    ...surfaceOf(''),
    profiles: ids,
    files,
    filesRead,
    reload,
    traffic: () => trafficOf(sandboxes),
    onAnswered(listener) {
      hooks.answered = listener;
    },
    credentialFact: (profile, kind) => sandboxes.main.provider(profile).profile.callers.credentials[kind]?.fact,
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
    metrics: async () => (await (await import('./http/metrics/metrics.js')).scrape(sandboxes, false)).text,
    async listen({ port = 0, host = '127.0.0.1', https = false, proxy = false } = {}) {
      const { judge = false, holdRefusals = true } = options;
      const judging = judge ? new (await import('./http/judging/judging.js')).Judging(holdRefusals) : undefined;
      const extend =
        https || proxy
          ? (await import('./http/proxy/open-extension.js')).openExtension(sandboxes.main, host, { https, proxy })
          : undefined;
      const server = await listen(answer, fastPath(), {
        port,
        host,
        trustedProxies: trusted,
        judging,
        log: masked,
        beforeClose: closeSandboxes,
        extend: await extend,
      });
      listening.add(server);
      return server;
    },
    close,
    ...asyncDisposal(close),
  };
  return mock;
}
