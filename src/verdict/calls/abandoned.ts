/**
 * When clients abandoned their requests.
 *
 * A client that stops waiting closes its connection. The server notices the close later, and by then the client may have opened another connection and sent its
 * next request. In the journal, the abandoned request then seems to overlap with the next one, although the client never had both in flight.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';
import { groupBy } from '../group.js';
import { firstIndex } from '../search.js';

/** The longest time in real milliseconds from the arrival of the next request until the server notices the close. */
const NOTICED_WITHIN_MS = 50;
/** The time grows by this many times the machine's scheduling lag. */
const LAG_FACTOR = 3;

/**
 * Returns the entries, in the same order, with abandoned requests ended by the next request of the same program: if a request arrived shortly before the server
 * noticed the close, the client had abandoned the other one before it sent this one. Does not change the given entries.
 * @param entries of one provider
 * @param programs the program of each entry
 */
export function withAbandonedEnds(
  entries: readonly JournalEntry[],
  programs: ReadonlyMap<JournalEntry, string>,
): readonly JournalEntry[] {
  if (!entries.some(isAbandoned)) return entries;
  const inOrder = [...entries].sort((a, b) => a.beganAt - b.beganAt);
  const byProgram = groupBy(inOrder, (entry) => programs.get(entry)!);
  return entries.map((entry) => {
    const next = isAbandoned(entry) ? nextOf(entry, byProgram.get(programs.get(entry)!)!) : undefined;
    return next ? endedBy(entry, next) : entry;
  });
}

function isAbandoned({ broken, leftAt }: JournalEntry): boolean {
  return broken === 'gone' && leftAt !== null;
}

/**
 * The newest request of the program that arrived on another connection shortly before the server noticed the close.
 * @param own all requests of the program, in order of arrival
 */
function nextOf(abandoned: JournalEntry, own: readonly JournalEntry[]): JournalEntry | undefined {
  const { leftAt, beganAt, peer, arrived } = abandoned;
  const earliest = Math.max(beganAt, leftAt! - NOTICED_WITHIN_MS - LAG_FACTOR * (arrived?.lagMs ?? 0));
  const end = firstIndex(own, (entry) => entry.beganAt >= leftAt!);
  for (let i = end - 1; i >= 0 && own[i]!.beganAt > earliest; i--)
    if (own[i]!.peer?.connection !== peer?.connection) return own[i];
  return undefined;
}

function endedBy(abandoned: JournalEntry, next: JournalEntry): JournalEntry {
  const { answeredAt, sentAt } = abandoned;
  return {
    ...abandoned,
    leftAt: next.beganAt,
    sentAt: Math.min(sentAt, next.at),
    answeredAt: answeredAt === null ? null : Math.min(answeredAt, next.at),
  };
}
