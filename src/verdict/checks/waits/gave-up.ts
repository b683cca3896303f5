/**
 * What had been refused was never asked again, although the limit would have let it through.
 * @module
 */
import { attempts, type Call, dueAt, isInadmissible, reportedUntil } from '../../calls/call.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { count, what } from '../../words.js';

interface Options {
  readonly slack: number;
}

export const gaveUp = defineCheck<Options>({
  title: 'Gave up',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      slack: duration
        .prefault('1m')
        .describe('Time after the end of the wait after which a client is assumed to have given up'),
    }),
  ending: (all) => `, and on ${count(all - 1, 'other request')}`,
  find(view, { slack }) {
    const done = new Map<string, number>();
    for (const call of view.calls)
      if (call.outcome !== 'refused') for (const name of namesOf(call)) done.set(name, call.number);
    const last = new Map<string, Call>();
    for (const call of view.calls) {
      const isOpen =
        canComeBack(call) && !call.repeatedBy && !namesOf(call).some((name) => (done.get(name) ?? -1) > call.number);
      if (isOpen) last.set(call.same, call);
    }
    const incidents = [...last.values()]
      .filter((call) => isOver(view, call, slack))
      .map((call): Incident => {
        const all = attempts(call);
        const tries = all.length === 1 ? '1 try' : `${all.length} tries`;
        return { call, with: all, says: `gave up on ${what(call)} after ${tries}`, weight: all.length };
      });
    return { judged: view.calls.filter(canComeBack).length, incidents };
  },
});

/** Names of what a call asks for. Where the account is known, one of them leaves out program and credential: it counts as done whichever key of the account does it. */
export function namesOf({ same, account, caller, entry: { method, path, bodyHash } }: Call): readonly string[] {
  const task = [method, path, bodyHash];
  const names = [same, JSON.stringify([caller, ...task])];
  return account === '' ? names : [...names, JSON.stringify(['account', account, ...task])];
}

/** Whether the client should come back: it was told to, or had only come too often. Other refusals (the money is spent, the request exceeds every window) are final. */
function canComeBack(call: Call): boolean {
  if (call.outcome !== 'refused' || isInadmissible(call)) return false;
  return call.entry.status === 429 || dueAt(call) !== undefined;
}

function isOver({ ended, now }: View, call: Call, slack: number): boolean {
  return ended || now > (reportedUntil(call) ?? call.entry.sentAt) + slack;
}
