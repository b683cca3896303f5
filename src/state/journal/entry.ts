/**
 * An entry of the journal: one request and its answer. `facts.ts` declares each fact.
 * @module
 */
import type { EntryOf } from './fact.js';
import type { entryFacts } from './facts.js';

export type {
  ArrivalTiming,
  Broken,
  ClientProcess,
  JobState,
  JournalDecision,
  Peer,
  ReportedQuota,
  Skipped,
  StreamProgress,
} from './entry-parts.js';
export { BROKEN } from './entry-parts.js';

/** One request and how it was answered. */
export interface JournalEntry extends EntryOf<typeof entryFacts> {}
