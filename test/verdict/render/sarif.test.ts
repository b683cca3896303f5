import { describe, expect, it } from 'vitest';
import { VERSION } from '../../../src/runtime/version.js';
import { renderReport } from '../../../src/verdict/render/index.js';
import type { Report } from '../../../src/verdict/report/report.js';
import { clean, mixed, requests, twoCallers, unused, warned } from './reports.js';
import { faultsOfSarif } from './schemas.js';

// biome-ignore lint/suspicious/noExplicitAny: what a test reads is for the test to know
function sarifOf(report: Report, sarifLocation?: string): any {
  return JSON.parse(renderReport(report, 'sarif', { requests, sarifLocation }));
}

describe('a report as SARIF', () => {
  it.each(Object.entries({ mixed, warned, clean, unused, twoCallers }))('fits the schema (%s)', (_name, report) => {
    expect(faultsOfSarif(sarifOf(report))).toEqual([]);
  });

  it('would be found not to fit', () => {
    const log = sarifOf(mixed);
    log.runs[0].results[0].level = 'warn';
    log.runs[0].tool.driver.rules[0].helpUri = 'not a URI';
    delete log.runs[1].tool;
    expect(faultsOfSarif(log)).toEqual([
      '/runs/0/tool/driver/rules/0/helpUri: must match format "uri"',
      '/runs/0/results/0/level: must be equal to one of the allowed values',
      "/runs/1: must have required property 'tool'",
    ]);
  });

  it('has a run for each provider, under a category of its own', () => {
    const { version, runs } = sarifOf(mixed);
    expect(version).toBe('2.1.0');
    expect(runs.map((run: { automationDetails: unknown }) => run.automationDetails)).toEqual([
      { id: 'mock429/shop/' },
      { id: 'mock429/calm/' },
    ]);
    expect(runs[0].tool.driver).toMatchObject({ name: 'mock429', version: VERSION });
    expect(runs[0].properties).toMatchObject({ verdict: 'fail', figures: { requests: 106 }, requests: { lost: 12 } });
    expect(runs[1].results).toEqual([]);
  });

  it('has the checks as rules, with the advice and its page', () => {
    const [rule, assumed] = sarifOf(mixed).runs[0].tool.driver.rules;
    expect(rule).toEqual({
      id: 'retry-too-early',
      name: 'RetryTooEarly',
      shortDescription: { text: 'Came back before it was told to' },
      fullDescription: { text: 'Wait as long as Retry-After says.' },
      help: {
        text: 'Wait as long as Retry-After says.\ndocumented: “Limits”, https://shop.example/limits.',
        markdown: 'Wait as long as Retry-After says.\n\ndocumented: [Limits](https://shop.example/limits).',
      },
      helpUri: 'https://shop.example/limits',
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['rate-limits'], evidence: 'documented' },
    });
    expect(assumed).not.toHaveProperty('helpUri');
  });

  it('has the findings as results, in a file that viewers can name', () => {
    const [result, warning] = sarifOf(mixed).runs[0].results;
    expect(result).toEqual({
      ruleId: 'retry-too-early',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times' },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'profiles/shop.yaml' }, region: { startLine: 1 } },
          logicalLocations: [
            { name: 'listLinks', fullyQualifiedName: 'listLinks', kind: 'function' },
            { name: 'GET /links', fullyQualifiedName: 'GET /links', kind: 'resource' },
            { name: 'createLink', fullyQualifiedName: 'createLink', kind: 'function' },
            { name: 'POST /links', fullyQualifiedName: 'POST /links', kind: 'resource' },
            { name: 'GET /nothing', fullyQualifiedName: 'GET /nothing', kind: 'resource' },
          ],
        },
      ],
      partialFingerprints: { primaryLocationLineHash: 'shop/retry-too-early/key shop_…bbbb' },
      properties: {
        profile: 'shop',
        caller: 'key shop_…bbbb',
        times: 3,
        entries: ['101', '102', '103', '104'],
        asked: ['GET /links (listLinks)', 'POST /links (createLink)', 'GET /nothing'],
      },
    });
    expect(warning).toMatchObject({ ruleId: 'no-jitter', ruleIndex: 2, level: 'warning' });
  });

  it.each([
    ['src/client.ts', 'src/client.ts'],
    ['test/my client [1].ts', 'test/my%20client%20%5B1%5D.ts'],
  ])('points to the file that was named: %s', (location, uri) => {
    const log = sarifOf(mixed, location);
    expect(faultsOfSarif(log)).toEqual([]);
    const places = log.runs[0].results.map(
      ({ locations }: { locations: { physicalLocation: unknown }[] }) => locations[0]!.physicalLocation,
    );
    expect(places).toEqual([
      { artifactLocation: { uri }, region: { startLine: 1 } },
      { artifactLocation: { uri }, region: { startLine: 1 } },
    ]);
    // What identifies a finding is the same wherever it points to.
    const prints = (one: typeof log) =>
      one.runs[0].results.map(({ partialFingerprints }: { partialFingerprints: unknown }) => partialFingerprints);
    expect(prints(log)).toEqual(prints(sarifOf(mixed)));
  });

  it('tells the callers of one check apart', () => {
    const { results } = sarifOf(twoCallers).runs[0];
    const prints = results.map((one: { partialFingerprints: object }) => JSON.stringify(one.partialFingerprints));
    expect(new Set(prints).size).toBe(3);
  });

  it('has a run even where nothing came', () => {
    expect(sarifOf(unused).runs).toEqual([{ tool: { driver: { name: 'mock429', version: VERSION } }, results: [] }]);
  });
});
