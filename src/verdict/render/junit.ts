/**
 * The JUnit XML format, which CI systems display: a test suite for each provider, a test case for each check.
 *
 * There is no single definition of the format. This renderer writes what Jenkins' schemas and the parsers of GitLab, GitHub actions and Azure have in common.
 * @module
 */
import { reaches } from '../report/fail-on.js';
import type { CheckResult, Figures, Finding, ProfileReport, Report, Undecided } from '../report/report.js';
import { escapeXml } from './escape.js';
import type { Renderer, RenderSettings } from './renderer.js';
import {
  hasNoRequests,
  idsInWords,
  isEmptyReport,
  judgedInWords,
  listInWords,
  NOTHING_JUDGED,
  requestedBy,
  sourceInWords,
} from './words.js';

const MAX_IDS = 20;
const MAX_REQUESTED = 10;

/** Renders the report as JUnit XML. */
export const junit: Renderer = {
  mediaType: 'application/xml',
  ending: '.xml',
  render(report, settings) {
    const suites = report.profiles.map((profile, i) => suite(profile, i, report, settings));
    const tests = sum(report.profiles.map(({ checks }) => checks.length));
    const failures = sum(report.profiles.map((profile) => failedChecks(profile, settings)));
    const attributes = attributesOf({ name: 'mock429', tests, failures, errors: 0 });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes}>\n${suites.join('')}</testsuites>\n`;
  },
};

function suite(profile: ProfileReport, index: number, report: Report, settings: RenderSettings): string {
  const { requests } = report;
  const { profile: id, title, checks, findings, figures, verdict } = profile;
  const attributes = attributesOf({
    name: id,
    id: index,
    tests: checks.length,
    failures: failedChecks(profile, settings),
    errors: 0,
    skipped: checks.filter(isSkipped).length,
    // By the sandbox's clock, which may have advanced an hour in a moment.
    time: (figures.spanMs / 1_000).toFixed(3),
  });
  const open = profile.undecided.map(({ says }) => says).join('; ');
  const warnings = findings.filter(({ severity }) => !reaches(severity, settings.failOn));
  const properties = Object.entries({
    title,
    verdict: hasNoRequests({ figures, verdict }) ? NOTHING_JUDGED : verdict,
    ...propertiesOf(figures),
    'requests.lost': requests.lost,
    ...(open === '' ? {} : { undecided: open }),
    warnings: warnings.length,
  })
    .map(([name, value]) => `      <property${attributesOf({ name, value })}/>\n`)
    .join('');
  const cases = checks.map((check) => {
    const own = findings.filter((finding) => finding.check === check.check);
    const open = profile.undecided.filter((item) => item.check === check.check);
    return testCase(id, check, own, open, settings);
  });
  return `  <testsuite${attributes}>\n    <properties>\n${properties}    </properties>\n${cases.join('')}${isEmptyReport(report) ? emptyReportOutput(report) : warningsOutput(warnings)}  </testsuite>\n`;
}

/** A suite of skipped cases only looks like success, so the message says that nothing was judged. */
function emptyReportOutput(report: Report): string {
  return `    <system-err>${escapeXml(judgedInWords(report))}</system-err>\n`;
}

/** JUnit has no warnings, and many viewers display only the name of a passed case. So the suite lists the findings that do not fail the run. */
function warningsOutput(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const lines = findings.map(({ check, says }) => escapeXml(`warning: ${check}: ${says}`));
  return `    <system-err>${lines.join('\n')}</system-err>\n`;
}

/** A check without anything to judge is reported as skipped. */
function isSkipped({ verdict }: CheckResult): boolean {
  return verdict === 'not-judged' || verdict === 'undecided';
}

function testCase(
  profile: string,
  check: CheckResult,
  findings: readonly Finding[],
  undecided: readonly Undecided[],
  settings: RenderSettings,
): string {
  const head = `    <testcase${attributesOf({ classname: `mock429.${profile}`, name: check.check })}`;
  const [first, ...others] = findings;
  if (!first && isSkipped(check)) {
    const message = check.verdict === 'not-judged' ? 'nothing to judge' : undecided.map(({ says }) => says).join('; ');
    return `${head}>\n      <skipped>${escapeXml(message)}</skipped>\n    </testcase>\n`;
  }
  if (!first) return `${head}/>\n`;
  const details = body(check, findings, settings);
  if (!isFailure(check, settings)) return `${head}>\n      <system-out>${details}</system-out>\n    </testcase>\n`;
  const message = others.length === 0 ? first.says : `${first.says} (and ${others.length} more)`;
  const attributes = attributesOf({ message, type: first.severity });
  return `${head}>\n      <failure${attributes}>${details}</failure>\n    </testcase>\n`;
}

function body({ advice, title }: CheckResult, findings: readonly Finding[], settings: RenderSettings): string {
  const lines = [
    `${findings[0]!.severity}: ${title}`,
    ...findings.flatMap((finding) => {
      const requested = requestedBy(finding, settings);
      const requestedList = requested.length === 0 ? '' : `: ${listInWords(requested, MAX_REQUESTED)}`;
      return [finding.says, `  requests ${idsInWords(finding, MAX_IDS)}${requestedList}`];
    }),
    `advice: ${advice.says}`,
    `  ${sourceInWords(advice)}`,
    ...[advice.source?.url, advice.note].filter((line) => line !== undefined).map((line) => `  ${line}`),
  ];
  return lines.map(escapeXml).join('\n');
}

function isFailure({ verdict }: CheckResult, { failOn }: RenderSettings): boolean {
  return (verdict === 'fail' || verdict === 'warn') && reaches(verdict === 'fail' ? 'error' : 'warn', failOn);
}

function failedChecks({ checks }: ProfileReport, settings: RenderSettings): number {
  return checks.filter((check) => isFailure(check, settings)).length;
}

/** Figures with parts become one property for each part: `throughput.used`. */
function propertiesOf({ throughput, completion, ...plain }: Figures): Record<string, string | number> {
  const parts = Object.entries({ throughput, completion }).flatMap(([figure, of]) =>
    Object.entries(of ?? {}).map(([name, value]) => [`${figure}.${name}`, value]),
  );
  return { ...plain, ...Object.fromEntries(parts) };
}

function attributesOf(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
