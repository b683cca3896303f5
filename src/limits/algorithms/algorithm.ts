/**
 * The interface of an algorithm: a value with pure functions over a small JSON state. Instants are epoch milliseconds; costs and quotas are whole quota units.
 *
 * There are two kinds. A *counter* counts units in windows of time. A *lease* algorithm counts units that something holds until it releases them.
 * @module
 */

import type { z } from 'zod';
import type { Assessment } from '../assessment.js';
import type { Window } from '../windows.js';
import type { Zod } from '../zod.js';

/** What holds the units of a lease: a request until its response has been sent, or the jobs that the request creates until they end. */
export type Holder = 'request' | 'job';

/** What a charge needs to know besides its cost. */
export interface ChargeContext {
  /** The earliest instant (epoch ms) that can still be asked about; the algorithm may forget what ended before it. With a clock that only runs forward it is `now`. */
  readonly horizon: number;
  /** Id of the lease that holds the units. Counters ignore it. */
  readonly lease?: string;
}

/** What a seed needs to know besides the amount. */
export interface SeedContext {
  /** As in `ChargeContext`. */
  readonly horizon: number;
  /** Where the window opens (epoch ms); `now` when left out. Only passed to algorithms whose `opensWindow` is set. */
  readonly start?: number | undefined;
}

/** The parameters of a lease algorithm for one policy and quota. */
export interface LeaseParams<Settings = unknown> {
  readonly quota: number;
  /** The algorithm's own settings, as its `settings` returned them. */
  readonly settings: Settings;
}

/** The parameters of a counter for one policy and quota. */
export interface Params<Settings = unknown> extends LeaseParams<Settings> {
  readonly window: Window;
}

/** Settings of an algorithm as the profile has them: by key, checked by the algorithm's `schema`. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** What both kinds of algorithm have. */
interface Common<State, Settings, P extends LeaseParams<Settings>> {
  readonly name: string;
  /** What it does, in a few words; the profile's schema shows it in editors. */
  readonly title: string;
  /** The keys that this algorithm adds to a policy in the profile. Strict. */
  schema(z: Zod): z.ZodObject;
  /** The typed settings. Amounts and durations have been scaled by then (see `scaledSettings`). */
  settings(raw: RawSettings): Settings;
  /** Keys of `schema` that hold amounts in the policy's unit. They are multiplied by the policy's `scale`. */
  readonly amounts: readonly string[];
  /** Keys of `schema` that hold durations in milliseconds. They are divided by `--compress`. */
  readonly durations: readonly string[];
  /**
   * Decides whether `cost` has room at `now`, and reports the bucket's status. Everything that asks for room or for a status calls this: admission, the control
   * API, refusals, explanations, the verdict. A cost of 0 is always allowed. Pure.
   */
  decide(params: P, state: State | undefined, cost: number, now: number): Assessment;
  /**
   * The state after `cost` units are charged, whether or not they have room. The caller may discard the result, so it never mutates `state`.
   *
   * @param assessment what `decide` returned for the same arguments
   */
  charge(
    params: P,
    state: State | undefined,
    assessment: Assessment,
    cost: number,
    now: number,
    context: ChargeContext,
  ): State;
  /** Reads a state that was written as JSON; `undefined` if it is no state of this algorithm. */
  revive(value: unknown): State | undefined;
  /** The instant (epoch ms) from which the state is equivalent to an empty one. */
  expiresAt(params: P, state: State): number;
  /** Whether the state affects a decision at `now`: its window is open, or some unit in it still counts. */
  isLive(params: P, state: State, now: number): boolean;
  /** One line of English that says how the policy counts. `scale`: how many of the given units are one of the profile's (100: cents of a dollar). */
  explain(params: P, scale?: number): string;
}

/** An algorithm that counts units in windows of time. */
export interface CounterAlgorithm<State = unknown, Settings = unknown>
  extends Common<State, Settings, Params<Settings>> {
  readonly kind: 'counter';
  /** The kinds of window that it can count by. A policy needs one of them; none if the list is empty. */
  readonly windows: readonly Window['kind'][];
  /** Gives back `amount` units (negative: takes more) to the window that an assessment named. Does nothing if the state no longer has that window. */
  refund(params: Params<Settings>, state: State, window: number, amount: number): State;
  /** A state with exactly `used` units taken at `now`. */
  seed(params: Params<Settings>, state: State | undefined, used: number, now: number, context: SeedContext): State;
  /** Whether a window that opens at the first request can be seeded with another start than `now`. */
  readonly opensWindow: boolean;
  /** The most units it can admit between two instants, both included, to a caller who has used nothing before. */
  capacity(params: Params<Settings>, from: number, to: number): number;
  /** Units that fit into a bucket: what `used` and `remaining` add up to. The quota when left out. */
  readonly size?: ((params: Params<Settings>) => number) | undefined;
  /** The most units that a bucket can count exactly or store; `MAX_UNITS` when left out. */
  readonly maxUnits?: ((window: Window) => number) | undefined;
  /** How many numbers a state has with such a window, where states are short arrays of numbers. The store packs them. */
  readonly stateLength?: ((window: Window) => number) | undefined;
}

/** Units held under one id. */
export interface Lease {
  readonly id: string;
  /** Epoch ms at which the lease ends without a release; `null` while that is not known. */
  readonly until: number | null;
  /** Epoch ms from which it counts; at once when left out. */
  readonly from?: number;
}

/** An algorithm that counts units which are held until they are released, or until a known end. It has no window. */
export interface LeaseAlgorithm<State = unknown, Settings = unknown>
  extends Common<State, Settings, LeaseParams<Settings>> {
  readonly kind: 'lease';
  /** What holds the units. */
  heldBy(settings: Settings): Holder;
  /** The state after the lease `id` has given back up to `amount` units. */
  release(state: State, id: string, amount: number): State;
  /** The state after the lease `id` has become these leases: a request's units pass to the jobs that it created, or the end of a job moves. */
  transfer(state: State | undefined, id: string, leases: readonly Lease[]): State;
  /** The state without leases of unknown end whose id is not kept. A snapshot drops what requests in flight hold. */
  retain(state: State, isKept: (id: string) => boolean): State;
  /** The most units that a bucket can store. */
  readonly maxUnits: () => number;
}

/** An algorithm of either kind. States are only passed back to the algorithm that made them. */
export type Algorithm<State = unknown, Settings = unknown> =
  | CounterAlgorithm<State, Settings>
  | LeaseAlgorithm<State, Settings>;

/** Defines a counter. */
export function defineCounter<State, Settings>(
  parts: Omit<CounterAlgorithm<State, Settings>, 'kind'>,
): CounterAlgorithm<State, Settings> {
  return inOneShape({ ...parts, kind: 'counter' }) as CounterAlgorithm<State, Settings>;
}

/** Defines a lease algorithm. */
export function defineLease<State, Settings>(
  parts: Omit<LeaseAlgorithm<State, Settings>, 'kind'>,
): LeaseAlgorithm<State, Settings> {
  return inOneShape({ ...parts, kind: 'lease' }) as LeaseAlgorithm<State, Settings>;
}

/** All algorithms have one hidden class, whichever optional members they define and in whatever order. That keeps calls through `policy.algorithm` fast. */
function inOneShape(parts: Readonly<Record<string, unknown>>): unknown {
  return {
    kind: parts['kind'],
    name: parts['name'],
    title: parts['title'],
    decide: parts['decide'],
    charge: parts['charge'],
    schema: parts['schema'],
    settings: parts['settings'],
    amounts: parts['amounts'],
    durations: parts['durations'],
    revive: parts['revive'],
    expiresAt: parts['expiresAt'],
    isLive: parts['isLive'],
    explain: parts['explain'],
    maxUnits: parts['maxUnits'],
    windows: parts['windows'],
    refund: parts['refund'],
    seed: parts['seed'],
    opensWindow: parts['opensWindow'],
    capacity: parts['capacity'],
    size: parts['size'],
    stateLength: parts['stateLength'],
    heldBy: parts['heldBy'],
    release: parts['release'],
    transfer: parts['transfer'],
    retain: parts['retain'],
  };
}

/** For algorithms without settings of their own. */
export const NO_SETTINGS = {
  schema: (z: Zod) => z.strictObject({}),
  settings: (): undefined => undefined,
  amounts: [],
  durations: [],
} as const;

/** The most units that an algorithm stores which stores each unit by itself: some megabytes. */
export const MAX_STORED_UNITS = 1_000_000;

/** Whether the value is an array of finite numbers, as most states are. */
export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}

/** Charges `cost` units without asking whether they have room: `decide` and `charge` in one. */
export function chargeAnyway<State, Settings>(
  algorithm: Algorithm<State, Settings>,
  params: Params<Settings>,
  state: State | undefined,
  cost: number,
  now: number,
  context: ChargeContext,
): State {
  return algorithm.charge(params, state, algorithm.decide(params, state, cost, now), cost, now, context);
}
