/**
 * What had been refused was never asked again, although the limit would have let it through.
 * @module
 */
import { attempts, type Call, toldUntil } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import type { View } from '../view.js';
import { count, on, what } from '../words.js';

interface Options {
  readonly slack: number;
}

interface Abandoned extends Incident {
  readonly tried: number;
}

export const gaveUp = defineCheck<Options>({
  title: 'Gave up',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      slack: duration
        .prefault('1m')
        .describe('So long beyond what was told it is taken to have given up, while a client may still come'),
    }),
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
      .map((call): Abandoned => {
        const all = attempts(call);
        return { call, with: all, tried: all.length };
      });
    return perCaller(
      incidents,
      ({ call, tried }, all) => {
        const others = all.length === 1 ? '' : `, and on ${count(all.length - 1, 'other request')}`;
        return `gave up on ${what(call)} after ${tried === 1 ? '1 try' : `${tried} tries`}${others}, ${on(call)}`;
      },
      ({ tried }) => tried,
    );
  },
});

/** Whoever of the account has it done, it is done. */
function namesOf({ same, account, entry: { method, path, bodyHash } }: Call): readonly string[] {
  return account === '' ? [same] : [same, JSON.stringify([account, method, path, bodyHash])];
}

/** Told to, or refused for having come too often. Other refusals (money is spent, the request is too large for any window) are an end. */
function canComeBack({ outcome, entry: { status, retryAfter } }: Call): boolean {
  return outcome === 'refused' && (status === 429 || retryAfter !== undefined);
}

function isOver({ ended, now }: View, call: Call, slack: number): boolean {
  return ended || now > (toldUntil(call) ?? call.entry.sentAt) + slack;
}
