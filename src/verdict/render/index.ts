/**
 * The registry of report formats. A new format is one file and one line here.
 * @module
 */
import { DEFAULT_FAIL_ON } from '../report/fail-on.js';
import type { Report } from '../report/report.js';
import { html } from './html/html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { Renderer, RenderOptions } from './renderer.js';
import { sarif } from './sarif.js';
import { text } from './text.js';

export type { RenderOptions, ReportedRequest } from './renderer.js';

const renderers = { text, markdown, html, junit, sarif, json } as const satisfies Record<string, Renderer>;

/** Name of a report format. */
export type ReportFormat = keyof typeof renderers;

/** How to send or store a format. */
export interface ReportFormatInfo {
  /** Media type without parameters: `application/xml`. */
  readonly mediaType: string;
  /** File name extension with its dot: `.xml`. */
  readonly ending: string;
}

/** Media type and file name extension of each format. */
export const reportFormats: Readonly<Record<ReportFormat, ReportFormatInfo>> = renderers;

/**
 * Renders a report in one of the formats.
 *
 * @example writeFileSync('mock429.xml', renderReport(mock.report({ ended: true }), 'junit', { requests: mock.requests() }));
 *
 * @throws RangeError if there is no such format
 */
export function renderReport(report: Report, format: ReportFormat, options: RenderOptions = {}): string {
  if (!Object.hasOwn(renderers, format))
    throw new RangeError(`no report format "${format}"; there are ${Object.keys(renderers).join(', ')}`);
  const { failOn = DEFAULT_FAIL_ON, requests = [], colour = false, sarifLocation } = options;
  const byId = new Map(requests.map((request) => [request.id, request]));
  return renderers[format].render(report, { failOn, colour, sarifLocation, requests: byId });
}
