/**
 * What an algorithm is: a value with pure functions over a small JSON state. Instants are absolute epoch milliseconds; costs and quotas are whole quota units.
 * @module
 */
import type { z } from 'zod';
import type { Window } from '../windows.js';
import type { Zod } from '../zod.js';

/** How one bucket stands at an instant. */
export interface Standing {
  /** Units taken in the current window; may exceed the quota when refusals are charged. */
  readonly used: number;
  /** Units left, never negative. */
  readonly remaining: number;
  /** When the window resets (each algorithm says what that means); `null` where nothing resets by the clock. */
  readonly resetAt: number | null;
  /** The first instant at which the asked cost would be admitted if nobody else came; `now` if at once, `null` if that cannot be known, `Infinity` if never. */
  readonly retryAt: number | null;
}

/**
 * The answer to a question: how the bucket stands, and whether the cost asked for would be admitted.
 *
 * A class, as is `Charged`, though neither keeps anything: objects that several algorithms write as literals come to be of several shapes, and asking several
 * policies then takes four times as long.
 */
export class Look implements Standing {
  readonly remaining: number;

  constructor(
    readonly allowed: boolean,
    readonly used: number,
    quota: number,
    readonly resetAt: number | null,
    readonly retryAt: number | null,
  ) {
    this.remaining = Math.max(0, quota - used);
  }
}

export interface Taken<State> extends Standing {
  readonly allowed: boolean;
  /** The state afterwards; on a refusal the one that was given. */
  readonly state: State | undefined;
  /** Names the window that was charged, for a later refund. */
  readonly window: number;
}

/** What a charge came to: the state afterwards, and how the bucket stands then. */
export class Charged<State> {
  readonly remaining: number;

  constructor(
    readonly state: State,
    /** Names the window that was charged, for a later refund. */
    readonly window: number,
    readonly used: number,
    quota: number,
    readonly resetAt: number | null,
  ) {
    this.remaining = Math.max(0, quota - used);
  }
}

/** Facts that some algorithms need besides the cost. */
export interface Moment {
  /** Nothing before this instant can be asked about again, so what ended before it may be forgotten. With a clock that only runs forward it is `now`. */
  readonly horizon: number;
  /** Names what holds the units (concurrency): a request or a job. */
  readonly lease?: string;
  /** Where a seed is to open its window, in place of now; only asked of algorithms that `opens` says can. */
  readonly start?: number | undefined;
}

/** The parameters common to all algorithms, made once per policy and quota. */
export interface Params {
  readonly quota: number;
  readonly window: Window;
  /** Algorithm-specific settings as the profile gives them. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Algorithm<State = unknown> {
  readonly name: string;
  /** Whether the policy needs a `window`. */
  readonly windows: readonly Window['kind'][];
  /** The keys this algorithm adds to a policy; strict. */
  params(z: Zod): z.ZodObject;
  /** Units taken; what makes with them no more than the quota is admitted. Left out where `charge` tells as quickly, and what it made may be thrown away. */
  used?: ((params: Params, state: State | undefined, now: number) => number) | undefined;
  /** How the bucket stands, and whether `cost` would be admitted. A cost of 0 only looks. Changes nothing. */
  peek(params: Params, state: State | undefined, cost: number, now: number): Look;
  /**
   * Charges `cost` whatever the quota says; `used` is that much more than before, by which its caller tells whether there was room. It may be thought better of, so
   * it never mutates `state` in a way that an earlier reader could see.
   */
  charge(params: Params, state: State | undefined, cost: number, now: number, moment: Moment): Charged<State>;
  /** `peek`, and `charge` if that admits. */
  take(params: Params, state: State | undefined, cost: number, now: number, moment?: Moment): Taken<State>;
  /** Gives back `amount` units (negative: takes more) to the window that `charge` named. Unknown windows are left alone. */
  refund(params: Params, state: State, window: number, amount: number, lease?: string): State;
  /** A state in which exactly `used` units are taken at `now`; `undefined` where the algorithm cannot be seeded. */
  seed(params: Params, state: State | undefined, used: number, now: number, moment: Moment): State | undefined;
  /** Whether a window that begins at first use can be seeded with another beginning than now. */
  readonly opens?: boolean | undefined;
  /** What a snapshot keeps of the state, where that is not all of it: units are lost with holders that are not kept. */
  kept?: ((state: State, isKept: (lease: string) => boolean) => State) | undefined;
  /** A state that was written as JSON; `undefined` where it is none of this algorithm. */
  revive(value: unknown): State | undefined;
  /** States are lists of numbers, with such a window as a rule of no more than so many; a store may make use of that. */
  numbers?: ((window: Window) => number) | undefined;
  /** From this instant on the state says no more than an empty one. */
  expiresAt(params: Params, state: State): number;
  /** Whether the state says anything about `now`: its window is open, or something in it still counts. */
  isLive(params: Params, state: State, now: number): boolean;
  /** The most units that it can admit from one instant to another, to one who begins with nothing used; left out where time gives nothing back. */
  capacity?: ((params: Params, from: number, to: number) => number) | undefined;
  /** The most units that a bucket can count exactly, or can keep; `MAX_UNITS` when left out. */
  readonly most?: ((window: Window) => number) | undefined;
  /** How this policy counts, in English. `scale`: how many of the given units are one of those to be told (100: cents of a dollar). */
  explain(params: Params, scale?: number): string;
}

/** Fills in `take`, which is the same for all. Written out rather than spread: all algorithms are of one shape, which is what makes calling them quick. */
export function defineAlgorithm<State>(parts: Omit<Algorithm<State>, 'take'>): Algorithm<State> {
  return {
    name: parts.name,
    windows: parts.windows,
    params: parts.params,
    used: parts.used,
    peek: parts.peek,
    charge: parts.charge,
    take(params, state, cost, now, moment = { horizon: now }) {
      const { allowed, used, remaining, resetAt, retryAt } = parts.peek(params, state, cost, now);
      if (!allowed || cost === 0) return { allowed, used, remaining, resetAt, retryAt, state, window: now };
      const after = parts.charge(params, state, cost, now, moment);
      return { ...after, allowed: true, retryAt: now };
    },
    refund: parts.refund,
    seed: parts.seed,
    opens: parts.opens,
    kept: parts.kept,
    revive: parts.revive,
    numbers: parts.numbers,
    expiresAt: parts.expiresAt,
    isLive: parts.isLive,
    capacity: parts.capacity,
    most: parts.most,
    explain: parts.explain,
  };
}

/** The most units that an algorithm keeps which keeps each by itself: some megabytes. */
export const MAX_STORED_UNITS = 1_000_000;

/** Whether it is a list of finite numbers, as most states are. */
export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}
