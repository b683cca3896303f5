/**
 * Which program sent a request. Programs may share a credential, and one does not know what another was told.
 *
 * A program is identified by its `X-Mock429-Client` header field, else by the process that opened the connection, else by `User-Agent`. All requests made in the
 * server's own process belong to one program.
 *
 * A script that starts a process for each request (a loop over curl) is one program too: it learns the answer when the process ends. Processes of the same script form
 * a series where each starts after the last answer to the process before, which has ended by then.
 * @module
 */
import type { ClientProcess, JournalEntry } from '../../state/journal/entry.js';

/** Start times are exact to 10 ms only: a process that was started after an answer may seem to have started this much before it. */
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

/** The series that a process continues: that of the nearest relation, if its last process had ended by then; of several, the one that ended last. */
function seriesBefore(all: readonly Series[], next: ClientProcess): Series | undefined {
  let best: Series | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const series of all) {
    const mayHaveEnded =
      !next.beside.includes(series.latest.pid) && series.lastLeftAt <= next.startedAt + START_TOLERANCE_MS;
    const distance = mayHaveEnded ? distanceTo(next, series.latest) : Number.POSITIVE_INFINITY;
    if (distance > MAX_DISTANCE) continue;
    if (distance < nearest || (distance === nearest && series.lastLeftAt > best!.lastLeftAt)) {
      best = series;
      nearest = distance;
    }
  }
  return best;
}

/** The farthest relation within a series: a script starts its clients itself, or through a shell. */
const MAX_DISTANCE = 2;

/** Steps to the nearest common ancestor, counted from the process that is farther from it; infinite where there is none. */
function distanceTo({ ancestors }: ClientProcess, { ancestors: others }: ClientProcess): number {
  const up = ancestors.findIndex((pid) => others.includes(pid));
  return up < 0 ? Number.POSITIVE_INFINITY : Math.max(up, others.indexOf(ancestors[up]!)) + 1;
}
