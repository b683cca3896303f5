/**
 * What the verdict needs of a sandbox, and what a sandbox needs of the verdict.
 * @module
 */
import type { Clock } from '../clock.js';
import type { Provider } from '../profile/provider.js';
import type { Journal } from '../state/journal.js';
import type { JournalEntry } from '../state/journal-entry.js';
import type { Report } from '../verdict/report.js';

/** What the verdict needs of a sandbox. */
export interface JudgedSandbox {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Ids of the profiles that it serves. */
  readonly profiles: readonly string[];
  provider(profile: string): Provider;
  /** Requests that have no answer yet. */
  waiting(): JournalEntry[];
}

/** Judges requests before they leave the journal. */
export interface RunningVerdict {
  /** The report on all requests so far. @param ended no more calls will come */
  report(ended: boolean): Report;
}
