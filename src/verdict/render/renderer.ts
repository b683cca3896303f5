/**
 * What a format of reports is: a pure function from a report to text, and how that text is known.
 * @module
 */
import type { FailOn } from '../report/fail-on.js';
import type { Report } from '../report/report.js';

export interface Renderer {
  /** Without parameters. */
  readonly mediaType: string;
  /** What names of such files end in: `.xml`. */
  readonly ending: string;
  /** Ends with a line break. */
  render(report: Report, settings: RenderSettings): string;
}

export interface RenderOptions {
  /** From which severity on a finding counts as a failure; `error` when left out. */
  readonly failOn?: FailOn | undefined;
  /** The journal: findings then tell what was asked, and not the ids of requests alone. */
  readonly requests?: readonly ReportedRequest[] | undefined;
  /** Colours for a terminal, in `text`; none when left out. */
  readonly colour?: boolean | undefined;
  /** Path of the file that results of `sarif` point to: relative to the repository's root, with slashes; the profile's when left out. */
  readonly sarifLocation?: string | undefined;
}

/** What is told of a request that shows a finding; an entry of the journal is one. */
export interface ReportedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation?: string | undefined;
}

/** The options with everything filled in. */
export interface RenderSettings {
  readonly failOn: FailOn;
  readonly requests: ReadonlyMap<string, ReportedRequest>;
  readonly colour: boolean;
  readonly sarifLocation: string | undefined;
}
