/**
 * The interface of a report format: a pure function from a report to text, with its media type and file name extension.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';
import type { FailOn } from '../report/fail-on.js';
import type { Report } from '../report/report.js';

/** A report format. */
export interface Renderer {
  /** Media type without parameters. */
  readonly mediaType: string;
  /** File name extension with its dot: `.xml`. */
  readonly ending: string;
  /** Renders the report. The text ends with a line break. */
  render(report: Report, settings: RenderSettings): string;
}

/** Options of `renderReport`. */
export interface RenderOptions {
  /** The lowest severity that counts as a failure; `error` by default. */
  readonly failOn?: FailOn | undefined;
  /** Journal entries. With them, findings name the requested operations in addition to the request ids, and `html` and `markdown` have pictures. */
  readonly requests?: readonly ReportedRequest[] | undefined;
  /** Whether `text` uses terminal colours; `false` by default. */
  readonly colour?: boolean | undefined;
  /** The file that `sarif` results point to, relative to the repository's root, with slashes. By default, the profile's file. */
  readonly sarifLocation?: string | undefined;
}

/** What a renderer needs of a request. Journal entries have this shape. Formats with pictures draw only requests whose `at` is known. */
export interface ReportedRequest extends Partial<PicturedFacts> {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation?: string | undefined;
}

/** The facts of a journal entry that pictures show. */
type PicturedFacts = Pick<
  JournalEntry,
  | 'profile'
  | 'at'
  | 'sentAt'
  | 'answeredAt'
  | 'status'
  | 'admitted'
  | 'refusedBy'
  | 'broken'
  | 'decisions'
  | 'retryAfter'
  | 'comeBackAt'
  | 'caller'
  | 'keyHash'
  | 'peer'
>;

/** The options with all defaults applied. */
export interface RenderSettings {
  readonly failOn: FailOn;
  /** Journal entries by id. */
  readonly requests: ReadonlyMap<string, ReportedRequest>;
  readonly colour: boolean;
  readonly sarifLocation: string | undefined;
}
