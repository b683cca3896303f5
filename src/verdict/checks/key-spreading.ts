/**
 * Several keys of one account were used to get round the limit of one: what one was refused another asked, or they took turns.
 *
 * An account may well have several keys for several programs. Those are left alone as long as each goes about its own work.
 * @module
 */
import { type Call, dueAt, refusing, waited } from '../call.js';
import { defineCheck, type Found } from '../check.js';
import type { View } from '../view.js';
import { count, named, time, what } from '../words.js';
import { takenByTurns } from './turns.js';

interface Options {
  readonly policy: string;
}

export const keySpreading = defineCheck<Options>({
  title: 'Used several keys to get round a limit',
  severity: 'error',
  options: (z) => z.strictObject({ policy: z.string().describe('The policy that limits each key') }),
  references: ({ policy }) => ({ policies: [policy] }),
  find(view, { policy }): Found[] {
    return [...moved(view, policy), ...spread(view, policy)].slice(0, 1);
  },
});

interface Move {
  readonly first: Call;
  readonly other: Call;
}

/** What one key was refused, and never asked again, another that had never asked it asked before the first was to come back. */
function moved({ timeline, beheaded }: View, policy: string): Found[] {
  /** The newest refusals of each task, of two callers at most: whoever asks is one of them at most. */
  const refused = new Map<string, Call[]>();
  const asked = new Set<string>();
  const moves: Move[] = [];
  for (const { call, answered } of timeline) {
    if (call.account === '') continue;
    const task = taskOf(call);
    if (answered) {
      if (call.entry.refusedBy !== policy || !refusing(call)) continue;
      const others = (refused.get(task) ?? []).filter(({ caller }) => caller !== call.caller);
      refused.set(task, [...others.slice(-1), call]);
      continue;
    }
    const own = `${task} ${call.caller}`;
    const isNew = !asked.has(own) && !(beheaded && call.entry.method === 'GET');
    asked.add(own);
    const first = refused.get(task)?.findLast(({ caller }) => caller !== call.caller);
    const due = first && dueAt(first);
    if (isNew && first && due !== undefined && call.entry.at < due && waited(call, first) >= 0)
      moves.push({ first, other: call });
  }
  const lasting = moves.filter(({ first }) => !first.repeatedBy);
  const [gravest] = lasting;
  if (!gravest) return [];
  const { first, other } = gravest;
  const gap = time(waited(other, first));
  const told = time(first.entry.retryAfter! * 1_000);
  const more = lasting.length === 1 ? '' : `, and ${count(lasting.length - 1, 'other request')} likewise`;
  return [
    {
      caller: `${first.who} and ${other.who}`,
      says: `asked ${what(other)} on ${other.who} ${gap} after it was refused on ${first.who} and told to wait ${told}${more}`,
      times: lasting.length,
      calls: ordered(lasting.flatMap((move) => [move.first, move.other])),
    },
  ];
}

/** The same, whichever key of the account asks. */
function taskOf({ account, entry: { method, path, bodyHash } }: Call): string {
  return JSON.stringify([account, method, path, bodyHash]);
}

/** In one window the keys of an account took turns, and together more than one of them may. */
function spread({ calls }: View, policy: string): Found[] {
  const windows = takenByTurns(calls, policy);
  if (windows.length === 0) return [];
  const { keys, taken, limit } = windows.reduce((most, one) => (one.taken > most.taken ? one : most));
  const more = windows.length === 1 ? '' : `, and likewise in ${count(windows.length - 1, 'other window')}`;
  return [
    {
      caller: named(keys, 'key'),
      says: `took ${taken} in one window by turns on ${named(keys, 'key')}, where one key may take ${limit}${more}`,
      times: windows.length,
      calls: ordered(windows.flatMap((one) => one.calls)),
    },
  ];
}

function ordered(calls: readonly Call[]): Call[] {
  return [...new Set(calls)].sort((a, b) => a.number - b.number);
}
