/**
 * The format for a CI job summary: GitHub's Markdown, with findings in a table and passed checks in a collapsed section.
 * @module
 */
import type { CheckResult, Finding, ProfileReport, ReportedAdvice, Undecided } from '../report/report.js';
import { count } from '../words.js';
import { markdownLink, markdownText } from './escape.js';
import { DrawnRequests } from './picture/requests.js';
import { sceneOf } from './picture/scene.js';
import { drawText, LEGEND } from './picture/text.js';
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
} from './words.js';

const MAX_IDS = 10;
const MAX_REQUESTED = 3;
/** A job summary holds at most 1 MiB. */
const MAX_PICTURES = 10;
/** Longer than any run of backticks in a picture: it has none. */
const FENCE = '```';
/** Characters of the axis of a picture. */
const PICTURE_WIDTH = 64;

/** Renders the report as GitHub's Markdown. */
export const markdown: Renderer = {
  mediaType: 'text/markdown',
  ending: '.md',
  render(report, settings) {
    const { verdict, profiles } = report;
    const drawn = new DrawnRequests(settings.requests.values());
    const judged = judgedInWords(report);
    return [
      `## mock429: ${isEmptyReport(report) ? NOTHING_JUDGED : verdict}, ${outcomeInWords(report)}\n`,
      `${judged.charAt(0).toUpperCase()}${judged.slice(1)}.\n`,
      ...profiles.flatMap((profile) => profileBlocks(profile, settings, drawn)),
    ].join('\n');
  },
};

/** Each block ends with a line break. The caller puts an empty line between blocks. */
function profileBlocks(
  { profile, title, verdict, findings, undecided, checks, figures }: ProfileReport,
  settings: RenderSettings,
  drawn: DrawnRequests,
) {
  const found = table(
    ['Severity', 'Check', 'What the client did', 'Advice'],
    findings.map((finding) => findingCells(finding, settings)),
  );
  return [
    `### ${markdownText(title)} (${markdownText(profile)}): ${hasNoRequests({ figures, verdict }) ? NOTHING_JUDGED : verdict}\n`,
    ...(findings.length === 0 ? [] : [found, ...pictures(findings, drawn)]),
    ...undecidedBlock(undecided),
    table(
      ['Figure', 'Value'],
      figuresInWords(figures).map((row) => row.map(markdownText)),
    ),
    ...checksBlock(
      'passed',
      checks.filter((check) => check.verdict === 'pass'),
    ),
    ...checksBlock(
      'had nothing to judge',
      checks.filter((check) => check.verdict === 'not-judged'),
    ),
  ];
}

function findingCells(finding: Finding, settings: RenderSettings): string[] {
  const { severity, check, says, advice, hint } = finding;
  const when = lastCallInWords(finding);
  const knew = finding.calls.at(-1)?.knew;
  const requested = requestedBy(finding, settings);
  const requestedList = requested.length === 0 ? '' : `: ${listInWords(requested, MAX_REQUESTED)}`;
  return [
    severity,
    markdownText(check),
    [
      markdownText(says),
      `requests ${markdownText(idsInWords(finding, MAX_IDS) + requestedList)}`,
      ...(when === undefined ? [] : [markdownText(when)]),
      ...(knew === undefined ? [] : [`its client knew ${markdownText(knew)}`]),
      ...(hint === undefined ? [] : [`hint: ${markdownText(hint)}`]),
    ].join('<br>'),
    adviceText(advice),
  ];
}

/**
 * A picture of each of the first findings, of characters in a block of code. GitHub shows it in summaries, comments and files alike, where it removes SVG, and so do
 * other hosts and terminals.
 */
function pictures(findings: readonly Finding[], drawn: DrawnRequests): string[] {
  const shown: string[] = [];
  let left = MAX_PICTURES;
  for (const finding of findings) {
    const scene = left > 0 ? sceneOf(finding, drawn) : undefined;
    if (!scene) continue;
    left -= 1;
    const more = scene.omitted === 0 ? [] : ['', `${scene.omitted} more requests of this time are not drawn`];
    const picture = [...drawText(scene, PICTURE_WIDTH), ...more].join('\n');
    shown.push(
      `**${markdownText(finding.check)}**: ${markdownText(scene.says)}\n`,
      `${FENCE}text\n${picture}\n${FENCE}\n`,
    );
  }
  if (shown.length === 0) return [];
  const rest = left > 0 ? [] : [`The first ${MAX_PICTURES} findings have pictures; the format html has more.\n`];
  return [...shown, `<sub>${LEGEND}</sub>\n`, ...(findings.length > MAX_PICTURES ? rest : [])];
}

function undecidedBlock(all: readonly Undecided[]): string[] {
  if (all.length === 0) return [];
  const items = all.map(({ check, says, entries }) => {
    const ids = entries.length === 0 ? '' : ` (requests ${markdownText(listInWords(entries, MAX_IDS))})`;
    return `- ${check === '' ? '' : `${markdownText(check)}: `}${markdownText(says)}${ids}\n`;
  });
  return [`Undecided:\n\n${items.join('')}`];
}

/** A collapsed section. The empty line inside makes GitHub parse the content as Markdown. */
function checksBlock(what: string, all: readonly CheckResult[]): string[] {
  if (all.length === 0) return [];
  const items = all.map(({ check, advice }) => `- ${markdownText(check)}: ${adviceText(advice)}\n`);
  return [`<details><summary>${count(all.length, 'check')} ${what}</summary>\n\n${items.join('')}\n</details>\n`];
}

function adviceText({ says, level, note, source }: ReportedAdvice): string {
  const page = source === null ? level : `${level}: ${markdownLink(source.title, source.url)}`;
  return `${markdownText(says)} (${page}${note === undefined ? '' : `; ${markdownText(note)}`})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}
