/**
 * The composition root: profiles in, a mock out, for use in the same process or on a port.
 * @module
 */
import type { ClockReading } from './clock.js';
import { type Bindings, type ControlHandler, createApp } from './http/app.js';
import { fetchInProcess } from './http/in-process.js';
import { type Listening, listen } from './http/server.js';
import { createDelivery } from './http/webhooks.js';
import { initialClock, list, loadProviders, type MockOptions, plansOf } from './options.js';
import type { Log } from './sandbox/core.js';
import type { FaultInput } from './sandbox/fault-schema.js';
import type { Fault } from './sandbox/faults.js';
import type { Quota, QuotaChange } from './sandbox/quotas.js';
import type { InFlightRequest, Sandbox } from './sandbox/sandbox.js';
import { Sandboxes } from './sandbox/sandboxes.js';
import type { Account } from './state/accounts.js';
import type { JournalEntry } from './state/journal.js';
import { VERSION } from './version.js';

/** What one sandbox offers: everything that the control API can do. */
export interface MockSandbox {
  /** Requests a provider: a path (`/api/v1/domains`), a URL on any host, or a Request. No port is involved. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  readonly clock: MockClock;
  /** Every live bucket. */
  quotas(): Quota[];
  /** Sets a bucket. @throws Problem */
  setQuota(change: QuotaChange): Quota;
  /** Which keys belong to an account, its plan, its own quotas. @throws Problem */
  setAccount(
    profile: string,
    account: string,
    change: { plan?: string; keys?: readonly string[]; quotas?: Record<string, number> },
  ): Account;
  readonly faults: {
    add(fault: FaultInput): Fault;
    list(): readonly Fault[];
    remove(id?: string): boolean;
  };
  /** The journal, oldest first. */
  requests(): JournalEntry[];
  inFlight(): InFlightRequest[];
  reset(options?: { clock?: boolean; accounts?: boolean }): void;
}

export interface MockClock {
  now(): number;
  read(): ClockReading;
  /** Milliseconds, or a duration such as `90s`, `1h`, `PT1H`. The clock has moved when this returns; the promise waits for responses that became due. */
  advance(by: number | string): Promise<ClockReading>;
  set(change: { now?: string | number; frozen?: boolean; rate?: number }): Promise<ClockReading>;
  freeze(): Promise<ClockReading>;
  resume(): Promise<ClockReading>;
}

export interface Mock extends MockSandbox {
  readonly profiles: readonly string[];
  /** An isolated copy of everything, made at first use. */
  sandbox(name: string): MockSandbox;
  /** Serves on a port (0: any free one). */
  listen(options?: { port?: number; host?: string }): Promise<Listening>;
  close(): Promise<void>;
}

/**
 * @example
 * const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen' });
 * const response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
 * response.headers.get('X-RateLimit-Remaining'); // '99'
 *
 * @throws ProfileError, OptionError
 */
export async function createMock(options: MockOptions = {}): Promise<Mock> {
  const { checkFault } = await import('./sandbox/fault-schema.js');
  return composeMock(options, checkFault);
}

/** A mock without the check of faults that come by a method call: a server's faults come, checked, by HTTP. */
export async function composeMock(options: MockOptions, checkFault: (input: FaultInput) => FaultInput): Promise<Mock> {
  const providers = await loadProviders(options);
  const ids = providers.map(({ id }) => id);
  const log: Log = options.log ?? (() => {});
  const sandboxes = new Sandboxes({
    providers,
    plans: plansOf(providers, list(options.plan)),
    clock: initialClock(options.clock),
    maxBuckets: options.maxBuckets,
    maxSandboxes: options.maxSandboxes,
    journalSize: options.journalSize,
    log,
    deliver: createDelivery(options.webhookHosts ?? [], log),
  });
  let control: Promise<ControlHandler> | undefined;
  const app = createApp({
    sandboxes,
    profiles: ids,
    maxBodyBytes: options.maxBodyBytes ?? 10 * 1024 * 1024,
    log,
    control: () => {
      control ??= import('./http/control-app.js').then(({ createControl }) =>
        createControl({ version: VERSION, token: options.controlToken, log }),
      );
      return control;
    },
  });
  const answer = (request: Request, bindings: Bindings) => app.fetch(request, bindings);
  const listening = new Set<Listening>();

  const mock: Mock = {
    ...surface(sandboxes.main, (request) => fetchInProcess(answer, request), checkFault),
    profiles: ids,
    sandbox: (name) =>
      surface(sandboxes.get(name), (request) => fetchInProcess(answer, request, `/~${name}`), checkFault),
    async listen({ port = 0, host = '127.0.0.1' } = {}) {
      const server = await listen(answer, {
        port,
        host,
        trustedProxies: options.trustedProxies ?? [],
        beforeClose: () => sandboxes.close(),
      });
      listening.add(server);
      return server;
    },
    async close() {
      await Promise.all([...listening].map((server) => server.close()));
      await sandboxes.close();
    },
  };
  return mock;
}

function surface(
  sandbox: Sandbox,
  send: (request: Request) => Promise<Response>,
  checkFault: (input: FaultInput) => FaultInput,
): MockSandbox {
  return {
    fetch: (input, init) =>
      send(
        new Request(
          typeof input === 'string' && input.startsWith('/') ? `http://mock429.localhost${input}` : input,
          init,
        ),
      ),
    clock: {
      now: () => sandbox.clock.now(),
      read: () => sandbox.clock.read(),
      advance: (by) => sandbox.advanceClock(by),
      set: (change) => sandbox.setClock(change),
      freeze: () => sandbox.setClock({ frozen: true }),
      resume: () => sandbox.setClock({ frozen: false }),
    },
    quotas: () => sandbox.quotas(),
    setQuota: (change) => sandbox.setQuota(change),
    setAccount: (profile, account, change) => sandbox.setAccount(profile, account, change),
    faults: {
      add: (fault) => sandbox.addFault(checkFault(fault)),
      list: () => sandbox.faults.list(),
      remove: (id) => sandbox.faults.remove(id),
    },
    requests: () => sandbox.requests(),
    inFlight: () => sandbox.inFlight(),
    reset: (options) => sandbox.reset(options),
  };
}
