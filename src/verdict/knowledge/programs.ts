/**
 * Which program sent a request. Several programs may share a credential, and each knows only its own responses.
 *
 * A program is identified by its `X-Mock429-Client` header field, otherwise by the process that opened the connection, otherwise by `User-Agent`. All requests
 * from the server's own process belong to one program.
 *
 * A script that starts a process for each request (a loop over curl) is one program too: it learns the response when the process ends. The processes of such a
 * script form a series. Each process of a series starts after the last response to the previous process, which has ended by then. Its parent has ended too,
 * unless it is an ancestor of the next process as well: a shell that still runs, but did not start the next process, is another script.
 * @module
 */
import type { ClientProcess, JournalEntry } from '../../state/journal/entry.js';

/**
 * Tolerance for process start times, which are exact to 10 ms only. A process may appear to start this many milliseconds before the response that caused it.
 */
const START_TOLERANCE_MS = 15;

/** Processes that one script started one after another. */
interface Series {
  readonly name: string;
  /** The newest process of the series. */
  latest: ClientProcess;
  /** When the last response to that process was sent; real epoch ms. */
  lastLeftAt: number;
}

/**
 * The program of each entry.
 * @param entries of one provider
 */
export function programsOf(entries: readonly JournalEntry[]): ReadonlyMap<JournalEntry, string> {
  const seriesOf = seriesByProcess(entries);
  return new Map(entries.map((entry) => [entry, nameOf(entry, seriesOf)]));
}

/** Whether the program is known by its `X-Mock429-Client` header field or its process. Two such programs certainly differ if their names differ. */
export function isProgramKnown({ client, peer }: JournalEntry): boolean {
  return client !== undefined || peer?.opener !== undefined;
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
  const all: Series[] = [];
  const names = new Map<string, string>();
  for (const [name, { latest, lastLeftAt }] of byStart) {
    const series = seriesBefore(all, latest);
    if (series) Object.assign(series, { latest, lastLeftAt });
    else all.push({ name: `process ${name}`, latest, lastLeftAt });
    names.set(name, series?.name ?? `process ${name}`);
  }
  return names;
}

/**
 * The series that a process continues: the one with the nearest common ancestor whose last process, and the script that started it, may have ended. Among
 * equally near ones, the series that ended last.
 */
function seriesBefore(all: readonly Series[], next: ClientProcess): Series | undefined {
  let best: Series | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const series of all) {
    const mayHaveEnded = series.lastLeftAt <= next.startedAt + START_TOLERANCE_MS;
    const distance =
      mayHaveEnded && !runsBeside(series.latest, next) ? distanceTo(next, series.latest) : Number.POSITIVE_INFINITY;
    if (distance > MAX_DISTANCE) continue;
    if (distance < nearest || (distance === nearest && series.lastLeftAt > best!.lastLeftAt)) {
      best = series;
      nearest = distance;
    }
  }
  return best;
}

/** Whether a process, or the script that started it, still ran beside the next one. */
function runsBeside({ pid, ancestors: [parent] }: ClientProcess, next: ClientProcess): boolean {
  const isAnother = parent !== undefined && !next.ancestors.includes(parent);
  return next.beside.includes(pid) || (isAnother && next.beside.includes(parent));
}

/** The largest distance within a series. A script starts its clients itself, or through a shell. */
const MAX_DISTANCE = 2;

/** Steps to the nearest common ancestor, counted from the process that is farther from it. Infinite if there is none. */
function distanceTo({ ancestors }: ClientProcess, { ancestors: others }: ClientProcess): number {
  const up = ancestors.findIndex((pid) => others.includes(pid));
  return up < 0 ? Number.POSITIVE_INFINITY : Math.max(up, others.indexOf(ancestors[up]!)) + 1;
}
