/**
 * The HTML format: one file without scripts and without anything to fetch, with a picture of each finding.
 * @module
 */
import { createHash } from 'node:crypto';
import { VERSION } from '../../../runtime/version.js';
import { reportFails } from '../../report/fail-on.js';
import type { CheckResult, ProfileReport, Report, Undecided } from '../../report/report.js';
import { count } from '../../words.js';
import { escapeXml } from '../escape.js';
import { DrawnRequests } from '../picture/requests.js';
import { shapeOf } from '../picture/svg.js';
import type { Renderer, RenderSettings } from '../renderer.js';
import {
  figuresInWords,
  findingsInWords,
  hasNoRequests,
  isEmptyReport,
  judgedInWords,
  listInWords,
  NOTHING_JUDGED,
} from '../words.js';
import { adviceBlock, badge, findingCard } from './finding.js';
import { STYLE } from './style.js';

const MAX_IDS = 20;
/** Further findings have no picture, so that the size of a report is bounded. */
const MAX_PICTURES = 60;

/** Renders the report as an HTML page. */
export const html: Renderer = {
  mediaType: 'text/html',
  ending: '.html',
  render(report, settings) {
    const pictures = { requests: new DrawnRequests(settings.requests.values()), left: MAX_PICTURES, drawn: 0 };
    const title = `mock429: ${isEmptyReport(report) ? NOTHING_JUDGED : report.verdict}`;
    const profiles = report.profiles.map((profile) => providerSection(profile, settings, pictures));
    return [
      '<!doctype html>',
      '<html lang="en">',
      '<head>',
      '<meta charset="utf-8">',
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash()}'; base-uri 'none'; form-action 'none'">`,
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      '<meta name="referrer" content="no-referrer">',
      `<title>${escapeXml(title)}</title>`,
      `<style>${STYLE}</style>`,
      '</head>',
      '<body>',
      '<main>',
      verdictBanner(report, settings),
      ...(pictures.drawn > 0 ? [legend()] : []),
      ...profiles,
      `<footer>Written by mock429 ${escapeXml(VERSION)}. Times are those of the sandbox's clock, in UTC. Credentials are masked.</footer>`,
      '</main>',
      '</body>',
      '</html>',
      '',
    ].join('\n');
  },
};

function styleHash(): string {
  return `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
}

/** What the sign of each verdict draws; the shapes differ, not only the colours. */
const SIGNS: Readonly<Record<string, string>> = {
  pass: 'M14 25l7 7l14-16',
  warn: 'M24 14v13M24 34v.5',
  fail: 'M16 16l16 16M32 16l-16 16',
  undecided: 'M18 19c0-8 12-8 12 0c0 5-6 4-6 9M24 34v.5',
};

function verdictBanner(report: Report, settings: RenderSettings): string {
  const { verdict } = report;
  const isEmpty = isEmptyReport(report);
  const look = isEmpty ? 'undecided' : verdict;
  const word = isEmpty ? 'Nothing judged' : capital(verdict);
  const judged = capital(judgedInWords(report));
  return [
    `<header class="verdict ${look}">`,
    `<svg viewBox="0 0 48 48" width="56" height="56" aria-hidden="true"><circle class="sign" cx="24" cy="24" r="21"/><path class="sign" d="${SIGNS[look]}"/></svg>`,
    `<div><h1>${word}</h1>`,
    `<p>${escapeXml(verdictInWords(report, settings))}</p>`,
    ...(isEmpty ? [] : [`<p class="soft">${escapeXml(judged)}.</p>`]),
    '</div></header>',
  ].join('\n');
}

/** The verdict in a sentence or two. */
function verdictInWords(report: Report, { failOn }: RenderSettings): string {
  if (isEmptyReport(report)) return 'No requests came, so there was nothing to judge.';
  const found = capital(findingsInWords(report));
  switch (report.verdict) {
    case 'pass':
      return 'The clients did what the answers asked of them: no check found anything.';
    case 'fail':
      return `${found}. The clients did not do what the answers asked of them.`;
    case 'warn':
      return `${found}. ${reportFails(report, failOn) ? 'Warnings fail this run.' : 'No finding fails the run.'}`;
    case 'undecided':
      return `${found}. The journal does not show in every case whether a client broke a rule.`;
  }
}

const KINDS = [
  ['admitted', 'admitted'],
  ['free', 'admitted, not charged'],
  ['refused', 'refused'],
  ['failed', 'failed'],
] as const;

function legend(): string {
  const shapes = KINDS.map(
    ([kind, says]) =>
      `<li><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><g class="${kind}">${shapeOf(kind, 8, 8)}</g></svg>${says}</li>`,
  );
  return [
    '<ul class="legend" aria-label="Legend of the pictures">',
    ...shapes,
    '<li><svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true"><g class="wait"><rect x="1" y="4.5" width="28" height="7"/><line x1="29" y1="2" x2="29" y2="14"/></g></svg>told to wait</li>',
    '<li><svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true"><g class="link"><path class="curve" d="M2 14C4 0 26 0 28 8"/><path class="tip" d="M28 14l-4.5-8h9z"/></g></svg>from the known answer to the request that ignored it</li>',
    '</ul>',
  ].join('\n');
}

interface Pictures {
  readonly requests: DrawnRequests;
  left: number;
  drawn: number;
}

function providerSection(profile: ProfileReport, settings: RenderSettings, pictures: Pictures): string {
  const { profile: id, title, verdict, figures, findings, undecided, checks } = profile;
  const isIdle = hasNoRequests({ figures, verdict });
  const tiles = figuresInWords(figures).map(
    ([name, words]) => `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(words)}</dd></div>`,
  );
  return [
    '<section class="provider">',
    `<div class="head"><h2>${escapeXml(title)}</h2><code class="soft">${escapeXml(id)}</code>${badge(isIdle ? 'undecided' : verdict, isIdle ? NOTHING_JUDGED : verdict)}</div>`,
    `<dl class="figures">${tiles.join('')}</dl>`,
    ...findings.map((finding) => {
      const isDrawn = pictures.left > 0;
      const card = findingCard(finding, settings, isDrawn ? pictures.requests : undefined, `p${pictures.drawn}`);
      if (card.isDrawn) {
        pictures.left -= 1;
        pictures.drawn += 1;
      }
      return card.html;
    }),
    ...undecidedCard(undecided),
    checksCard(checks),
    '</section>',
  ].join('\n');
}

function undecidedCard(all: readonly Undecided[]): string[] {
  if (all.length === 0) return [];
  const items = all.map(({ check, says, entries }) => {
    const ids = entries.length === 0 ? '' : ` (requests ${escapeXml(listInWords(entries, MAX_IDS))})`;
    return `<li>${check === '' ? '' : `<code>${escapeXml(check)}</code>: `}${escapeXml(says)}${ids}</li>`;
  });
  return [
    `<section class="card"><div class="head">${badge('undecided', 'undecided')}<h3>What the journal does not show</h3></div><ul class="plain">${items.join('')}</ul></section>`,
  ];
}

function checksCard(checks: readonly CheckResult[]): string {
  const rows = checks.map(
    ({ check, verdict, advice }) =>
      `<tr><td class="number"><code>${escapeXml(check)}</code></td><td class="number">${badge(verdict, verdict === 'not-judged' ? 'nothing to judge' : verdict)}</td><td>${adviceBlock(advice)}</td></tr>`,
  );
  return [
    '<section class="card checks">',
    `<h3>${count(checks.length, 'check')}</h3>`,
    '<table class="rows"><thead><tr><th>Check</th><th>Verdict</th><th>Advice and source</th></tr></thead>',
    `<tbody>${rows.join('\n')}</tbody></table>`,
    '</section>',
  ].join('\n');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
