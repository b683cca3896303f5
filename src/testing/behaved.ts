/**
 * The verdict as an assertion: whether the clients of a mock behaved, and a message that lists each finding with its requests and its advice.
 * @module
 */
import type { JournalEntry } from '../state/journal/entry.js';
import { sanitize } from '../verdict/render/escape.js';
import { findingsInWords, idsInWords, isEmptyReport, sourceInWords } from '../verdict/render/words.js';
import { DEFAULT_FAIL_ON, type FailOn, reportFails } from '../verdict/report/fail-on.js';
import type { Finding, Report, Undecided } from '../verdict/report/report.js';
import { count } from '../verdict/words.js';

/** Options of `toHaveBehaved()` and `assertBehaved()`. */
export interface BehavedOptions {
  /** The lowest severity that fails: `error` (default) tolerates warnings, `warn` tolerates nothing. */
  readonly failOn?: FailOn | undefined;
  /** Whether no more calls will come. A refused call that was not repeated then counts as given up. Default: `false`. */
  readonly ended?: boolean | undefined;
  /** Whether a mock that received no requests passes. Default: `false`, because nothing was judged then. */
  readonly allowNoRequests?: boolean | undefined;
}

/** What is judged: a mock, one of its sandboxes, or the mock of a helper. */
export interface Judged {
  /** The verdict on the clients so far. */
  report(options?: { readonly ended?: boolean | undefined }): Report;
  /** The journal, oldest first. */
  requests(): readonly JournalEntry[];
}

/** Whether the clients behaved, and the message of the assertion: of the failure, or, where they did, of the negated assertion. */
export interface Behaviour {
  readonly behaved: boolean;
  readonly message: string;
}

/** Colours a part of a message: what was expected and what was received. */
export interface Paint {
  expected(text: string): string;
  received(text: string): string;
}

const PLAIN: Paint = { expected: (text) => text, received: (text) => text };

/** Most requests of a finding that a message shows. The others are named by number. */
const MAX_REQUESTS = 5;

/** Judges the clients of a mock. @throws TypeError where the value is no mock */
export function behaviourOf(
  mock: Judged,
  { failOn = DEFAULT_FAIL_ON, ended = false, allowNoRequests = false }: BehavedOptions = {},
  paint: Paint = PLAIN,
): Behaviour {
  if (typeof mock?.report !== 'function' || typeof mock.requests !== 'function')
    throw new TypeError(
      `only a mock can be judged, not ${mock === null ? 'null' : typeof mock}; give createMock()'s result, a sandbox of it, or the mock of a helper`,
    );
  if (failOn !== 'error' && failOn !== 'warn')
    throw new TypeError(`failOn must be "error" or "warn", not ${JSON.stringify(failOn)}`);
  const report = mock.report({ ended });
  const empty = isEmptyReport(report);
  const behaved = empty ? allowNoRequests : !reportFails(report, failOn);
  const lines = behaved
    ? [
        paint.expected(`- Expected  ${failOn === 'warn' ? 'a finding' : 'a finding of severity error'}`),
        paint.received(`+ Received  ${outcome(report)}`),
        ...findingsOf(report, mock.requests(), paint),
      ]
    : [
        paint.expected(`- Expected  ${failOn === 'warn' ? 'no finding' : 'no finding of severity error'}`),
        paint.received(`+ Received  ${outcome(report)}`),
        ...(empty ? ['', NOTHING] : findingsOf(report, mock.requests(), paint)),
      ];
  return { behaved, message: lines.join('\n') };
}

const NOTHING =
  'The mock received no requests, so there is nothing to judge. Point the client at mock.url, pass mock.fetch to it, or allow it with { allowNoRequests: true }.';

function outcome(report: Report): string {
  if (isEmptyReport(report)) return 'no requests';
  const { judged, lost } = report.requests;
  const left = lost === 0 ? '' : `; ${lost} left the journal before they could be judged`;
  return `verdict ${report.verdict}: ${findingsInWords(report)} in ${count(judged, 'request')}${left}`;
}

function findingsOf(report: Report, entries: readonly JournalEntry[], paint: Paint): string[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return report.profiles.flatMap(({ findings, undecided }) => [
    ...findings.flatMap((finding) => ['', ...findingLines(finding, byId, paint)]),
    ...undecided.flatMap((item) => ['', ...undecidedLines(item, byId, paint)]),
  ]);
}

function findingLines(finding: Finding, byId: ReadonlyMap<string, JournalEntry>, paint: Paint): string[] {
  const { severity, check, profile, title, says, advice, hint } = finding;
  const knew = new Map(finding.calls.map((call) => [call.id, call.knew]));
  return [
    paint.received(`+ ${severity} ${check} (${profile}): ${title}`),
    paint.received(`+   ${sanitize(says)}`),
    ...requestLines(finding.entries, finding.entriesOmitted, byId, knew),
    ...details([
      ['advice', advice.says],
      ['source', [sourceInWords(advice), advice.source?.url].filter(Boolean).join(' ')],
      ['note', advice.note],
      ['hint', hint],
    ]),
  ];
}

function undecidedLines(item: Undecided, byId: ReadonlyMap<string, JournalEntry>, paint: Paint): string[] {
  const what = [item.check, `(${item.profile})`].filter((text) => text !== '').join(' ');
  return [
    paint.received(`+ undecided ${what}`),
    paint.received(`+   ${sanitize(item.says)}`),
    ...requestLines(item.entries, 0, byId, new Map()),
  ];
}

function requestLines(
  ids: readonly string[],
  omitted: number,
  byId: ReadonlyMap<string, JournalEntry>,
  knew: ReadonlyMap<string, string | undefined>,
): string[] {
  const shown = ids.slice(0, MAX_REQUESTS).map((id) => {
    const entry = byId.get(id);
    if (!entry) return `    request ${id}`;
    const { method, path, status, retryAfter, at } = entry;
    const answer =
      status === 0 ? 'no answer' : `${status}${retryAfter === undefined ? '' : `, Retry-After ${retryAfter}`}`;
    const known = knew.get(id) === undefined ? '' : `; its client knew ${knew.get(id)}`;
    return `    request ${id}  ${timeOfDay(at)}  ${sanitize(`${method} ${path}`)}  ${answer}${sanitize(known)}`;
  });
  const rest = ids.slice(MAX_REQUESTS);
  if (rest.length === 0 && omitted === 0) return shown;
  const others = idsInWords({ entries: rest, entriesOmitted: omitted }, MAX_REQUESTS);
  return [...shown, `    requests ${others}`];
}

function details(all: readonly (readonly [name: string, words: string | undefined])[]): string[] {
  return all.flatMap(([name, words]) => (words === undefined ? [] : [`    ${name.padEnd(6)}  ${sanitize(words)}`]));
}

/** `08:15:00.412Z`, by the sandbox's clock. */
function timeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11);
}
