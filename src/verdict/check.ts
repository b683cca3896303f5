/**
 * What a check is: a rule that a client may break, looked for in the journal.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../limits/zod.js';
import type { Call } from './call.js';
import { groupBy } from './group.js';
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
  find(view: View, options: Options): readonly Found[];
}

export type DurationSchema = z.ZodType<number, string>;

export type Needed = 'idempotency' | 'etag' | 'cache';

export interface References {
  readonly operations?: readonly string[];
  readonly policies?: readonly string[];
}

/** One caller's offences. */
export interface Found {
  readonly caller: string;
  readonly says: string;
  readonly times: number;
  readonly calls: readonly Call[];
}

/** A check as it applies to one profile. */
export interface Advice {
  readonly check: string;
  readonly severity: Severity;
  readonly options: Readonly<Record<string, unknown>>;
  readonly shown: ShownAdvice;
}

/** One offence: the call that shows it, and those that it can only be understood with. */
export interface Incident {
  readonly call: Call;
  readonly with?: readonly Call[];
}

/** Its options' type is for itself alone: its own schema has read them. */
export function defineCheck<Options>(check: Check<Options>): Check {
  return check as unknown as Check;
}

/** One finding per caller. @param says the sentence for all its offences; the first argument is the gravest by `weight`, or the first */
export function perCaller<T extends Incident>(
  incidents: readonly T[],
  says: (gravest: T, all: readonly T[]) => string,
  weight: (incident: T) => number = () => 0,
): Found[] {
  const byCaller = groupBy(incidents, ({ call }) => call.caller);
  return [...byCaller.values()].map((all) => {
    const gravest = all.reduce((most, one) => (weight(one) > weight(most) ? one : most));
    const calls = new Set(all.flatMap((incident) => [...(incident.with ?? []), incident.call]));
    return {
      caller: gravest.call.who,
      says: says(gravest, all),
      times: all.length,
      calls: [...calls].sort((a, b) => a.number - b.number),
    };
  });
}
