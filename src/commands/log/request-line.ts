/**
 * The line of an answered request in the log: as text for people, or as JSON for programs.
 * @module
 */
import type { JournalDecision, JournalEntry } from '../../state/journal/entry.js';
import { toldUntil } from '../../verdict/render/picture/requests.js';
import { formatTime } from '../../verdict/words.js';
import type { Paint } from '../terminal/paint.js';
import { cut, safe, widthOf } from '../terminal/width.js';

/** What a line shows besides the entry. */
export interface LineSettings {
  /** The credential of the caller, masked; `undefined` without one. */
  readonly credential: string | undefined;
  /** Whether several profiles are served, so that paths begin with their ids. */
  readonly isOneOfSeveral: boolean;
}

/** The fewest columns of a path. */
const MIN_PATH = 16;
const GAP = '  ';

/**
 * A line for people: `200 GET /v1/audits  ad_live_…aaaa  token-minute 119/120, 42 s`. The two numbers are what is left and the limit, of the policy with the
 * smallest share left; the time is when its window resets. A refused request names the policy that refused it, and the wait that it was told.
 *
 * @param columns of the terminal; a longer path is cut. `undefined`: nothing is cut
 */
export function textLine(
  entry: JournalEntry,
  settings: LineSettings,
  columns: number | undefined,
  paint: Paint,
): string {
  const { status, method, broken } = entry;
  const shownStatus = status === 0 ? '---' : String(status);
  const head = `${shownStatus} ${safe(method)} `;
  const key = settings.credential === undefined ? '' : `${GAP}${safe(settings.credential)}`;
  const limit = limitInWords(entry);
  const end = [limit, broken === undefined ? '' : BROKEN_WORDS[broken]].filter(Boolean).join(', ');
  const tail = `${key}${end === '' ? '' : `${GAP}${end}`}`;
  const path = safe(pathOf(entry, settings));
  const room = columns === undefined ? undefined : Math.max(MIN_PATH, columns - 1 - widthOf(head) - widthOf(tail));
  const shownPath = room === undefined ? path : cut(path, room);
  const before = `${safe(method)} ${shownPath}${key}`;
  const style = styleOf(entry);
  const paintedStatus = paint(style, shownStatus);
  const endRoom = columns === undefined ? undefined : columns - 1 - widthOf(`${shownStatus} ${before}${GAP}`);
  if (endRoom !== undefined && endRoom < 1) return `${paintedStatus} ${cut(before, columns! - 2 - shownStatus.length)}`;
  const shownEnd = endRoom === undefined ? end : cut(end, endRoom);
  return `${paintedStatus} ${before}${shownEnd === '' ? '' : `${GAP}${paint(isRefused(entry) ? style : 'dim', shownEnd)}`}`;
}

const BROKEN_WORDS: Readonly<Record<NonNullable<JournalEntry['broken']>, string>> = {
  cut: 'cut within the body',
  dropped: 'connection dropped',
  gone: 'client gone before the answer',
  left: 'client left the stream',
};

/** A JSON object on one line, in ASCII, so that no terminal takes a character of it for a command. */
export function jsonLine(entry: JournalEntry, { credential }: LineSettings): string {
  const { id, sandbox, profile, method, path, operation, status, error, broken, admitted, refusedBy } = entry;
  const { retryAfter, delayMs, durationMs, decisions, sentAt } = entry;
  return asciiJson({
    type: 'request',
    time: new Date(sentAt).toISOString(),
    id,
    sandbox,
    profile,
    method,
    path,
    operation,
    key: credential,
    status,
    error,
    broken,
    admitted,
    refusedBy,
    retryAfter,
    delayMs,
    durationMs,
    limits: decisions.map((decision) => ({
      policy: decision.policy,
      limit: decision.limit,
      remaining: remainingOf(decision),
      resetAt: decision.resetAt === null ? null : new Date(decision.resetAt).toISOString(),
    })),
  });
}

/** JSON without any character beyond ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function pathOf({ path, sandbox, profile }: JournalEntry, { isOneOfSeveral }: LineSettings): string {
  return `${sandbox === '' ? '' : `/~${sandbox}`}${isOneOfSeveral ? `/${profile}` : ''}${path}`;
}

function isRefused({ admitted, status }: JournalEntry): boolean {
  return !admitted || status === 429;
}

function styleOf(entry: JournalEntry) {
  if (isRefused(entry)) return 'yellow';
  if (entry.status === 0 || entry.status >= 500) return 'magenta';
  return entry.status >= 400 ? 'cyan' : 'green';
}

/** The limit that bound, or the one that is nearest. */
function limitInWords(entry: JournalEntry): string {
  const { decisions, refusedBy, sentAt, delayMs, error } = entry;
  if (isRefused(entry)) {
    const until = toldUntil(entry);
    const wait = until === undefined ? '' : `, wait ${formatTime(Math.max(0, until - sentAt))}`;
    const decision = decisions.find(({ policy }) => policy === refusedBy);
    const left = decision ? ` ${remainingOf(decision)}/${decision.limit}` : '';
    return `${refusedBy === undefined ? `refused${error === undefined ? '' : `: ${safe(error)}`}` : `refused by ${refusedBy}${left}`}${wait}`;
  }
  const nearest = nearestOf(decisions);
  if (!nearest) return error === undefined ? '' : safe(error);
  const { policy, limit, resetAt } = nearest;
  const reset = resetAt === null ? '' : `, ${formatTime(Math.max(0, resetAt - sentAt))}`;
  const delay = delayMs === undefined ? '' : `, delayed ${formatTime(delayMs)}`;
  return `${policy} ${remainingOf(nearest)}/${limit}${reset}${delay}`;
}

/** The decision with the smallest share left. */
function nearestOf(decisions: readonly JournalDecision[]): JournalDecision | undefined {
  const share = (decision: JournalDecision) => (decision.limit > 0 ? remainingOf(decision) / decision.limit : 0);
  return decisions.reduce<JournalDecision | undefined>(
    (least, one) => (least === undefined || share(one) < share(least) ? one : least),
    undefined,
  );
}

/** What is left after refunds. */
function remainingOf({ remaining, refunded, limit }: JournalDecision): number {
  return Math.min(limit, remaining + refunded);
}
