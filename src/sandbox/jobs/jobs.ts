/**
 * The control operations on jobs: list them, end or move them, and set the defaults for new ones.
 * @module
 */
import type { Life } from '../../behaviours/behaviour.js';
import { endStates, stateOf } from '../../behaviours/collections/shared.js';
import { splitPartition } from '../../limits/partitions.js';
import type { Provider } from '../../profile/compiled/provider.js';
import { isRunning, type JobItem } from '../../state/resources/item.js';
import { checkInstant } from '../control/instants.js';
import { Problem } from '../control/problem.js';
import type { Core } from '../core.js';
import { moveJob } from '../exchange/run-operation.js';
import { maskFacts } from '../masking/masking.js';
import type { ProviderState } from '../provider-state.js';
import { findProviderState } from '../provider-states.js';
import { settleDeliveries } from '../webhooks/send.js';

/** A job as the control API shows it. */
export interface Job {
  readonly id: string;
  readonly profile: string;
  readonly collection: string;
  readonly state: string;
  /** The state that it will end in, or has ended in. */
  readonly outcome: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** `null` if it runs until it is ended through the control API. */
  readonly endsAt: string | null;
  /** The leases that it holds while it runs; credentials masked. */
  readonly holds: { readonly policy: string; readonly partition: Readonly<Record<string, string>> }[];
}

/** A change to a job. */
export interface JobUpdate {
  /** Needed only if jobs of several profiles share the id. */
  readonly profile?: string | undefined;
  /** The running state keeps it running without an end; any other ends it, now or after `endsInMs`. */
  readonly state?: string | undefined;
  readonly endsInMs?: number | undefined;
}

/** The run time and outcome of new jobs of a profile. */
export interface JobDefaults {
  readonly profile: string;
  /** `null`: each collection has its own. */
  readonly runTimeMs: number | null;
  /** `null`: each collection has its own. */
  readonly outcome: string | null;
  readonly collections: {
    readonly collection: string;
    readonly running: string;
    readonly ends: string[];
    readonly runTimeMs: number;
    readonly outcome: string;
  }[];
}

/** A change to the defaults. */
export interface JobDefaultsUpdate {
  /** `null`: each collection has its own again. */
  readonly runTimeMs?: number | null | undefined;
  readonly outcome?: string | null | undefined;
}

/** A job with its collection and provider. */
interface Found {
  readonly providerState: ProviderState;
  readonly collection: string;
  readonly item: JobItem;
}

/** One year. */
const MAX_DURATION_MS = 31_536_000_000;

/** The jobs of one sandbox. */
export class Jobs {
  readonly #core: Core;
  readonly #providerStates: ReadonlyMap<string, ProviderState>;

  constructor(core: Core, providerStates: ReadonlyMap<string, ProviderState>) {
    this.#core = core;
    this.#providerStates = providerStates;
  }

  /** All jobs, by profile, then in the order of creation. */
  list(): Job[] {
    const now = this.#core.clock.now();
    return [...this.#providerStates.values()].flatMap((providerState) =>
      [...providerState.resources.jobs()]
        .sort((a, b) => a.item.serial - b.item.serial)
        .map((job) => toJob({ providerState, ...job }, now)),
    );
  }

  /** Ends a running job, keeps it running, or moves its end. If it ends now, resolves once its webhook has been delivered. @throws Problem */
  async set(id: string, change: JobUpdate): Promise<Job> {
    const found = this.#find(id, change.profile);
    const { providerState, item } = found;
    const now = this.#core.clock.now();
    Object.assign(item.job, this.#checked(found, change, now));
    moveJob(this.#core, providerState, item);
    await this.#core.clock.catchUp();
    await settleDeliveries(this.#core, this.#providerStates.values());
    return toJob(found, this.#core.clock.now());
  }

  /** The defaults for new jobs of a profile. @throws Problem */
  defaults(profile: string): JobDefaults {
    const { provider, jobDefaults } = findProviderState(this.#providerStates, profile);
    const { runTimeMs = null, outcome = null } = jobDefaults;
    const collections = livesOf(provider).map(([collection, life]) => ({
      collection,
      running: life.running,
      ends: endStates(life),
      runTimeMs: Math.round(life.runTimeMs / provider.compress),
      outcome: life.outcome,
    }));
    return { profile, runTimeMs, outcome, collections };
  }

  /** Sets the defaults for new jobs; running ones are not affected. @throws Problem */
  setDefaults(profile: string, { runTimeMs, outcome }: JobDefaultsUpdate): JobDefaults {
    const providerState = findProviderState(this.#providerStates, profile);
    const lives = livesOf(providerState.provider);
    if (lives.length === 0)
      throw new Problem(400, 'no-jobs', `${profile} has no jobs; give one of its collections a life`);
    if (runTimeMs === undefined && outcome === undefined)
      throw new Problem(400, 'nothing-to-set', `give runTimeMs or outcome; GET /profiles/${profile}/jobs shows them`);
    if (typeof runTimeMs === 'number') checkMilliseconds(runTimeMs, 'runTimeMs', this.#core.clock.now());
    const ends = [...new Set(lives.flatMap(([, life]) => endStates(life)))];
    if (typeof outcome === 'string' && !ends.includes(outcome))
      throw new Problem(
        400,
        'unknown-outcome',
        `no job of ${profile} ends as "${outcome}"; ${listKnown(ends)}`,
        'outcome',
      );
    const next = { ...providerState.jobDefaults };
    if (runTimeMs === null) delete next.runTimeMs;
    else if (runTimeMs !== undefined) next.runTimeMs = Math.round(runTimeMs);
    if (outcome === null) delete next.outcome;
    else if (outcome !== undefined) next.outcome = outcome;
    providerState.jobDefaults = next;
    this.#core.counts.changes += 1;
    return this.defaults(profile);
  }

  #find(id: string, profile: string | undefined): Found {
    const providerStates =
      profile === undefined
        ? [...this.#providerStates.values()]
        : [findProviderState(this.#providerStates, profile, 400)];
    const found = providerStates.flatMap((providerState) =>
      [...providerState.resources.jobs()]
        .filter(({ item }) => item.id === id)
        .map((job): Found => ({ providerState, ...job })),
    );
    const [first, second] = found;
    if (!first) throw new Problem(404, 'unknown-job', `there is no job "${id}"; GET /jobs lists those there are`, 'id');
    if (!second) return first;
    const locations = found
      .map(({ providerState, collection }) => `${collection} of ${providerState.provider.id}`)
      .join(' and ');
    throw new Problem(
      409,
      'ambiguous-job',
      `several jobs have the id "${id}" (${locations}); name the profile`,
      'profile',
    );
  }

  /** Validates a change. @returns the job's new end and outcome @throws Problem */
  #checked(found: Found, { state, endsInMs }: JobUpdate, now: number): Partial<JobItem['job']> {
    const { providerState, collection, item } = found;
    const life = providerState.provider.collections.get(collection)!.life!;
    if (state === undefined && endsInMs === undefined)
      throw new Problem(400, 'nothing-to-set', 'give state or endsInMs; GET /jobs shows its state');
    const known = [life.running, ...endStates(life)];
    if (state !== undefined && !known.includes(state)) {
      const detail = `${collection} of ${providerState.provider.id} have no state "${state}"; ${listKnown(known)}`;
      throw new Problem(400, 'unknown-state', detail, 'state');
    }
    if (endsInMs !== undefined) checkMilliseconds(endsInMs, 'endsInMs', now);
    if (!isRunning(item.job, now)) {
      const detail = `it has ended (${item.job.outcome}) and cannot be changed; start another`;
      throw new Problem(409, 'job-ended', detail, 'id');
    }
    const ends = state !== undefined && state !== life.running;
    const endsAt = endsInMs !== undefined ? now + Math.round(endsInMs) : ends ? now : null;
    return { endsAt, ...(ends && { outcome: state }) };
  }
}

function toJob({ providerState, collection, item }: Found, now: number): Job {
  const { provider, origin } = providerState;
  const { endsAt, holds, outcome } = item.job;
  return {
    id: item.id,
    profile: provider.id,
    collection,
    state: stateOf(provider.collections.get(collection)!, item, now),
    outcome,
    createdAt: new Date(item.createdAt).toISOString(),
    endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
    holds: (isRunning(item.job, now) ? holds : []).flatMap(({ policy: id, partition }) => {
      const names = provider.policy.get(id)?.partitionBy ?? [];
      const values = splitPartition(partition, names.length);
      const facts = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
      return { policy: id, partition: maskFacts(origin, facts) };
    }),
  };
}

/** The collections whose items are jobs, with their life cycles. */
function livesOf({ collections }: Provider): [string, Life][] {
  return [...collections].flatMap(([id, { life }]): [string, Life][] => (life ? [[id, life]] : []));
}

function checkMilliseconds(ms: number, field: string, now: number): void {
  if (typeof ms !== 'number' || !(ms >= 0 && ms <= MAX_DURATION_MS)) {
    const detail = `${JSON.stringify(ms)} is not a duration; use milliseconds from 0 to ${MAX_DURATION_MS} (a year)`;
    throw new Problem(400, 'bad-duration', detail, field);
  }
  checkInstant(now + ms, field);
}

function listKnown(known: readonly string[]): string {
  return `there are ${known.map((one) => `"${one}"`).join(', ')}`;
}
