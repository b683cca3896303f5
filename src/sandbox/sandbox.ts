/**
 * A sandbox: a clock and, for every provider, a world. What the control API can do is a method here.
 * @module
 */
import { Clock, type ClockReading } from '../clock.js';
import { parseDuration } from '../limits/duration.js';
import { suggest } from '../profile/errors.js';
import type { Provider } from '../profile/provider.js';
import type { Account } from '../state/accounts.js';
import { Journal, type JournalEntry } from '../state/journal.js';
import { type AccountChange, changeAccount } from './accounts.js';
import type { Answer } from './answer.js';
import { quotaOf } from './asks.js';
import { type Core, instantOf, type Log, type Port, type SandboxEvent } from './core.js';
import { exchange } from './exchange.js';
import type { FaultInput } from './fault-schema.js';
import { type Fault, Faults } from './faults.js';
import { checkInstant, parseInstant } from './instants.js';
import { Problem } from './problem.js';
import { listQuotas, type Quota, type QuotaChange, seedQuota } from './quotas.js';
import { maskFacts } from './record.js';
import type { Arrival } from './request.js';
import { clearWorld, createWorld, initialAccounts, type World } from './world.js';

export interface SandboxOptions {
  readonly providers: readonly Provider[];
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  readonly clock: { readonly frozen?: boolean; readonly now?: number };
  readonly maxBuckets?: number | undefined;
  readonly journalSize?: number | undefined;
  readonly log: Log;
  readonly deliver: Core['deliver'];
}

export interface InFlightRequest {
  readonly id: string;
  readonly profile: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly caller: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly since: string;
  /** When its delay ends. */
  readonly until: string | null;
}

export class Sandbox {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults = new Faults();
  readonly #worlds = new Map<string, World>();
  readonly #core: Core;
  readonly #options: SandboxOptions;
  readonly #listeners = new Set<(event: SandboxEvent) => void>();
  #requests = 0;

  constructor(
    readonly name: string,
    options: SandboxOptions,
  ) {
    this.#options = options;
    this.clock = new Clock(options.clock);
    this.journal = new Journal(options.journalSize);
    for (const provider of options.providers) {
      this.#worlds.set(provider.id, createWorld(provider, options.plans[provider.id], options.maxBuckets));
    }
    this.#core = {
      name,
      clock: this.clock,
      journal: this.journal,
      faults: this.faults,
      log: options.log,
      deliver: options.deliver,
      nextRequest: () => {
        this.#requests += 1;
        return `${name === '' ? '' : `${name}-`}${this.#requests}`;
      },
      emit: (event) => {
        for (const listener of this.#listeners) listener(event);
      },
    };
    this.clock.onMove((reading) => this.#core.emit({ type: 'clock', at: reading.epochMs, data: reading }));
  }

  get profiles(): string[] {
    return [...this.#worlds.keys()];
  }

  /** Answers a provider's request. */
  handle(profile: string, arrival: Arrival, port: Port): Answer | Promise<Answer> {
    return exchange(this.#core, this.#worlds.get(profile)!, arrival, port);
  }

  onEvent(listener: (event: SandboxEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws Problem when the instant or the rate cannot be */
  async setClock(change: {
    now?: string | number | undefined;
    frozen?: boolean | undefined;
    rate?: number | undefined;
  }): Promise<ClockReading> {
    const now = change.now === undefined ? undefined : parseInstant(change.now, 'now');
    if (change.rate !== undefined && !(Number.isFinite(change.rate) && change.rate >= 0 && change.rate <= 1_000_000)) {
      throw new Problem(
        400,
        'bad-rate',
        'must be a number from 0 to 1000000 (virtual milliseconds per real one)',
        'rate',
      );
    }
    await this.clock.set({
      ...(now === undefined ? {} : { now }),
      ...(change.frozen === undefined ? {} : { frozen: change.frozen }),
      ...(change.rate === undefined ? {} : { rate: change.rate }),
    });
    return this.clock.read();
  }

  /** Milliseconds, or a duration such as `90s` or `PT1H`. Resolves once all that became due has been handed over. @throws Problem */
  async advanceClock(by: number | string): Promise<ClockReading> {
    const ms = typeof by === 'number' ? by : parseDuration(by);
    const field = typeof by === 'number' ? 'ms' : 'duration';
    if (ms === undefined)
      throw new Problem(400, 'bad-duration', `"${by}" is not a duration; write it like 90s, 5m, 1h, 2d or PT1H`, field);
    if (!Number.isFinite(ms) || ms < 0)
      throw new Problem(
        400,
        'bad-duration',
        'must be a number of milliseconds from 0 up; PUT /clock sets the clock back',
        field,
      );
    checkInstant(this.clock.now() + ms, field);
    await this.clock.advance(Math.round(ms));
    return this.clock.read();
  }

  /** Counters, journal, faults, jobs and resources are gone; requests in flight end at once. */
  reset({ clock = false, accounts = false }: { clock?: boolean; accounts?: boolean } = {}): void {
    for (const world of this.#worlds.values()) {
      clearWorld(world, this.#options.maxBuckets);
      if (accounts) world.accounts.load(initialAccounts(world.provider, this.#options.plans[world.provider.id]).list());
    }
    this.faults.remove();
    this.journal.clear();
    if (clock) this.clock.reset();
    this.#core.emit({ type: 'reset', at: this.clock.now(), data: { clock } });
  }

  quotas(): Quota[] {
    return [...this.#worlds.values()].flatMap((world) => listQuotas(world, instantOf(this.#core)));
  }

  /** @throws Problem */
  setQuota(change: QuotaChange): Quota {
    if (change.id !== undefined) {
      const other = (['policy', 'partition'] as const).find((name) => change[name] !== undefined);
      if (other !== undefined)
        throw new Problem(400, 'id-or-policy', `the id names the bucket already; leave out ${other}, or the id`, other);
      const known = this.quotas().find(({ id }) => id === change.id);
      const profile = change.profile ?? known?.profile ?? this.profiles[0]!;
      return seedQuota(this.#world(profile, 400), change, instantOf(this.#core));
    }
    return seedQuota(this.#worldOf(change.profile), change, instantOf(this.#core));
  }

  /** What the default account may take by a policy, in the profile's own units; `undefined`: no limit. @throws Problem */
  defaultQuota(profile: string, policy: string): number | undefined {
    const world = this.#world(profile);
    const { accounts } = world.provider.profile;
    const rule = world.provider.policy.get(policy)!;
    const quota = quotaOf(world, rule, accounts.default, world.accounts.get(accounts.default)?.plan ?? accounts.plan);
    return quota === undefined ? undefined : quota / rule.scale;
  }

  /** @throws Problem */
  setAccount(profile: string, id: string, change: AccountChange): Account {
    return changeAccount(this.#world(profile), id, change);
  }

  /** @throws Problem */
  accounts(profile: string): Account[] {
    return this.#world(profile).accounts.list();
  }

  /** Takes a fault that `checkFault` has passed. @throws Problem when its profile is not served */
  addFault({ match = {}, ...spec }: FaultInput): Fault {
    if (match.profile !== undefined) this.#world(match.profile, 400, 'match.profile');
    return this.faults.add({ ...spec, match });
  }

  inFlight(): InFlightRequest[] {
    return [...this.#worlds.values()].flatMap((world) =>
      [...world.inFlight.values()].map(({ since, until, abort: _, caller, ...request }) => ({
        ...request,
        profile: world.provider.id,
        caller: maskFacts(world.provider, caller),
        since: new Date(since).toISOString(),
        until: until === null ? null : new Date(until).toISOString(),
      })),
    );
  }

  requests(): JournalEntry[] {
    return this.journal.entries();
  }

  provider(profile: string): Provider {
    return this.#world(profile).provider;
  }

  /** Answers what waits, at once, and sets no more timers. */
  async close(): Promise<void> {
    await this.clock.flush();
    this.clock.stop();
  }

  #worldOf(profile: string | undefined): World {
    if (profile !== undefined) return this.#world(profile, 400);
    if (this.#worlds.size === 1) return [...this.#worlds.values()][0]!;
    throw new Problem(
      400,
      'missing-profile',
      `several profiles are served; name one of: ${this.profiles.join(', ')}`,
      'profile',
    );
  }

  #world(profile: string, status: 400 | 404 = 404, field = 'profile'): World {
    const world = this.#worlds.get(profile);
    if (world) return world;
    throw new Problem(
      status,
      'unknown-profile',
      `no profile "${profile}" is served; ${suggest(profile, this.profiles)}`,
      field,
    );
  }
}
