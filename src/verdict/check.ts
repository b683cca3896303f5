/**
 * What a check is: a rule that a client may break, looked for in the journal.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../limits/zod.js';
import type { Call } from './calls/call.js';
import type { View } from './calls/view.js';
import type { ReportedAdvice, Severity } from './report/report.js';

export interface Check<Options = unknown> {
  /** What the client did, in a few words: `Came back before it was told to`. */
  readonly title: string;
  /** Where the profile says nothing else. */
  readonly severity: Severity;
  /** Schema of the options that a profile gives. @param duration reads `60s` as milliseconds */
  options(z: Zod, duration: DurationSchema): z.ZodObject;
  /** Names in the options that must exist in the profile and its document. */
  references?(options: Options): References;
  /** The part of a profile without which the check can judge nothing. */
  needs?(options: Options): Needed | undefined;
  find(view: View, options: Options): IncidentEvidence;
  /** The end of the sentence of a finding with several incidents: `, 3 times` when left out. @param all how many there are */
  suffix?(all: number): string;
}

export type DurationSchema = z.ZodType<number, string>;

export type Needed = 'idempotency' | 'etag' | 'cache';

export interface References {
  readonly operations?: readonly string[];
  readonly policies?: readonly string[];
}

/** What a check saw. */
export interface IncidentEvidence {
  /** How many calls could have broken the rule; 0: there was nothing to judge. */
  readonly judged: number;
  readonly incidents: readonly Incident[];
  /** Incidents in which it cannot be decided whether the client broke the rule. */
  readonly undecided?: readonly Incident[];
}

/** One time that a client broke the rule. */
export interface Incident {
  /** The call that shows it; the last of them. */
  readonly call: Call;
  /** Other calls that are needed to understand it. */
  readonly relatedCalls?: readonly Call[];
  /** What was done, with numbers; without who did it and how often, and without a full stop. */
  readonly says: string;
  /** The sentence of the incident with the largest weight is shown for all of its caller. */
  readonly weight?: number | undefined;
  /** The answer that the client knew when it sent the call. */
  readonly knownAnswer?: Call | undefined;
  /** Who did it, where that is not the call's caller alone; empty where the sentence names them. */
  readonly callerName?: string | undefined;
  /** Incidents of one caller with different kinds are separate findings. */
  readonly kind?: string | undefined;
  /** The severity of this kind, where it is lower than that of the check. */
  readonly severity?: 'warn' | undefined;
}

/** A check as it applies to one profile. */
export interface Advice {
  readonly check: string;
  readonly severity: Severity;
  readonly options: Readonly<Record<string, unknown>>;
  readonly reported: ReportedAdvice;
}

/** Hides the type of the check's options, which only its own schema and `find` know. */
export function defineCheck<Options>(check: Check<Options>): Check {
  return check as unknown as Check;
}

/** How many calls were followed by another of the same program and caller: after each, the client could have come back too early. @param fits which calls count */
export function countFollowed({ calls }: View, fits: (call: Call) => boolean): number {
  const last = new Map<string, Call>();
  for (const call of calls) last.set(`${call.program} ${call.caller}`, call);
  return calls.filter((call) => fits(call) && last.get(`${call.program} ${call.caller}`) !== call).length;
}
