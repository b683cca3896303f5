/**
 * The interface of a check. A check looks in the journal for one rule that a client can break.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../limits/zod.js';
import type { Call } from './calls/call.js';
import type { View } from './calls/view.js';
import type { ReportedAdvice, Severity } from './report/report.js';

/** A rule for clients, with the function that detects violations of it. */
export interface Check<Options = unknown> {
  /** What the client did, in a few words: `Came back before it was told to`. */
  readonly title: string;
  /** The severity of findings, unless the profile sets another one. */
  readonly severity: Severity;
  /**
   * Schema of the options that a profile sets for this check.
   * @param duration parses a duration such as `60s` to milliseconds
   */
  options(z: Zod, duration: DurationSchema): z.ZodObject;
  /** Names in the options that must exist in the profile or in its OpenAPI document. The profile loader reports those that do not. */
  references?(options: Options): References;
  /** The feature that the profile must declare for this check to be useful; `undefined` if it needs none. */
  needs?(options: Options): Needed | undefined;
  /** Computes in steps what `find` takes long for, and caches it for the view. */
  prepare?(view: View): Generator<void, void>;
  /** Searches the calls of one provider for violations. It must not change the view or the calls. */
  find(view: View, options: Options): IncidentEvidence;
  /** Follows calls whose incident depends on what comes, or does not come, long after them. */
  readonly follow?: Follow<Options>;
  /**
   * Text appended to the sentence of a finding that has several incidents; `, 3 times` by default.
   * @param all the number of incidents
   */
  suffix?(all: number): string;
  /**
   * Text appended to the sentence of every finding, instead of the suffix.
   * @param all the number of incidents
   */
  total?(all: number): string;
  /**
   * A hint for readers who consider the finding wrong or do not know what to change. A hint on the client's library replaces it.
   * @param profile id of the profile
   */
  hint?(profile: string): string;
}

/**
 * Calls that a check follows through a run that is longer than the journal. `find` sees only a part of such a run, so it cannot tell that nothing followed. The
 * judge keeps the open calls of each part until a later call settles them.
 */
export interface Follow<Options> {
  /** The calls of a view that become incidents if nothing follows. */
  open(view: View, options: Options): readonly Call[];
  /**
   * Names of what an open call waits for.
   * @param isIncident whether the call is an incident already, unless it is settled
   */
  awaits(call: Call, isIncident: boolean): readonly string[];
  /** The names that a later call settles. */
  settles(call: Call): readonly string[];
  /** The incident of an open call that nothing settled; `undefined` as long as something may follow. */
  incident(call: Call, moment: Moment, options: Options): Incident | undefined;
}

/** When a run is judged. */
export type Moment = Pick<View, 'now' | 'ended'>;

/** A schema that reads a duration string and returns milliseconds. */
export type DurationSchema = z.ZodType<number, string>;

/** A feature of a profile that a check can depend on. */
export type Needed = 'idempotency' | 'etag' | 'cache';

/** Names that a check's options refer to. */
export interface References {
  /** Operation ids of the OpenAPI document. */
  readonly operations?: readonly string[];
  /** Policy ids of the profile. */
  readonly policies?: readonly string[];
}

/** The result of a check. */
export interface IncidentEvidence {
  /** The number of calls that could have broken the rule. With 0, the check's verdict is `not-judged`. */
  readonly judged: number;
  readonly incidents: readonly Incident[];
  /** Incidents for which the journal does not show whether the client broke the rule. */
  readonly undecided?: readonly Incident[];
}

/** One violation of the rule. */
export interface Incident {
  /** The call that shows the violation; the last one if there are several. */
  readonly call: Call;
  /** Other calls that belong to the incident, in order of arrival. */
  readonly relatedCalls?: readonly Call[];
  /** What the client did, with numbers. Omits the caller, the number of times and the final full stop. */
  readonly says: string;
  /** Importance among the incidents of one caller. The finding uses the sentence of the incident with the largest weight. 0 by default. */
  readonly weight?: number | undefined;
  /** The response that the client knew when it sent `call`. */
  readonly knownAnswer?: Call | undefined;
  /** Text for the caller if it is not only the caller of `call`. Empty if the sentence names the callers itself. */
  readonly callerName?: string | undefined;
  /** Incidents of one caller with different kinds become separate findings. */
  readonly kind?: string | undefined;
  /** The severity of this incident's kind if it is lower than the check's severity. */
  readonly severity?: 'warn' | undefined;
}

/** The undecided form of an incident in which calls came together. A busy machine can bring calls together that were sent at different moments, and spread calls that were sent at once. */
export function perhapsAtOnce(incident: Incident): Incident {
  return {
    ...incident,
    says: `${incident.says}; the machine was so busy that it cannot be told whether they were sent at once`,
  };
}

/** A check with the options and the advice of one profile. */
export interface Advice {
  /** Name of the check. */
  readonly check: string;
  readonly severity: Severity;
  /** Options as the check's schema parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The advice in the shape that reports contain. */
  readonly reported: ReportedAdvice;
}

/** Erases the type of the check's options. Only the check's own schema and `find` use that type. */
export function defineCheck<Options>(check: Check<Options>): Check {
  return check as unknown as Check;
}

/**
 * Counts the matching calls that are followed by another call of the same program and caller. After each of these, the client could have come back too early.
 * @param fits selects the calls to count
 */
export function countFollowed({ calls }: View, fits: (call: Call) => boolean): number {
  const last = new Map<string, Call>();
  for (const call of calls) last.set(`${call.program} ${call.caller}`, call);
  return calls.filter((call) => fits(call) && last.get(`${call.program} ${call.caller}`) !== call).length;
}
