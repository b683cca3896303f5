/**
 * What a check is: a rule that a client may break, looked for in the journal.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../limits/zod.js';
import type { Call } from './call.js';
import type { Severity, ShownAdvice } from './report.js';
import type { View } from './view.js';

export interface Check<Options = unknown> {
  /** What the client did, in a few words: `Came back before it was told to`. */
  readonly title: string;
  /** Where the profile says nothing else. */
  readonly severity: Severity;
  /** The numbers and names that a profile gives. @param duration reads `60s` as milliseconds */
  options(z: Zod, duration: DurationSchema): z.ZodObject;
  /** Names in the options that must exist in the profile and its document. */
  references?(options: Options): References;
  /** The part of a profile without which there is nothing to go by. */
  needs?(options: Options): Needed | undefined;
  find(view: View, options: Options): Evidence;
  /** How a finding of several incidents ends: `, 3 times` when left out. @param all how many there are */
  ending?(all: number): string;
}

export type DurationSchema = z.ZodType<number, string>;

export type Needed = 'idempotency' | 'etag' | 'cache';

export interface References {
  readonly operations?: readonly string[];
  readonly policies?: readonly string[];
}

/** What a check saw. */
export interface Evidence {
  /** How many occasions there were to break the rule; 0: there was nothing to judge. */
  readonly judged: number;
  readonly incidents: readonly Incident[];
  /** Those of which nobody can tell whether the client broke the rule. */
  readonly undecided?: readonly Incident[];
}

/** One time that a client broke the rule. */
export interface Incident {
  /** The call that shows it; the last of them. */
  readonly call: Call;
  /** Calls without which it cannot be understood. */
  readonly with?: readonly Call[];
  /** What was done, with numbers; without who did it and how often, and without a full stop. */
  readonly says: string;
  /** The incident with the largest weight stands for all of its caller. */
  readonly weight?: number | undefined;
  /** The answer that the client knew when it sent the call. */
  readonly knew?: Call | undefined;
  /** Who did it, where that is not the call's caller alone; empty: the sentence says it. */
  readonly who?: string | undefined;
  /** Incidents of one caller that differ in this are findings of their own. */
  readonly kind?: string | undefined;
  /** Where this kind is less grave than the check. */
  readonly severity?: 'warn' | undefined;
}

/** A check as it applies to one profile. */
export interface Advice {
  readonly check: string;
  readonly severity: Severity;
  readonly options: Readonly<Record<string, unknown>>;
  readonly shown: ShownAdvice;
}

/** The type of its options is for itself alone: its own schema has read them. */
export function defineCheck<Options>(check: Check<Options>): Check {
  return check as unknown as Check;
}

/** How many calls came before the last of their program and caller: the occasions to come back too early, or to go on. @param fits which calls count */
export function followed({ calls }: View, fits: (call: Call) => boolean): number {
  const last = new Map<string, Call>();
  for (const call of calls) last.set(`${call.program} ${call.caller}`, call);
  return calls.filter((call) => fits(call) && last.get(`${call.program} ${call.caller}`) !== call).length;
}
