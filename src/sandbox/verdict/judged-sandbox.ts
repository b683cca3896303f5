/**
 * What the verdict needs of a sandbox, and what a sandbox needs of the verdict.
 * @module
 */

import type { Provider } from '../../profile/compiled/provider.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import type { Report } from '../../verdict/report/report.js';
import type { SandboxClock } from '../store.js';

/** What the verdict needs of a sandbox. */
export interface JudgedSandbox {
  /** Empty for the one without a name. */
  readonly name: string;
  readonly clock: SandboxClock;
  readonly journal: JournalStore;
  /** Ids of the profiles that it serves. */
  readonly profiles: readonly string[];
  provider(profile: string): Provider;
  /** Requests that have no answer yet. */
  waiting(): JournalEntry[];
}

/** The verdict on a sandbox that was removed because it was unused. */
export interface EvictedVerdict {
  /** Where its clients may call again. */
  readonly open: Report;
  /** Where nobody will call any more. */
  readonly ended: Report;
}

/** Judges requests before they leave the journal. */
export interface RunningVerdict {
  /** The report on all requests so far. @param ended no more calls will come */
  report(ended: boolean): Report;
}

/** What is done when the clients of a sandbox are judged, in the words of the log. @param name of the sandbox */
export function judgingOf(name: string): string {
  return `judging the requests of ${name === '' ? 'the sandbox without a name' : `sandbox ~${name}`}`;
}
