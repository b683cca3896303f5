/**
 * A finding in the HTML report: what the client did, the picture, the requests that show it, and the advice with its source.
 * @module
 */
import type { CheckVerdict, Finding, ReportedAdvice } from '../../report/report.js';
import { formatTime, pathOf } from '../../words.js';
import { escapeXml, webAddress } from '../escape.js';
import { type Drawn, type DrawnRequests, kindOf, toldUntil } from '../picture/requests.js';
import { type Scene, sceneOf } from '../picture/scene.js';
import { drawSvg } from '../picture/svg.js';
import type { RenderSettings } from '../renderer.js';
import { idsInWords, listInWords, requestedBy } from '../words.js';

const MAX_IDS = 20;
const MAX_REQUESTED = 3;
const WIDE = { width: 1040, gutter: 210 };
const NARROW = { width: 340, gutter: 0 };

/**
 * Renders a finding.
 *
 * @param drawn the requests to draw; without them, the finding has no picture
 * @param id prefix of the ids of its pictures, unique in the page
 * @returns the card, and whether it has a picture
 */
export function findingCard(
  finding: Finding,
  settings: RenderSettings,
  drawn: DrawnRequests | undefined,
  id: string,
): { readonly html: string; readonly isDrawn: boolean } {
  const { severity, check, title, says, advice, hint } = finding;
  const scene = drawn && sceneOf(finding, drawn);
  const requested = requestedBy(finding, settings);
  const html = [
    '<article class="card">',
    `<div class="head">${badge(severity === 'error' ? 'fail' : 'warn', severity)}<h3>${escapeXml(title)}</h3><code class="soft">${escapeXml(check)}</code></div>`,
    `<p class="says">${escapeXml(capital(says))}.</p>`,
    ...(scene ? [figure(scene, id)] : []),
    ...evidence(finding, drawn),
    `<p class="soft">Requests ${escapeXml(idsInWords(finding, MAX_IDS))}${requested.length === 0 ? '' : `: ${escapeXml(listInWords(requested, MAX_REQUESTED))}`}</p>`,
    adviceBlock(advice),
    ...(hint === undefined ? [] : [`<p class="advice">Hint: ${escapeXml(hint)}</p>`]),
    '</article>',
  ].join('\n');
  return { html, isDrawn: scene !== undefined };
}

/** The advice with its evidence and the page that gives it. */
export function adviceBlock({ says, level, note, source }: ReportedAdvice): string {
  const url = webAddress(source?.url);
  const page =
    source === null
      ? ''
      : url === undefined
        ? `: “${escapeXml(source.title)}”`
        : `: <a href="${escapeXml(url)}" rel="noreferrer">${escapeXml(source.title)}</a>`;
  const remark = note === undefined ? '' : `; ${escapeXml(note)}`;
  return `<div class="advice"><p>${escapeXml(says)}</p><p class="soft source">${level}${page}${remark}</p></div>`;
}

/** A verdict or a severity on coloured ground. */
export function badge(look: CheckVerdict, words: string): string {
  return `<span class="badge ${look}">${escapeXml(words)}</span>`;
}

/** The picture in two widths, of which the style shows one. */
function figure(scene: Scene, id: string): string {
  const { axis, omitted, says } = scene;
  const zero =
    axis.zero === undefined
      ? "All came at the same instant of the sandbox's clock, so they stand in order of arrival."
      : `0 is ${new Date(axis.zero).toISOString()}.`;
  const more = omitted === 0 ? '' : ` ${omitted.toLocaleString('en-US')} more requests of this time are not drawn.`;
  return [
    '<figure>',
    `<div class="wide">${drawSvg(scene, WIDE, `${id}w`)}</div>`,
    `<div class="narrow">${drawSvg(scene, NARROW, `${id}n`)}</div>`,
    `<figcaption>${escapeXml(capital(says))}. ${zero}${more}</figcaption>`,
    '</figure>',
  ].join('\n');
}

/** The calls of the most serious incident, after the answer that was known. */
function evidence({ calls }: Finding, requests: DrawnRequests | undefined): string[] {
  if (calls.length === 0) return [];
  const known = calls.at(-1)!.knownAnswer;
  const before = known === undefined || calls.some(({ id }) => id === known) ? undefined : requests?.get(known);
  const first = before && {
    id: before.id,
    at: before.at,
    connection: before.peer?.connection,
    knew: undefined,
  };
  const rows = [...(first ? [first] : []), ...calls].map(({ id, at, connection, knew }) => {
    const request = requests?.get(id);
    const facts = request ? answerInWords(request) : [];
    const client = knew === undefined ? [] : [`Its client knew ${knew}.`];
    return [
      '<tr>',
      cell('Request', id, 'number'),
      cell('Time', new Date(at).toISOString().slice(11), 'number'),
      cell('Connection', connection === undefined ? '' : String(connection), 'number'),
      cell('What', request ? `${request.method} ${pathOf(request.path)}` : '', 'path'),
      cell('Answer', [...facts, ...client].join(' ')),
      '</tr>',
    ].join('');
  });
  return [
    '<table class="rows"><thead><tr><th>Request</th><th>Time</th><th>Connection</th><th>What</th><th>Answer, and what its client knew</th></tr></thead>',
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ];
}

function cell(name: string, content: string, className?: string): string {
  if (content === '') return '<td></td>';
  return `<td${className === undefined ? '' : ` class="${className}"`} data-name="${name}">${escapeXml(content)}</td>`;
}

/** The status, what the limit said, and what was told: one sentence each. */
function answerInWords(request: Drawn): string[] {
  const { status, refusedBy, decisions = [], sentAt } = request;
  const until = toldUntil(request);
  const refusing = decisions.find(({ policy }) => policy === refusedBy);
  const charged = decisions.find((decision) => decision.charged > 0);
  const limit = refusing ?? charged;
  return [
    status === undefined ? '' : status === 0 ? 'No answer.' : `${status}.`,
    refusedBy === undefined ? '' : `Refused by ${refusedBy}.`,
    limit === undefined ? '' : `${limit.policy}: ${limit.remaining} of ${limit.limit} left.`,
    kindOf(request) !== 'refused' || until === undefined
      ? ''
      : `Told to wait ${formatTime(Math.max(0, until - sentAt))}, until ${new Date(until).toISOString().slice(11)}.`,
  ].filter(Boolean);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
