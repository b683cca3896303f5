/**
 * The terminal format: the verdict first, then for each provider the findings, the passed checks and the figures.
 * @module
 */
import { reportFails } from '../report/fail-on.js';
import type { Finding, ProfileReport, Undecided, Verdict } from '../report/report.js';
import { count } from '../words.js';
import { sanitize } from './escape.js';
import type { Renderer, RenderSettings } from './renderer.js';
import {
  figuresInWords,
  hasNoRequests,
  idsInWords,
  isEmptyReport,
  judgedInWords,
  lastCallInWords,
  listInWords,
  NOTHING_JUDGED,
  outcomeInWords,
  requestedBy,
  sourceInWords,
} from './words.js';

const MAX_IDS = 10;
const MAX_REQUESTED = 2;

/** Renders the report as plain text, with optional colours. */
export const text: Renderer = {
  mediaType: 'text/plain',
  ending: '.txt',
  render(report, settings) {
    const failing = report.verdict !== 'fail' && reportFails(report, settings.failOn) ? ', which fails the run' : '';
    const verdict = isEmptyReport(report) ? nothingJudged(settings) : paintVerdict(report.verdict, settings);
    const head = `mock429: ${verdict}${failing}, ${outcomeInWords(report)}`;
    const profiles = report.profiles.flatMap((profile) => ['', ...profileLines(profile, settings)]);
    return `${[head, judgedInWords(report), ...profiles].join('\n')}\n`;
  },
};

function profileLines(
  { profile, title, verdict, findings, undecided, checks, figures }: ProfileReport,
  settings: RenderSettings,
) {
  const passed = checks.filter((check) => check.verdict === 'pass').map(({ check }) => check);
  const notJudged = checks.filter((check) => check.verdict === 'not-judged').map(({ check }) => check);
  return [
    `${bold(`${sanitize(title)} (${sanitize(profile)})`, settings)}: ${
      hasNoRequests({ figures, verdict }) ? nothingJudged(settings) : paintVerdict(verdict, settings)
    }`,
    ...findings.flatMap((finding) => ['', ...findingLines(finding, settings)]),
    ...undecided.flatMap((item) => ['', ...undecidedLines(item, settings)]),
    '',
    `  ${count(passed.length, 'check')} passed${nameList(passed)}`,
    ...(notJudged.length === 0
      ? []
      : [`  ${count(notJudged.length, 'check')} had nothing to judge${nameList(notJudged)}`]),
    '',
    ...rows(figuresInWords(figures)),
  ];
}

function nameList(names: readonly string[]): string {
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

function undecidedLines({ check, says, entries }: Undecided, settings: RenderSettings): string[] {
  const head = `  ${paint('undecided', 'yellow', settings)}${check === '' ? '' : ` ${bold(check, settings)}`}`;
  return [
    head,
    `    ${sanitize(says)}`,
    ...(entries.length === 0 ? [] : rows([['requests', listInWords(entries, MAX_IDS)]], '    ')),
  ];
}

function findingLines(finding: Finding, settings: RenderSettings): string[] {
  const { severity, check, title, says, advice, hint } = finding;
  const requested = requestedBy(finding, settings);
  const details: [string, string | undefined][] = [
    ['requests', idsInWords(finding, MAX_IDS)],
    ['asked for', requested.length === 0 ? undefined : listInWords(requested, MAX_REQUESTED)],
    ['when', lastCallInWords(finding)],
    ['its client knew', finding.calls.at(-1)?.knew],
    ['advice', advice.says],
    ['source', sourceInWords(advice)],
    ['', advice.source?.url],
    ['note', advice.note],
    ['hint', hint],
  ];
  return [
    `  ${paint(severity, severity === 'error' ? 'red' : 'yellow', settings)} ${bold(check, settings)}: ${title}`,
    `    ${sanitize(says)}`,
    ...rows(
      details.filter((row): row is [string, string] => row[1] !== undefined),
      '    ',
    ),
  ];
}

/** Two aligned columns of names and values. */
function rows(all: readonly (readonly [string, string])[], indent = '  '): string[] {
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, words]) => `${indent}${name.padEnd(width)}  ${sanitize(words)}`);
}

function nothingJudged(settings: RenderSettings): string {
  return paint(NOTHING_JUDGED.toUpperCase(), 'yellow', settings);
}

function paintVerdict(verdict: Verdict, settings: RenderSettings): string {
  return paint(verdict.toUpperCase(), verdict === 'fail' ? 'red' : verdict === 'pass' ? 'green' : 'yellow', settings);
}

const COLOURS = { red: 31, yellow: 33, green: 32 } as const;

function paint(words: string, colour: keyof typeof COLOURS, settings: RenderSettings): string {
  return settings.colour ? `\u001b[1;${COLOURS[colour]}m${words}\u001b[0m` : words;
}

function bold(words: string, settings: RenderSettings): string {
  return settings.colour ? `\u001b[1m${words}\u001b[0m` : words;
}
