/**
 * A client used several keys of one account to bypass the limit of a single key: one key sent what another had been refused, or the keys took turns.
 *
 * An account may have several keys for several programs. They are not reported as long as each key does its own work, or the programs run in processes of their own.
 * Several keys of one account in one process that change every few calls are taken for one program that gets round the limit. Keys of separate customers belong in
 * separate accounts.
 * @module
 */
import { type Call, dueAt, refusing, reportedWait, waited, waitedAsStated } from '../../calls/call.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident, type IncidentEvidence } from '../../check.js';
import { count, formatTime, joinNames, requestLine } from '../../words.js';
import { findKeyRotations } from './key-turns.js';

interface Options {
  readonly policy: string;
}

/** The check `key-spreading`. */
export const keySpreading = defineCheck<Options>({
  title: 'Used several keys to bypass a limit',
  severity: 'error',
  options: (z) => z.strictObject({ policy: z.string().describe('The policy that limits each key') }),
  references: ({ policy }) => ({ policies: [policy] }),
  hint: (profile) =>
    `keys of separate customers belong in separate accounts: PUT /__mock429/accounts/${profile}/NAME gives NAME its keys`,
  suffix: (all) => `, and likewise ${count(all - 1, 'other time')}`,
  find(view, { policy }): IncidentEvidence {
    const moves = moved(view, policy);
    const keys = new Set(
      view.calls.filter(({ account }) => account !== '').map(({ account, caller }) => `${account} ${caller}`),
    );
    return { judged: keys.size > 1 ? keys.size : 0, incidents: moves.length > 0 ? moves : spread(view, policy) };
  },
});

/** A task that moved from a refused key to another key. */
interface Move {
  readonly first: Call;
  readonly other: Call;
}

/** A key was refused and did not retry. Another key, which had never sent this request, sent it before the first key was due. */
function moved({ timeline, truncated }: View, policy: string): Incident[] {
  /**
   * The newest refusals of each task of a program, of at most two callers. Only one of them can be the caller of a new request, so the other is available for
   * comparison.
   */
  const refused = new Map<string, Call[]>();
  const requestedTasks = new Set<string>();
  const moves: Move[] = [];
  for (const { call, answered } of timeline) {
    if (call.account === '') continue;
    const task = taskOf(call);
    const ownTask = `${call.program} ${task}`;
    if (answered) {
      if (call.entry.refusedBy !== policy || !refusing(call)) continue;
      const others = (refused.get(ownTask) ?? []).filter(({ caller }) => caller !== call.caller);
      refused.set(ownTask, [...others.slice(-1), call]);
      continue;
    }
    const keyTask = `${task} ${call.caller}`;
    const isNew = !requestedTasks.has(keyTask) && !(truncated && call.entry.method === 'GET');
    requestedTasks.add(keyTask);
    const first = refused.get(ownTask)?.findLast((other) => other.caller !== call.caller);
    if (!isNew || !first || dueAt(first) === undefined) continue;
    if (waited(call, first) >= 0 && !waitedAsStated(call, first)) moves.push({ first, other: call });
  }
  return moves
    .filter(({ first }) => !first.repeatedBy)
    .map(({ first, other }): Incident => {
      const gap = formatTime(waited(other, first));
      const statedWait = formatTime(reportedWait(first));
      return {
        call: other,
        relatedCalls: [first],
        callerName: `on ${joinNames([first.callerName, other.callerName], 'key')}`,
        says: `sent ${requestLine(other)} ${gap} after another key was refused the same request and told to wait ${statedWait}`,
      };
    });
}

/** Identity of a task, whichever key of the account sends it. */
function taskOf({ account, entry: { method, path, bodyHash } }: Call): string {
  return JSON.stringify([account, method, path, bodyHash]);
}

/** Windows in which the keys of an account took turns and together took more than one key may. */
function spread({ calls }: View, policy: string): Incident[] {
  return findKeyRotations(calls, policy).map(
    ({ keys, taken, limit, calls: all }): Incident => ({
      call: all.at(-1)!,
      relatedCalls: all,
      callerName: `on ${joinNames(keys, 'key')}`,
      says: `took ${taken} in one window with several keys, where one key may take ${limit}`,
      weight: taken,
    }),
  );
}
