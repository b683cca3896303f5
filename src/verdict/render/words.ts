/**
 * Sentences that several formats share.
 * @module
 */
import { amountInWords } from '../../limits/words.js';
import type { Figures, Finding, ProfileReport, Report, ReportedAdvice } from '../report/report.js';
import { count, formatTime } from '../words.js';
import type { RenderSettings } from './renderer.js';

/** Replaces the verdict if no requests arrived, because such a run has not passed. */
export const NOTHING_JUDGED = 'nothing judged';

/** The figures of a run that reached no limit. */
const NOTHING_REFUSED = 'nothing was refused';

/** Whether no requests arrived, so that the verdict means nothing. */
export function isEmptyReport({ requests: { judged, lost } }: Report): boolean {
  return judged + lost === 0;
}

/**
 * Whether the provider received no requests, so that its verdict means nothing. An `undecided` verdict is still reported, because the journal may have lost all
 * requests.
 */
export function hasNoRequests({ figures, verdict }: Pick<ProfileReport, 'figures' | 'verdict'>): boolean {
  return figures.requests === 0 && verdict === 'pass';
}

/** `2 findings: 1 error, 1 warning`, or a statement that no requests arrived. */
export function outcomeInWords(report: Report): string {
  return isEmptyReport(report) ? 'no requests came' : findingsInWords(report);
}

/** `106 requests were judged; 12 left the journal before they could be`. */
export function judgedInWords(report: Report): string {
  if (isEmptyReport(report)) return 'no requests came, so there was nothing to judge';
  const { judged, lost } = report.requests;
  const were = `${count(judged, 'request')} ${judged === 1 ? 'was' : 'were'} judged`;
  return lost === 0 ? `${were}, none lost from the journal` : `${were}; ${lost} left the journal before they could be`;
}

/** `2 findings: 1 error, 1 warning`, or `no findings`. */
export function findingsInWords(report: Report): string {
  const all = report.profiles.flatMap(({ findings }) => findings);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  const parts = [errors && count(errors, 'error'), all.length - errors && count(all.length - errors, 'warning')];
  const found =
    all.length === 0 ? 'no findings' : `${count(all.length, 'finding')}: ${parts.filter(Boolean).join(', ')}`;
  const open = undecidedInWords(report);
  return open === '' ? found : `${found}; ${open}`;
}

/** Name and value of each figure. */
export function figuresInWords(figures: Figures): [name: string, words: string][] {
  const { requests, admitted, refused, succeeded, rejected, failed, spanMs, longestRefusalStreak } = figures;
  return [
    ['requests', `${requests} in ${formatTime(spanMs)}: ${admitted} admitted, ${refused} refused`],
    ['answers', `${succeeded} succeeded, ${rejected} rejected, ${failed} failed`],
    ['throughput', throughputInWords(figures)],
    ['completion', completionInWords(figures)],
    ['waits', waitsInWords(figures)],
    ['longest streak of refusals', String(longestRefusalStreak)],
  ];
}

function throughputInWords({ throughput }: Figures): string {
  if (!throughput) return 'no request was counted by a limit that refills with time';
  const { policy, unit, used, possible } = throughput;
  return `${used} of ${amountInWords(possible, unit)} that ${policy} could admit (${percent(used, possible)})`;
}

function completionInWords({ completion, refused }: Figures): string {
  if (!completion)
    return refused === 0 ? NOTHING_REFUSED : 'no limit that refills with time admitted later what it had refused';
  const { policy, tookMs, bestMs } = completion;
  return `${formatTime(tookMs)} to do what ${policy} had held up; ${formatTime(bestMs)} at best`;
}

function waitsInWords({ waitedMs, toldToWaitMs, refused }: Figures): string {
  if (toldToWaitMs === 0) return refused === 0 ? NOTHING_REFUSED : 'no wait was told to a client that then came back';
  return `${formatTime(waitedMs)} waited of ${formatTime(toldToWaitMs)} told (${percent(waitedMs, toldToWaitMs)})`;
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}

/** The level and the source of the advice: `documented: “Rate Limits”`. */
export function sourceInWords({ level, source }: ReportedAdvice): string {
  return source === null ? level : `${level}: “${source.title}”`;
}

/** `7, 8, 12 and 20 more`. */
export function idsInWords(
  { entries, entriesOmitted }: Pick<Finding, 'entries' | 'entriesOmitted'>,
  most: number,
): string {
  const firstItems = entries.slice(0, most).join(', ');
  const more = Math.max(0, entries.length - most) + entriesOmitted;
  return more === 0 ? firstItems : `${firstItems} and ${more} more`;
}

/** Time and connection of a finding's last call: `request 4 at 08:15:00.412Z on connection 1 from process 4211`. `undefined` without calls. */
export function lastCallInWords({ calls }: Finding): string | undefined {
  const last = calls.at(-1);
  if (!last) return undefined;
  const { id, at, connection, pid } = last;
  const from = pid === undefined ? '' : ` from process ${pid}`;
  const on = connection === undefined ? '' : ` on connection ${connection}${from}`;
  return `request ${id} at ${timeOfDay(at)}${on}`;
}

/** `08:15:00.412Z`. */
function timeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11);
}

/** `2 undecided`; empty if there are none. */
export function undecidedInWords({ profiles }: Report): string {
  const all = profiles.reduce((sum, { undecided }) => sum + undecided.length, 0);
  return all === 0 ? '' : `${all} undecided`;
}

/** The distinct requests of a finding: `GET /links (listLinks)`. Empty without journal entries. */
export function requestedBy({ entries }: Finding, { requests }: RenderSettings): string[] {
  const requested = entries.flatMap((id) => {
    const request = requests.get(id);
    if (!request) return [];
    const { method, path, operation } = request;
    const where = `${method} ${path.split('?')[0]}`;
    return [operation === undefined ? where : `${where} (${operation})`];
  });
  return [...new Set(requested)];
}

/** The first `most` items, and the number of the others: `a, b and 3 more`. */
export function listInWords(all: readonly string[], most: number): string {
  const firstItems = all.slice(0, most).join(', ');
  return all.length <= most ? firstItems : `${firstItems} and ${all.length - most} more`;
}
