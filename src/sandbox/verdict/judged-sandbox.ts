/**
 * The interfaces between the verdict and a sandbox.
 * @module
 */

import type { Provider } from '../../profile/compiled/provider.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import type { Report } from '../../verdict/report/report.js';
import type { SandboxClock } from '../store.js';

/** The part of a sandbox that the verdict reads. */
export interface JudgedSandbox {
  /** Name of the sandbox; empty for the main one. */
  readonly name: string;
  readonly clock: SandboxClock;
  readonly journal: JournalStore;
  /** Ids of the profiles that it serves. */
  readonly profiles: readonly string[];
  /** The provider of a profile. */
  provider(profile: string): Provider;
  /** Requests that have no answer yet. */
  waiting(): JournalEntry[];
}

/** The verdict on an evicted sandbox, in two forms. */
export interface EvictedVerdict {
  /** The report if its clients may call again. */
  readonly open: Report;
  /** The report if no more calls will come. */
  readonly ended: Report;
}

/** Judges requests before the journal drops them. */
export interface RunningVerdict {
  /** The report on all requests so far. @param ended no more calls will come */
  report(ended: boolean): Report;
  /** Makes the same report in steps. Requests may be answered between them. */
  reportSteps(ended: boolean): Generator<void, Report>;
}

/** Copies entries that are judged in steps, because entries change when their answers leave and are read. */
export function copyOf(entries: readonly JournalEntry[]): JournalEntry[] {
  return entries.map((entry) => ({ ...entry }));
}

/** How the log describes the judging of a sandbox. @param name name of the sandbox */
export function judgingOf(name: string): string {
  return `judging the requests of ${name === '' ? 'the sandbox without a name' : `sandbox ~${name}`}`;
}
