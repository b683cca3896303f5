/**
 * Which program sent a request. Programs may share a credential, and what one was told another does not know.
 *
 * A program is told by its `X-Mock429-Client` header field, else by the process that opened the connection, else by `User-Agent`. Requests made in the server's
 * own process are one program's.
 *
 * A script that starts a process for each request (a loop over curl) is one program too: it learns of an answer when the process ends. Processes with the same
 * parent form such a series where each starts after the last answer to the one before, which is gone by then.
 * @module
 */
import type { ClientProcess, JournalEntry } from '../state/journal-entry.js';

/** Start times are exact to 10 ms; so much earlier than the answer a process may seem to have started that was started after it. */
const START_TOLERANCE_MS = 15;

interface Series {
  readonly name: string;
  /** The newest process of the series. */
  latest: ClientProcess;
  /** When its last answer left, the machine's epoch ms. */
  lastLeftAt: number;
}

/** The name of each entry's program, by entry. @param entries of one provider */
export function programsOf(entries: readonly JournalEntry[]): ReadonlyMap<JournalEntry, string> {
  const seriesOf = seriesByProcess(entries);
  return new Map(entries.map((entry) => [entry, nameOf(entry, seriesOf)]));
}

function nameOf({ client, peer }: JournalEntry, seriesOf: ReadonlyMap<string, string>): string {
  if (client !== undefined) return `client ${client}`;
  if (!peer) return '';
  if (peer.opener) return seriesOf.get(processName(peer.opener))!;
  return `agent ${peer.userAgent ?? ''}`;
}

function processName({ pid, startedAt }: ClientProcess): string {
  return `${pid} ${Math.round(startedAt)}`;
}

function seriesByProcess(entries: readonly JournalEntry[]): ReadonlyMap<string, string> {
  const processes = new Map<string, { latest: ClientProcess; lastLeftAt: number }>();
  for (const { peer, client, leftAt, beganAt } of entries) {
    if (client !== undefined || !peer?.opener) continue;
    const name = processName(peer.opener);
    const known = processes.get(name);
    const last = leftAt ?? beganAt;
    if (known) known.lastLeftAt = Math.max(known.lastLeftAt, last);
    else processes.set(name, { latest: peer.opener, lastLeftAt: last });
  }
  const byStart = [...processes].sort(([, a], [, b]) => a.latest.startedAt - b.latest.startedAt);
  const open = new Map<number, Series[]>();
  const names = new Map<string, string>();
  for (const [name, { latest, lastLeftAt }] of byStart) {
    const siblings = open.get(latest.parent) ?? [];
    open.set(latest.parent, siblings);
    const series = latestBefore(siblings, latest);
    if (series) Object.assign(series, { latest, lastLeftAt });
    else siblings.push({ name: `process ${name}`, latest, lastLeftAt });
    names.set(name, series?.name ?? `process ${name}`);
  }
  return names;
}

/** The series that the process goes on with: of those whose last process was gone when it started, the one that ended last. */
function latestBefore(siblings: readonly Series[], { startedAt, beside }: ClientProcess): Series | undefined {
  let latest: Series | undefined;
  for (const series of siblings) {
    const isGone = !beside.includes(series.latest.pid) && series.lastLeftAt <= startedAt + START_TOLERANCE_MS;
    if (isGone && (!latest || series.lastLeftAt > latest.lastLeftAt)) latest = series;
  }
  return latest;
}
