import { describe, expect, it } from 'vitest';
import { type ReportFormat, renderReport, reportFormats } from '../../../src/verdict/render/index.js';
import { reportFails } from '../../../src/verdict/report/fail-on.js';
import { clean, mixed, warned } from './reports.js';

describe('the formats of reports', () => {
  it('have media types and endings of their own', () => {
    const known = Object.entries(reportFormats).map(([name, { mediaType, ending }]) => [name, mediaType, ending]);
    expect(known).toEqual([
      ['text', 'text/plain', '.txt'],
      ['markdown', 'text/markdown', '.md'],
      ['html', 'text/html', '.html'],
      ['junit', 'application/xml', '.xml'],
      ['sarif', 'application/sarif+json', '.sarif'],
      ['json', 'application/json', '.json'],
    ]);
  });

  it.each(Object.keys(reportFormats) as ReportFormat[])('end with a line break (%s)', (format) => {
    expect(renderReport(mixed, format)).toMatch(/[^\n]\n$/);
  });

  it('have the report itself among them', () => {
    expect(JSON.parse(renderReport(mixed, 'json'))).toEqual(mixed);
  });

  it.each(['xml', 'toString'])('are named where %s is asked for', (format) => {
    expect(() => renderReport(mixed, format as ReportFormat)).toThrow(
      `no report format "${format}"; there are text, markdown, html, junit, sarif, json`,
    );
  });
});

describe('a report fails', () => {
  it.each([
    ['fail', 'error', mixed, true],
    ['fail', 'warn', mixed, true],
    ['warn', 'error', warned, false],
    ['warn', 'warn', warned, true],
    ['pass', 'warn', clean, false],
  ] as const)('with the verdict %s when %s fails: %#', (_verdict, failOn, report, fails) => {
    expect(reportFails(report, failOn)).toBe(fails);
  });

  it('with errors alone when nothing is said', () => {
    expect([reportFails(mixed), reportFails(warned)]).toEqual([true, false]);
  });
});
