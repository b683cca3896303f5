/**
 * The composition root: profiles in, a mock out, for use in the same process or on a port.
 * @module
 */
import type { ClockReading } from './clock.js';
import { type Bindings, type ControlHandler, createApp } from './http/app.js';
import { fetchInProcess } from './http/in-process.js';
import { type Listening, listen } from './http/server.js';
import { createDelivery } from './http/webhooks.js';
import { suggest } from './profile/errors.js';
import { builtInProfiles, loadProvider } from './profile/load.js';
import type { Provider } from './profile/provider.js';
import type { Log } from './sandbox/core.js';
import type { Fault, FaultInput } from './sandbox/faults.js';
import type { Quota, QuotaChange } from './sandbox/quotas.js';
import { type InFlightRequest, parseInstant, type Sandbox } from './sandbox/sandbox.js';
import { Sandboxes } from './sandbox/sandboxes.js';
import type { Account } from './state/accounts.js';
import type { JournalEntry } from './state/journal.js';
import { VERSION } from './version.js';

export interface MockOptions {
  /** Ids of built-in profiles or paths of profile files; all built-in ones when left out. */
  readonly profile?: string | readonly string[];
  /** Variant names; `profile:variant` where several profiles are served. */
  readonly variant?: string | readonly string[];
  /** The default account's plan; `profile:plan` where several profiles are served. */
  readonly plan?: string | readonly string[];
  /** Single settings, `profile:path=value` (the profile's id may be left out where one is served). */
  readonly set?: readonly string[];
  /** Divides every duration of the profiles; counts stay. */
  readonly compress?: number;
  /** `frozen`, or an instant (ISO or epoch ms) at which the clock starts frozen; the machine's time when left out. */
  readonly clock?: 'system' | 'frozen' | { readonly now?: string | number; readonly frozen?: boolean };
  /** Largest request body, in bytes; 10 MiB when left out. */
  readonly maxBodyBytes?: number;
  /** Buckets kept per policy before the least recently used go; a million when left out. */
  readonly maxBuckets?: number;
  readonly maxSandboxes?: number;
  /** Requests that the journal keeps; 10,000 when left out. */
  readonly journalSize?: number;
  /** Hosts besides this machine that webhooks may go to. */
  readonly webhookHosts?: readonly string[];
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Lets clients that are not on this machine, but know it, use the control API. */
  readonly controlToken?: string;
  /** Gets a line per refusal, unmatched path and warning; nothing is logged when left out. */
  readonly log?: Log;
}

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

/** An option that does not fit the profiles; the message names it and what there is. */
export class OptionError extends Error {
  override name = 'OptionError';
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
  const providers = loadProviders(options);
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
    ...surface(sandboxes.main, (request) => fetchInProcess(answer, request)),
    profiles: ids,
    sandbox: (name) => surface(sandboxes.get(name), (request) => fetchInProcess(answer, request, `/~${name}`)),
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

function surface(sandbox: Sandbox, send: (request: Request) => Promise<Response>): MockSandbox {
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
      add: (fault) => sandbox.addFault(fault),
      list: () => sandbox.faults.list(),
      remove: (id) => sandbox.faults.remove(id),
    },
    requests: () => sandbox.requests(),
    inFlight: () => sandbox.inFlight(),
    reset: (options) => sandbox.reset(options),
  };
}

function loadProviders(options: MockOptions): Provider[] {
  const references = list(options.profile);
  const wanted = references.length === 0 || references.includes('all') ? builtInProfiles() : references;
  const variants = list(options.variant).map((text) => scoped(text, wanted, 'variant'));
  const settings = (options.set ?? []).map((text) => setting(text, wanted));
  const { compress = 1 } = options;
  if (!(Number.isFinite(compress) && compress > 0))
    throw new OptionError(`compress must be a number above 0, not ${compress}`);
  const providers = [...new Set(wanted)].map((reference) =>
    loadProvider(reference, {
      compress,
      variants: variants.filter(({ profile }) => profile === reference).map(({ value }) => value),
      set: settings.filter(({ profile }) => profile === reference).map(({ path, value }) => ({ path, value })),
    }),
  );
  const twice = providers.find(({ id }, i) => providers.findIndex((other) => other.id === id) !== i);
  if (twice) throw new OptionError(`two profiles have the id "${twice.id}"; serve one of them`);
  return providers;
}

/** `profile:value`, or a bare value where one profile is served. */
function scoped(text: string, references: readonly string[], option: string): { profile: string; value: string } {
  const reference = references.find((one) => text.startsWith(`${one}:`));
  if (reference !== undefined) return { profile: reference, value: text.slice(reference.length + 1) };
  if (references.length === 1 && !text.includes(':')) return { profile: references[0]!, value: text };
  const [named] = text.split(':');
  if (text.includes(':'))
    throw new OptionError(`${option} "${text}" names "${named}", which is not served; ${suggest(named!, references)}`);
  throw new OptionError(`${option} "${text}" does not say which profile it is for; write ${references[0]}:${text}`);
}

function setting(text: string, references: readonly string[]): { profile: string; path: string; value: unknown } {
  const equals = text.indexOf('=');
  if (equals < 0)
    throw new OptionError(`set "${text}" has no value; write path=value, such as policies.key-minute.quota=5`);
  const { profile, value: path } = scoped(text.slice(0, equals), references, 'set');
  const raw = text.slice(equals + 1);
  try {
    return { profile, path, value: JSON.parse(raw) as unknown };
  } catch {
    return { profile, path, value: raw };
  }
}

function plansOf(providers: readonly Provider[], plans: readonly string[]): Record<string, string> {
  const ids = providers.map(({ id }) => id);
  return Object.fromEntries(
    plans.map((text) => {
      const { profile, value } = scoped(text, ids, 'plan');
      const known = Object.keys(providers.find(({ id }) => id === profile)!.profile.plans);
      if (!known.includes(value)) throw new OptionError(`${profile} has no plan "${value}"; ${suggest(value, known)}`);
      return [profile, value];
    }),
  );
}

function initialClock(clock: MockOptions['clock']): { frozen?: boolean; now?: number } {
  if (clock === undefined || clock === 'system') return {};
  if (clock === 'frozen') return { frozen: true };
  const now = clock.now === undefined ? {} : { now: parseInstant(clock.now, 'clock.now') };
  return { frozen: clock.frozen ?? true, ...now };
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? value.split(',') : value).map((one) => one.trim()).filter((one) => one !== '');
}
