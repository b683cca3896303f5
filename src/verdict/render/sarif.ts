/**
 * The SARIF 2.1.0 format, which GitHub code scanning and other viewers of findings read.
 * @module
 */
import { VERSION } from '../../runtime/version.js';
import type { CheckResult, Finding, ProfileReport, Report, Severity, Undecided } from '../report/report.js';
import { markdownLink, markdownText, sanitize, webAddress } from './escape.js';
import type { Renderer, RenderSettings } from './renderer.js';
import { requestedBy, sourceInWords } from './words.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const DRIVER = { name: 'mock429', version: VERSION };
const MAX_REQUESTED = 10;

/** Renders the report as SARIF 2.1.0. */
export const sarif: Renderer = {
  mediaType: 'application/sarif+json',
  ending: '.sarif',
  render(report, settings) {
    const runs = report.profiles.map((profile) => runOf(profile, report, settings));
    // Consumers reject a file without runs.
    const nonEmptyRuns = runs.length > 0 ? runs : [{ tool: { driver: DRIVER }, results: [] }];
    return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: nonEmptyRuns }, null, 2)}\n`;
  },
};

/** One run for each provider, because the same check has different advice for each. */
function runOf(
  { profile, title, verdict, figures, checks, findings, undecided }: ProfileReport,
  report: Report,
  settings: RenderSettings,
) {
  const rules = checks.map(({ check }) => check);
  return {
    tool: { driver: { ...DRIVER, rules: checks.map(ruleOf) } },
    // The text up to the last slash is the category. GitHub requires a different category for each run of a file.
    automationDetails: { id: `mock429/${profile}/` },
    invocations: [{ executionSuccessful: true }],
    results: [
      ...findings.map((finding) => resultOf(finding, rules.indexOf(finding.check), settings)),
      ...undecided
        .filter(({ check }) => check !== '')
        .map((item) => reviewOf(item, rules.indexOf(item.check), settings)),
    ],
    properties: {
      profile,
      title: sanitize(title),
      verdict,
      figures,
      requests: report.requests,
      undecided: undecided.map(({ says }) => sanitize(says)),
    },
  };
}

function ruleOf({ check, title, severity, advice }: CheckResult) {
  const { says, note, source } = advice;
  const url = webAddress(source?.url);
  const lines = [`${says}.`, `${sourceInWords(advice)}${url === undefined ? '' : `, ${url}`}.`, note && `${note}.`];
  const page = source === null ? advice.level : `${advice.level}: ${markdownLink(source.title, source.url)}`;
  const formatted = [`${markdownText(says)}.`, `${page}.`, note && `${markdownText(note)}.`];
  return {
    id: check,
    name: check.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: message(title) },
    fullDescription: { text: message(`${says}.`) },
    help: {
      text: lines
        .filter((line) => line !== undefined)
        .map(message)
        .join('\n'),
      markdown: braces(formatted.filter((line) => line !== undefined).join('\n\n')),
    },
    ...(url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: { level: levelOf(severity) },
    properties: { tags: ['rate-limits'], evidence: advice.level },
  };
}

function resultOf(finding: Finding, ruleIndex: number, settings: RenderSettings) {
  const { check, severity, profile, caller, says, times, entries } = finding;
  const requested = requestedBy(finding, settings).map(sanitize);
  return {
    ruleId: check,
    ruleIndex,
    level: levelOf(severity),
    message: { text: message(says) },
    locations: [
      {
        physicalLocation: locationOf(profile, settings),
        ...(requested.length === 0 ? {} : { logicalLocations: logicalLocations(finding, settings) }),
      },
    ],
    // GitHub identifies findings by line by default, and all findings have the same line.
    partialFingerprints: { primaryLocationLineHash: `${profile}/${check}/${sanitize(caller)}` },
    properties: {
      profile,
      caller: sanitize(caller),
      times,
      entries,
      ...(requested.length === 0 ? {} : { asked: requested }),
    },
  };
}

/**
 * A result that a person has to decide.
 * @see SARIF 2.1.0 §3.27.9
 */
function reviewOf(
  { check, profile, caller, says, times, entries }: Undecided,
  ruleIndex: number,
  settings: RenderSettings,
) {
  return {
    ruleId: check,
    ruleIndex,
    kind: 'review',
    level: 'none',
    message: { text: message(says) },
    locations: [{ physicalLocation: locationOf(profile, settings) }],
    partialFingerprints: { primaryLocationLineHash: `${profile}/${check}/undecided/${sanitize(caller)}` },
    properties: { profile, caller: sanitize(caller), times, entries },
  };
}

/**
 * The location of a finding. Findings are about a client's behaviour and have no source file, but GitHub and other viewers display only results with a file. By
 * default that file is the profile, which contains the advice, under its name in the package, whatever the name of the file that the server loaded.
 */
function locationOf(profile: string, { sarifLocation = `profiles/${profile}.yaml` }: RenderSettings) {
  const uri = sarifLocation.split('/').map(encodeURIComponent).join('/');
  return { artifactLocation: { uri }, region: { startLine: 1 } };
}

function logicalLocations({ entries }: Finding, { requests }: RenderSettings) {
  const names = new Map<string, string>();
  for (const id of entries) {
    const request = requests.get(id);
    if (!request) continue;
    const { operation, method, path } = request;
    if (operation !== undefined) names.set(sanitize(operation), 'function');
    names.set(sanitize(`${method} ${path.split('?')[0]}`), 'resource');
  }
  return [...names].slice(0, MAX_REQUESTED).map(([name, kind]) => ({ name, fullyQualifiedName: name, kind }));
}

function levelOf(severity: Severity): 'error' | 'warning' {
  return severity === 'error' ? 'error' : 'warning';
}

/** Escapes text for a SARIF message, in which `[…](…)` is a link and `{0}` is an argument placeholder. */
function message(text: string): string {
  return braces(sanitize(text).replaceAll('](', '] ('));
}

function braces(text: string): string {
  return text.replace(/[{}]/g, '$&$&');
}
